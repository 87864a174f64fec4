package s3_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/s3"
)

// queried asks as CloudFront does when a policy forwards the query.
func (w *world) queried(t *testing.T, key, query string) (int, http.Header, string) {
	t.Helper()
	return w.fetch(t, func(f *s3.FetchRequest) { f.Key, f.Query = key, query })
}

func TestAForwardedVersionIsServedToWhoMayReadVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.version(t, types.BucketVersioningStatusEnabled)
	w.put(t, "a", "first")
	first, err := w.client.HeadObject(t.Context(), &sdk.HeadObjectInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err)
	w.put(t, "a", "second")
	require.NoError(t, w.putPolicy(t, grant))
	query := "utm=1&versionId=" + *first.VersionId
	status, _, _ := w.queried(t, "a", query)
	assert.Equal(t, http.StatusForbidden, status)
	require.NoError(t, w.putPolicy(t, strings.Replace(grant, "s3:GetObject", "s3:GetObject*", 1)))
	status, _, body := w.queried(t, "a", query)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "first", body)
	status, _, _ = w.queried(t, "a", "versionId=none")
	assert.Equal(t, http.StatusNotFound, status)
}

func TestAForwardedQueryAsksS3ForWhatItSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	w.put(t, "b/c", "hello")
	require.NoError(t, w.putPolicy(t, strings.Replace(grant, `"s3:GetObject","Resource":"arn:aws:s3:::pictures/*"`,
		`["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::pictures","arn:aws:s3:::pictures/*"]`, 1)))
	status, header, _ := w.queried(t, "a", "response-content-type=text/plain")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "text/plain", header.Get("Content-Type"))
	_, _, body := w.queried(t, "", "prefix=b/")
	assert.Contains(t, body, "<Key>b/c</Key>")
	assert.NotContains(t, body, "<Key>a</Key>")
	status, _, _ = w.queried(t, "", "policy")
	assert.Equal(t, http.StatusForbidden, status, "it may not read the policy")
	status, _, _ = w.queried(t, "a", "tagging")
	assert.Equal(t, http.StatusForbidden, status)
	status, _, body = w.queried(t, "a", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, body, "Only one auth mechanism allowed")
	status, _, _ = w.queried(t, "a", "%zz=1&utm=2")
	assert.Equal(t, http.StatusOK, status, "S3 ignores what it does not know")
}
