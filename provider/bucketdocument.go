package provider

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"imagecdn/internal/bucketpolicy"
)

// bucketDocuments are the documents of one kind that S3 keeps for buckets.
type bucketDocuments[D any] struct {
	what  string // they are, for people
	event string // of CloudTrail that says who writes one
	cures cures
	// get reads the document of a bucket; that of a bucket without one is empty.
	get func(ctx context.Context, client *s3.Client, bucket *string) (D, error)
	// put writes it, and takes an empty one away.
	put func(ctx context.Context, client *s3.Client, bucket *string, wanted D) error
}

// place says where the documents of a bucket are.
type place struct {
	bucket, region string
	owner          string // the identity that the bucket is of, "" for that of the images
}

// placeOf is the place of a bucket as it was last known.
func placeOf(bucket string, inputs, state resource.PropertyMap) place {
	last := func(key resource.PropertyKey) string { return either(text(inputs, key), text(state, key)) }
	return place{bucket: bucket, region: last(regionKey), owner: last(ownerKey)}
}

// newBucketEditor makes an editor with the credentials of the bucket's owner.
func newBucketEditor[D document[D]](ctx context.Context, p *Provider, kept bucketDocuments[D], at place) (*editor[D], error) {
	ids, err := p.configured()
	if err != nil {
		return nil, fmt.Errorf("bucket %q: %w", at.bucket, err)
	}
	owner := ids.owner(at.owner)
	client, err := owner.s3(ctx, at.region)
	if err != nil {
		return nil, explain(ctx, fmt.Sprintf("changing the %s of bucket %q", kept.what, at.bucket), err, kept.cures)
	}
	return &editor[D]{
		store: &bucketStore[D]{kept: kept, owner: owner, client: client, bucket: at.bucket},
		what:  kept.what, owner: fmt.Sprintf("bucket %q", at.bucket), event: kept.event, cures: kept.cures, locks: &p.locks, pace: p.pace,
	}, nil
}

// bucketStore is the document of one bucket.
type bucketStore[D any] struct {
	kept   bucketDocuments[D]
	owner  *identity
	client *s3.Client // for the region that the bucket is taken to be in
	bucket string
}

// get finds out where the bucket is, too: every change starts with it.
func (s *bucketStore[D]) get(ctx context.Context) (D, error) {
	found, err := s.kept.get(ctx, s.client, aws.String(s.bucket))
	if region := elsewhere(ctx, s.client, s.bucket, err); region != "" {
		if s.client, err = s.owner.s3(ctx, region); err == nil {
			found, err = s.kept.get(ctx, s.client, aws.String(s.bucket))
		}
	}
	return found, err
}

func (s *bucketStore[D]) put(ctx context.Context, wanted D) error { //nolint:unused // the editor calls it
	return s.kept.put(ctx, s.client, aws.String(s.bucket), wanted)
}

// policies are the policies of buckets.
var policies = bucketDocuments[bucketpolicy.Document]{
	what: "policy", event: "PutBucketPolicy", get: getPolicy, put: putPolicy,
	cures: cures{
		"AccessDenied": "The caller needs s3:GetBucketPolicy, s3:PutBucketPolicy and s3:DeleteBucketPolicy on the bucket. " +
			"If it has them, look for a Deny in the bucket policy or the organization, and for a public statement in the " +
			"policy that Block Public Access refuses to store again",
		"MethodNotAllowed": "Only the account that owns the bucket may change its policy: use that account's credentials",
		"MalformedPolicy": "S3 refuses the merged policy: if a principal in another statement was deleted since, " +
			"remove it; and check that the distribution exists in this partition",
		"NoSuchBucket":     "Check the bucket's name and the account: the bucket has to exist before CloudFront may read it",
		"OperationAborted": "Another change of the bucket was in progress the whole time: repeat the operation",
	},
}

func getPolicy(ctx context.Context, client *s3.Client, bucket *string) (bucketpolicy.Document, error) {
	out, err := client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket})
	switch {
	case errorCode(err) == "NoSuchBucketPolicy":
		return bucketpolicy.Document{}, nil
	case err != nil:
		return bucketpolicy.Document{}, err //nolint:wrapcheck // the editor does
	}
	return bucketpolicy.Parse(aws.ToString(out.Policy)) //nolint:wrapcheck // the editor does
}

func putPolicy(ctx context.Context, client *s3.Client, bucket *string, wanted bucketpolicy.Document) error {
	text, err := wanted.Text(bucketpolicy.MaxSize)
	switch {
	case err != nil:
	case text == "":
		if _, err = client.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: bucket}); errorCode(err) == "NoSuchBucketPolicy" {
			return nil
		}
	default:
		_, err = client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: bucket, Policy: aws.String(text)})
	}
	return err //nolint:wrapcheck // the editor does
}
