package components

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Keys of all kinds.
var (
	onP256, aPrivateKey = keyPair(elliptic.P256())
	onP384, _           = keyPair(elliptic.P384())
	aCertificate        = pemOf("CERTIFICATE", []byte("der"))
	aCutKey             = pemOf("PUBLIC KEY", []byte("der"))
)

func keyPair(curve elliptic.Curve) (public, private string) {
	key, _ := ecdsa.GenerateKey(curve, rand.Reader)
	publicDER, _ := x509.MarshalPKIXPublicKey(key.Public())
	privateDER, _ := x509.MarshalPKCS8PrivateKey(key)
	return pemOf("PUBLIC KEY", publicDER), pemOf("PRIVATE KEY", privateDER)
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func signers(name, key string) map[string]pulumi.StringInput {
	return map[string]pulumi.StringInput{name: pulumi.String(key)}
}

func TestWithoutSignersEverybodyMaySee(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(one())
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{"defaultCacheBehavior.trustedKeyGroups": []any{}})
	assert.NotContains(t, c.resource("cdn-mark").input("kinds"), "publicKey")
}

func TestSignersAreAKeyGroupOfTheirPublicKeys(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Signing.PublicKeys = map[string]pulumi.StringInput{
			"new": pulumi.String(strings.TrimSpace(onP256)), "old": pulumi.String(onP256).ToStringOutput(),
		}
		a.Paths = []PathArgs{{Pattern: "/thumbs/*", Signed: new(false)}, {Pattern: "/new/*", Cache: CacheArgs{Preset: "fresh"}}}
	}))
	for _, name := range []string{"new", "old"} {
		expectInputs(t, c.resource("cdn-signer-"+name), map[string]any{"name": nil, "encodedKey": onP256})
		assert.Contains(t, c.resource("cdn-signer-"+name).input("comment"), theMark, "a destroy finds it if its answer was lost")
	}
	expectInputs(t, c.resource("cdn-signers"), map[string]any{"items": []any{"cdn-signer-new-id", "cdn-signer-old-id"}})
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{
		"defaultCacheBehavior.trustedKeyGroups":     []any{"cdn-signers-id"},
		"orderedCacheBehaviors[0].trustedKeyGroups": []any{},
		"orderedCacheBehaviors[1].trustedKeyGroups": []any{"cdn-signers-id"},
	})
	assert.Contains(t, c.resource("cdn-mark").input("kinds"), "publicKey")
	assert.Equal(t, []any{"keyGroup"}, c.resource("cdn-unfinished-signers").input("kinds"), "one that was left goes before its keys")
}

func TestSignaturesCanBeForSomePathsAlone(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Signing = SigningArgs{KeyGroupId: pulumi.String(sharedPolicy), Everywhere: new(false)}
		a.Paths = []PathArgs{{Pattern: "/albums/*", Signed: new(true)}}
	}))
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{
		"defaultCacheBehavior.trustedKeyGroups":     []any{},
		"orderedCacheBehaviors[0].trustedKeyGroups": []any{sharedPolicy},
	})
	assert.Equal(t, []string{sharedPolicy}, c.asked("keyGroupId"))
}

func TestAnRSAKeyHas2048Bits(t *testing.T) {
	t.Parallel()
	for bits, problem := range map[int]string{2048: "", 3072: "CloudFront takes RSA keys with 2048 bits, and this one has 3072"} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		require.NoError(t, err)
		der, err := x509.MarshalPKIXPublicKey(key.Public())
		require.NoError(t, err)
		assert.Equal(t, problem, publicKeyProblem(pemOf("PUBLIC KEY", der)))
	}
}
