package signing_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/signing"
)

var until = time.Unix(1_800_000_000, 0)

func encoded(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T { t.Helper(); require.NoError(t, err); return value }
}

func TestKeysAreReadInEveryFormThatOpenSSLWrites(t *testing.T) {
	t.Parallel()
	onCurve := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	long := must(rsa.GenerateKey(rand.Reader, 2048))(t)
	for what, key := range map[string][]byte{
		"openssl genrsa":  encoded("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(long)),
		"openssl genpkey": encoded("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(long))(t)),
		"openssl ecparam": encoded("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(onCurve))(t)),
	} {
		s, err := signing.New("K1", key)
		require.NoError(t, err, what)
		signed, err := s.URL("https://cdn.example.com/a.jpg?v=2", until)
		require.NoError(t, err, what)
		address := must(url.Parse(signed))(t)
		assert.Equal(t, "2", address.Query().Get("v"), what)
		assert.Equal(t, "1800000000", address.Query().Get("Expires"), what)
		assert.Equal(t, "K1", address.Query().Get("Key-Pair-Id"), what)
		assert.NotEmpty(t, address.Query().Get("Signature"), what)
	}
}

func TestWhatIsNoPrivateKeyIsRefused(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for what, c := range map[string]struct {
		id  string
		key []byte
	}{
		"no key":                 {"K1", nil},
		"a public key":           {"K1", encoded("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(public))(t))},
		"a key of another kind":  {"K1", encoded("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(private))(t))},
		"a key that is cut off":  {"K1", encoded("PRIVATE KEY", []byte("short"))},
		"a key without its name": {"", encoded("RSA PRIVATE KEY", nil)},
	} {
		_, err := signing.New(c.id, c.key)
		require.ErrorIs(t, err, signing.ErrKey, what)
	}
}

func TestCookiesAndAPatternCoverManyImages(t *testing.T) {
	t.Parallel()
	key := encoded("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(must(rsa.GenerateKey(rand.Reader, 2048))(t)))
	s, err := signing.New("K1", key)
	require.NoError(t, err)
	const pattern = "https://cdn.example.com/albums/7/*"
	cookies, err := s.Cookies(pattern, until)
	require.NoError(t, err)
	values := map[string]string{}
	for _, c := range cookies {
		values[c.Name] = c.Value
		assert.True(t, c.Secure && c.HttpOnly, c.Name)
	}
	assert.Equal(t, "K1", values["CloudFront-Key-Pair-Id"])
	assert.NotEmpty(t, values["CloudFront-Signature"])
	document := must(base64.StdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "=", "~", "/").Replace(values["CloudFront-Policy"])))(t)
	assert.JSONEq(t, `{"Statement":[{"Resource":"https://cdn.example.com/albums/7/*","Condition":{"DateLessThan":{"AWS:EpochTime":1800000000}}}]}`, string(document))

	signed, err := s.URLUnder("https://cdn.example.com/albums/7/a.jpg", pattern, until)
	require.NoError(t, err)
	assert.Equal(t, values["CloudFront-Policy"], must(url.Parse(signed))(t).Query().Get("Policy"))
	_, err = s.Cookies("albums", until)
	require.Error(t, err)
	_, err = s.URL("a.jpg", until)
	require.Error(t, err)
}
