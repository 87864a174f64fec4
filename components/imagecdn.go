package components

import (
	"fmt"
	"slices"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ImageCdnToken is the type token of [ImageCdn].
const ImageCdnToken = "imagecdn:index:ImageCdn" //nolint:gosec // a type token, not a credential

// ImageCdn is a bucket of images behind CloudFront, on domains of its own.
type ImageCdn struct {
	pulumi.ResourceState

	// CdnDomain is the first domain, once it is served; CloudFront's own name of the
	// distribution where operation.live is false.
	CdnDomain pulumi.StringOutput `pulumi:"cdnDomain"`
	// CdnUrl is "https://" and CdnDomain; for a wildcard, which is no address, "".
	CdnUrl pulumi.StringOutput `pulumi:"cdnUrl"`
	// Domains are all domains, the first one first.
	Domains pulumi.StringArrayOutput `pulumi:"domains"`
	// DistributionId is the id of the distribution, such as "E2EXAMPLE".
	DistributionId pulumi.StringOutput `pulumi:"distributionId"`
	// DistributionArn is the ARN of the distribution.
	DistributionArn pulumi.StringOutput `pulumi:"distributionArn"`
	// DistributionDomain is CloudFront's own name of the distribution, "d….cloudfront.net".
	DistributionDomain pulumi.StringOutput `pulumi:"distributionDomain"`
	// CertificateArn is the ARN of the issued certificate.
	CertificateArn pulumi.StringOutput `pulumi:"certificateArn"`
	// BucketName is the name of the bucket.
	BucketName pulumi.StringOutput `pulumi:"bucketName"`
	// BucketPrefix is the folder of the bucket that is the root of the CDN, "" for all of it.
	BucketPrefix pulumi.StringOutput `pulumi:"bucketPrefix"`
	// WebAclArn is the ARN of the web ACL, "" for none.
	WebAclArn pulumi.StringOutput `pulumi:"webAclArn"`
	// OriginAccessControlId is the id of the origin access control.
	OriginAccessControlId pulumi.StringOutput `pulumi:"originAccessControlId"`
	// CachePolicyId is the id of the cache policy.
	CachePolicyId pulumi.StringOutput `pulumi:"cachePolicyId"`
	// SigningKeyIds are the ids of the public keys that were made, by their names: who
	// signs says which key it was.
	SigningKeyIds pulumi.StringMapOutput `pulumi:"signingKeyIds"`
	// DnsRecords are the records that somebody else has to make, each as
	// "name type value"; none where dns.records is "managed".
	DnsRecords pulumi.StringArrayOutput `pulumi:"dnsRecords"`
	// GrantStatement is the statement of the bucket's policy that lets the
	// distribution read, as JSON: to be put there where origin.grant is "none".
	GrantStatement pulumi.StringOutput `pulumi:"grantStatement"`
	// GrantStatements are the same for every bucket that the CDN reads, by its name.
	GrantStatements pulumi.StringMapOutput `pulumi:"grantStatements"`
	// KeyGrantStatement is the statement of a KMS key's policy that lets the distribution
	// decrypt, as JSON: to be put there where origin.keyGrant is "none". It is "" where
	// images are encrypted with no key that is known of.
	KeyGrantStatement pulumi.StringOutput `pulumi:"keyGrantStatement"`
	// LogsUri is where the logs of requests go, such as "s3://my-logs/cloudfront"; "" where
	// nothing is logged.
	LogsUri pulumi.StringOutput `pulumi:"logsUri"`
	// AlarmTopicArn is the topic that alarms tell, "" for none: people subscribe to it.
	AlarmTopicArn pulumi.StringOutput `pulumi:"alarmTopicArn"`

	// Certificate is the certificate part; nil where a certificate was given.
	Certificate *ValidatedCertificate
	// Origin is the bucket part.
	Origin *BucketOrigin
	// Distribution is the distribution.
	Distribution *cloudfront.Distribution
	// CachePolicies are the cache policies that were made: that of the CDN, and those of
	// its paths.
	CachePolicies []*cloudfront.CachePolicy
	// HeadersPolicies are the response headers policies that were made.
	HeadersPolicies []*cloudfront.ResponseHeadersPolicy
	// SigningKeys are the public keys that were made, in the order of their names.
	SigningKeys []*cloudfront.PublicKey
	// KeyGroup is the group of the public keys; nil where none are given.
	KeyGroup *cloudfront.KeyGroup
	// Functions are the CloudFront functions that were made.
	Functions []*cloudfront.Function
	// WebAcl is the web ACL; nil where one was given, or none is wanted.
	WebAcl *wafv2.WebAcl
	// Grant lets the distribution read the bucket; nil where somebody else does.
	Grant *BucketPolicyStatement
	// OtherGrants are those of the other buckets.
	OtherGrants []*BucketPolicyStatement
	// KeyGrants let the distribution decrypt images under KMS keys; none where no key is
	// known of, or somebody else does.
	KeyGrants []*KeyPolicyStatement
	// ListGrant lets S3 say 404 of a missing image; nil where that is not wanted, or
	// somebody else does it.
	ListGrant *BucketPolicyStatement
	// CorsRule has S3 answer preflights; nil where that is not wanted.
	CorsRule *BucketCorsRule
	// LogBucket is the bucket of the logs where the component made it, else nil.
	LogBucket *s3.BucketV2
	// AliasRecords point the domains at the distribution.
	AliasRecords []*route53.Record

	sources      []source
	grantees     []grantee
	associations cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArray
}

// ImageCdnArgs are the arguments of [NewImageCdn]. Domain and Bucket are enough.
type ImageCdnArgs struct {
	// Domain is the first domain of the CDN, such as "cdn.example.com", or a
	// wildcard such as "*.cdn.example.com", at most 64 characters. Required. A
	// change issues a new certificate and updates the distribution in place.
	Domain string `pulumi:"domain"`
	// AdditionalDomains are further domains; their order does not matter. A
	// change issues a new certificate and updates the distribution in place.
	AdditionalDomains []string `pulumi:"additionalDomains"`
	// Bucket is the name or the ARN of the bucket of images. Required.
	Bucket pulumi.StringInput `pulumi:"bucket"`
	// Dns says where the records of the domains go.
	Dns DnsArgs `pulumi:"dns"`
	// Certificate says which certificate serves the domains.
	Certificate CertificateArgs `pulumi:"certificate"`
	// Origin says what is done to the bucket.
	Origin OriginArgs `pulumi:"origin"`
	// Cache says how long the edge and browsers keep images.
	Cache CacheArgs `pulumi:"cache"`
	// Headers says which headers the edge adds to every answer.
	Headers HeadersArgs `pulumi:"headers"`
	// Paths are path patterns whose images are kept, get headers or are protected in another
	// way, in the order in which they are tried: each with a pattern such as "/new/*", the
	// groups cache or headers that hold instead, and signed. Default: none.
	Paths []PathArgs `pulumi:"paths"`
	// Missing says what viewers get where there is no image.
	Missing MissingArgs `pulumi:"missing"`
	// Signing says which images only viewers with a signed URL or signed cookies may see.
	Signing SigningArgs `pulumi:"signing"`
	// Functions say what runs at the edge for every request.
	Functions FunctionsArgs `pulumi:"functions"`
	// Protection says what keeps viewers off who are none.
	Protection ProtectionArgs `pulumi:"protection"`
	// Logging says where the requests of viewers are logged.
	Logging LoggingArgs `pulumi:"logging"`
	// Monitoring says who hears when something is wrong.
	Monitoring MonitoringArgs `pulumi:"monitoring"`
	// Operation says how the CDN is run.
	Operation OperationArgs `pulumi:"operation"`
	// Identities say who owns the hosted zones, the bucket and the keys, where that
	// is another account than the CDN's.
	Identities IdentitiesArgs `pulumi:"identities"`
	// Adopt says which CDN that was made by hand is taken over.
	Adopt AdoptArgs `pulumi:"adopt"`
	// Tags are put on every resource that takes tags, besides the provider's
	// default tags; not on an existing bucket.
	Tags pulumi.StringMapInput `pulumi:"tags"`
	// Providers are AWS providers of the program's own. Default: made as needed.
	Providers ProvidersArgs
}

// CertificateArgs say which certificate serves the domains.
type CertificateArgs struct {
	// Arn is an existing certificate of ACM in us-east-1 that covers all domains,
	// to use instead of having one made.
	Arn pulumi.StringInput `pulumi:"arn"`
	// ValidationTimeout bounds the wait until a certificate that is made is issued,
	// as a duration such as "45m" or "1h30m", at most 72h. Default:
	// [DefaultValidationTimeout].
	ValidationTimeout string `pulumi:"validationTimeout"`
}

// NewImageCdn registers an [ImageCdn].
//
// It returns an [InvalidArgsError] with everything that is wrong with the
// arguments, or with the hosted zones and the bucket they lead to.
func NewImageCdn(
	ctx *pulumi.Context, name string, args *ImageCdnArgs, opts ...pulumi.ResourceOption,
) (*ImageCdn, error) {
	if args == nil {
		args = &ImageCdnArgs{}
	}
	plan, err := planImageCdn(ctx, name, *args, opts)
	if err != nil {
		return nil, err
	}
	c := &ImageCdn{}
	if err := ctx.RegisterComponentResource(ImageCdnToken, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering image CDN %q: %w", name, err)
	}
	if err := c.provision(ctx, plan); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"cdnDomain": c.CdnDomain, "cdnUrl": c.CdnUrl, "domains": c.Domains,
		"distributionId": c.DistributionId, "distributionArn": c.DistributionArn, "distributionDomain": c.DistributionDomain,
		"certificateArn": c.CertificateArn, "bucketName": c.BucketName, "bucketPrefix": c.BucketPrefix, "webAclArn": c.WebAclArn,
		"originAccessControlId": c.OriginAccessControlId, "cachePolicyId": c.CachePolicyId,
		"signingKeyIds": c.SigningKeyIds, "dnsRecords": c.DnsRecords, "grantStatement": c.GrantStatement, "grantStatements": c.GrantStatements,
		"keyGrantStatement": c.KeyGrantStatement, "logsUri": c.LogsUri, "alarmTopicArn": c.AlarmTopicArn,
	})
}

