package components

import (
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/internal/bucketpolicy"
)

// BucketOriginToken is the type token of [BucketOrigin].
const BucketOriginToken = "imagecdn:index:BucketOrigin" //nolint:gosec // a type token, not a credential

// BucketPolicyStatementToken is the type token of the statement that
// [BucketOrigin.GrantRead] adds to the policy of an existing bucket.
const BucketPolicyStatementToken = "imagecdn:index:BucketPolicyStatement" //nolint:gosec // a type token

// BucketOrigin is an S3 bucket made ready to be the origin of CloudFront
// distributions: an existing bucket, of which nothing but one statement of its
// policy is ever changed, or a new private one.
type BucketOrigin struct {
	pulumi.ResourceState

	// BucketName is the name of the bucket.
	BucketName pulumi.StringOutput `pulumi:"bucketName"`
	// BucketArn is the ARN of the bucket.
	BucketArn pulumi.StringOutput `pulumi:"bucketArn"`
	// DomainName is the regional domain name, for the origin of a distribution.
	// The global name answers redirects for a day after a bucket is made.
	DomainName pulumi.StringOutput `pulumi:"domainName"`
	// OriginAccessControlId is the id of the origin access control, for the
	// origin of a distribution.
	OriginAccessControlId pulumi.StringOutput `pulumi:"originAccessControlId"`

	ctx    *pulumi.Context
	name   string
	plan   bucketPlan
	bucket *s3.BucketV2 // nil for an existing bucket
}

// BucketOriginArgs are the arguments of [NewBucketOrigin].
type BucketOriginArgs struct {
	// Bucket is the name of the bucket. Required. A change makes distributions
	// fetch from the other bucket.
	Bucket string
	// CreateBucket makes a new private bucket of that name, instead of using an
	// existing one. At destroy a bucket that still has objects is refused by S3
	// and stays.
	CreateBucket bool
	// StatementProvider changes the policy of an existing bucket, see
	// [NewStatementProvider]. Required for an existing bucket; unused for a new one.
	StatementProvider *StatementProvider
	// Tags are put on a new bucket. An existing one is left alone.
	Tags pulumi.StringMapInput
}

// NewBucketOrigin registers a [BucketOrigin]. It grants nothing yet: see
// [BucketOrigin.GrantRead].
//
// It returns an [InvalidArgsError] when the arguments, or the bucket they name,
// do not allow it.
func NewBucketOrigin(
	ctx *pulumi.Context, name string, args *BucketOriginArgs, opts ...pulumi.ResourceOption,
) (*BucketOrigin, error) {
	if args == nil {
		args = &BucketOriginArgs{}
	}
	lookup, err := lookupOptions(opts)
	if err != nil {
		return nil, err
	}
	var fs faults
	plan := planBucket(ctx, *args, lookup, &fs)
	if err := fs.err(); err != nil {
		return nil, err
	}
	return newBucketOrigin(ctx, name, plan, opts...)
}

// bucketPlan is what is known of the bucket before anything is registered.
type bucketPlan struct {
	BucketOriginArgs
	existing *s3.LookupBucketResult // nil for a bucket to be made
}

