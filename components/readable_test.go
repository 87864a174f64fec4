package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestABucketThatCloudFrontCannotReadIsReportedBeforehand(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		bucket        bucketAt
		problem, cure string
	}{
		"because a statement refuses it": {
			bucketAt{refusedBy: []any{"OurNetworkOnly"}}, "the statement OurNetworkOnly of its policy refuses CloudFront", `"aws:PrincipalIsAWSService": "false"`,
		},
		"because it has no key that AWS lets anybody share": {
			bucketAt{encryption: "aws:kms"}, "SSE-KMS with AWS's own key", "SSE-S3 or a key of your own",
		},
		"because its key is AWS's own": {
			bucketAt{encryption: "aws:kms:dsse", key: "arn:aws:kms:eu-central-1:123456789012:alias/aws/s3"}, "SSE-KMS with AWS's own key", "SSE-S3 or a key of your own",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			for _, preview := range []bool{false, true} {
				c := newCloud(t)
				c.preview = preview
				test.bucket.region = "eu-central-1"
				c.buckets["images"] = test.bucket
				fault := c.oneFault(one())
				assert.Equal(t, "bucket", fault.Field)
				assert.Equal(t, "images", fault.Value)
				assert.Contains(t, fault.Problem, test.problem)
				assert.Contains(t, fault.Cure, test.cure)
			}
		})
	}
}

func TestABucketOfOursThatCloudFrontCannotReadIsReportedToo(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.buckets["new-images"] = bucketAt{region: "eu-central-1", tags: map[string]any{bucketTag: ""}, refusedBy: []any{"No"}}
	assert.Contains(t, c.oneFault(with(one(), newBucket)).Problem, "the statement No of its policy")
}

func TestWhatMayKeepCloudFrontFromSomeObjectsIsAWarning(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		bucket bucketAt
		want   string
	}{
		"the writer's objects": {bucketAt{ownership: "ObjectWriter", encryption: "AES256"}, "objects which other accounts upload"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			test.bucket.region = "eu-central-1"
			c.buckets["images"] = test.bucket
			warnings := c.warnings(one())
			require.Len(t, warnings, 1)
			assert.Contains(t, warnings[0], "bucket images: ")
			assert.Contains(t, warnings[0], test.want)
		})
	}
	c := newCloud(t)
	c.buckets["images"] = bucketAt{region: "eu-central-1", ownership: "BucketOwnerPreferred", encryption: "AES256"}
	assert.Empty(t, c.warnings(one()))
	assert.Empty(t, newCloud(t).warnings(one()), "what may not be read is not warned of")
}

func TestADomainNameIsOfNoUseBesideANewBucket(t *testing.T) {
	t.Parallel()
	for sentence, given := range map[string]pulumi.StringInput{
		"plain": pulumi.String("new-images.s3.eu-west-3.amazonaws.com"), "made by the same program": later("new-images.s3.eu-west-3.amazonaws.com"),
	} {
		fault := newCloud(t).oneFault(with(one(), func(a *ImageCdnArgs) { newBucket(a); a.Origin.DomainName = given }))
		assert.Equal(t, "origin.domainName", fault.Field, sentence)
		assert.Contains(t, fault.Problem, "origin.createBucket makes a new one")
	}
}
