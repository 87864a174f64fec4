package s3_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/s3"
)

// fetch asks as CloudFront does, with changes to a signed GET of the key a.
func (w *world) fetch(t *testing.T, change func(*s3.FetchRequest)) (int, http.Header, string) {
	t.Helper()
	f := s3.FetchRequest{Bucket: "pictures", Key: "a", Method: http.MethodGet, Header: http.Header{"User-Agent": {"Amazon CloudFront"}}, DistributionARN: distribution, Signed: true}
	if change != nil {
		change(&f)
	}
	w.front.Lock()
	status, header, body := w.service.Fetch(f)
	w.front.Unlock()
	return status, header, read(t, body)
}

func TestCloudFrontReadsWhatThePolicyLetsItRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	refused := func(change func(*s3.FetchRequest)) {
		t.Helper()
		status, _, body := w.fetch(t, change)
		assert.Equal(t, http.StatusForbidden, status)
		assert.Contains(t, body, "<Code>AccessDenied</Code>")
	}

	refused(nil)
	require.NoError(t, w.putPolicy(t, grant))
	status, header, body := w.fetch(t, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "hello", body)
	assert.Equal(t, "5", header.Get("Content-Length"))
	assert.NotEmpty(t, header.Get("Last-Modified"))

	refused(func(f *s3.FetchRequest) { f.DistributionARN += "2" })
	refused(func(f *s3.FetchRequest) { f.Signed = false })
	refused(func(f *s3.FetchRequest) { f.Key = "missing" })
	refused(func(f *s3.FetchRequest) { f.Key = "" })

	status, header, body = w.fetch(t, func(f *s3.FetchRequest) { f.Method = http.MethodHead })
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "5", header.Get("Content-Length"))
	assert.Empty(t, body)
	status, _, body = w.fetch(t, func(f *s3.FetchRequest) { f.Header.Set("Range", "bytes=1-2") })
	assert.Equal(t, http.StatusPartialContent, status)
	assert.Equal(t, "el", body)
	status, _, body = w.fetch(t, func(f *s3.FetchRequest) { f.Header.Set("If-None-Match", header.Get("Etag")) })
	assert.Equal(t, http.StatusNotModified, status)
	assert.Empty(t, body)
	status, _, body = w.fetch(t, func(f *s3.FetchRequest) { f.Header.Set("Range", "bytes=9-") })
	assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, status)
	assert.Contains(t, body, "InvalidRange")
	status, _, body = w.fetch(t, func(f *s3.FetchRequest) { f.Bucket = "nowhere" })
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, body, "NoSuchBucket")
	status, _, _ = w.fetch(t, func(f *s3.FetchRequest) { f.Method = http.MethodPost })
	assert.Equal(t, http.StatusMethodNotAllowed, status)
}

func TestAMissingKeyIsOnlyNotFoundForWhoMayList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	require.NoError(t, w.putPolicy(t, strings.Replace(grant, `"s3:GetObject","Resource":"arn:aws:s3:::pictures/*"`,
		`["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::pictures","arn:aws:s3:::pictures/*"]`, 1)))
	status, _, body := w.fetch(t, func(f *s3.FetchRequest) { f.Key = "missing" })
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, body, "<Code>NoSuchKey</Code>")
	assert.Contains(t, body, "<Key>missing</Key>")
	status, _, body = w.fetch(t, func(f *s3.FetchRequest) { f.Key = "" })
	assert.Equal(t, http.StatusOK, status, "who may list, lists")
	assert.Contains(t, body, "<Key>a</Key>")
}

func TestAnExplicitDenyStopsCloudFront(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	require.NoError(t, w.putPolicy(t, strings.Replace(grant, `"Statement":[`,
		`"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::pictures/*",`+
			`"Condition":{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}},`, 1)))
	status, _, _ := w.fetch(t, nil)
	assert.Equal(t, http.StatusForbidden, status)
}

func TestOriginAccessControlNeedsAnOwnerOfAllObjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	require.NoError(t, w.putPolicy(t, grant))
	for ownership, want := range map[types.ObjectOwnership]int{
		types.ObjectOwnershipBucketOwnerPreferred: http.StatusOK,
		types.ObjectOwnershipObjectWriter:         http.StatusForbidden,
		types.ObjectOwnershipBucketOwnerEnforced:  http.StatusOK,
	} {
		_, err := w.client.PutBucketOwnershipControls(t.Context(), &sdk.PutBucketOwnershipControlsInput{
			Bucket: bucket, OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: ownership}}},
		})
		require.NoError(t, err)
		status, _, _ := w.fetch(t, nil)
		assert.Equal(t, want, status, ownership)
	}
}

