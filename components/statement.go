package components

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BucketPolicyStatementToken is the type token of [BucketPolicyStatement].
const BucketPolicyStatementToken = "imagecdn:index:BucketPolicyStatement" //nolint:gosec // a type token

// Kinds of [BucketPolicyStatement].
const (
	// CloudFrontRead lets one distribution read the objects of the bucket.
	CloudFrontRead = "cloudFrontRead"
	// CloudFrontList lets S3 say 404 of a missing object to one distribution, instead of
	// 403. The distribution needs a default root object: without one, viewers who ask for
	// "/" get the list of the bucket.
	CloudFrontList = "cloudFrontList"
	// LogDelivery lets one delivery source of CloudWatch Logs write log files.
	LogDelivery = "logDelivery"
	// TlsOnly refuses what does not come by TLS (Security Hub control S3.5).
	TlsOnly = "tlsOnly"
)

// BucketPolicyStatement is one statement of a bucket policy that may be somebody
// else's: every other statement stays as it is, through create, update and delete.
// No stock AWS resource can own one; docs/bucket-policy.md says why and how.
type BucketPolicyStatement struct {
	pulumi.CustomResourceState

	// Sid is the statement's Sid. It stays the same for the life of the resource.
	Sid pulumi.StringOutput `pulumi:"sid"`
	// PolicyStatement is the statement as JSON.
	PolicyStatement pulumi.StringOutput `pulumi:"policyStatement"`
}

// BucketPolicyStatementArgs are the arguments of [NewBucketPolicyStatement].
type BucketPolicyStatementArgs struct {
	// Bucket is the name of the bucket. Required. A change replaces: the new
	// statement is there before the old one goes.
	Bucket pulumi.StringInput
	// Region is the bucket's region. Default: found.
	Region pulumi.StringInput
	// Kind is [CloudFrontRead], [CloudFrontList], [LogDelivery] or [TlsOnly]. Default:
	// CloudFrontRead.
	Kind string
	// DistributionArn is the ARN of the distribution that is let in. Required for
	// CloudFrontRead and CloudFrontList.
	DistributionArn pulumi.StringInput
	// DeliverySourceArn is the ARN of the delivery source that is let in. Required for
	// LogDelivery.
	DeliverySourceArn pulumi.StringInput
	// Prefix is what the keys of the log files begin with, such as "logs/". Default: anything.
	Prefix pulumi.StringInput
	// Prefixes are folders of the bucket, such as "people/2026": with CloudFrontRead only
	// their objects may be read. A change replaces: the new statement is there before the
	// old one goes. Default: all objects.
	Prefixes pulumi.StringArrayInput
	// Identities say whose the bucket is.
	Identities IdentitiesArgs
	// Providers are AWS providers of the program's own.
	Providers ProvidersArgs

	owner string // the plugin's identity that the bucket is of; "" for that of the images
}

// NewBucketPolicyStatement registers a [BucketPolicyStatement]. It returns an
// [InvalidArgsError] for arguments that do not go together.
func NewBucketPolicyStatement(
	ctx *pulumi.Context, name string, args *BucketPolicyStatementArgs, opts ...pulumi.ResourceOption,
) (*BucketPolicyStatement, error) {
	if args == nil {
		args = &BucketPolicyStatementArgs{}
	}
	var fs faults
	checkStatement(*args, &fs)
	if err := fs.err(); err != nil {
		return nil, err
	}
	plugin, err := newPlugin(ctx, name, args.Providers, args.Identities, opts)
	if err != nil {
		return nil, err
	}
	return newStatement(ctx, name, args, plugin, opts...)
}

func checkStatement(args BucketPolicyStatementArgs, fs *faults) {
	if unlessEmpty(args.Bucket) == nil {
		fs.add("bucket", "", "a bucket is needed", "Give the name of the bucket whose policy is to have the statement")
	}
	arn, _ := plainString(args.DistributionArn)
	source, _ := plainString(args.DeliverySourceArn)
	given, sourceGiven := unlessEmpty(args.DistributionArn) != nil, unlessEmpty(args.DeliverySourceArn) != nil
	kind := textOr(args.Kind, CloudFrontRead)
	switch {
	case !slices.Contains([]string{CloudFrontRead, CloudFrontList, LogDelivery, TlsOnly}, kind):
		fs.add("kind", kind, "there is no such kind", "Give "+CloudFrontRead+", "+CloudFrontList+", "+LogDelivery+" or "+TlsOnly)
		return
	case kind == LogDelivery && !sourceGiven:
		fs.add("deliverySourceArn", "", "a statement that lets logs in names where they come from", "Give the ARN of the delivery source")
	case kind != LogDelivery && sourceGiven:
		fs.add("deliverySourceArn", source, "a statement of kind "+kind+" has no effect on logs", "Leave it out")
	}
	switch ofDistribution := kind == CloudFrontRead || kind == CloudFrontList; {
	case ofDistribution && !given:
		fs.add("distributionArn", "", "a statement that lets a distribution in names it", "Give the ARN of the distribution")
	case kind == TlsOnly && given:
		fs.add("distributionArn", arn, "a statement of kind "+TlsOnly+" holds for everybody", "Leave it out")
	case kind == LogDelivery && given:
		fs.add("distributionArn", arn, "a statement of kind "+LogDelivery+" lets a delivery source in", "Leave it out")
	}
}

func newStatement(
	ctx *pulumi.Context, name string, args *BucketPolicyStatementArgs, plugin *pluginProvider, opts ...pulumi.ResourceOption,
) (*BucketPolicyStatement, error) {
	inputs := pulumi.Map{"bucket": args.Bucket}
	if args.Region != nil {
		inputs["region"] = args.Region
	}
	if args.Kind != "" {
		inputs["kind"] = pulumi.String(args.Kind)
	}
	for key, given := range map[string]pulumi.StringInput{
		"distributionArn": args.DistributionArn, "deliverySourceArn": args.DeliverySourceArn, "prefix": args.Prefix,
	} {
		if given != nil {
			inputs[key] = given
		}
	}
	if args.Prefixes != nil {
		inputs["prefixes"] = args.Prefixes
	}
	if args.owner != "" {
		inputs["owner"] = pulumi.String(args.owner)
	}
	statement := &BucketPolicyStatement{}
	if err := ctx.RegisterResource(BucketPolicyStatementToken, name, inputs, statement, pluginOptions(plugin, opts)...); err != nil {
		return nil, fmt.Errorf("making bucket policy statement %q: %w", name, err)
	}
	return statement, nil
}
