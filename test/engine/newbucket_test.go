package engine

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// In us-east-1 there is one AWS provider. The bucket stays until it is said that it
// may go, and then until it is empty.
func TestANewBucketIsServedAndNeverDeletedWithImagesInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("new")
	spec.AWS.Region = "us-east-1"
	spec.Config.Bucket, spec.Config.Origin.CreateBucket, spec.Config.Protection.WebAcl = pulumi.String("brand-new-images"), true, "none"
	_, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Len(t, w.providers("new"), 2, "one AWS provider, and the plugin")
	w.putPicture("brand-new-images")
	w.assertPicture()

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	keep := false
	spec.Config.Origin.RetainBucket = &keep
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	_, err = w.cdn(spec).Destroy(within(t))
	require.ErrorIs(t, err, automation.ErrFailed)
	assert.Contains(t, err.Error(), "BucketNotEmpty", "S3 does not delete images, and the message says so")
	_, err = w.s3us().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("brand-new-images"), Key: aws.String("a.png")})
	require.NoError(t, err)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// The bucket that a stack has made becomes an existing one, and back: it stays, closed
// and served, with what is in it.
func TestABucketThatWasMadeStaysWhenTheStackIsToldToUseItAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := w.spec("switch")
	spec.Config.Bucket, spec.Config.Origin.CreateBucket, spec.Config.Protection.WebAcl = pulumi.String("switched-images"), true, "none"
	_, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Len(t, w.providers("switch"), 3, "two AWS providers, since the bucket is outside us-east-1, and the plugin")
	w.putPicture("switched-images")
	for _, create := range []bool{false, true} {
		spec.Config.Origin.CreateBucket = create
		_, err := w.cdn(spec).Up(within(t))
		require.NoError(t, err, "createBucket %v", create)
		w.assertPicture()
		access, err := w.s3().GetPublicAccessBlock(t.Context(), &s3.GetPublicAccessBlockInput{Bucket: aws.String("switched-images")})
		require.NoError(t, err)
		assert.True(t, *access.PublicAccessBlockConfiguration.BlockPublicPolicy)
	}
	spec.Config.Bucket = pulumi.String("other-images")
	_, err = w.cdn(spec).Preview(within(t))
	require.ErrorContains(t, err, "a bucket cannot be renamed")
	spec.Config.Bucket, spec.AWS.Region = pulumi.String("switched-images"), "us-east-1"
	_, err = w.cdn(spec).Preview(within(t))
	require.ErrorContains(t, err, "a bucket cannot move")
	spec.AWS.Region = homeRegion
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	_, err = w.s3().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("switched-images"), Key: aws.String("a.png")})
	require.NoError(t, err, "the bucket is kept at destroy")
}

// The region of a stack is changed, to us-east-1 and back: what is global stays.
func TestTheHomeRegionOfAStackOnAnExistingBucketChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("moving")
	spec.Config.Protection.WebAcl = "none"
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Len(t, w.providers("moving"), 2, "one AWS provider, and the plugin")
	for _, region := range []string{"us-east-1", "eu-west-1", homeRegion} {
		spec.AWS.Region = region
		done, err := w.cdn(spec).Up(within(t))
		require.NoError(t, err, region)
		for _, step := range done.Steps {
			assert.Contains(t, []string{"same", "update"}, step.Operation, "%s %s", region, step.Resource)
		}
		assert.Equal(t, made.Outputs, done.Outputs)
	}
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// providers are the providers in a stack's state that are processes: the engine's own is part of the engine.
func (w *world) providers(stack string) []string {
	w.t.Helper()
	var providers []string
	for _, r := range w.state(stack) {
		if strings.HasPrefix(r.Type, "pulumi:providers:") && r.Type != "pulumi:providers:pulumi" {
			providers = append(providers, r.URN)
		}
	}
	return providers
}

func (w *world) putPicture(bucket string) {
	w.t.Helper()
	client := w.s3()
	if bucket == "brand-new-images" {
		client = w.s3us()
	}
	_, err := client.PutObject(w.t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("a.png"), Body: bytes.NewReader([]byte("a picture")), ContentType: aws.String("image/png"),
	})
	require.NoError(w.t, err)
}

func (w *world) assertPicture() {
	w.t.Helper()
	response, body := w.get("https://cdn.example.com/a.png")
	assert.Equal(w.t, http.StatusOK, response.StatusCode)
	assert.Equal(w.t, "a picture", string(body))
}

func (w *world) s3us() *s3.Client {
	return s3.NewFromConfig(w.config("us-east-1"), func(o *s3.Options) { o.UsePathStyle = true })
}
