package components

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// one is the smallest CDN.
func one() ImageCdnArgs { return ImageCdnArgs{Domain: "cdn.example.com", Bucket: "images"} }

// three has a wildcard and its base in one zone, and a name in another.
func three() ImageCdnArgs {
	return ImageCdnArgs{
		Domain: "img.example.com", AdditionalDomains: []string{"cdn.example.net", "*.img.example.com"}, Bucket: "images",
	}
}

func with(args ImageCdnArgs, change func(*ImageCdnArgs)) ImageCdnArgs {
	change(&args)
	return args
}

// Resources of a CDN by the part that makes them, as "type name".
var (
	wholeAlways = []string{
		"imagecdn:index:ImageCdn cdn",
		"imagecdn:index:ValidatedCertificate cdn-certificate",
		"imagecdn:index:BucketOrigin cdn-origin",
		"aws:acm/certificate:Certificate cdn-certificate-cert",
		"aws:acm/certificateValidation:CertificateValidation cdn-certificate-validated",
		"aws:cloudfront/originAccessControl:OriginAccessControl cdn-origin-oac",
		"aws:cloudfront/distribution:Distribution cdn-distribution",
	}
	ownCachePolicy = []string{"aws:cloudfront/cachePolicy:CachePolicy cdn-cache"}
	ownWebACL      = []string{"aws:wafv2/webAcl:WebAcl cdn-waf"}
	existingBucket = []string{"imagecdn:index:BucketPolicyStatement cdn-read"}
	newBucket      = []string{
		"aws:s3/bucketV2:BucketV2 cdn-origin-bucket",
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls cdn-origin-ownership",
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock cdn-origin-private",
		"aws:s3/bucketPolicy:BucketPolicy cdn-read",
	}
	oneDomain = []string{
		"aws:route53/record:Record cdn-certificate-validation-cdn.example.com",
		"aws:route53/record:Record cdn-alias-cdn.example.com-a",
		"aws:route53/record:Record cdn-alias-cdn.example.com-aaaa",
		"aws:route53/record:Record cdn-alias-cdn.example.com-https",
	}
	threeDomains = []string{
		"aws:route53/record:Record cdn-certificate-validation-img.example.com",
		"aws:route53/record:Record cdn-certificate-validation-cdn.example.net",
		"aws:route53/record:Record cdn-alias-img.example.com-a",
		"aws:route53/record:Record cdn-alias-img.example.com-aaaa",
		"aws:route53/record:Record cdn-alias-img.example.com-https",
		"aws:route53/record:Record cdn-alias-*.img.example.com-a",
		"aws:route53/record:Record cdn-alias-*.img.example.com-aaaa",
		"aws:route53/record:Record cdn-alias-*.img.example.com-https",
		"aws:route53/record:Record cdn-alias-cdn.example.net-a",
		"aws:route53/record:Record cdn-alias-cdn.example.net-aaaa",
		"aws:route53/record:Record cdn-alias-cdn.example.net-https",
	}
)

func TestAPreviewShowsExactlyTheResourcesThatAnUpMakes(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		args ImageCdnArgs
		want [][]string
	}{
		"one domain on an existing bucket has all protections": {
			one(), [][]string{ownCachePolicy, ownWebACL, existingBucket, oneDomain},
		},
		"a wildcard and its base share a validation record, a second zone has its own": {
			three(), [][]string{ownCachePolicy, ownWebACL, existingBucket, threeDomains},
		},
		"a new bucket is private and has a policy of its own": {
			with(one(), func(a *ImageCdnArgs) { a.CreateBucket, a.Bucket = true, "new-images" }),
			[][]string{ownCachePolicy, ownWebACL, newBucket, oneDomain},
		},
		"without web ACL there is none": {
			with(one(), func(a *ImageCdnArgs) { a.WebAcl = WebAclNone }), [][]string{ownCachePolicy, existingBucket, oneDomain},
		},
		"a web ACL that is given is not made": {
			with(one(), func(a *ImageCdnArgs) { a.WebAcl = foreignACL }), [][]string{ownCachePolicy, existingBucket, oneDomain},
		},
		"a web ACL asked for by name is the default": {
			with(one(), func(a *ImageCdnArgs) { a.WebAcl = WebAclManaged }),
			[][]string{ownCachePolicy, ownWebACL, existingBucket, oneDomain},
		},
		"a cache policy that is given is not made": {
			with(one(), func(a *ImageCdnArgs) { a.CachePolicyId = "policy" }), [][]string{ownWebACL, existingBucket, oneDomain},
		},
		"not waiting for the deployment changes no resource": {
			with(one(), func(a *ImageCdnArgs) { a.WaitForDeployment = new(false) }),
			[][]string{ownCachePolicy, ownWebACL, existingBucket, oneDomain},
		},
	} {
		want := slices.Sorted(slices.Values(slices.Concat(append(test.want, wholeAlways)...)))
		for _, preview := range []bool{false, true} {
			t.Run(sentence+map[bool]string{true: ", in a preview"}[preview], func(t *testing.T) {
				t.Parallel()
				c := newCloud(t)
				c.preview = preview
				c.mustUp(test.args)
				assert.Equal(t, want, c.names())
			})
		}
	}
}

