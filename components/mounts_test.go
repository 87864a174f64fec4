package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mounted has images of other places.
func mounted(mounts ...MountArgs) func(*ImageCdnArgs) {
	return func(a *ImageCdnArgs) { a.Origin.Mounts = mounts }
}

func TestAPrefixIsTheRootAndNothingElseMayBeRead(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.buckets["replica"] = bucketAt{region: "eu-west-1"}
	grant := c.output(with(one(), func(a *ImageCdnArgs) {
		a.Origin = OriginArgs{Prefix: pulumi.String("web/images"), Failover: FailoverArgs{Bucket: pulumi.String("replica")}}
		a.Missing.NotFound = true
	}), func(cdn *ImageCdn) pulumi.Output { return cdn.GrantStatement })
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{"origins[0].originPath": "/web/images", "origins[1].originPath": "/web/images"})
	for _, name := range []string{"cdn-read", "cdn-replica-read"} {
		assert.Equal(t, "web/images", c.resource(name).input("prefixes[0]"), name)
	}
	assert.Nil(t, c.resource("cdn-list").input("prefixes"))
	assert.Contains(t, grant, `["arn:aws:s3:::images","arn:aws:s3:::images/web/images/*"]`)
}

func TestAMountIsOneMoreOriginWithTheCdnsOwnPolicies(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.buckets["people"] = bucketAt{region: "ap-south-1"}
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Origin.Mounts = []MountArgs{
			{Path: "/avatars/*", Bucket: pulumi.String("arn:aws:s3:::people"), Prefix: pulumi.String("2026")},
			{Path: "/old/avatars/*", Bucket: pulumi.String("people"), Prefix: pulumi.String("2025")},
			{Path: "/shop/*", Prefix: pulumi.String("catalogue")},
		}
		a.Origin.Prefix = pulumi.String("web")
		a.Headers = HeadersArgs{CorsOrigins: []string{"https://www.example.com"}, Preflights: true}
		a.Functions.ContentTypes = true
	}))
	distribution := c.resource("cdn-distribution")
	expectInputs(t, distribution, map[string]any{
		"origins[0].originPath": "/web",
		"origins[1].originPath": "/2026", "origins[1].domainName": "people.s3.ap-south-1.amazonaws.com",
		"origins[2].originPath": "/2025", "origins[2].domainName": "people.s3.ap-south-1.amazonaws.com",
		"origins[3].originPath": "/catalogue", "origins[3].domainName": "images.s3.eu-central-1.amazonaws.com",
		"origins[1].originAccessControlId":                           distribution.input("origins[0].originAccessControlId"),
		"orderedCacheBehaviors[0].pathPattern":                       "/avatars/*",
		"orderedCacheBehaviors[1].pathPattern":                       "/old/avatars/*",
		"orderedCacheBehaviors[2].pathPattern":                       "/shop/*",
		"orderedCacheBehaviors[0].targetOriginId":                    distribution.input("origins[1].originId"),
		"orderedCacheBehaviors[2].targetOriginId":                    distribution.input("origins[3].originId"),
		"orderedCacheBehaviors[0].cachePolicyId":                     distribution.input("defaultCacheBehavior.cachePolicyId"),
		"defaultCacheBehavior.targetOriginId":                        "bucket",
		"orderedCacheBehaviors[0].functionAssociations[0].eventType": "viewer-response",
		"orderedCacheBehaviors[0].responseHeadersPolicyId":           distribution.input("defaultCacheBehavior.responseHeadersPolicyId"),
	})
	assert.Equal(t, map[string]any{"bucket": "people", "region": "ap-south-1", "distributionArn": distributionARN, "prefixes": []any{"2026", "2025"}},
		c.resource("cdn-people-read").inputs.Mappable(), "one statement for a bucket")
	assert.Equal(t, []any{"web", "catalogue"}, c.resource("cdn-read").inputs.Mappable()["prefixes"])
	assert.Equal(t, "people", c.resource("cdn-people-cors").input("bucket"), "preflights are asked there, too")
	assert.NotContains(t, c.names(), "aws:cloudfront/function:Function cdn-request")
}

