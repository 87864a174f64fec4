package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

func TestPathsAreTriedInTheirOrderWithTheirPolicies(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Headers.Security = true
		a.Paths = []PathArgs{
			{Pattern: "/new/*", Cache: CacheArgs{MaxTtl: pulumi.Int(60), DefaultTtl: pulumi.Int(60)}},
			{Pattern: "*.svg", Headers: HeadersArgs{CorsOrigins: []string{"*"}}},
			{Pattern: "shared/*", Cache: CacheArgs{PolicyId: pulumi.String(sharedPolicy)}, Headers: HeadersArgs{PolicyId: pulumi.String(sharedPolicy)}},
		}
	}))
	own := func(pattern, kind string) string { return "cdn-" + pathName(pattern) + "-" + kind + "-id" }
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{
		"defaultCacheBehavior.cachePolicyId":           "cdn-cache-id",
		"defaultCacheBehavior.responseHeadersPolicyId": "cdn-headers-id",

		"orderedCacheBehaviors[0].pathPattern":             "/new/*",
		"orderedCacheBehaviors[0].cachePolicyId":           own("/new/*", "cache"),
		"orderedCacheBehaviors[0].responseHeadersPolicyId": "cdn-headers-id",
		"orderedCacheBehaviors[0].viewerProtocolPolicy":    "redirect-to-https",
		"orderedCacheBehaviors[0].allowedMethods":          []any{"GET", "HEAD"},
		"orderedCacheBehaviors[0].originRequestPolicyId":   nil,

		"orderedCacheBehaviors[1].pathPattern":             "*.svg",
		"orderedCacheBehaviors[1].cachePolicyId":           "cdn-cache-id",
		"orderedCacheBehaviors[1].responseHeadersPolicyId": own("*.svg", "headers"),
		"orderedCacheBehaviors[1].allowedMethods":          []any{"GET", "HEAD", "OPTIONS"},
		"orderedCacheBehaviors[1].originRequestPolicyId":   corsS3Origin,

		"orderedCacheBehaviors[2].cachePolicyId":           sharedPolicy,
		"orderedCacheBehaviors[2].responseHeadersPolicyId": sharedPolicy,
		"orderedCacheBehaviors[3]":                         nil,
	})
	assert.Equal(t, 60.0, c.resource("cdn-"+pathName("/new/*")+"-cache").input("maxTtl"))
	assert.Nil(t, c.resource("cdn-"+pathName("*.svg")+"-headers").input("securityHeadersConfig"), "a group takes the place of the whole group")
}

func TestWhatBrowsersAreToldOfAPathIsAHeader(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Headers.Security = true
		a.Paths = []PathArgs{{Pattern: "/new/*", Cache: CacheArgs{Preset: "fresh"}}}
	}))
	expectInputs(t, c.resource("cdn-"+pathName("/new/*")+"-headers"), map[string]any{
		"securityHeadersConfig.contentTypeOptions.override": true,
		"customHeadersConfig.items[1].value":                "public, no-cache",
	})
	assert.Nil(t, c.resource("cdn-headers").input("customHeadersConfig.items[1]"))
}

func TestTheNameOfAPathStaysWhenOthersComeAndGo(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "new-9a2d765b", pathName("/new/*"))
	assert.Equal(t, "new-9a2d765b", pathName("new/*"), "the leading slash may be left out")
	assert.Regexp(t, `^[0-9a-f]{8}$`, pathName("/?/*"), "a pattern without letters")
	assert.NotEqual(t, pathName("/a-b/*"), pathName("/a/b/*"))
}

// The AWS provider changes a policy by the version that the state knows. After an interrupted
// change AWS has another one.
func TestAChangedPolicyOfAnyPathIsMadeAnew(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Headers.Security = true
		a.Paths = []PathArgs{{Pattern: "/new/*", Cache: CacheArgs{MaxTtl: pulumi.Int(60), DefaultTtl: pulumi.Int(60)}, Headers: HeadersArgs{CorsOrigins: []string{"*"}}}}
	}))
	own := "cdn-" + pathName("/new/*")
	for _, name := range []string{"cdn-cache", "cdn-headers", own + "-cache", own + "-headers"} {
		assert.Equal(t, []string{"*"}, c.resource(name).request.GetReplaceOnChanges(), name)
	}
}
