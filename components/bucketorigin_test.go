package components

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnExistingBucketGetsOneStatementAndNothingElse(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.buckets["images"] = "ap-southeast-2"
	c.mustUp(one())
	assert.Equal(t, map[string]any{
		"bucket": "images", "region": "ap-southeast-2", "distributionArn": distributionARN,
	}, c.resource("cdn-read").inputs.Mappable())
	assert.Equal(t, "images.s3.ap-southeast-2.amazonaws.com", c.resource("cdn-distribution").input("origins[0].domainName"))
}

func TestANewBucketIsPrivateAndServesTlsOnly(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) { a.CreateBucket, a.Bucket = true, "new-images" }))
	assert.Empty(t, c.callsOf("aws:s3/getBucket:getBucket"), "it is not there yet")
	expectInputs(t, c.resource("cdn-origin-bucket"), map[string]any{"bucket": "new-images", "forceDestroy": nil})
	expectInputs(t, c.resource("cdn-origin-ownership"), map[string]any{
		"bucket": "new-images", "rule.objectOwnership": "BucketOwnerEnforced",
	})
	assert.Equal(t, map[string]any{
		"bucket": "new-images", "blockPublicAcls": true, "ignorePublicAcls": true, "blockPublicPolicy": true, "restrictPublicBuckets": true,
	}, c.resource("cdn-origin-private").inputs.Mappable())

	policy := c.resource("cdn-read")
	assert.Equal(t, "new-images", policy.input("bucket"))
	document, ok := policy.input("policy").(string)
	require.True(t, ok)
	assert.JSONEq(t, `{
		"Version": "2012-10-17",
		"Statement": [
			{"Sid": "ImageCdnRead", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
			 "Action": "s3:GetObject", "Resource": "arn:aws:s3:::new-images/*",
			 "Condition": {"StringEquals": {"AWS:SourceArn": "`+distributionARN+`"}}},
			{"Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
			 "Resource": ["arn:aws:s3:::new-images", "arn:aws:s3:::new-images/*"],
			 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
		]}`, document)
}

func TestCloudFrontSignsEveryRequestToTheBucket(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(one())
	expectInputs(t, c.resource("cdn-origin-oac"), map[string]any{
		"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4",
		"description": "Pulumi stack shop/prod, cdn-origin: images",
	})
}

func TestABucketOriginIsUsefulAlone(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	var got []any
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		statements, err := NewStatementProvider(ctx, "bucket-policy")
		if err != nil {
			return err
		}
		origin, err := NewBucketOrigin(ctx, "photos", &BucketOriginArgs{Bucket: "images", StatementProvider: statements})
		if err != nil {
			return err
		}
		pulumi.All(origin.BucketName, origin.BucketArn, origin.DomainName, origin.OriginAccessControlId).ApplyT(func(known []any) error {
			got = known
			return nil
		})
		if err := origin.GrantRead("first", pulumi.String(distributionARN)); err != nil {
			return err
		}
		return origin.GrantRead("second", pulumi.String(distributionARN+"2"))
	}))
	assert.Equal(t, []any{"images", "arn:aws:s3:::images", "images.s3.eu-central-1.amazonaws.com", "photos-oac-id"}, got)
	assert.Equal(t, []string{
		"aws:cloudfront/originAccessControl:OriginAccessControl photos-oac",
		"imagecdn:index:BucketOrigin photos",
		"imagecdn:index:BucketPolicyStatement first",
		"imagecdn:index:BucketPolicyStatement second",
	}, c.names())
}

func TestBucketNamesAreThoseOfS3(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"abc", "images", "my.images-2", "0-9", "a2345678901234567890123456789012345678901234567890123456789012b"} {
		assert.Empty(t, bucketNameProblem(name), name)
	}
	for _, name := range []string{
		"", "ab", "Images", "my_images", "-images", "images-", ".images", "images.", "my..images", "192.168.0.1", "xn--images", "sthree-images",
		"images-s3alias", "images--ol-s3", "images.mrap", "images--x-s3", "s3://images", "arn:aws:s3:::images",
		"https://images.s3.amazonaws.com", "images/folder", "a23456789012345678901234567890123456789012345678901234567890123b",
	} {
		assert.NotEmpty(t, bucketNameProblem(name), name)
	}
}

func FuzzBucketPoliciesAreJSON(f *testing.F) {
	f.Add("arn:aws:s3:::images", distributionARN)
	f.Add(`quo"te`, `back\slash`)
	f.Fuzz(func(t *testing.T, bucket, distribution string) {
		policy, err := newBucketPolicy(bucket, distribution)
		require.NoError(t, err)
		var document struct{ Statement []struct{ Sid string } }
		require.NoError(t, json.Unmarshal([]byte(policy), &document))
		require.Len(t, document.Statement, 2)
		assert.Equal(t, "ImageCdnRead", document.Statement[0].Sid)
	})
}
