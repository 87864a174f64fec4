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
func one() ImageCdnArgs {
	return ImageCdnArgs{Domain: "cdn.example.com", Bucket: pulumi.String("images")}
}

// three has a wildcard and its base in one zone, and a name in another.
func three() ImageCdnArgs {
	return ImageCdnArgs{
		Domain: "img.example.com", AdditionalDomains: []string{"cdn.example.net", "*.img.example.com"}, Bucket: pulumi.String("images"),
	}
}

func with(args ImageCdnArgs, change func(*ImageCdnArgs)) ImageCdnArgs {
	change(&args)
	return args
}

// newLogBucket has a bucket of logs made.
func newLogBucket(a *ImageCdnArgs) {
	a.Logging.CreateBucket, a.Logging.Bucket = true, pulumi.String("new-logs")
}

// newBucket has a bucket made.
func newBucket(a *ImageCdnArgs) { a.Origin.CreateBucket, a.Bucket = true, pulumi.String("new-images") }

// Resources of a CDN by the part that makes them, as "type name".
var (
	wholeAlways = []string{
		"imagecdn:index:ImageCdn cdn",
		"imagecdn:index:Leftovers cdn-mark",
		"imagecdn:index:Leftovers cdn-unfinished",
		"imagecdn:index:BucketOrigin cdn-origin",
		"aws:cloudfront/originAccessControl:OriginAccessControl cdn-origin-oac",
		"aws:cloudfront/distribution:Distribution cdn-distribution",
	}
	ownCertificate = []string{
		"imagecdn:index:ValidatedCertificate cdn-certificate",
		"aws:acm/certificate:Certificate cdn-certificate-cert",
		"aws:acm/certificateValidation:CertificateValidation cdn-certificate-validated",
		"imagecdn:index:Leftovers cdn-certificate-unfinished",
	}
	ownCachePolicy = []string{"aws:cloudfront/cachePolicy:CachePolicy cdn-cache"}
	headersPolicy  = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy cdn-headers"
	ownWebACL      = []string{"aws:wafv2/webAcl:WebAcl cdn-waf"}
	ownGrant       = []string{"imagecdn:index:BucketPolicyStatement cdn-read"}
	ownBucket      = []string{
		"aws:s3/bucketV2:BucketV2 cdn-origin-bucket",
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls cdn-origin-ownership",
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock cdn-origin-private",
	}
	tlsOnly = []string{"imagecdn:index:BucketPolicyStatement cdn-origin-tls"}
	ownLogs = []string{
		"aws:cloudwatch/logDeliverySource:LogDeliverySource cdn-logs-source",
		"imagecdn:index:BucketPolicyStatement cdn-logs-write",
		"aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination cdn-logs-destination",
		"imagecdn:index:Leftovers cdn-logs-unfinished",
		"aws:cloudwatch/logDelivery:LogDelivery cdn-logs-delivery",
	}
	ownLogBucket = []string{
		"aws:s3/bucketV2:BucketV2 cdn-logs-bucket",
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls cdn-logs-ownership",
		"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock cdn-logs-private",
		"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2 cdn-logs-lifecycle",
		"imagecdn:index:BucketPolicyStatement cdn-logs-tls",
	}
	twoAlarms = []string{
		"aws:cloudwatch/metricAlarm:MetricAlarm cdn-alarm-server-errors", "aws:cloudwatch/metricAlarm:MetricAlarm cdn-alarm-certificate",
	}
	oneValidation = []string{"imagecdn:index:ValidationRecord cdn-certificate-validation-cdn.example.com"}
	oneAlias      = []string{
		"aws:route53/record:Record cdn-alias-cdn.example.com-a",
		"aws:route53/record:Record cdn-alias-cdn.example.com-aaaa",
		"aws:route53/record:Record cdn-alias-cdn.example.com-https",
	}
	threeDomains = []string{
		"imagecdn:index:ValidationRecord cdn-certificate-validation-img.example.com",
		"imagecdn:index:ValidationRecord cdn-certificate-validation-cdn.example.net",
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
	oneDomain = slices.Concat(oneValidation, oneAlias)
	whole     = slices.Concat(ownCertificate, ownCachePolicy, ownWebACL, ownGrant, oneDomain)
)

// without is a list less another.
func without(all []string, less ...string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(less, name) })
}

