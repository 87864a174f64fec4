package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Resources as the engine has them in the stack's state.
func inState(token string, outputs map[string]any) map[string]any {
	return map[string]any{"type": token, "outputs": outputs}
}

func distributionInState(arn, domainName string) map[string]any {
	return inState("aws:cloudfront/distribution:Distribution", map[string]any{"arn": arn, "domainName": domainName})
}

func recordInState(name string) map[string]any {
	return inState("aws:route53/record:Record", map[string]any{"fqdn": name, "aliases": []any{map[string]any{"name": "d9"}}})
}

// anotherStacks is a distribution that another stack of the account made.
func anotherStacks(names ...string) distributionAt {
	return distributionAt{id: "E9OTHER", comment: "Pulumi stack shop/dev, cdn: cdn.example.com", names: names}
}

func TestADomainThatAnotherDistributionHasIsReportedBeforehand(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		preview bool
		state   []any
	}{
		"in the first preview":  {preview: true},
		"in the first up":       {},
		"in the second preview": {true, []any{distributionInState(distributionARN, distributionDomain)}},
		"in the second up":      {false, []any{distributionInState(distributionARN, distributionDomain)}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.preview, c.state, c.claims = test.preview, test.state, []distributionAt{anotherStacks("www.example.com", "cdn.example.com")}
			assert.Equal(t, Fault{
				Field: "domain", Value: "cdn.example.com",
				Problem: "another distribution has it: E9OTHER of account 123456789012 (e9other.cloudfront.net, " +
					`comment "Pulumi stack shop/dev, cdn: cdn.example.com")`,
				Cure: takeOff + "; or take it over, if it was made by hand: imagecdn adopt cdn.example.com",
			}, c.oneFault(one()))
		})
	}
}

func TestADomainOfAnotherAccountIsReportedWhereTheCertificateProvesWhoAsks(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.certificates[givenARN] = certificateAt{"ISSUED", []string{"*.example.com"}}
	c.elsewhere = []any{map[string]any{"name": "cdn.example.com", "distributionId": "*******YMZAW99", "accountId": "******223333"}}
	c.mustUp(one())
	c = &cloud{t: t, zones: c.zones, records: c.records, buckets: c.buckets, certificates: c.certificates, elsewhere: c.elsewhere, config: c.config}
	assert.Equal(t, "a distribution of another account has it: *******YMZAW99 of account ******223333 (AWS hides the rest)",
		c.oneFault(with(one(), func(a *ImageCdnArgs) { a.Certificate.Arn = pulumi.String(givenARN) })).Problem)
}

func TestADisabledDistributionHasItsDomainsAllTheSame(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.claims = []distributionAt{{id: "E9", names: []string{"*.img.example.com"}, disabled: true}}
	fault := c.oneFault(three())
	assert.Equal(t, "*.img.example.com", fault.Value)
	assert.Contains(t, fault.Problem, "E9 of account 123456789012 (e9.cloudfront.net, disabled)")
}

func TestTheStacksOwnDistributionIsNoOther(t *testing.T) {
	t.Parallel()
	for sentence, change := range map[string]func(*cloud){
		"by its state": func(c *cloud) { c.state = []any{distributionInState(distributionARN, distributionDomain)} },
		"or may not be, where the state cannot be read": func(c *cloud) {
			c.unreadable, c.state = true, []any{recordInState("cdn.example.com")}
		},
	} {
		for _, preview := range []bool{false, true} {
			t.Run(sentence, func(t *testing.T) {
				t.Parallel()
				c := newCloud(t)
				c.preview, c.claims = preview, []distributionAt{{id: distributionID, comment: "ours", names: []string{"cdn.example.com"}}}
				change(c)
				c.mustUp(one())
			})
		}
	}
}

// leftBehind is a distribution with the comment that the component gives, in no state.
var leftBehind = distributionAt{id: "D9", comment: "Pulumi stack shop/prod, cdn: www.example.com", names: []string{"cdn.example.com"}}

