package provider

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"imagecdn/internal/bucketpolicy"
)

// Values of a bucket's status.
const (
	bucketFound     = "found"
	bucketMissing   = "missing"
	bucketForbidden = "forbidden"
)

// regionHeader is where S3 says in which region a bucket is, in refusals too (Amazon S3 API Reference, HeadBucket).
const regionHeader = "X-Amz-Bucket-Region"

// foundBucket is the answer of getBucket. What is not known, or may not be looked up, is "".
type foundBucket struct {
	Status             string            `pulumi:"status"`
	Name               string            `pulumi:"name"`
	ARN                string            `pulumi:"arn"`
	Region             string            `pulumi:"region"`
	RegionalDomainName string            `pulumi:"regionalDomainName"`
	ObjectOwnership    string            `pulumi:"objectOwnership"`
	Encryption         string            `pulumi:"encryption"`
	KMSKeyID           string            `pulumi:"kmsKeyId"`
	Tags               map[string]string `pulumi:"tags"`
	RefusedBy          []string          `pulumi:"refusedBy"`
	Message            string            `pulumi:"message"`
}

// getBucket describes a bucket, in whatever region it is.
func (p *Provider) getBucket(ctx context.Context, args resource.PropertyMap) (any, []plugin.CheckFailure, error) {
	if faults := checkAgainst(args, bucketShapes); len(faults) > 0 {
		return nil, faults, nil
	}
	ids, err := p.configured()
	if err != nil {
		return nil, nil, err
	}
	name := text(args, bucketKey)
	found, err := ids.owner(text(args, ownerKey)).findBucket(ctx, name)
	if err != nil {
		return nil, nil, explain(ctx, fmt.Sprintf("looking up bucket %q", name), err, nil)
	}
	return found, nil, nil
}

func (i *identity) findBucket(ctx context.Context, name string) (*foundBucket, error) {
	found := &foundBucket{Name: name, Status: bucketFound, Tags: map[string]string{}, RefusedBy: []string{}}
	client, err := i.s3(ctx, "")
	if err != nil {
		return nil, err
	}
	head, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(name)})
	if region := elsewhere(ctx, client, name, err); region != "" {
		if client, err = i.s3(ctx, region); err != nil {
			return nil, err
		}
		head, err = client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(name)})
	}
	switch {
	case err == nil:
		found.Region = either(aws.ToString(head.BucketRegion), client.Options().Region)
	case hasCode(err, "NotFound", "NoSuchBucket"):
		found.Status, found.Message = bucketMissing, said(ctx, err).Error()
		return found, nil
	case denied(err), hasCode(err, "BadRequest"):
		found.Region = header(err, regionHeader)
		if found.Message, err = refusal(ctx, client, name); err != nil {
			return nil, err
		}
	default:
		return nil, err //nolint:wrapcheck // the caller explains
	}
	found.address(client.Options().Region)
	if found.Message != "" {
		found.Status = bucketForbidden
		return found, nil
	}
	found.describe(ctx, client)
	return found, nil
}

// refusal asks again why S3 refuses, since the answer of HeadBucket has no words: it is the same for credentials that
// do not exist, and for callers that may not list the bucket. "" is no refusal.
func refusal(ctx context.Context, client *s3.Client, name string) (string, error) {
	_, err := client.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: aws.String(name)})
	switch {
	case err == nil:
		return "", nil
	case denied(err):
		return said(ctx, err).Error(), nil
	}
	return "", err //nolint:wrapcheck // the caller explains
}

// address is what is known of a bucket from its name and region.
func (f *foundBucket) address(asked string) {
	partition := partitionOf(either(f.Region, asked))
	f.ARN = "arn:" + partition + ":s3:::" + f.Name
	if f.Region != "" {
		f.RegionalDomainName = f.Name + ".s3." + f.Region + "." + suffixes[partition]
	}
}

// describe looks at settings of the bucket that CloudFront's access depends on. Whoever may not read them can do
// without.
func (f *foundBucket) describe(ctx context.Context, client *s3.Client) {
	bucket := aws.String(f.Name)
	controls, err := client.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: bucket})
	switch {
	case err == nil && controls.OwnershipControls != nil && len(controls.OwnershipControls.Rules) > 0:
		f.ObjectOwnership = string(controls.OwnershipControls.Rules[0].ObjectOwnership)
	case hasCode(err, "OwnershipControlsNotFoundError"):
		// The default of buckets made before April 2023 ("Controlling ownership of objects", Amazon S3 User Guide).
		f.ObjectOwnership = "ObjectWriter"
	}
	encryption, err := client.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
	if err == nil && encryption.ServerSideEncryptionConfiguration != nil {
		for _, rule := range encryption.ServerSideEncryptionConfiguration.Rules {
			if byDefault := rule.ApplyServerSideEncryptionByDefault; byDefault != nil {
				f.Encryption, f.KMSKeyID = string(byDefault.SSEAlgorithm), aws.ToString(byDefault.KMSMasterKeyID)
			}
		}
	}
	tagging, err := client.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: bucket})
	if err == nil {
		for _, tag := range tagging.TagSet {
			f.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	policy, err := client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket})
	if err == nil {
		if document, err := bucketpolicy.Parse(aws.ToString(policy.Policy)); err == nil {
			f.RefusedBy = document.RefuseCloudFront(f.ARN)
		}
	}
}

// elsewhere is the region that S3 says the bucket is in, after a failure in another one; "" if the failure has
// another reason.
func elsewhere(ctx context.Context, client *s3.Client, bucket string, err error) string {
	if err == nil || credentialService(err) != "" {
		return ""
	}
	region := header(err, regionHeader)
	if region == "" && hasCode(err, "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException") {
		head, headErr := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(bucket)})
		if region = header(headErr, regionHeader); headErr == nil {
			region = aws.ToString(head.BucketRegion)
		}
	}
	if region == client.Options().Region {
		return ""
	}
	return region
}
