package s3_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/kms"
	"imagecdn/localaws/s3"
)

const (
	distribution = "arn:aws:cloudfront::123456789012:distribution/E1"
	grant        = `{"Version":"2012-10-17","Statement":[{"Sid":"cdn","Effect":"Allow",` +
		`"Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::pictures/*",` +
		`"Condition":{"StringEquals":{"AWS:SourceArn":"` + distribution + `"}}}]}`
	public = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::pictures/*"}}`
)

// world is an S3 behind the API's front, with a bucket named pictures.
type world struct {
	service *s3.Service
	keys    *kms.Service
	front   *api.Front
	url     string
	client  *sdk.Client
	now     time.Time
	delays  *api.Delays
	// identities are CloudFront's origin access identities.
	identities map[string]string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := startWorld(t, "", "")
	_, err := w.client.CreateBucket(t.Context(), &sdk.CreateBucketInput{Bucket: aws.String("pictures")})
	require.NoError(t, err)
	return w
}

func startWorld(t testing.TB, stateDir, bodies string) *world {
	t.Helper()
	w := &world{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), delays: &api.Delays{}, identities: map[string]string{}}
	env := api.Environment{Now: func() time.Time { return w.now }, Delays: w.delays}
	w.keys = kms.New(env, kms.Options{})
	w.service = s3.New(env, s3.Options{
		Dir: bodies, Identities: func() map[string]string { return w.identities }, Keys: w.keys,
	})
	front, err := api.NewFront(api.FrontOptions{Services: []api.Service{w.service, w.keys}, Environment: env, StateDir: stateDir})
	require.NoError(t, err)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	w.front, w.url = front, server.URL
	w.client = w.clientIn("us-east-1")
	return w
}

func (w *world) clientIn(region string, more ...func(*sdk.Options)) *sdk.Client {
	return sdk.New(sdk.Options{
		Region: region, BaseEndpoint: aws.String(w.url), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider("AKIATEST", "secret", ""), RetryMaxAttempts: 1,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}, more...)
}

func anonymous(o *sdk.Options) { o.Credentials = aws.AnonymousCredentials{} }

func (w *world) put(t testing.TB, key, body string) {
	t.Helper()
	_, err := w.client.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: bucket, Key: aws.String(key), Body: strings.NewReader(body)})
	require.NoError(t, err)
}

func (w *world) get(t *testing.T, key string) string {
	t.Helper()
	out, err := w.client.GetObject(t.Context(), &sdk.GetObjectInput{Bucket: bucket, Key: aws.String(key)})
	require.NoError(t, err)
	return read(t, out.Body)
}

func (w *world) putPolicy(t *testing.T, text string) error {
	t.Helper()
	_, err := w.client.PutBucketPolicy(t.Context(), &sdk.PutBucketPolicyInput{Bucket: bucket, Policy: aws.String(text)})
	return err //nolint:wrapcheck // the error is what is tested
}

func (w *world) allowPublic(t *testing.T) {
	t.Helper()
	_, err := w.client.DeletePublicAccessBlock(t.Context(), &sdk.DeletePublicAccessBlockInput{Bucket: bucket})
	require.NoError(t, err)
}

func (w *world) version(t *testing.T, status types.BucketVersioningStatus) {
	t.Helper()
	_, err := w.client.PutBucketVersioning(t.Context(), &sdk.PutBucketVersioningInput{
		Bucket: bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: status},
	})
	require.NoError(t, err)
}

// send makes a signed request without the SDK; the signature itself is not checked.
func (w *world) send(t *testing.T, method, path, body string, header map[string]string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIATEST/20261101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	if host := header["Host"]; host != "" {
		r.Host = host
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, answer.Body.Close()) })
	return answer
}

var bucket = aws.String("pictures")

func read(t *testing.T, body io.ReadCloser) string {
	t.Helper()
	text, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	return string(text)
}

// code asserts that an error is AWS's of that code and status.
func code(t *testing.T, err error, want string, status int) {
	t.Helper()
	var e smithy.APIError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, want, e.ErrorCode(), err)
	var answer interface{ HTTPStatusCode() int }
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, status, answer.HTTPStatusCode(), err)
}

// regionOf asks for a bucket's region as GetBucketRegion of the SDK's manager
// does: by HeadBucket, without credentials, from the header.
func (w *world) regionOf(ctx context.Context, name string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, w.url+"/"+name, nil)
	if err != nil {
		return "", err //nolint:wrapcheck // a test
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err //nolint:wrapcheck // a test
	}
	return answer.Header.Get("X-Amz-Bucket-Region"), answer.Body.Close()
}
