package components

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ImageCdnToken is the type token of [ImageCdn].
const ImageCdnToken = "imagecdn:index:ImageCdn" //nolint:gosec // a type token, not a credential

// Defaults of [ImageCdnArgs].
const (
	// DefaultMinTtl lets an image's own Cache-Control shorten its stay at the edge to nothing.
	DefaultMinTtl = 0
	// DefaultDefaultTtl is a day, for images without Cache-Control: most have none.
	DefaultDefaultTtl = 86_400
	// DefaultMaxTtl is a year, for images that say they never change.
	DefaultMaxTtl = 31_536_000
	// DefaultErrorTtl keeps a missing image missing for 5 seconds after its upload.
	DefaultErrorTtl = 5
	// DefaultPriceClass serves from every edge location.
	DefaultPriceClass = "PriceClass_All"
)

// ImageCdn is a bucket of images behind CloudFront, on domains of its own.
type ImageCdn struct {
	pulumi.ResourceState

	// CdnDomain is the first domain, once it is served.
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
	// WebAclArn is the ARN of the web ACL, "" for none.
	WebAclArn pulumi.StringOutput `pulumi:"webAclArn"`

	// Certificate is the certificate part.
	Certificate *ValidatedCertificate
	// Origin is the bucket part.
	Origin *BucketOrigin
}

// ImageCdnArgs are the arguments of [NewImageCdn].
type ImageCdnArgs struct {
	// Domain is the first domain of the CDN, such as "cdn.example.com", or a
	// wildcard such as "*.cdn.example.com". Required; at most 64 characters. A
	// change issues a new certificate and updates the distribution in place.
	Domain string
	// AdditionalDomains are further domains; their order does not matter. A
	// change issues a new certificate and updates the distribution in place.
	AdditionalDomains []string
	// ZoneId is the id of the public hosted zone of all domains. Default: found,
	// for each domain, as the public zone with the longest matching name. A
	// change moves the records.
	ZoneId string
	// ZoneIds gives single domains another zone than ZoneId.
	ZoneIds map[string]string
	// Bucket is the name of the bucket of images. Required.
	Bucket string
	// CreateBucket makes a new private bucket of that name, instead of using an
	// existing one.
	CreateBucket bool
	// WebAcl is [WebAclManaged], [WebAclNone] or the ARN of an existing web ACL
	// of scope CLOUDFRONT. Default: WebAclManaged.
	WebAcl string
	// MinTtl is the shortest time, in seconds, the edge keeps an image, whatever
	// its Cache-Control says. Default: [DefaultMinTtl].
	MinTtl *int
	// DefaultTtl is how long, in seconds, the edge keeps an image without
	// Cache-Control. Default: [DefaultDefaultTtl].
	DefaultTtl *int
	// MaxTtl is the longest time, in seconds, the edge keeps an image, whatever
	// its Cache-Control says. Default: [DefaultMaxTtl].
	MaxTtl *int
	// ErrorTtl is how long, in seconds, the edge keeps an answer that is an
	// error, such as that of an image not yet uploaded. Default: [DefaultErrorTtl].
	ErrorTtl *int
	// CachePolicyId is an existing cache policy to use instead of making one from
	// MinTtl, DefaultTtl and MaxTtl. An account has 20 of its own unless raised:
	// hundreds of CDNs share one.
	CachePolicyId string
	// PriceClass says which edge locations serve: PriceClass_All, PriceClass_200
	// or PriceClass_100. Default: [DefaultPriceClass].
	PriceClass string
	// WaitForDeployment makes the up wait until every edge location has the
	// distribution, and only then point the domains at it. False ends the up, and
	// points the domains, when CloudFront has taken it. Default: true.
	WaitForDeployment *bool
	// ValidationTimeout bounds the wait for the certificate. Default:
	// [DefaultValidationTimeout].
	ValidationTimeout time.Duration
	// Tags are put on every resource that takes tags, besides the provider's
	// default tags; not on an existing bucket.
	Tags pulumi.StringMapInput
	// UsEast1Provider is an AWS provider for us-east-1, see [NewUsEast1Provider].
	// Default: the component's own AWS provider, which must then be in us-east-1.
	UsEast1Provider *aws.Provider
	// StatementProvider changes the policy of an existing bucket, see
	// [NewStatementProvider]. Required for an existing bucket.
	StatementProvider *StatementProvider
}

// NewImageCdn registers an [ImageCdn]. The options' AWS provider makes all that
// need not be in us-east-1; UsEast1Provider the certificate and the web ACL.
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
		"certificateArn": c.CertificateArn, "bucketName": c.BucketName, "webAclArn": c.WebAclArn,
	})
}

// Validate checks the arguments as [NewImageCdn] does, with the same options, and
// registers nothing. It returns nil or an [InvalidArgsError].
func (args ImageCdnArgs) Validate(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	_, err := planImageCdn(ctx, "", args, opts)
	return err
}

// imagePlan is what is known of a CDN before anything is registered.
type imagePlan struct {
	ImageCdnArgs // with defaults filled in
	name         string
	ttls         ttls
	certificate  certificatePlan
	bucket       bucketPlan
}