func TestABucketOfWhichAllMayBeReadHasNoFoldersInItsStatement(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.buckets["people"] = bucketAt{region: "eu-west-1"}
	c.mustUp(with(one(), mounted(
		MountArgs{Path: "/shop/*", Prefix: pulumi.String("catalogue")},
		MountArgs{Path: "/avatars/*", Bucket: pulumi.String("people"), Prefix: pulumi.String("2026")},
		MountArgs{Path: "/people/*", Bucket: pulumi.String("people")},
	)))
	for _, name := range []string{"cdn-read", "cdn-people-read"} {
		assert.NotContains(t, c.resource(name).inputs.Mappable(), "prefixes", name)
	}
}

func TestAPathWithinAMountIsTheMountsAndAMountGoesBeforeOtherPaths(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.buckets["people"] = bucketAt{region: "eu-west-1"}
	fresh := CacheArgs{Preset: "fresh"}
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Origin.Mounts = []MountArgs{
			{Path: "/a/b/*", Bucket: pulumi.String("people")}, {Path: "/a/*", Prefix: pulumi.String("a")}, {Path: "/c/*", Prefix: pulumi.String("c")},
		}
		a.Paths = []PathArgs{{Pattern: "*.svg", Cache: fresh}, {Pattern: "a/*.png", Cache: fresh}, {Pattern: "/c/*", Cache: fresh}}
	}))
	distribution := c.resource("cdn-distribution")
	origin := func(i string) any { return distribution.input("origins[" + i + "].originId") }
	for i, want := range []struct{ pattern, origin any }{
		{"/a/b/*", origin("1")}, {"a/*.png", origin("2")}, {"/a/*", origin("2")}, {"/c/*", origin("3")}, {"*.svg", "bucket"},
	} {
		at := "orderedCacheBehaviors[" + string(rune('0'+i)) + "]"
		assert.Equal(t, want.pattern, distribution.input(at+".pathPattern"))
		assert.Equal(t, want.origin, distribution.input(at+".targetOriginId"), want.pattern)
	}
	assert.NotEqual(t, distribution.input("defaultCacheBehavior.cachePolicyId"), distribution.input("orderedCacheBehaviors[3].cachePolicyId"),
		"what is said for the path holds for the mount")
	assert.Nil(t, distribution.input("orderedCacheBehaviors[5]"))
}

func TestAPathIsStrippedInAFunction(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), mounted(MountArgs{Path: "/avatars/*", Prefix: pulumi.String("people"), StripPath: true}, MountArgs{Path: "/shop/*", Prefix: pulumi.String("s")})))
	assert.Contains(t, c.resource("cdn-request").input("code"), `const folders = ["/avatars/"];`)
	assert.Contains(t, c.resource("cdn-mark").input("kinds"), "function")
}

func TestABucketOfAMountMayBeMadeInTheSameProgram(t *testing.T) {
	t.Parallel()
	for _, preview := range []bool{false, true} {
		c := newCloud(t)
		c.preview = preview
		c.buckets["people"] = bucketAt{region: "eu-west-1"}
		later := pulumi.String("people").ToStringOutput()
		c.mustUp(with(one(), mounted(
			MountArgs{Path: "/avatars/*", Bucket: later, Prefix: pulumi.String("2026")}, MountArgs{Path: "/old/*", Bucket: later, Prefix: pulumi.String("2025").ToStringOutput()},
		)))
		var grants []string
		for _, name := range c.names() {
			if name != "imagecdn:index:BucketPolicyStatement cdn-read" && len(name) > 40 && name[:36] == "imagecdn:index:BucketPolicyStatement" {
				grants = append(grants, name)
			}
		}
		require.Len(t, grants, 1, "one output is one bucket")
	}
}

func TestAnUpThatTakesAFolderAwayWaitsForTheEdge(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		prefixes any
		polls    bool
	}{
		"the same folders": {[]any{"web", "catalogue"}, false},
		"another folder":   {[]any{"web", "shop"}, true},
		"the whole bucket": {nil, true},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.state = []any{inState(BucketPolicyStatementToken, map[string]any{"bucket": "images", "distributionArn": distributionARN, "prefixes": test.prefixes})}
			c.mustUp(with(one(), func(a *ImageCdnArgs) {
				a.Origin = OriginArgs{Prefix: pulumi.String("web"), Mounts: []MountArgs{{Path: "/shop/*", Prefix: pulumi.String("catalogue")}}}
				a.Operation.WaitForDeployment = new(false)
			}))
			assert.Equal(t, test.polls, len(c.callsOf(getDistribution)) > 0)
		})
	}
}