// Validate checks the arguments as [NewImageCdn] does, with the same options, and
// registers no resource but providers. It returns nil or an [InvalidArgsError].
func (args ImageCdnArgs) Validate(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
	_, err := planImageCdn(ctx, name, args, opts)
	return err
}

// MakeProviders registers the providers that [NewImageCdn] would, with the same options,
// and nothing else. A program that only refreshes or destroys has them use the AWS
// settings of today that way, whatever the last up used (`pulumi destroy --run-program`).
func (args ImageCdnArgs) MakeProviders(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
	var fs faults
	made, err := newProviders(ctx, name, args.Providers, args.Identities, opts, &fs)
	if err == nil && args.Origin.CreateBucket {
		_, err = made.bucket()
	}
	if err == nil && args.Logging.CreateBucket {
		_, err = made.home()
	}
	return err
}

// imagePlan is what is known of a CDN before anything is registered.
type imagePlan struct {
	ImageCdnArgs
	name              string
	domains           []string // all, the first one first, the others sorted
	dns               dnsPlan
	made              *providers
	validationTimeout time.Duration
	deploymentTimeout time.Duration
	certificate       pulumi.StringOutput // of an existing certificate
	bucket            bucketPlan
	replica           *bucketPlan // nil for none
	mounts            []mount
	keys              keyPlans
	logs              logPlan
	mark              *mark
	behaviors         []behavior // the default one first
	last              *lastState
	lost              string // id of the stack's own distribution that no state knows
	adopted           adoption
	damage            damage // what the state has and AWS has not
}