func planBucket(ctx *pulumi.Context, args BucketOriginArgs, lookup []pulumi.InvokeOption, fs *faults) bucketPlan {
	plan := bucketPlan{BucketOriginArgs: args}
	if problem := bucketNameProblem(args.Bucket); problem != "" {
		fs.add("bucket", args.Bucket, problem,
			"Give the bucket's name alone, as `aws s3 ls` prints it: 3 to 63 lower-case letters, digits, dots and hyphens")
		return plan
	}
	if args.CreateBucket {
		return plan
	}
	if args.StatementProvider == nil {
		fs.add("statementProvider", "", "an existing bucket's policy is changed through it",
			"Pass components.NewStatementProvider(ctx, \"bucket-policy\")")
	}
	found, err := s3.LookupBucket(ctx, &s3.LookupBucketArgs{Bucket: args.Bucket}, lookup...)
	if err != nil {
		fs.add("bucket", args.Bucket, "the bucket cannot be found: "+lastLine(err),
			"Check the name and that the credentials are those of its account, or set createBucket to true to have it made")
		return plan
	}
	plan.existing = found
	return plan
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// bucketNameProblem says what is wrong with a name, "" if nothing. Source: "General
// purpose bucket naming rules" in the S3 user guide.
func bucketNameProblem(name string) string {
	switch {
	case name == "":
		return "a bucket is needed"
	case strings.HasPrefix(name, "s3://"), strings.HasPrefix(name, "arn:"), strings.Contains(name, "/"):
		return "this is an address, not a bucket's name"
	case !bucketName.MatchString(name), strings.Contains(name, ".."), net.ParseIP(name) != nil,
		strings.HasPrefix(name, "xn--"), strings.HasPrefix(name, "sthree-"), strings.HasSuffix(name, "-s3alias"),
		strings.HasSuffix(name, "--ol-s3"), strings.HasSuffix(name, ".mrap"), strings.HasSuffix(name, "--x-s3"):
		return "S3 has no bucket with such a name"
	}
	return ""
}

func newBucketOrigin(
	ctx *pulumi.Context, name string, plan bucketPlan, opts ...pulumi.ResourceOption,
) (*BucketOrigin, error) {
	o := &BucketOrigin{ctx: ctx, name: name, plan: plan}
	if err := ctx.RegisterComponentResource(BucketOriginToken, name, o, opts...); err != nil {
		return nil, fmt.Errorf("registering bucket origin %q: %w", name, err)
	}
	if err := o.provideBucket(); err != nil {
		return nil, err
	}
	control, err := cloudfront.NewOriginAccessControl(ctx, name+"-oac", &cloudfront.OriginAccessControlArgs{
		Name:                          pulumi.String(accountName(ctx, name)),
		Description:                   pulumi.String(comment(ctx, name, plan.Bucket)),
		OriginAccessControlOriginType: pulumi.String("s3"),
		SigningBehavior:               pulumi.String("always"),
		SigningProtocol:               pulumi.String("sigv4"),
	}, pulumi.Parent(o))
	if err != nil {
		return nil, fmt.Errorf("making the origin access control of %q: %w", name, err)
	}
	o.OriginAccessControlId = control.ID().ToStringOutput()
	return o, ctx.RegisterResourceOutputs(o, pulumi.Map{
		"bucketName": o.BucketName, "bucketArn": o.BucketArn,
		"domainName": o.DomainName, "originAccessControlId": o.OriginAccessControlId,
	})
}

func (o *BucketOrigin) provideBucket() error {
	if existing := o.plan.existing; existing != nil {
		o.BucketName = pulumi.String(existing.Bucket).ToStringOutput()
		o.BucketArn = pulumi.String(existing.Arn).ToStringOutput()
		o.DomainName = pulumi.String(existing.BucketRegionalDomainName).ToStringOutput()
		return nil
	}
	bucket, err := s3.NewBucketV2(o.ctx, o.name+"-bucket", &s3.BucketV2Args{
		Bucket: pulumi.String(o.plan.Bucket), Tags: o.plan.Tags,
	}, pulumi.Parent(o))
	if err != nil {
		return fmt.Errorf("making bucket %q: %w", o.plan.Bucket, err)
	}
	o.bucket = bucket
	o.BucketName, o.BucketArn, o.DomainName = bucket.Bucket, bucket.Arn, bucket.BucketRegionalDomainName
	if _, err := s3.NewBucketOwnershipControls(o.ctx, o.name+"-ownership", &s3.BucketOwnershipControlsArgs{
		Bucket: bucket.ID(),
		Rule:   s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, pulumi.Parent(o)); err != nil {
		return fmt.Errorf("setting the ownership controls of bucket %q: %w", o.plan.Bucket, err)
	}
	if _, err := s3.NewBucketPublicAccessBlock(o.ctx, o.name+"-private", &s3.BucketPublicAccessBlockArgs{
		Bucket:          bucket.ID(),
		BlockPublicAcls: pulumi.Bool(true), IgnorePublicAcls: pulumi.Bool(true),
		BlockPublicPolicy: pulumi.Bool(true), RestrictPublicBuckets: pulumi.Bool(true),
	}, pulumi.Parent(o)); err != nil {
		return fmt.Errorf("blocking public access to bucket %q: %w", o.plan.Bucket, err)
	}
	return nil
}

// GrantRead lets one distribution, and nothing else, read the objects of the
// bucket. Its name is that of the resource it registers.
//
// On an existing bucket it adds one statement to the policy and leaves every
// other as it is, now and when it is taken away again. On a new bucket it makes
// the policy, which also refuses what does not come by TLS; there is one policy,
// so a new bucket takes one grant.
func (o *BucketOrigin) GrantRead(name string, distributionArn pulumi.StringInput) error {
	if o.bucket == nil {
		return o.grantOnExisting(name, distributionArn)
	}
	policy := pulumi.All(o.bucket.Arn, distributionArn).ApplyT(func(known []any) (string, error) {
		return newBucketPolicy(known[0].(string), known[1].(string))
	}).(pulumi.StringOutput)
	if _, err := s3.NewBucketPolicy(o.ctx, name, &s3.BucketPolicyArgs{Bucket: o.bucket.ID(), Policy: policy}, pulumi.Parent(o)); err != nil {
		return fmt.Errorf("granting a distribution read access to bucket %q: %w", o.plan.Bucket, err)
	}
	return nil
}

// bucketPolicyStatement is the resource of the plugin; nothing is read back from it.
type bucketPolicyStatement struct {
	pulumi.CustomResourceState
}

func (o *BucketOrigin) grantOnExisting(name string, distributionArn pulumi.StringInput) error {
	err := o.ctx.RegisterResource(BucketPolicyStatementToken, name, pulumi.Map{
		"bucket":          pulumi.String(o.plan.existing.Bucket),
		"region":          pulumi.String(o.plan.existing.Region),
		"distributionArn": distributionArn,
	}, &bucketPolicyStatement{}, pulumi.Parent(o), pulumi.Provider(o.plan.StatementProvider))
	if err != nil {
		return fmt.Errorf("granting a distribution read access to bucket %q: %w", o.plan.Bucket, err)
	}
	return nil
}

// newBucketPolicy is the whole policy of a bucket the stack has made: the grant,
// and the refusal of plain HTTP (Security Hub control S3.5).
func newBucketPolicy(bucketARN, distributionARN string) (string, error) {
	tlsOnly := map[string]any{
		"Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
		"Resource":  []string{bucketARN, bucketARN + "/*"},
		"Condition": map[string]any{"Bool": map[string]string{"aws:SecureTransport": "false"}},
	}
	read := json.RawMessage(bucketpolicy.ReadGrant("ImageCdnRead", bucketARN, distributionARN).String())
	policy, err := json.Marshal(map[string]any{
		"Version": "2012-10-17", "Statement": []any{read, tlsOnly},
	})
	return string(policy), err
}
