package components

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	handmadeARN    = "arn:aws:cloudfront::123456789012:distribution/E7HAND"
	handmadeDomain = "e7hand.cloudfront.net"
	handmadeCert   = "arn:aws:acm:us-east-1:123456789012:certificate/by-hand"
	handmadeACL    = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/CreatedByCloudFront-1/a1"
)

// byHand is a CDN as the console makes it, with what is changed of that.
func byHand(change func(cdn map[string]any)) func(*cloud) {
	cdn := map[string]any{
		"found": true, "id": "E7HAND", "arn": handmadeARN, "domainName": handmadeDomain, "aliases": []any{"cdn.example.com"},
		"tags": map[string]any{"Name": "images"}, "cachePolicyId": sharedPolicy, "others": []any{}, "privateBy": []any{},
		"origin": map[string]any{"domainName": "images.s3.eu-central-1.amazonaws.com", "accessControlId": "E1OAC"},
		"certificate": map[string]any{
			"arn": handmadeCert, "domains": []any{"cdn.example.com"}, "kind": requestedKind,
			"records": map[string]any{"cdn.example.com": "Z1/_token.cdn.example.com"},
		},
		"webAcl": map[string]any{"arn": handmadeACL, "groups": []any{
			"AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet",
		}, "rules": []any{"a", "b", "c"}},
		"grants": []any{"AllowCloudFrontServicePrincipal"},
	}
	if change != nil {
		change(cdn)
	}
	return func(c *cloud) {
		c.handmade = cdn
		c.claims = []distributionAt{{id: "E7HAND", names: []string{"cdn.example.com"}}}
		c.records["Z1"] = append(c.records["Z1"], recordAt{name: "cdn.example.com", kind: "A", alias: handmadeDomain})
	}
}

func adopting(a *ImageCdnArgs) { a.Adopt.DistributionId = "E7HAND" }

// imports are the ids that resources are imported by, by name.
func (c *cloud) imports() map[string]string {
	ids := map[string]string{}
	for _, r := range c.all() {
		if id := r.request.GetImportId(); id != "" {
			ids[r.name] = id
		}
	}
	return ids
}

func part(cdn map[string]any, name string) map[string]any { return cdn[name].(map[string]any) }

func TestAHandmadeCdnIsImportedIntoTheComponentsOwnChildren(t *testing.T) {
	t.Parallel()
	for _, preview := range []bool{true, false} {
		c := newCloud(t)
		c.preview = preview
		byHand(nil)(c)
		c.mustUp(with(one(), adopting))
		assert.Equal(t, map[string]string{
			"cdn-distribution": "E7HAND", "cdn-certificate-cert": handmadeCert, "cdn-origin-oac": "E1OAC",
			"cdn-certificate-validation-cdn.example.com": "Z1/_token.cdn.example.com",
			"cdn-waf": "a1/CreatedByCloudFront-1/CLOUDFRONT", "cdn-read": "images/AllowCloudFrontServicePrincipal",
			"cdn-alias-cdn.example.com-a": "Z1_cdn.example.com_A",
		}, c.imports())
		assert.Equal(t, handmadeARN, c.resource("cdn-read").input("distributionArn"), "it is known beforehand")
		assert.Contains(t, strings.Join(c.resource("cdn-distribution").request.GetDependencies(), " "), "::cdn-read",
			"what viewers ask already may read before it is changed")
	}
}

func TestAStackThatHasTheDistributionTakesNothingOver(t *testing.T) {
	t.Parallel()
	for _, adopt := range []string{"E7HAND", "cdn.example.com"} {
		c := newCloud(t)
		byHand(nil)(c)
		c.state = []any{distributionInState(handmadeARN, handmadeDomain)}
		c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Adopt.DistributionId = adopt }))
		assert.Empty(t, c.imports())
	}
}

