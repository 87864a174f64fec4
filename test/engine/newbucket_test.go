package engine

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// In us-east-1 there is one AWS provider, and with a new bucket no plugin of our
// own: the smallest stack there is.
func TestANewBucketIsServedAndNeverDeletedWithImagesInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("new")
	yes := true
	spec.AWS.Region = "us-east-1"
	spec.Config.Bucket, spec.Config.CreateBucket, spec.Config.WebAcl = "brand-new-images", &yes, "none"
	_, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	providers := 0
	for _, r := range w.state("new") {
		if len(r.Type) > len("pulumi:providers:") && r.Type[:len("pulumi:providers:")] == "pulumi:providers:" {
			providers++
		}
	}
	assert.Equal(t, 1, providers, "one provider process")

	_, err = w.s3us().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("brand-new-images"), Key: aws.String("a.png"), Body: bytes.NewReader([]byte("a picture")), ContentType: aws.String("image/png"),
	})
	require.NoError(t, err)
	response, body := w.get("https://cdn.example.com/a.png")
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.Equal(t, "a picture", string(body))

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	_, err = w.cdn(spec).Destroy(within(t))
	require.ErrorIs(t, err, automation.ErrFailed)
	assert.Contains(t, err.Error(), "BucketNotEmpty", "S3 does not delete images, and the message says so")
	_, err = w.s3us().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("brand-new-images"), Key: aws.String("a.png")})
	require.NoError(t, err)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

func (w *world) s3us() *s3.Client {
	return s3.NewFromConfig(w.config("us-east-1"), func(o *s3.Options) { o.UsePathStyle = true })
}