// live says whether the domains are this CDN's, not only prepared for.
func (plan imagePlan) live() bool { return valueOr(plan.Operation.Live, true) }

// marked are the kinds of things that carry the mark and that nothing else waits for, when
// they are deleted.
func (plan imagePlan) marked() []string {
	kinds := []string{leftAccessControl}
	if slices.ContainsFunc(plan.behaviors, behavior.makesCachePolicy) {
		kinds = append(kinds, leftCachePolicy)
	}
	if slices.ContainsFunc(plan.behaviors, behavior.makesHeadersPolicy) {
		kinds = append(kinds, leftHeadersPolicy)
	}
	if plan.Functions.onRequest() || plan.Functions.onResponse() {
		kinds = append(kinds, leftFunction)
	}
	if len(plan.Signing.PublicKeys) > 0 {
		kinds = append(kinds, leftPublicKey)
	}
	if plan.Protection.WebAclArn == nil && plan.Protection.WebAcl != None {
		kinds = append(kinds, leftWebAcl)
	}
	if plan.logs.name != nil {
		kinds = append(kinds, leftLogDelivery)
	}
	return kinds
}

// planImageCdn checks everything, and looks up what can be, before it reports.
func planImageCdn(ctx *pulumi.Context, name string, args ImageCdnArgs, opts []pulumi.ResourceOption) (imagePlan, error) {
	args.Certificate.Arn, args.Cache.PolicyId = unlessEmpty(args.Certificate.Arn), unlessEmpty(args.Cache.PolicyId)
	args.Protection.WebAclArn, args.Headers.PolicyId = unlessEmpty(args.Protection.WebAclArn), unlessEmpty(args.Headers.PolicyId)
	args.Headers.ContentSecurityPolicy = unlessEmpty(args.Headers.ContentSecurityPolicy)
	args.Signing.KeyGroupId, args.Functions = unlessEmpty(args.Signing.KeyGroupId), args.Functions.withoutEmpty()
	args.Paths, args.Missing, args.Logging = withoutEmpty(args.Paths), args.Missing.withoutEmpty(), args.Logging.withoutEmpty()
	args.Monitoring.TopicArn = unlessEmpty(args.Monitoring.TopicArn)
	args.Origin.Failover.Bucket, args.Origin.Prefix = unlessEmpty(args.Origin.Failover.Bucket), unlessEmpty(args.Origin.Prefix)
	args.Origin.Mounts = withoutEmptyMounts(args.Origin.Mounts)
	args.Functions.strip = args.Origin.stripped()
	plan := imagePlan{ImageCdnArgs: args, name: name}
	var fs faults
	var err error
	if plan.made, err = newProviders(ctx, name, args.Providers, args.Identities, opts, &fs); err != nil {
		return plan, err
	}
	plugin := plan.made.plugin
	checkName(name, &fs)
	plan.domains = checkDomains(args.Domain, args.AdditionalDomains, &fs)
	plan.dns = planDns(ctx, plugin, args.Dns, plan.domains, &fs)
	last := &lastState{ctx: ctx, providers: plan.made}
	plan.last = last
	if !plan.waits() && !ctx.DryRun() {
		last.load() // what it granted is asked for after the grant is registered
	}
	if plan.live() {
		plan.adopted = planAdoption(ctx, plan, last, &fs)
		checkAliasRecords(plan, &fs)
		plan.lost = checkClaims(ctx, plan, last, &fs)
	} else if plan.Adopt.DistributionId != "" {
		fs.add("operation.live", "false", "it has a CDN made beside the one that serves, and adopt.distributionId takes that one over", "Leave out one of the two")
	}
	plan.validationTimeout = checkTimeout("certificate.validationTimeout",
		textOr(args.Certificate.ValidationTimeout, DefaultValidationTimeout), shortestValidationTimeout, longestValidationTimeout, &fs)
	if args.Certificate.Arn == nil {
		checkIssuance(ctx, plan.domains, plan.dns, last, &fs)
	} else {
		plan.certificate = existingCertificate(ctx, plugin, args.Certificate.Arn, plan.domains, &fs)
	}
	plan.bucket = planBucket(ctx, plan.made, args.Bucket, args.Origin, args.Tags, &fs)
	checkShield(plan.bucket, &fs)
	if plan.replica = planFailover(ctx, plan.bucket, &fs); plan.replica != nil {
		checkShield(*plan.replica, &fs)
	}
	plan.mounts = planMounts(ctx, plan.bucket, args.Paths, &fs)
	plan.keys = planKeys(ctx, plan, &fs)
	checkCache(args.Cache, &fs)
	checkCachePolicy(ctx, plugin, args.Cache.PolicyId, &fs)
	checkHeaders(ctx, plugin, args.Headers, args.Cache, &fs)
	checkPaths(ctx, plugin, args, &fs)
	checkSigning(ctx, plugin, args, &fs)
	checkFunctions(args.Functions, plan.domains, &fs)
	checkMissing(args.Missing, &fs)
	plan.behaviors = args.behaviors(name)
	checkProtection(ctx, plugin, args.Protection, &fs)
	plan.logs = planLogging(ctx, plan.made, args.Logging, args.Bucket, &fs)
	checkMonitoring(args.Monitoring, &fs)
	plan.deploymentTimeout = checkOperation(args.Operation, &fs)
	checkTags(args.Tags, &fs)
	if len(fs) == 0 {
		plan.damage = findDamage(ctx, plan, last)
		checkVersions(ctx, plan, last, &fs)
	}
	return plan, fs.err()
}