func TestObjectsUnderTheKeyOfAWSCannotBeServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.client.PutBucketEncryption(t.Context(), kmsByDefault())
	require.NoError(t, err)
	w.put(t, "a", "hello")
	require.NoError(t, w.putPolicy(t, grant))
	status, _, body := w.fetch(t, nil)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "kms:Decrypt")
	assert.Equal(t, "hello", w.get(t, "a"), "the account itself may use the key")

	w.allowPublic(t)
	require.NoError(t, w.putPolicy(t, public))
	status, _, body = w.fetch(t, func(f *s3.FetchRequest) { f.Signed = false })
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, body, "require AWS Signature Version 4")
}

func TestAGrantCanEndAtADate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	require.NoError(t, w.putPolicy(t, strings.Replace(grant, `"Condition":{`,
		`"Condition":{"DateLessThan":{"aws:CurrentTime":"2026-11-02T00:00:00Z"},`, 1)))
	status, _, _ := w.fetch(t, nil)
	assert.Equal(t, http.StatusOK, status)
	w.now = w.now.AddDate(0, 0, 1)
	status, _, _ = w.fetch(t, nil)
	assert.Equal(t, http.StatusForbidden, status)
}

func TestAPublicBucketServesAnUnsignedOrigin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	w.allowPublic(t)
	require.NoError(t, w.putPolicy(t, public))
	for _, signed := range []bool{true, false} {
		status, _, body := w.fetch(t, func(f *s3.FetchRequest) { f.Signed = signed })
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, "hello", body)
	}
}

func TestEverythingSurvivesARestart(t *testing.T) {
	t.Parallel()
	state, bodies := t.TempDir(), t.TempDir()
	w := startWorld(t, state, bodies)
	_, err := w.client.CreateBucket(t.Context(), createIn("", "pictures"))
	require.NoError(t, err)
	require.NoError(t, w.putPolicy(t, grant))
	_, err = w.client.PutBucketCors(t.Context(), &sdk.PutBucketCorsInput{Bucket: bucket, CORSConfiguration: &types.CORSConfiguration{
		CORSRules: []types.CORSRule{{AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}}},
	}})
	require.NoError(t, err)
	w.put(t, "a", "first")
	w.put(t, "a", "second")
	w.put(t, "b", "other")
	_, err = w.client.DeleteObject(t.Context(), &sdk.DeleteObjectInput{Bucket: bucket, Key: aws.String("b")})
	require.NoError(t, err)

	_, err = w.client.CreateBucket(t.Context(), createIn("eu-west-1", "images"))
	require.NoError(t, err)

	again := startWorld(t, state, bodies)
	_, err = again.clientIn("eu-west-1").PutObject(t.Context(), &sdk.PutObjectInput{Bucket: aws.String("images"), Key: aws.String("a")})
	require.NoError(t, err, "an empty bucket takes objects after a restart")
	assert.Equal(t, "second", again.get(t, "a"))
	files, err := os.ReadDir(bodies)
	require.NoError(t, err)
	assert.Len(t, files, 2, "bodies that nothing refers to are swept")
	policy, err := again.client.GetBucketPolicy(t.Context(), &sdk.GetBucketPolicyInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, grant, *policy.Policy)
	cors, err := again.client.GetBucketCors(t.Context(), &sdk.GetBucketCorsInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Len(t, cors.CORSRules, 1)
	status, _, body := again.fetch(t, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "second", body)
}

func TestABodyBeingReadSurvivesItsDeletion(t *testing.T) {
	t.Parallel()
	w := startWorld(t, t.TempDir(), t.TempDir())
	_, err := w.client.CreateBucket(t.Context(), createIn("", "pictures"))
	require.NoError(t, err)
	require.NoError(t, w.putPolicy(t, grant))
	w.put(t, "a", "hello")
	w.front.Lock()
	_, _, body := w.service.Fetch(s3.FetchRequest{Bucket: "pictures", Key: "a", Method: http.MethodGet, DistributionARN: distribution, Signed: true})
	w.front.Unlock()
	for _, key := range []string{"a", "b", "c"} { // the body's file goes with the second snapshot
		_, err = w.client.DeleteObject(t.Context(), &sdk.DeleteObjectInput{Bucket: bucket, Key: aws.String(key)})
		require.NoError(t, err)
	}
	assert.Equal(t, "hello", read(t, body))
}

func TestAGrantWithoutAConditionLetsAnyDistributionIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	require.NoError(t, w.putPolicy(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},
		"Action":"s3:GetObject","Resource":"arn:aws:s3:::pictures/*"}]}`))
	status, _, _ := w.fetch(t, func(f *s3.FetchRequest) {
		f.DistributionARN = "arn:aws:cloudfront::999999999999:distribution/ESOMEBODYS"
	})
	assert.Equal(t, http.StatusOK, status)
}
