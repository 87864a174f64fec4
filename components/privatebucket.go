package components

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// privateBucket is a bucket that is made, for images or for logs.
type privateBucket struct {
	name      pulumi.StringInput
	tags      pulumi.StringMapInput
	found     foundBucket // as it was looked up; zero where it was not
	retain    bool        // it stays when it is no longer wanted, and what it is made of with it
	keepsName bool        // another name is not another bucket
	tlsOnly   bool
	owner     string // the plugin's identity that it is of; "" for that of the images
	plugin    *pluginProvider
}

// newPrivateBucket makes a bucket that lets nobody in but by its policy, and by TLS. The
// options are its parent and the provider that makes it.
func newPrivateBucket(
	ctx *pulumi.Context, name string, wanted privateBucket, parent, provider pulumi.ResourceOption,
) (*s3.BucketV2, error) {
	opts := []pulumi.ResourceOption{parent, provider, pulumi.RetainOnDelete(wanted.retain)}
	bucketOpts := slices.Concat(opts, concealTags(wanted.tags))
	if wanted.found.Status == bucketFound {
		// It is in the state, or an earlier run of the stack made it: it is taken as it is.
		bucketOpts = append(bucketOpts, pulumi.Import(pulumi.ID(wanted.found.Name)))
	}
	if wanted.keepsName {
		bucketOpts = append(bucketOpts, pulumi.IgnoreChanges([]string{"bucket"}))
	}
	bucket, err := s3.NewBucketV2(ctx, name+"-bucket", &s3.BucketV2Args{
		Bucket: wanted.name.ToStringOutput(), Tags: withBucketTag(wanted.tags),
	}, bucketOpts...)
	if err != nil {
		return nil, fmt.Errorf("making the bucket of %q: %w", name, err)
	}
	if _, err := s3.NewBucketOwnershipControls(ctx, name+"-ownership", &s3.BucketOwnershipControlsArgs{
		Bucket: bucket.ID(),
		Rule:   s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, opts...); err != nil {
		return nil, fmt.Errorf("setting the ownership controls of the bucket of %q: %w", name, err)
	}
	if _, err := s3.NewBucketPublicAccessBlock(ctx, name+"-private", &s3.BucketPublicAccessBlockArgs{
		Bucket:          bucket.ID(),
		BlockPublicAcls: pulumi.Bool(true), IgnorePublicAcls: pulumi.Bool(true),
		BlockPublicPolicy: pulumi.Bool(true), RestrictPublicBuckets: pulumi.Bool(true),
	}, opts...); err != nil {
		return nil, fmt.Errorf("blocking public access to the bucket of %q: %w", name, err)
	}
	if !wanted.tlsOnly {
		return bucket, nil
	}
	_, err = newStatement(ctx, name+"-tls", &BucketPolicyStatementArgs{
		Bucket: bucket.ID().ToStringOutput(), Region: bucket.Region, Kind: TlsOnly, owner: wanted.owner,
	}, wanted.plugin, parent, pulumi.RetainOnDelete(wanted.retain))
	return bucket, err
}

func withBucketTag(tags pulumi.StringMapInput) pulumi.StringMapOutput {
	if tags == nil {
		tags = pulumi.StringMap{}
	}
	return tags.ToStringMapOutput().ApplyT(func(given map[string]string) map[string]string {
		all := map[string]string{bucketTag: "made by imagecdn"}
		maps.Copy(all, given)
		return all
	}).(pulumi.StringMapOutput)
}