func TestADistributionThatCarriesTheStacksMarkIsTakenOver(t *testing.T) {
	t.Parallel()
	for mark, taken := range map[string]bool{theMark: true, "imagecdn-fedcba9876543210": false, "": false} {
		c := newCloud(t)
		c.state = []any{inState(LeftoversToken, map[string]any{"mark": theMark})}
		c.claims = []distributionAt{{id: "D9", names: []string{"cdn.example.com"}, mark: mark}}
		if !taken {
			c.oneFault(one())
			continue
		}
		c.mustUp(one())
		assert.Equal(t, "D9", c.resource("cdn-distribution").request.GetImportId())
	}
}

// All providers are new to the state where a program begins to give its own.
func TestAPreviewWithoutAStateGoesByTheComment(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.preview, c.claims = true, []distributionAt{leftBehind}
	c.mustUp(one())
	assert.Empty(t, c.callsOf(readState), "the engine crashes on a state that was never written")
}

func TestTheStateIsReadOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(one())
	assert.Len(t, c.callsOf(readState), 1)
	c = newCloud(t)
	c.claims = []distributionAt{anotherStacks("cdn.example.com")}
	c.records["Z1"] = []recordAt{{name: "cdn.example.com", kind: "A", alias: "e9other.cloudfront.net"}}
	require.Len(t, c.faults(one()), 2)
	assert.Len(t, c.callsOf(readState), 1)
}

func TestADomainThatPointsAtAnotherDistributionIsReportedBeforehand(t *testing.T) {
	t.Parallel()
	pointing := []recordAt{
		{name: "cdn.example.com", kind: "A", alias: "e9other.cloudfront.net"}, {name: "cdn.example.com", kind: "AAAA", alias: "e9other.cloudfront.net"},
	}
	for sentence, test := range map[string]struct {
		claims  []distributionAt
		problem string
	}{
		"of the account": {[]distributionAt{anotherStacks()}, "it already has a record (A, AAAA) to another distribution, and that is not overwritten: " +
			"E9OTHER of account 123456789012"},
		"of another account": {nil, "e9other.cloudfront.net of another account"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.records["Z1"], c.claims = pointing, test.claims
			fault := c.oneFault(one())
			assert.Equal(t, "domain", fault.Field)
			assert.Equal(t, "cdn.example.com", fault.Value)
			assert.Contains(t, fault.Problem, test.problem)
		})
	}
}

func TestWhoseADistributionIsIsNotSaidWhereTheyMayNotBeListed(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.unlisted = "AccessDenied: not you"
	c.mustUp(one())
	c = newCloud(t)
	c.unlisted = "AccessDenied: not you"
	c.records["Z1"] = []recordAt{{name: "cdn.example.com", kind: "A", alias: "e9other.cloudfront.net"}}
	assert.Equal(t, "it already has a record (A) to another distribution, and that is not overwritten: e9other.cloudfront.net", c.oneFault(one()).Problem)
}

func TestTheStacksOwnRecordsAreNotInTheWay(t *testing.T) {
	t.Parallel()
	for sentence, change := range map[string]func(*cloud){
		"that are in the state": func(c *cloud) { c.state = []any{recordInState("cdn.example.com")} },
		"to its distribution":   func(c *cloud) { c.state = []any{distributionInState(distributionARN, "d9.cloudfront.net")} },
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.records["Z1"] = []recordAt{{name: "cdn.example.com", kind: "A", alias: "d9.cloudfront.net"}}
			change(c)
			c.mustUp(one())
		})
	}
}

func TestACommentOfOnesOwnDoesNotHideAnotherDistribution(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.claims = []distributionAt{{id: "E9", comment: "images", names: []string{"cdn.example.com"}}}
	c.oneFault(with(one(), func(a *ImageCdnArgs) { a.Operation.Comment = pulumi.String("images") }))
}

func TestAPreviewThatCannotAskGoesOn(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.preview, c.unconfigured, c.claims = true, true, []distributionAt{anotherStacks("cdn.example.com")}
	c.mustUp(one())
}