// provision registers the children. Only the distribution waits for the
// certificate; everything else is made while it is pending.
func (c *ImageCdn) provision(ctx *pulumi.Context, plan imagePlan) error {
	var err error
	if plan.mark, err = newMark(ctx, plan.name, plan.marked(), plan.damage.renewals, plan.made.plugin, c); err != nil {
		return err
	}
	plan.adopted.announce(ctx, plan, c)
	plan.bucket.mark, plan.bucket.accessControl = plan.mark, plan.adopted.accessControl
	if err = c.certify(ctx, plan); err != nil {
		return err
	}
	if c.Origin, err = newBucketOrigin(ctx, plan.name+"-origin", plan.bucket, pulumi.Parent(c)); err != nil {
		return err
	}
	c.findSources(ctx, plan)
	if err = c.letPreflightsIn(ctx, plan); err != nil {
		return err
	}
	acl, webACL, err := newWebAcl(ctx, plan.name, plan.Protection, plan.Tags, plan.mark, append(c.inUsEast1(plan), importing(plan.adopted.webACL)...)...)
	if err != nil {
		return err
	}
	c.WebAcl = acl
	used, err := c.usePolicies(ctx, plan)
	if err != nil {
		return err
	}
	signers, err := c.letSignersIn(ctx, plan)
	if err != nil {
		return err
	}
	if plan.adopted.ID != "" {
		// Viewers ask it already: it may read before it signs its requests in another way.
		if err := c.grantRead(ctx, plan, pulumi.String(plan.adopted.Arn)); err != nil {
			return err
		}
	}
	if err = c.runAtTheEdge(ctx, plan); err != nil {
		return err
	}
	if c.Distribution, err = newDistribution(ctx, c, plan, used, signers, webACL); err != nil {
		return err
	}
	if plan.adopted.ID == "" {
		if err := c.grantRead(ctx, plan, c.Distribution.Arn); err != nil {
			return err
		}
	}
	c.GrantStatements = c.statements(plan)
	c.KeyGrantStatement = c.keyStatement(plan)
	c.GrantStatement = pulumi.All(c.Origin.BucketArn, c.Distribution.Arn, c.grantees[0].prefixes).ApplyT(func(known []any) string {
		return statementFor(known[0].(string), known[1].(string), plan.Missing.NotFound, listed(known[2]))
	}).(pulumi.StringOutput)
	if err := c.deliverLogs(ctx, plan); err != nil {
		return err
	}
	if err := c.monitor(ctx, plan); err != nil {
		return err
	}
	served := c.awaitServed(ctx, plan)
	if err := c.grantList(ctx, plan, served); err != nil {
		return err
	}
	if err := c.addAliasRecords(ctx, plan, served); err != nil {
		return err
	}
	c.setOutputs(plan, served, used[0].cache, webACL)
	return nil
}