func TestAPreviewShowsExactlyTheResourcesThatAnUpMakes(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		change func(*ImageCdnArgs)
		want   []string
	}{
		"a domain and a bucket are enough, for all protections": {func(*ImageCdnArgs) {}, whole},
		"a wildcard and its base share a validation record, a second zone has its own": {
			func(a *ImageCdnArgs) { *a = three() }, slices.Concat(without(whole, oneDomain...), threeDomains),
		},
		"a new bucket is private and takes TLS only": {newBucket, slices.Concat(whole, ownBucket, tlsOnly)},
		"without web ACL there is none":              {func(a *ImageCdnArgs) { a.Protection.WebAcl = None }, without(whole, ownWebACL...)},
		"a web ACL that is given is not made": {
			func(a *ImageCdnArgs) { a.Protection.WebAclArn = pulumi.String(foreignACL) }, without(whole, ownWebACL...),
		},
		"a web ACL asked for by name is the default": {func(a *ImageCdnArgs) { a.Protection.WebAcl = Managed }, whole},
		"a cache policy that is given is not made": {
			func(a *ImageCdnArgs) { a.Cache.PolicyId = pulumi.String(sharedPolicy) }, without(whole, ownCachePolicy...),
		},
		"headers are a policy of their own": {
			func(a *ImageCdnArgs) { a.Headers.Security = true }, append(slices.Clone(whole), headersPolicy),
		},
		"so is a preset, for what it says to browsers": {
			func(a *ImageCdnArgs) { a.Cache.Preset = "fresh" }, append(slices.Clone(whole), headersPolicy),
		},
		"a response headers policy that is given is not made": {
			func(a *ImageCdnArgs) { a.Headers.PolicyId = pulumi.String(sharedPolicy) }, whole,
		},
		"preflights are a rule of the bucket": {
			func(a *ImageCdnArgs) {
				a.Headers = HeadersArgs{CorsOrigins: []string{"https://www.example.com"}, Preflights: true}
			},
			append(slices.Clone(whole), headersPolicy, "imagecdn:index:BucketCorsRule cdn-cors"),
		},
		"a path has policies of its own for what is different": {
			func(a *ImageCdnArgs) {
				a.Paths = []PathArgs{{Pattern: "/new/*", Cache: CacheArgs{Preset: "fresh"}}, {Pattern: "*.svg", Headers: HeadersArgs{Security: true}}}
			},
			append(slices.Clone(whole), "aws:cloudfront/cachePolicy:CachePolicy cdn-new-9a2d765b-cache",
				"aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy cdn-new-9a2d765b-headers",
				"aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy cdn-svg-98ce17de-headers"),
		},
		"what S3 says of missing images is a statement of its own": {
			func(a *ImageCdnArgs) {
				a.Missing = MissingArgs{NotFound: true, Placeholder: pulumi.String("/missing.png")}
			},
			append(slices.Clone(whole), "imagecdn:index:BucketPolicyStatement cdn-list"),
		},
		"unless somebody else writes it": {
			func(a *ImageCdnArgs) { a.Missing.NotFound, a.Origin.Grant = true, None }, without(whole, ownGrant...),
		},
		"logs go to a bucket that is there": {
			func(a *ImageCdnArgs) { a.Logging.Bucket = pulumi.String("team-logs") }, slices.Concat(whole, ownLogs),
		},
		"or to a private one that is made, whose logs expire": {newLogBucket, slices.Concat(whole, ownLogs, ownLogBucket)},
		"or to one whose policy somebody else writes": {
			func(a *ImageCdnArgs) { newLogBucket(a); a.Logging.Grant = None },
			without(slices.Concat(whole, ownLogs, ownLogBucket), "imagecdn:index:BucketPolicyStatement cdn-logs-write", "imagecdn:index:BucketPolicyStatement cdn-logs-tls"),
		},
		"alarms are made where there is somebody to tell": {
			func(a *ImageCdnArgs) { a.Monitoring.TopicArn = pulumi.String(givenTopic) }, slices.Concat(whole, twoAlarms),
		},
		"with additional metrics there are more, and a topic and a dashboard if they are wanted": {
			func(a *ImageCdnArgs) {
				a.Monitoring = MonitoringArgs{CreateTopic: true, AdditionalMetrics: true, GigabytesPerDay: pulumi.Int(1), Dashboard: true}
			},
			slices.Concat(whole, twoAlarms, []string{
				"aws:sns/topic:Topic cdn-alarms", "aws:cloudfront/monitoringSubscription:MonitoringSubscription cdn-metrics",
				"aws:cloudwatch/dashboard:Dashboard cdn-dashboard", "aws:cloudwatch/metricAlarm:MetricAlarm cdn-alarm-hit-rate",
				"aws:cloudwatch/metricAlarm:MetricAlarm cdn-alarm-origin-latency", "aws:cloudwatch/metricAlarm:MetricAlarm cdn-alarm-bytes",
			}),
		},
		"query parameters are in the cache policy": {func(a *ImageCdnArgs) { a.Cache.QueryParameters = []string{"v"} }, whole},
		"a certificate that is given is not made, nor validated": {
			func(a *ImageCdnArgs) { a.Certificate.Arn = pulumi.String(issuedARN) },
			without(whole, slices.Concat(ownCertificate, oneValidation)...),
		},
		"records that somebody else writes are not made, and the certificate is awaited": {
			func(a *ImageCdnArgs) { a.Dns.Records = None }, without(whole, oneDomain...),
		},
		"a statement that somebody else writes is not made": {
			func(a *ImageCdnArgs) { a.Origin.Grant = None }, without(whole, ownGrant...),
		},
		"the policy of a new bucket is left alone, too, if told so": {
			func(a *ImageCdnArgs) { newBucket(a); a.Origin.Grant = None }, slices.Concat(without(whole, ownGrant...), ownBucket),
		},
		"not waiting for the deployment changes no resource": {func(a *ImageCdnArgs) { a.Operation.WaitForDeployment = new(false) }, whole},
		"values that are empty are values that are left out": {func(a *ImageCdnArgs) {
			a.Dns.ZoneId, a.Certificate.Arn, a.Origin.DomainName = pulumi.String(""), pulumi.String(""), pulumi.String("")
			a.Cache.PolicyId, a.Protection.WebAclArn = pulumi.String(""), pulumi.String("")
			a.Operation.PriceClass, a.Operation.Comment = pulumi.String(""), pulumi.String("")
			a.Missing.Placeholder, a.Missing.RootObject = pulumi.String(""), pulumi.String("")
			a.Logging = LoggingArgs{Bucket: pulumi.String(""), Format: pulumi.String(""), Prefix: pulumi.String(""), Path: pulumi.String("")}
		}, whole},
	} {
		want := slices.Sorted(slices.Values(slices.Concat(test.want, wholeAlways)))
		for _, preview := range []bool{false, true} {
			t.Run(sentence+map[bool]string{true: ", in a preview"}[preview], func(t *testing.T) {
				t.Parallel()
				c := newCloud(t)
				c.preview = preview
				c.certificates[issuedARN] = certificateAt{"ISSUED", []string{"cdn.example.com"}}
				c.mustUp(with(one(), test.change))
				assert.Equal(t, want, c.names())
			})
		}
	}
}

