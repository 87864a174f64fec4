package s3_test

import (
	"net/http"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/s3"
)

const (
	identity  = "E1IDENTITY0001"
	canonical = "5dd9d2c5a6e8f1b0c4d7e2f3a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7"
)

// grantTo lets a principal read the bucket's objects.
func grantTo(principal string) string {
	return strings.Replace(public, `"*"`, principal, 1)
}

func byIdentity(f *s3.FetchRequest) { f.Identity = identity }

func TestAnOriginAccessIdentityReadsWhatThePolicyGivesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.identities[identity], w.identities["E1OTHER"] = canonical, strings.Repeat("a", 64)
	w.put(t, "a", "hello")
	for principal, want := range map[string]int{
		`{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ` + identity + `"}`: http.StatusOK,
		`{"CanonicalUser":"` + canonical + `"}`:                                                     http.StatusOK,
		`{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1OTHER"}`:          http.StatusForbidden,
		`{"CanonicalUser":"` + strings.Repeat("a", 64) + `"}`:                                       http.StatusForbidden,
		`{"Service":"cloudfront.amazonaws.com"}`:                                                    http.StatusForbidden,
		`{"AWS":"123456789012"}`:                                                                    http.StatusForbidden,
	} {
		require.NoError(t, w.putPolicy(t, grantTo(principal)), principal)
		status, _, body := w.fetch(t, byIdentity)
		assert.Equal(t, want, status, principal)
		if want == http.StatusOK {
			assert.Equal(t, "hello", body)
		}
		status, _, _ = w.fetch(t, func(f *s3.FetchRequest) { f.Signed = false })
		assert.Equal(t, http.StatusForbidden, status, "the grant is to the identity, not to everyone")
	}
}

func TestAnIdentityIsBoundByADeny(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.identities[identity] = canonical
	w.put(t, "a", "hello")
	granted := grantTo(`{"CanonicalUser":"` + canonical + `"}`)
	for condition, want := range map[string]int{
		`{"Bool":{"aws:SecureTransport":"false"}}`:                       http.StatusOK,
		`{"StringNotEquals":{"aws:SourceArn":"` + distribution + `"}}`:   http.StatusForbidden,
		`{"StringEquals":{"aws:ResourceAccount":"123456789012"}}`:        http.StatusForbidden,
		`{"StringNotEquals":{"s3:signatureversion":"AWS4-HMAC-SHA256"}}`: http.StatusOK,
	} {
		deny := `{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::pictures/*","Condition":` + condition + `}`
		text := strings.Replace(strings.Replace(granted, `"Statement":`, `"Statement":[`+deny+`,`, 1), `/*"}}`, `/*"}]}`, 1)
		require.NoError(t, w.putPolicy(t, text), text)
		status, _, _ := w.fetch(t, byIdentity)
		assert.Equal(t, want, status, condition)
	}
}

func TestAPrincipalThatIsNoIdentityIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.identities[identity] = canonical
	for _, principal := range []string{
		`{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1GONE"}`, `{"CanonicalUser":"` + strings.Repeat("b", 64) + `"}`,
	} {
		err := w.putPolicy(t, grantTo(principal))
		code(t, err, "MalformedPolicy", http.StatusBadRequest)
		assert.ErrorContains(t, err, "Invalid principal in policy")
	}
}

func TestAnIdentityIsNamedByItsARNAndOnceDeletedByAUniqueID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.identities[identity] = canonical
	arn := "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity " + identity
	get := func() string {
		got, err := w.client.GetBucketPolicy(t.Context(), &sdk.GetBucketPolicyInput{Bucket: bucket})
		require.NoError(t, err)
		return *got.Policy
	}
	require.NoError(t, w.putPolicy(t, grantTo(`{"CanonicalUser":"`+canonical+`"}`)))
	assert.Contains(t, get(), `"Principal":{"AWS":"`+arn+`"}`)
	require.NoError(t, w.putPolicy(t, grantTo(`{"AWS":["`+arn+`"]}`)))
	assert.Contains(t, get(), `"Principal":{"AWS":"`+arn+`"}`)
	delete(w.identities, identity)
	assert.Regexp(t, `"Principal":\{"AWS":"AIDA[0-9A-F]{17}"\}`, get())
	code(t, w.putPolicy(t, get()), "MalformedPolicy", http.StatusBadRequest)
}