func TestWhatOthersUseOrCannotBecomeTheStacksIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		aws    func(cdn map[string]any)
		change func(*ImageCdnArgs)
		name   string
	}{
		"a certificate for other names": {func(cdn map[string]any) {
			part(cdn, "certificate")["domains"] = []any{"*.example.com", "cdn.example.com"}
		}, unchanged, "cdn-certificate-cert"},
		"a certificate that something else uses": {func(cdn map[string]any) { part(cdn, "certificate")["shared"] = true }, unchanged, "cdn-certificate-cert"},
		"a certificate that was brought":         {func(cdn map[string]any) { part(cdn, "certificate")["kind"] = "IMPORTED  RSA_2048" }, unchanged, "cdn-certificate-cert"},
		"an access control that is shared":       {func(cdn map[string]any) { part(cdn, "origin")["accessControlShared"] = true }, unchanged, "cdn-origin-oac"},
		"no access control":                      {func(cdn map[string]any) { delete(part(cdn, "origin"), "accessControlId") }, unchanged, "cdn-origin-oac"},
		"a grant that says something else":       {func(cdn map[string]any) { cdn["grants"], cdn["otherGrants"] = []any{}, []any{"Mine"} }, unchanged, "cdn-read"},
		"a web ACL that is shared": {func(cdn map[string]any) { part(cdn, "webAcl")["shared"] = true }, func(a *ImageCdnArgs) {
			a.Protection.WebAcl = Managed
		}, "cdn-waf"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			byHand(test.aws)(c)
			c.mustUp(with(with(one(), adopting), test.change))
			assert.NotContains(t, c.imports(), test.name)
			assert.NotEmpty(t, c.resource(test.name).name, "one of the stack's own takes its place")
		})
	}
}

func TestWhatTheCdnLosesIsWarnedOf(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	byHand(func(cdn map[string]any) {
		cdn["others"] = []any{"behavior /api/*", "default root object index.html"}
		cdn["tags"] = map[string]any{"Name": "images", "owner": "web"}
	})(c)
	warnings := c.warnings(with(one(), func(a *ImageCdnArgs) {
		a.Adopt.DistributionId, a.Tags = "E7HAND", pulumi.StringMap{"owner": pulumi.String("platform")}
	}))
	require.Len(t, warnings, 3)
	for i, lost := range []string{"behavior /api/*", "default root object index.html", "tag Name=images"} {
		assert.Equal(t, "taking over distribution E7HAND takes away its "+lost, warnings[i])
	}
}

func TestADistributionThatAStackHasMarkedIsWarnedOf(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	byHand(func(cdn map[string]any) { cdn["tags"] = map[string]any{markTag: theMark} })(c)
	warnings := c.warnings(with(one(), adopting))
	require.Len(t, warnings, 1)
	assert.Contains(t, warnings[0], "carries the mark of a stack, "+theMark)
}

func TestAWebACLWhereThereWasNoneIsWarnedOf(t *testing.T) {
	t.Parallel()
	for webACL, warned := range map[string]int{"": 1, Managed: 1, None: 0} {
		c := newCloud(t)
		byHand(func(cdn map[string]any) { cdn["tags"], cdn["webAcl"] = map[string]any{}, map[string]any{} })(c)
		warnings := c.warnings(with(one(), func(a *ImageCdnArgs) { adopting(a); a.Protection.WebAcl = webACL }))
		assert.Len(t, warnings, warned, webACL)
	}
}

func TestThePreviewFindsADistributionByItsDomainAndTheUpDoesNot(t *testing.T) {
	t.Parallel()
	byDomain := with(one(), func(a *ImageCdnArgs) { a.Adopt.DistributionId = "cdn.example.com" })
	c := newCloud(t)
	c.preview = true
	byHand(nil)(c)
	c.mustUp(byDomain)
	assert.Equal(t, "E7HAND", c.imports()["cdn-distribution"])
	c = newCloud(t)
	byHand(nil)(c)
	assert.Equal(t, "Give the id of the distribution that was meant: now it is E7HAND", c.faults(byDomain)[0].Cure)
}

func TestTheBucketOfAnOriginIsReadOffItsName(t *testing.T) {
	t.Parallel()
	for name, bucket := range map[string]string{
		"images.s3.amazonaws.com": "images", "images.s3.eu-central-1.amazonaws.com": "images", "images.s3-eu-west-1.amazonaws.com": "images",
		"my.images.s3.dualstack.eu-central-1.amazonaws.com": "my.images", "images.s3.cn-north-1.amazonaws.com.cn": "images",
		"www.example.com": "",
	} {
		assert.Equal(t, bucket, bucketOfOrigin(name), name)
	}
}

func TestAFolderThatWasTheRootStaysItAndIsGrantedAnew(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	byHand(func(cdn map[string]any) { part(cdn, "origin")["path"] = "/web" })(c)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		adopting(a)
		a.Origin.Prefix = pulumi.String("web")
	}))
	assert.Equal(t, "/web", c.resource("cdn-distribution").input("origins[0].originPath"))
	assert.Empty(t, c.resource("cdn-read").request.GetImportId(), "the old statement lets the CDN read all of the bucket")
	assert.Equal(t, "web", c.resource("cdn-read").input("prefixes[0]"))
}