func TestEveryResourceIsBelowTheComponent(t *testing.T) {
	t.Parallel()
	for sentence, args := range map[string]ImageCdnArgs{
		"with an existing bucket": three(),
		"with a new bucket":       with(three(), func(a *ImageCdnArgs) { a.CreateBucket = true }),
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(args)
			whole := "urn:pulumi:prod::shop::imagecdn:index:ImageCdn::cdn"
			parts := []string{
				"urn:pulumi:prod::shop::imagecdn:index:ImageCdn$imagecdn:index:ValidatedCertificate::cdn-certificate",
				"urn:pulumi:prod::shop::imagecdn:index:ImageCdn$imagecdn:index:BucketOrigin::cdn-origin",
			}
			for _, r := range c.all() {
				switch {
				case strings.HasPrefix(r.kind, "pulumi:providers:"):
				case r.kind == ImageCdnToken:
					assert.Contains(t, r.request.GetParent(), "pulumi:pulumi:Stack", r.name)
				case strings.HasPrefix(r.name, "cdn-certificate-"):
					assert.Equal(t, parts[0], r.request.GetParent(), r.name)
				case strings.HasPrefix(r.name, "cdn-origin-"), r.name == "cdn-read":
					assert.Equal(t, parts[1], r.request.GetParent(), r.name)
				default:
					assert.Equal(t, whole, r.request.GetParent(), r.name)
				}
			}
		})
	}
}

func TestTheCallersOptionsStayWithTheComponent(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(one(), pulumi.Protect(true), pulumi.RetainOnDelete(true),
		pulumi.Aliases([]pulumi.Alias{{URN: pulumi.URN("urn:pulumi:prod::shop::old:index:Cdn::former")}}),
		pulumi.IgnoreChanges([]string{"tags"}), pulumi.DeleteBeforeReplace(true))

	whole := c.resource("cdn").request
	assert.True(t, whole.GetProtect())
	assert.NotEmpty(t, aliasesOf(whole.GetAliases()))
	for _, r := range c.all() {
		if r.kind == ImageCdnToken || strings.HasPrefix(r.kind, "pulumi:providers:") {
			continue
		}
		assert.True(t, r.request.GetProtect(), "%s inherits protection from its parent, as everywhere in Pulumi", r.name)
		assert.False(t, r.request.GetRetainOnDelete(), r.name)
		assert.False(t, r.request.GetDeleteBeforeReplace(), r.name)
		assert.NotContains(t, r.request.GetIgnoreChanges(), "tags", r.name)
		assert.NotContains(t, aliasesOf(r.request.GetAliases()), "urn:pulumi:prod::shop::old:index:Cdn::former", r.name)
	}
}

func TestTwoImageCdnsLiveInOneStack(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		first, second := one(), with(one(), func(a *ImageCdnArgs) { a.Domain = "other.example.com" })
		if err := c.addProviders(ctx, &first); err != nil {
			return err
		}
		second.UsEast1Provider, second.StatementProvider = first.UsEast1Provider, first.StatementProvider
		if _, err := NewImageCdn(ctx, "cdn", &first); err != nil {
			return err
		}
		_, err := NewImageCdn(ctx, "other", &second)
		return err
	}))

	names := c.names()
	assert.Equal(t, names, slices.Compact(slices.Clone(names)), "Pulumi names are unique")
	unique := map[string]string{}
	for _, r := range c.all() {
		name, ok := r.inputs["name"]
		if !ok || r.kind == "aws:route53/record:Record" {
			continue
		}
		other, taken := unique[r.kind+text(name)]
		assert.False(t, taken, "%s and %s have the name %s in AWS", r.name, other, text(name))
		unique[r.kind+text(name)] = r.name
	}
	assert.Len(t, unique, 6, "origin access control, cache policy and web ACL of each")
}

func TestOnlyTheDistributionWaitsForTheCertificate(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(three())
	waits := dependants(c, "cdn-certificate-validated")
	assert.Contains(t, waits, "cdn-distribution")
	for _, name := range []string{"cdn-origin-oac", "cdn-waf", "cdn-cache"} {
		assert.NotContains(t, waits, name)
	}
	assert.Contains(t, waits, "cdn-read", "it names the distribution")
}

func TestTheDistributionIsDeletedBeforeWhatItUses(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) { a.CreateBucket = true }))
	for _, used := range []string{"cdn-origin-bucket", "cdn-origin-oac", "cdn-waf", "cdn-cache", "cdn-certificate-cert"} {
		assert.Contains(t, dependants(c, used), "cdn-distribution", "of %s", used)
	}
}

// dependants are the names of all resources that depend on one, over any number of steps.
func dependants(c *cloud, name string) []string {
	reached := []string{name}
	for i := 0; i < len(reached); i++ {
		for _, r := range c.all() {
			if slices.ContainsFunc(r.request.GetDependencies(), func(urn string) bool {
				return resource.URN(urn).Name() == reached[i]
			}) && !slices.Contains(reached, r.name) {
				reached = append(reached, r.name)
			}
		}
	}
	return reached[1:]
}

// aliasesOf are the URNs and names that aliases give.
func aliasesOf(aliases []*pulumirpc.Alias) []string {
	var given []string
	for _, alias := range aliases {
		given = append(given, alias.GetUrn(), alias.GetSpec().GetName())
	}
	return slices.DeleteFunc(given, func(s string) bool { return s == "" })
}