// certify has a certificate issued, or takes the one that was given.
func (c *ImageCdn) certify(ctx *pulumi.Context, plan imagePlan) (err error) {
	if plan.Certificate.Arn != nil {
		c.CertificateArn = plan.certificate
		return nil
	}
	c.Certificate, err = newValidatedCertificate(ctx, plan.name+"-certificate", certificatePlan{
		domains: plan.domains, dns: plan.dns, timeout: plan.validationTimeout, tags: plan.Tags, mark: plan.mark, providers: plan.made,
		existing: plan.adopted.certificate, existingRecords: plan.adopted.Certificate.Records,
	}, pulumi.Parent(c))
	if err == nil {
		c.CertificateArn = c.Certificate.Arn
	}
	return err
}

func (c *ImageCdn) inUsEast1(plan imagePlan) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(c), pulumi.Provider(plan.made.usEast1)}
}

func (c *ImageCdn) setOutputs(plan imagePlan, served pulumi.StringOutput, cachePolicyID, webACL pulumi.StringPtrInput) {
	c.CdnDomain = served.ApplyT(func(distributionDomain string) string {
		if !plan.live() {
			return distributionDomain
		}
		return plan.domains[0]
	}).(pulumi.StringOutput)
	c.CdnUrl = c.CdnDomain.ApplyT(func(domain string) string {
		if domain[0] == '*' {
			return ""
		}
		return "https://" + domain
	}).(pulumi.StringOutput)
	c.Domains = pulumi.ToStringArray(plan.domains).ToStringArrayOutput()
	c.DistributionId = c.Distribution.ID().ToStringOutput()
	c.DistributionArn = c.Distribution.Arn
	c.DistributionDomain = c.Distribution.DomainName
	c.BucketName = c.Origin.BucketName
	c.BucketPrefix = stringOr(plan.Origin.Prefix, "").ToStringOutput()
	c.OriginAccessControlId = c.Origin.OriginAccessControlId
	c.CachePolicyId = cachePolicyID.ToStringPtrOutput().Elem()
	c.WebAclArn = pulumi.String("").ToStringOutput()
	if webACL != nil {
		c.WebAclArn = webACL.ToStringPtrOutput().Elem()
	}
	c.DnsRecords = c.recordsToMake(plan)
}
