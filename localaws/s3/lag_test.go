package s3_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/s3"
)

const lag = 10 * time.Second

// laggingWorld is one in which reads lag writes.
func laggingWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.delays.ReadLag = lag
	return w
}

func TestANewBucketIsSeenOnlyAfterTheLag(t *testing.T) {
	t.Parallel()
	w := laggingWorld(t)
	ctx, name := t.Context(), aws.String("images")
	_, err := w.client.CreateBucket(ctx, createIn("", *name))
	require.NoError(t, err)
	_, err = w.client.HeadBucket(ctx, &sdk.HeadBucketInput{Bucket: name})
	code(t, err, "NotFound", http.StatusNotFound)
	_, err = w.client.GetBucketLocation(ctx, &sdk.GetBucketLocationInput{Bucket: name})
	code(t, err, "NoSuchBucket", http.StatusNotFound)
	listed, err := w.client.ListBuckets(ctx, &sdk.ListBucketsInput{})
	require.NoError(t, err)
	assert.Len(t, listed.Buckets, 1)
	_, err = w.client.PutObject(ctx, &sdk.PutObjectInput{Bucket: name, Key: aws.String("a")})
	require.NoError(t, err, "writes do not lag")
	w.now = w.now.Add(lag)
	_, err = w.client.HeadBucket(ctx, &sdk.HeadBucketInput{Bucket: name})
	require.NoError(t, err)
}

func TestADeletedBucketIsSeenUntilTheLagIsOver(t *testing.T) {
	t.Parallel()
	w := laggingWorld(t)
	ctx := t.Context()
	_, err := w.client.DeleteBucket(ctx, &sdk.DeleteBucketInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = w.client.HeadBucket(ctx, &sdk.HeadBucketInput{Bucket: bucket})
	require.NoError(t, err)
	listed, err := w.client.ListBuckets(ctx, &sdk.ListBucketsInput{})
	require.NoError(t, err)
	assert.Len(t, listed.Buckets, 1)
	_, err = w.client.PutObject(ctx, &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("a")})
	code(t, err, "NoSuchBucket", http.StatusNotFound)
	w.now = w.now.Add(lag)
	_, err = w.client.HeadBucket(ctx, &sdk.HeadBucketInput{Bucket: bucket})
	code(t, err, "NotFound", http.StatusNotFound)
}

func TestAPolicyIsReadAndAppliedOnlyAfterTheLag(t *testing.T) {
	t.Parallel()
	w := laggingWorld(t)
	ctx := t.Context()
	w.put(t, "a", "hello")
	require.NoError(t, w.putPolicy(t, grant))
	_, err := w.client.GetBucketPolicy(ctx, &sdk.GetBucketPolicyInput{Bucket: bucket})
	code(t, err, "NoSuchBucketPolicy", http.StatusNotFound)
	status, _, _ := w.fetch(t, nil)
	assert.Equal(t, http.StatusForbidden, status)
	w.now = w.now.Add(lag)
	_, err = w.client.GetBucketPolicy(ctx, &sdk.GetBucketPolicyInput{Bucket: bucket})
	require.NoError(t, err)
	status, _, _ = w.fetch(t, nil)
	assert.Equal(t, http.StatusOK, status)

	_, err = w.client.DeleteBucketPolicy(ctx, &sdk.DeleteBucketPolicyInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = w.client.GetBucketPolicy(ctx, &sdk.GetBucketPolicyInput{Bucket: bucket})
	require.NoError(t, err, "still the old one")
	w.now = w.now.Add(lag)
	status, _, _ = w.fetch(t, nil)
	assert.Equal(t, http.StatusForbidden, status)
}

func TestTheGlobalNameOfANewBucketRedirectsForAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.delays.GlobalName = time.Hour
	_, err := w.client.CreateBucket(t.Context(), createIn("eu-west-1", "images"))
	require.NoError(t, err)
	ask := func(bucket, region string) (int, http.Header) {
		status, header, _ := w.fetch(t, func(f *s3.FetchRequest) { f.Bucket, f.Region, f.Key = bucket, region, "a b" })
		return status, header
	}
	status, header := ask("images", "")
	assert.Equal(t, http.StatusTemporaryRedirect, status)
	assert.Equal(t, "https://images.s3.eu-west-1.amazonaws.com/a%20b", header.Get("Location"))
	status, _ = ask("images", "eu-west-1")
	assert.Equal(t, http.StatusForbidden, status, "the regional name works at once")
	status, header = ask("images", "eu-west-2")
	assert.Equal(t, http.StatusMovedPermanently, status, "another region's never does")
	assert.Equal(t, "eu-west-1", header.Get("X-Amz-Bucket-Region"))
	status, _ = ask("pictures", "")
	assert.Equal(t, http.StatusForbidden, status, "us-east-1 is where the global name leads")
	w.now = w.now.Add(time.Hour)
	status, _ = ask("images", "")
	assert.Equal(t, http.StatusForbidden, status)
}