// planImageCdn checks everything, and looks up what can be, before it reports.
func planImageCdn(ctx *pulumi.Context, name string, args ImageCdnArgs, opts []pulumi.ResourceOption) (imagePlan, error) {
	lookup, err := lookupOptions(opts)
	if err != nil {
		return imagePlan{}, err
	}
	plan := imagePlan{ImageCdnArgs: withDefaults(args), name: name, ttls: ttls{
		lowest: valueOr(args.MinTtl, DefaultMinTtl), standard: valueOr(args.DefaultTtl, DefaultDefaultTtl),
		highest: valueOr(args.MaxTtl, DefaultMaxTtl), failure: valueOr(args.ErrorTtl, DefaultErrorTtl),
	}}
	var fs faults
	checkUsEast1(ctx, args.UsEast1Provider, lookup, &fs)
	plan.certificate = planCertificate(ctx, ValidatedCertificateArgs{
		Domain: args.Domain, AdditionalDomains: args.AdditionalDomains, ZoneId: args.ZoneId, ZoneIds: args.ZoneIds,
		UsEast1Provider: args.UsEast1Provider, ValidationTimeout: args.ValidationTimeout, Tags: args.Tags,
	}, lookup, &fs)
	checkAliasRecords(plan.certificate.domains, plan.certificate.records, &fs)
	plan.bucket = planBucket(ctx, BucketOriginArgs{
		Bucket: args.Bucket, CreateBucket: args.CreateBucket, StatementProvider: args.StatementProvider, Tags: args.Tags,
	}, lookup, &fs)
	checkTTLs(plan.ttls, &fs)
	checkPriceClass(plan.PriceClass, &fs)
	checkWebAcl(plan.WebAcl, &fs)
	return plan, fs.err()
}

func withDefaults(args ImageCdnArgs) ImageCdnArgs {
	if args.WebAcl == "" {
		args.WebAcl = WebAclManaged
	}
	if args.PriceClass == "" {
		args.PriceClass = DefaultPriceClass
	}
	return args
}

func valueOr[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

// provision registers the children. Only the distribution waits for the
// certificate; everything else is made while it is pending.
func (c *ImageCdn) provision(ctx *pulumi.Context, plan imagePlan) error {
	var err error
	if c.Certificate, err = newValidatedCertificate(ctx, plan.name+"-certificate", plan.certificate, pulumi.Parent(c)); err != nil {
		return err
	}
	if c.Origin, err = newBucketOrigin(ctx, plan.name+"-origin", plan.bucket, pulumi.Parent(c)); err != nil {
		return err
	}
	webACL, err := newWebAcl(ctx, plan.name, plan.WebAcl, plan.Tags, c.inUsEast1(plan))
	if err != nil {
		return err
	}
	cachePolicyID, err := c.cachePolicy(ctx, plan)
	if err != nil {
		return err
	}
	distribution, err := newDistribution(ctx, c, plan, cachePolicyID, webACL)
	if err != nil {
		return err
	}
	if err := c.Origin.GrantRead(plan.name+"-read", distribution.Arn); err != nil {
		return err
	}
	served := distribution.DomainName
	if valueOr(plan.WaitForDeployment, true) {
		served = awaitDeployed(ctx, distribution)
	}
	if err := newAliasRecords(ctx, c, plan, distribution, served); err != nil {
		return err
	}
	c.setOutputs(plan, distribution, served, webACL)
	return nil
}

func (c *ImageCdn) inUsEast1(plan imagePlan) []pulumi.ResourceOption {
	if plan.UsEast1Provider == nil {
		return []pulumi.ResourceOption{pulumi.Parent(c)}
	}
	return []pulumi.ResourceOption{pulumi.Parent(c), pulumi.Provider(plan.UsEast1Provider)}
}

func (c *ImageCdn) cachePolicy(ctx *pulumi.Context, plan imagePlan) (pulumi.StringPtrInput, error) {
	if plan.CachePolicyId != "" {
		return pulumi.String(plan.CachePolicyId), nil
	}
	policy, err := newCachePolicy(ctx, plan.name, plan.certificate.domains[0], plan.ttls, c)
	if err != nil {
		return nil, err
	}
	return policy.ID().ToStringOutput(), nil
}

func (c *ImageCdn) setOutputs(
	plan imagePlan, distribution *cloudfront.Distribution, served pulumi.StringOutput, webACL pulumi.StringPtrInput,
) {
	first := plan.certificate.domains[0]
	url := "https://" + first
	if first[0] == '*' {
		url = ""
	}
	c.CdnDomain = served.ApplyT(func(string) string { return first }).(pulumi.StringOutput)
	c.CdnUrl = served.ApplyT(func(string) string { return url }).(pulumi.StringOutput)
	c.Domains = pulumi.ToStringArray(plan.certificate.domains).ToStringArrayOutput()
	c.DistributionId = distribution.ID().ToStringOutput()
	c.DistributionArn = distribution.Arn
	c.DistributionDomain = distribution.DomainName
	c.CertificateArn = c.Certificate.Arn
	c.BucketName = c.Origin.BucketName
	c.WebAclArn = pulumi.String("").ToStringOutput()
	if webACL != nil {
		c.WebAclArn = webACL.ToStringPtrOutput().Elem()
	}
}