func TestAPreviewShowsEveryResourceEvenIfNothingCanBeLookedUpYet(t *testing.T) {
	t.Parallel()
	for sentence, change := range map[string]func(*ImageCdnArgs){
		"on an existing bucket": func(*ImageCdnArgs) {},
		"on a new bucket":       newBucket,
		"with logs":             newLogBucket,
		"with what others made": func(a *ImageCdnArgs) {
			a.Cache.PolicyId, a.Protection.WebAclArn = pulumi.String(sharedPolicy), pulumi.String(foreignACL)
		},
		"with a certificate given": func(a *ImageCdnArgs) { a.Certificate.Arn = pulumi.String(issuedARN) },
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			up, preview := newCloud(t), newCloud(t)
			up.certificates[issuedARN] = certificateAt{"ISSUED", []string{"cdn.example.com"}}
			preview.preview, preview.unconfigured = true, true
			up.mustUp(with(one(), change))
			preview.mustUp(with(one(), change))
			assert.Equal(t, up.names(), preview.names())
		})
	}
}

func TestNothingIsAskedOfTheAwsProviderBeforeItIsNeeded(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*ImageCdnArgs){func(*ImageCdnArgs) {}, newBucket, func(a *ImageCdnArgs) {
		a.Cache.PolicyId, a.Protection.WebAclArn = pulumi.String(sharedPolicy), pulumi.String(foreignACL)
	}} {
		c := newCloud(t)
		c.preview = true
		c.mustUp(with(three(), change))
		for _, call := range c.calls {
			assert.True(t, strings.HasPrefix(call.Token, "imagecdn:"), "%s starts a process of 300 MB", call.Token)
		}
		assert.Len(t, c.callsOf(getDomainsToken), 1, "all domains at once")
	}
}

