package s3_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/s3"
)

// denying is the grant to the distribution with a Deny to everyone under a condition.
func denying(condition string) string {
	return strings.Replace(grant, `"Statement":[`, `"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject",`+
		`"Resource":"arn:aws:s3:::pictures/*","Condition":`+condition+`},`, 1)
}

func TestADenyUnlessIsMetByWhatCloudFrontsRequestCarries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	for condition, want := range map[string]int{
		`{"StringNotEquals":{"s3:authType":"REST-HEADER"}}`:                                             http.StatusOK,
		`{"StringNotEquals":{"s3:authType":"REST-QUERY-STRING"}}`:                                       http.StatusForbidden,
		`{"StringNotEquals":{"s3:signatureversion":"AWS4-HMAC-SHA256"}}`:                                http.StatusOK,
		`{"NumericGreaterThan":{"s3:signatureAge":"600000"}}`:                                           http.StatusOK,
		`{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`:                                                   http.StatusOK,
		`{"StringNotEquals":{"aws:ResourceAccount":"123456789012"}}`:                                    http.StatusOK,
		`{"StringNotEquals":{"s3:ResourceAccount":"123456789012"}}`:                                     http.StatusOK,
		`{"StringNotEquals":{"aws:ResourceAccount":"999999999999"}}`:                                    http.StatusForbidden,
		`{"StringNotEquals":{"aws:SourceAccount":"123456789012"}}`:                                      http.StatusOK,
		`{"StringNotEquals":{"aws:RequestedRegion":["us-east-1"]}}`:                                     http.StatusOK,
		`{"StringNotEquals":{"aws:PrincipalServiceName":"cloudfront.amazonaws.com"}}`:                   http.StatusOK,
		`{"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}`:                                        http.StatusOK,
		`{"Bool":{"aws:ViaAWSService":"false"}}`:                                                        http.StatusForbidden,
		`{"StringNotLike":{"aws:UserAgent":"Amazon CloudFront*"}}`:                                      http.StatusOK,
		`{"Bool":{"aws:SecureTransport":"false"}}`:                                                      http.StatusOK,
		`{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}`:                                                 http.StatusForbidden,
		`{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`:                                              http.StatusForbidden,
		`{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`:                                      http.StatusForbidden,
		`{"StringNotEquals":{"aws:PrincipalAccount":"123456789012"}}`:                                   http.StatusForbidden,
		`{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`:                                              http.StatusForbidden,
		`{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"},"Bool":{"aws:PrincipalIsAWSService":"false"}}`: http.StatusOK,
		`{"ForAnyValue:StringNotEquals":{"aws:PrincipalServiceNamesList":"x"}}`:                         http.StatusForbidden,
		`{"Null":{"s3:x-amz-acl":"false"}}`:                                                             http.StatusOK,
	} {
		require.NoError(t, w.putPolicy(t, denying(condition)), condition)
		status, _, body := w.fetch(t, nil)
		assert.Equal(t, want, status, "%s: %s", condition, body)
	}
}

func TestTheReportedPoliciesAreJudgedAsOnAWS(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]int{
		"f04-deny-auth-type.json": http.StatusOK, "f04-deny-resource-account.json": http.StatusOK, "f04-deny-object-tag.json": http.StatusForbidden,
	} {
		w := newWorld(t)
		_, err := w.client.CreateBucket(t.Context(), createIn("", "my-images"))
		require.NoError(t, err)
		_, err = w.client.PutObject(t.Context(), &sdk.PutObjectInput{
			Bucket: aws.String("my-images"), Key: aws.String("a"), Body: strings.NewReader("hello"), Tagging: aws.String("scan=INFECTED"),
		})
		require.NoError(t, err)
		text, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(t, err)
		_, err = w.client.PutBucketPolicy(t.Context(), &sdk.PutBucketPolicyInput{Bucket: aws.String("my-images"), Policy: aws.String(string(text))})
		require.NoError(t, err)
		status, _, _ := w.fetch(t, func(f *s3.FetchRequest) {
			f.Bucket, f.DistributionARN = "my-images", "arn:aws:cloudfront::123456789012:distribution/E2EXAMPLE"
		})
		assert.Equal(t, want, status, file)
	}
}

func TestATagOfTheObjectIsJudgedAsItIsNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.put(t, "a", "hello")
	require.NoError(t, w.putPolicy(t, denying(`{"StringEquals":{"s3:ExistingObjectTag/scan":"INFECTED"}}`)))
	mark := func(value string) {
		_, err := w.client.PutObjectTagging(ctx, &sdk.PutObjectTaggingInput{
			Bucket: bucket, Key: aws.String("a"), Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String("scan"), Value: aws.String(value)}}},
		})
		require.NoError(t, err)
	}
	status, _, _ := w.fetch(t, nil)
	assert.Equal(t, http.StatusOK, status, "no tag yet")
	for value, want := range map[string]int{"CLEAN": http.StatusOK, "INFECTED": http.StatusForbidden} {
		mark(value)
		status, _, _ = w.fetch(t, nil)
		assert.Equal(t, want, status, value)
		_, err := w.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: bucket, Key: aws.String("a")})
		assert.Equal(t, want != http.StatusOK, err != nil, "the owner is bound as well")
	}
}

func TestTagsOfARequestAreJudged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	put := func(tags string) error {
		_, err := w.client.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("a"), Tagging: aws.String(tags)})
		return err //nolint:wrapcheck // the error is what is tested
	}
	require.NoError(t, w.putPolicy(t, strings.ReplaceAll(denying(
		`{"StringEquals":{"s3:RequestObjectTag/team":"other"}}`), `"Action":"s3:GetObject","Resource":"arn:aws:s3:::pictures/*","Condition":{"StringEquals":{"s3:R`,
		`"Action":"s3:PutObject","Resource":"arn:aws:s3:::pictures/*","Condition":{"StringEquals":{"s3:R`)))
	require.NoError(t, put("team=ours"))
	code(t, put("team=other"), "AccessDenied", http.StatusForbidden)
}

func TestWhatCannotBeJudgedIsRefusedAndSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	require.NoError(t, w.putPolicy(t, denying(`{"StringEquals":{"s3:x-amz-content-sha256":"UNSIGNED-PAYLOAD"}}`)))
	status, _, body := w.fetch(t, nil)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "the embedded AWS cannot judge the condition key s3:x-amz-content-sha256")

	require.NoError(t, w.putPolicy(t, denying(`{"StringEquals":{"s3:x-amz-content-sha256":"UNSIGNED-PAYLOAD","aws:SourceAccount":"999999999999"}}`)))
	status, _, _ = w.fetch(t, nil)
	assert.Equal(t, http.StatusOK, status, "another condition of the statement does not hold")
}
