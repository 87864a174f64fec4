package edge_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/cloudfront/sign"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// signer is a key that CloudFront's own client signs with.
type signer struct {
	id string
	crypto.Signer
}

func newSigner(t *testing.T, id string, key crypto.Signer, err error) (s signer, public string) {
	t.Helper()
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	return signer{id, key}, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func newRSA(t *testing.T, id string) (s signer, public string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return newSigner(t, id, key, err)
}

func (s signer) url(t *testing.T, address string, until time.Time) string {
	t.Helper()
	signed, err := sign.NewURLSigner(s.id, s.Signer).Sign(address, until)
	require.NoError(t, err)
	return signed
}

// restricted is a world whose images only signers with a key of the group may see.
func restricted(t *testing.T, keys map[string]string) *world {
	t.Helper()
	return start(t, func(w *world) {
		w.view.Behaviors[0].Signed, w.view.Behaviors[0].SigningKeys = true, keys
	})
}

func TestARestrictedImageIsForWhoHasASignedURL(t *testing.T) {
	t.Parallel()
	one, public := newRSA(t, "KONE")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	two, elliptical := newSigner(t, "KTWO", key, err)
	stranger, _ := newRSA(t, "KONE")
	unknown, _ := newRSA(t, "KOTHER")
	w := restricted(t, map[string]string{"KONE": public, "KTWO": elliptical})
	const address = "https://" + host + "/a%20b.webp"
	until := w.time().Add(time.Hour)

	signed := w.do(t, http.MethodGet, one.url(t, address, until), nil)
	assert.Equal(t, http.StatusOK, signed.StatusCode, signed.body)
	assert.Equal(t, "Miss from cloudfront", signed.cache())
	other := w.do(t, http.MethodGet, two.url(t, address, until.Add(time.Minute)), nil)
	assert.Equal(t, http.StatusOK, other.StatusCode, other.body)
	assert.Equal(t, "Hit from cloudfront", other.cache(), "the signature is not in the cache key")
	assert.Empty(t, w.requests()[0].Query, "nor is it sent to the origin")

	for _, c := range []struct{ what, url, code string }{
		{"no signature", address, "MissingKey"},
		{"a key of nobody", unknown.url(t, address, until), "InvalidKey"},
		{"a key that is another's", stranger.url(t, address, until), "AccessDenied"},
		{"a URL that is over", one.url(t, address, w.time()), "AccessDenied"},
		{"a signature for another image", strings.Replace(one.url(t, address, until), "/a%20b", "/b", 1), "AccessDenied"},
		{"a time that was moved", strings.Replace(one.url(t, address, until), "Expires=", "Expires=9", 1), "AccessDenied"},
	} {
		refused := w.do(t, http.MethodGet, c.url, nil)
		assert.Equal(t, http.StatusForbidden, refused.StatusCode, c.what)
		assert.Contains(t, refused.body, "<Code>"+c.code+"</Code>", c.what)
		assert.Equal(t, "Error from cloudfront", refused.cache(), c.what)
	}
	assert.Len(t, w.requests(), 1)
}

func TestAPolicyOfASignedURLHoldsForWhatItCovers(t *testing.T) {
	t.Parallel()
	one, public := newRSA(t, "KONE")
	w := restricted(t, map[string]string{"KONE": public})
	policy := func(change func(*sign.Statement)) string {
		s := sign.Statement{Resource: "https://" + host + "/2026/*", Condition: sign.Condition{
			DateLessThan: sign.NewAWSEpochTime(w.time().Add(time.Hour)),
		}}
		change(&s)
		signed, err := sign.NewURLSigner(one.id, one.Signer).SignWithPolicy("https://"+host+"/2026/a.webp?w=1", &sign.Policy{Statements: []sign.Statement{s}})
		require.NoError(t, err)
		return signed
	}
	for _, c := range []struct {
		what   string
		change func(*sign.Statement)
		status int
	}{
		{"a wildcard", func(*sign.Statement) {}, http.StatusOK},
		{"another folder", func(s *sign.Statement) { s.Resource = "https://" + host + "/2025/*" }, http.StatusForbidden},
		{"another scheme", func(s *sign.Statement) { s.Resource = "http://" + host + "/2026/*" }, http.StatusForbidden},
		{"not yet", func(s *sign.Statement) {
			s.Condition.DateGreaterThan = sign.NewAWSEpochTime(w.time().Add(time.Minute))
		}, http.StatusForbidden},
		{"no longer", func(s *sign.Statement) { s.Condition.DateLessThan = sign.NewAWSEpochTime(w.time()) }, http.StatusForbidden},
		{"its network", func(s *sign.Statement) { s.Condition.IPAddress = &sign.IPAddress{SourceIP: "127.0.0.0/8"} }, http.StatusOK},
		{"its address", func(s *sign.Statement) { s.Condition.IPAddress = &sign.IPAddress{SourceIP: "127.0.0.1"} }, http.StatusOK},
		{"another network", func(s *sign.Statement) { s.Condition.IPAddress = &sign.IPAddress{SourceIP: "192.0.2.0/24"} }, http.StatusForbidden},
	} {
		assert.Equal(t, c.status, w.do(t, http.MethodGet, policy(c.change), nil).StatusCode, c.what)
	}
}

func TestSignedCookiesOpenWhatTheirPolicyCovers(t *testing.T) {
	t.Parallel()
	one, public := newRSA(t, "KONE")
	w := restricted(t, map[string]string{"KONE": public})
	p := &sign.Policy{Statements: []sign.Statement{{
		Resource: "https://" + host + "/*", Condition: sign.Condition{DateLessThan: sign.NewAWSEpochTime(w.time().Add(time.Hour))},
	}}}
	signature, policy, err := p.Sign(one.Signer)
	require.NoError(t, err)
	cookies := http.Header{"Cookie": {"CloudFront-Policy=" + string(policy) + "; CloudFront-Signature=" + string(signature) + "; CloudFront-Key-Pair-Id=KONE"}}
	address := "https://" + host + "/a.webp"
	assert.Equal(t, http.StatusOK, w.do(t, http.MethodGet, address, cookies).StatusCode)
	assert.Equal(t, http.StatusForbidden, w.do(t, http.MethodGet, one.url(t, address, w.time()), cookies).StatusCode, "a signed URL counts alone")
	w.change(func() { w.now = w.now.Add(2 * time.Hour) })
	assert.Equal(t, http.StatusForbidden, w.do(t, http.MethodGet, address, cookies).StatusCode)
}

func TestASignatureMayBeOfSHA256(t *testing.T) {
	t.Parallel()
	one, public := newRSA(t, "KONE")
	w := restricted(t, map[string]string{"KONE": public})
	address, until := "https://"+host+"/a.webp", w.time().Add(time.Hour).Unix()
	digest := sha256.Sum256(fmt.Appendf(nil, `{"Statement":[{"Resource":%q,"Condition":{"DateLessThan":{"AWS:EpochTime":%d}}}]}`, address, until))
	signed, err := one.Sign(rand.Reader, digest[:], crypto.SHA256)
	require.NoError(t, err)
	text := strings.NewReplacer("+", "-", "=", "_", "/", "~").Replace(base64.StdEncoding.EncodeToString(signed))
	query := fmt.Sprintf("?Expires=%d&Signature=%s&Key-Pair-Id=KONE", until, text)
	assert.Equal(t, http.StatusOK, w.do(t, http.MethodGet, address+query+"&Hash-Algorithm=SHA256", nil).StatusCode)
	assert.Equal(t, http.StatusForbidden, w.do(t, http.MethodGet, address+query, nil).StatusCode)
}
