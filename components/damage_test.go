package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
)

// cloudOfAnInterruptedDestroy has a state that says that everything is there, and nothing of it.
func cloudOfAnInterruptedDestroy(t *testing.T) *cloud {
	t.Helper()
	c := newCloud(t)
	named := func(token, name string, outputs map[string]any) map[string]any {
		made := inState(token, outputs)
		made["name"] = name
		return made
	}
	c.state = []any{
		named(LeftoversToken, "cdn-mark", map[string]any{"mark": theMark, "renewals": map[string]any{"cdn-waf": "2"}}),
		named("aws:cloudfront/distribution:Distribution", "cdn-distribution", map[string]any{
			"id": distributionID, "arn": distributionARN, "domainName": distributionDomain, "waitForDeployment": false,
		}),
		named("aws:cloudfront/originAccessControl:OriginAccessControl", "cdn-origin-oac", map[string]any{"id": "E1CONTROL"}),
		named("aws:cloudfront/cachePolicy:CachePolicy", "cdn-cache", map[string]any{"id": "policy"}),
		named("aws:wafv2/webAcl:WebAcl", "cdn-waf", map[string]any{"id": "1", "arn": ownedACL}),
		named("aws:acm/certificate:Certificate", "cdn-certificate-cert", map[string]any{"arn": certificateARN}),
		named("aws:route53/record:Record", "cdn-alias-cdn.example.com-a", map[string]any{
			"fqdn": "cdn.example.com", "zoneId": "Z1", "allowOverwrite": true,
		}),
		named("aws:route53/record:Record", "cdn-alias-cdn.example.com-aaaa", map[string]any{
			"fqdn": "cdn.example.com", "zoneId": "Z1", "allowOverwrite": false,
		}),
	}
	return c
}

// triggers are what has the engine replace resources, by name.
func (c *cloud) triggers() map[string]string {
	found := map[string]string{}
	for _, r := range c.registered {
		if trigger := r.request.GetReplacementTrigger(); trigger != nil {
			found[r.name] = trigger.GetStringValue()
		}
	}
	return found
}

func TestWhatAnInterruptedDestroyTookIsMadeAnew(t *testing.T) {
	t.Parallel()
	for _, preview := range []bool{false, true} {
		c := cloudOfAnInterruptedDestroy(t)
		c.preview = preview
		c.controls = []string{"E1CONTROL"} // not that
		c.mustUp(one())
		assert.Equal(t, map[string]string{
			"cdn-distribution": "1", "cdn-cache": "1", "cdn-certificate-cert": "1", "cdn-waf": "3", "cdn-origin-oac": "0",
		}, c.triggers(), "preview %t", preview)
		assert.Equal(t, resource.NewPropertyMapFromMap(map[string]any{
			"cdn-distribution": "1", "cdn-cache": "1", "cdn-certificate-cert": "1", "cdn-waf": "3",
		}), c.resource("cdn-mark").inputs["renewals"].ObjectValue(), "it is kept for the next up")
		distribution := c.resource("cdn-distribution")
		assert.Equal(t, []string{"waitForDeployment"}, distribution.request.GetReplaceOnChanges(), "Pulumi forgets the trigger of an imported one")
		assert.Equal(t, true, distribution.input("waitForDeployment"))
		assert.Empty(t, distribution.request.GetIgnoreChanges())
	}
}

func TestNothingIsMadeAnewWithSomebodyElsesCredentials(t *testing.T) {
	t.Parallel()
	c := cloudOfAnInterruptedDestroy(t)
	c.others = true
	c.mustUp(one())
	for name, times := range c.triggers() {
		assert.Equal(t, map[bool]string{true: "2", false: "0"}[name == "cdn-waf"], times, name)
	}
	assert.Empty(t, c.resource("cdn-distribution").request.GetReplaceOnChanges())
}

func TestWithoutTheStateNothingIsCompared(t *testing.T) {
	t.Parallel()
	c := cloudOfAnInterruptedDestroy(t)
	c.unreadable = true
	c.mustUp(one())
	assert.Empty(t, c.triggers(), "a count that is not known would be another one")
}

func TestWhatIsThereIsOnlyWrittenOnceMore(t *testing.T) {
	t.Parallel()
	for _, disabled := range []bool{false, true} {
		c := cloudOfAnInterruptedDestroy(t)
		c.claims = []distributionAt{{id: distributionID, names: []string{"cdn.example.com"}, disabled: disabled}}
		c.mustUp(one())
		distribution := c.resource("cdn-distribution")
		assert.Equal(t, "0", c.triggers()["cdn-distribution"])
		assert.Equal(t, disabled, distribution.input("waitForDeployment"), "a change has it enabled")
		assert.Equal(t, !disabled, len(distribution.request.GetIgnoreChanges()) > 0)

		for kind, overwrite := range map[string]bool{"a": false, "aaaa": true} { // the other way round than in the state
			record := c.resource("cdn-alias-cdn.example.com-" + kind)
			assert.Equal(t, overwrite, record.input("allowOverwrite"), kind)
			assert.Empty(t, record.request.GetIgnoreChanges(), kind)
		}
		assert.Contains(t, c.resource("cdn-alias-cdn.example.com-https").request.GetIgnoreChanges(), "allowOverwrite", "no state has it: it is created")
	}
}
