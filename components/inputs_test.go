package components

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

// homeProvider is an AWS provider in eu-west-1.
func homeProvider(ctx *pulumi.Context) (*aws.Provider, error) {
	return aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
}

// later is a value as another resource's output.
func later(value string) pulumi.StringOutput { return pulumi.String(value).ToStringOutput() }

// allOutputs gives everything that may be an output as one.
func allOutputs(a *ImageCdnArgs) {
	a.Bucket, a.Dns.ZoneId = later("images"), later("Z1")
	a.Cache = CacheArgs{
		MinTtl: pulumi.Int(1).ToIntOutput(), DefaultTtl: pulumi.Int(2).ToIntOutput(),
		MaxTtl: pulumi.Int(3).ToIntOutput(), ErrorTtl: pulumi.Int(4).ToIntOutput(),
	}
	a.Operation = OperationArgs{PriceClass: later("PriceClass_200"), Comment: later("later")}
	a.Tags = pulumi.StringMap{"team": later("images")}
}

func TestWhatOtherResourcesSayIsPassedThrough(t *testing.T) {
	t.Parallel()
	for sentence, tags := range map[string]pulumi.StringMapInput{
		"with tags that are outputs":              pulumi.StringMap{"team": later("images")},
		"with tags that are an output as a whole": pulumi.StringMap{"team": pulumi.String("images")}.ToStringMapOutput(),
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(one(), func(a *ImageCdnArgs) { allOutputs(a); a.Tags = tags }))
			expectInputs(t, c.resource("cdn-cache"), map[string]any{"minTtl": 1.0, "defaultTtl": 2.0, "maxTtl": 3.0})
			expectInputs(t, c.resource("cdn-distribution"), map[string]any{
				"customErrorResponses[0].errorCachingMinTtl": 4.0, "priceClass": "PriceClass_200", "comment": "later", "tags.team": "images",
			})
			expectInputs(t, c.resource("cdn-alias-cdn.example.com-a"), map[string]any{"zoneId": "Z1"})
			expectInputs(t, c.resource("cdn-read"), map[string]any{"bucket": "images"})
		})
	}
}

func TestWhatOtherResourcesMadeIsUsed(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Cache.PolicyId, a.Protection.WebAclArn = later("made-policy"), later("made-acl")
	}))
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{
		"defaultCacheBehavior.cachePolicyId": "made-policy", "webAclId": "made-acl",
	})
	assert.Empty(t, append(c.asked("cachePolicyId"), c.asked("webAclArn")...), "they may be made by the same up")
}

func TestThePreviewShowsEveryResourceWhateverIsUnknown(t *testing.T) {
	t.Parallel()
	number := unknown().ApplyT(func(string) int { return 0 }).(pulumi.IntOutput)
	for sentence, test := range map[string]struct {
		change func(*ImageCdnArgs)
		want   []string
	}{
		"values that are passed through": {func(a *ImageCdnArgs) {
			a.Bucket, a.Dns.ZoneId, a.Tags = unknown(), unknown(), pulumi.StringMap{"team": unknown()}
			a.Cache = CacheArgs{MinTtl: number, DefaultTtl: number, MaxTtl: number, ErrorTtl: number}
			a.Operation = OperationArgs{PriceClass: unknown(), Comment: unknown()}
		}, whole},
		"the bucket's domain name": {func(a *ImageCdnArgs) { a.Origin.DomainName = unknown() }, whole},
		"the policy":               {func(a *ImageCdnArgs) { a.Cache.PolicyId = unknown() }, without(whole, ownCachePolicy...)},
		"the web ACL":              {func(a *ImageCdnArgs) { a.Protection.WebAclArn = unknown() }, without(whole, ownWebACL...)},
		"the certificate": {
			func(a *ImageCdnArgs) { a.Certificate.Arn = unknown() }, without(whole, slices.Concat(ownCertificate, oneValidation)...),
		},
		"the tags as a whole": {func(a *ImageCdnArgs) {
			newBucket(a)
			a.Tags = unknown().ApplyT(func(string) map[string]string { return nil }).(pulumi.StringMapOutput)
		}, slices.Concat(whole, ownBucket, tlsOnly)},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.preview = true
			c.mustUp(with(one(), test.change))
			assert.ElementsMatch(t, slices.Concat(test.want, wholeAlways), c.names())
		})
	}
}

func TestSecretTagsStaySecret(t *testing.T) {
	t.Parallel()
	secret := pulumi.ToSecret(pulumi.String("hidden")).(pulumi.StringOutput)
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) { newBucket(a); a.Tags = pulumi.StringMap{"owner": secret} }))
	for _, name := range []string{"cdn-distribution", "cdn-certificate-cert", "cdn-waf", "cdn-origin-bucket"} {
		tags := c.resource(name).inputs["tags"]
		assert.True(t, tags.ContainsSecrets(), name)
	}
}
