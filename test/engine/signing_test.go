package engine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
	"imagecdn/signing"
)

// keyPair is what somebody who signs has made.
type keyPair struct{ public, private string }

func newKeyPair(t *testing.T, private any, public any, err error) keyPair {
	t.Helper()
	require.NoError(t, err)
	privateDER, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	publicDER, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(t, err)
	return keyPair{
		public:  string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicDER})),
		private: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: privateDER})),
	}
}

// signer signs with a key that the stack has made.
func (k keyPair) signer(t *testing.T, ids map[string]string, name string) *signing.Signer {
	t.Helper()
	require.Contains(t, ids, name)
	signer, err := signing.New(ids[name], []byte(k.private))
	require.NoError(t, err)
	return signer
}

// A CDN whose images are for signers, from its up over a change of the keys to its
// destroy, as a user who has just the published policies.
func TestImagesAreForWhoHasASignature(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	onCurve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	first := newKeyPair(t, onCurve, onCurve.Public(), err)
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	second := newKeyPair(t, long, long.Public(), err)
	spec := w.spec("signed")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Signing.PublicKeys = map[string]pulumi.StringInput{"first": pulumi.String(first.public)}
	spec.Config.Paths = []components.PathArgs{{Pattern: "/thumbs/*", Signed: new(false)}}
	w.permit(&spec, bucketName, "Every stack", "An existing bucket", "Signers")

	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, created(planned), created(made))
	w.upload("thumbs/open.jpg", "a small picture", "")
	w.upload("other.jpg", "a picture", "")
	assert.Equal(t, http.StatusOK, w.status("/thumbs/open.jpg"), "these are for everybody")

	a := first.signer(t, made.Outputs.SigningKeyIds, "first")
	refusal, body := w.get(image())
	assert.Equal(t, http.StatusForbidden, refusal.StatusCode)
	assert.Contains(t, string(body), "MissingKey")
	assert.Equal(t, http.StatusOK, w.signed(a, time.Hour))
	assert.Equal(t, http.StatusForbidden, w.signed(a, -time.Second), "a signature that is over")
	address, err := a.URL(image(), time.Now().Add(time.Hour))
	require.NoError(t, err)
	again, _ := w.get(address)
	assert.Equal(t, "Hit from cloudfront", again.Header.Get("X-Cache"), "one entry of the cache serves all signatures")
	other, _ := w.get(strings.Replace(address, imagePath, "/other.jpg", 1))
	assert.Equal(t, http.StatusForbidden, other.StatusCode, "a signature for another image")
	w.assertCookies(a)
	key := filepath.Join(t.TempDir(), "private.pem")
	require.NoError(t, os.WriteFile(key, []byte(first.private), 0o600))
	w.verify(made.Outputs, "--private-key", key)

	unchanged, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, unchanged.Changed(), "a second up changes nothing: %v", unchanged.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	spec.Config.Signing.PublicKeys["second"] = pulumi.String(second.public)
	both, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	b := second.signer(t, both.Outputs.SigningKeyIds, "second")
	assert.Equal(t, http.StatusOK, w.signed(a, time.Hour), "the old key counts")
	assert.Equal(t, http.StatusOK, w.signed(b, time.Hour), "and the new one")
	delete(spec.Config.Signing.PublicKeys, "first")
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, http.StatusForbidden, w.signed(a, time.Hour), "the old key counts no longer")
	assert.Equal(t, http.StatusOK, w.signed(b, time.Hour))

	spec.Config.Signing, spec.Config.Paths = components.SigningArgs{}, nil
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, w.status(imagePath), "now they are for everybody")
	objects := w.inventory().Objects
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	before.Objects = objects
	assert.Equal(t, before, w.inventory(), "nothing of the stack is left")
}

// signed asks for the picture with a signature for so long.
func (w *world) signed(by *signing.Signer, d time.Duration) (status int) {
	w.t.Helper()
	address, err := by.URL(image(), time.Now().Add(d))
	require.NoError(w.t, err)
	answer, _ := w.get(address)
	return answer.StatusCode
}

func (w *world) assertCookies(by *signing.Signer) {
	w.t.Helper()
	for pattern, status := range map[string]int{
		"https://cdn." + zoneName + "/*": http.StatusOK, "https://cdn." + zoneName + "/elsewhere/*": http.StatusForbidden,
	} {
		cookies, err := by.Cookies(pattern, time.Now().Add(time.Hour))
		require.NoError(w.t, err)
		var pairs []string
		for _, cookie := range cookies {
			pairs = append(pairs, cookie.Name+"="+cookie.Value)
		}
		answer, _ := w.get(image(), "Cookie", strings.Join(pairs, "; "))
		assert.Equal(w.t, status, answer.StatusCode, pattern)
	}
}