func TestEveryResourceIsBelowTheComponent(t *testing.T) {
	t.Parallel()
	for sentence, args := range map[string]ImageCdnArgs{
		"with an existing bucket": three(),
		"with a new bucket":       with(three(), newBucket),
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(args)
			component := "urn:pulumi:prod::shop::imagecdn:index:ImageCdn::cdn"
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
				case strings.HasPrefix(r.name, "cdn-origin-"):
					assert.Equal(t, parts[1], r.request.GetParent(), r.name)
				default:
					assert.Equal(t, component, r.request.GetParent(), r.name)
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

	component := c.resource("cdn").request
	assert.True(t, component.GetProtect())
	assert.NotEmpty(t, aliasesOf(component.GetAliases()))
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
		if _, err := NewImageCdn(ctx, "cdn", &first); err != nil {
			return err
		}
		_, err := NewImageCdn(ctx, "other", &second)
		return err
	}))
	names := c.names()
	assert.Equal(t, names, slices.Compact(slices.Clone(names)), "Pulumi names are unique")
	for _, r := range c.all() {
		if r.kind != "aws:route53/record:Record" && r.kind != ValidationRecordToken {
			assert.Nil(t, r.input("name"), "Pulumi makes unique names: %s", r.name)
		}
	}
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
	c.mustUp(with(one(), newBucket))
	for _, used := range []string{"cdn-origin-bucket", "cdn-origin-oac", "cdn-waf", "cdn-cache", "cdn-certificate-cert"} {
		assert.Contains(t, dependants(c, used), "cdn-distribution", "of %s", used)
	}
}

// What AWS made although its answer was lost is found by its mark, and deleted after
// everything that the state knows.
func TestEverythingThatAwsCouldKeepCarriesTheMark(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(three())
	for name, where := range map[string]string{
		"cdn-certificate-cert": "tags", "cdn-distribution": "tags",
		"cdn-waf": "description", "cdn-origin-oac": "description", "cdn-cache": "comment",
	} {
		marked := c.resource(name).inputs[resource.PropertyKey(where)]
		assert.Contains(t, marked.String(), theMark, name)
		assert.Contains(t, dependants(c, "cdn-mark"), name)
	}
	for _, held := range []string{"cdn-certificate-cert", "cdn-waf", "cdn-origin-oac", "cdn-cache"} {
		assert.Contains(t, dependants(c, held), "cdn-unfinished", "a distribution that is left goes before %s", held)
	}
	assert.Contains(t, dependants(c, "cdn-unfinished"), "cdn-distribution")
	assert.NotContains(t, dependants(c, "cdn-certificate-validated"), "cdn-unfinished", "it waits for nothing")
	assert.Contains(t, dependants(c, "cdn-certificate-validation-cdn.example.net"), "cdn-certificate-unfinished", "a certificate that is left goes before the record")
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
