package s3_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestThePolicyComesBackAsS3WritesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	text := strings.ReplaceAll(strings.Replace(grant, `"s3:GetObject"`, `["s3:GetObject"]`, 1), ",", ",\n  ")
	require.NoError(t, w.putPolicy(t, text))
	got, err := w.client.GetBucketPolicy(ctx, &sdk.GetBucketPolicyInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, grant, *got.Policy)
	status, err := w.client.GetBucketPolicyStatus(ctx, &sdk.GetBucketPolicyStatusInput{Bucket: bucket})
	require.NoError(t, err)
	assert.False(t, *status.PolicyStatus.IsPublic)
	_, err = w.client.DeleteBucketPolicy(ctx, &sdk.DeleteBucketPolicyInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = w.client.GetBucketPolicyStatus(ctx, &sdk.GetBucketPolicyStatusInput{Bucket: bucket})
	code(t, err, "NoSuchBucketPolicy", http.StatusNotFound)
}

func TestAMalformedPolicyChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.putPolicy(t, grant))
	for _, text := range []string{`{`, `[]`, strings.ReplaceAll(grant, "pictures", "other"), strings.Replace(grant, "Effect", "Affect", 1)} {
		code(t, w.putPolicy(t, text), "MalformedPolicy", http.StatusBadRequest)
	}
	got, err := w.client.GetBucketPolicy(t.Context(), &sdk.GetBucketPolicyInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, grant, *got.Policy)
}

func TestAPublicPolicyIsRefusedWherePublicPoliciesAreBlocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := w.putPolicy(t, public)
	code(t, err, "AccessDenied", http.StatusForbidden)
	assert.ErrorContains(t, err, "BlockPublicPolicy")
	require.NoError(t, w.putPolicy(t, grant), "a grant to one distribution is not public")
	w.allowPublic(t)
	require.NoError(t, w.putPolicy(t, public))
	status, err := w.client.GetBucketPolicyStatus(t.Context(), &sdk.GetBucketPolicyStatusInput{Bucket: bucket})
	require.NoError(t, err)
	assert.True(t, *status.PolicyStatus.IsPublic)
}

func TestAnonymousCallersGetWhatThePolicyGivesEveryone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, stranger := t.Context(), w.clientIn("us-east-1", anonymous)
	w.put(t, "a", "hello")
	read1 := func(key string) error {
		_, err := stranger.GetObject(ctx, &sdk.GetObjectInput{Bucket: bucket, Key: aws.String(key)})
		return err //nolint:wrapcheck // the error is what is tested
	}
	code(t, read1("a"), "AccessDenied", http.StatusForbidden)
	require.NoError(t, w.putPolicy(t, grant))
	code(t, read1("a"), "AccessDenied", http.StatusForbidden)

	w.allowPublic(t)
	require.NoError(t, w.putPolicy(t, public))
	require.NoError(t, read1("a"))
	code(t, read1("missing"), "AccessDenied", http.StatusForbidden)
	_, err := stranger.ListObjectsV2(ctx, &sdk.ListObjectsV2Input{Bucket: bucket})
	code(t, err, "AccessDenied", http.StatusForbidden)
	_, err = stranger.PutObject(ctx, &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("b")})
	code(t, err, "AccessDenied", http.StatusForbidden)
	_, err = stranger.ListBuckets(ctx, &sdk.ListBucketsInput{})
	code(t, err, "AccessDenied", http.StatusForbidden)
	_, err = stranger.CreateBucket(ctx, createIn("", "mine"))
	code(t, err, "AccessDenied", http.StatusForbidden)

	listable := strings.Replace(public, `"s3:GetObject","Resource":"arn:aws:s3:::pictures/*"`,
		`["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::pictures","arn:aws:s3:::pictures/*"]`, 1)
	require.NoError(t, w.putPolicy(t, listable))
	code(t, read1("missing"), "NoSuchKey", http.StatusNotFound)

	restrict := w.send(t, http.MethodPut, "/pictures?publicAccessBlock",
		"<PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>", nil)
	require.Equal(t, http.StatusOK, restrict.StatusCode)
	code(t, read1("a"), "AccessDenied", http.StatusForbidden)
}

func TestADenyBindsTheOwnerButNeverLocksThePolicyAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.put(t, "a", "hello")
	deny := func(condition string) string {
		return `{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*",` +
			`"Resource":["arn:aws:s3:::pictures","arn:aws:s3:::pictures/*"],"Condition":` + condition + `}}`
	}
	require.NoError(t, w.putPolicy(t, deny(`{"Bool":{"aws:SecureTransport":"false"}}`)))
	assert.Equal(t, "hello", w.get(t, "a"), "on AWS the call would have come by TLS")

	require.NoError(t, w.putPolicy(t, deny(`{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}`)))
	_, err := w.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: bucket, Key: aws.String("a")})
	code(t, err, "AccessDenied", http.StatusForbidden)
	_, err = w.client.GetBucketTagging(ctx, &sdk.GetBucketTaggingInput{Bucket: bucket})
	code(t, err, "AccessDenied", http.StatusForbidden)
	_, err = w.client.GetBucketPolicy(ctx, &sdk.GetBucketPolicyInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = w.client.DeleteBucketPolicy(ctx, &sdk.DeleteBucketPolicyInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, "hello", w.get(t, "a"))
}

func TestPresignedURLsWorkUntilTheyExpire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	w.now = time.Now() // the SDK signs by its own clock
	url := func(expires time.Duration) string {
		presigned, err := sdk.NewPresignClient(w.client).PresignGetObject(t.Context(),
			&sdk.GetObjectInput{Bucket: bucket, Key: aws.String("a")}, sdk.WithPresignExpires(expires))
		require.NoError(t, err)
		return presigned.URL
	}
	get := func(url string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		return answer.StatusCode, read(t, answer.Body)
	}
	status, body := get(url(time.Hour))
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "hello", body)

	w.now = w.now.Add(2 * time.Hour)
	status, body = get(url(time.Hour))
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "Request has expired")

	status, body = get(w.url + "/pictures/a?AWSAccessKeyId=A&Signature=s&Expires=99")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, body, "Please use AWS4-HMAC-SHA256")
}

func TestAPolicyIsReplacedAsAWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.putPolicy(t, grant))
	other := `{"Version":"2012-10-17","Statement":[{"Sid":"other","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::pictures/*"}]}`
	require.NoError(t, w.putPolicy(t, other))
	got, err := w.client.GetBucketPolicy(t.Context(), &sdk.GetBucketPolicyInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Contains(t, *got.Policy, "other")
	assert.NotContains(t, *got.Policy, "cloudfront.amazonaws.com")
}
