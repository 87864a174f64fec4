package ca_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/ca"
)

func TestIssuedCertificatesAreTrustedThroughTheRoot(t *testing.T) {
	t.Parallel()
	authority, err := ca.Open("")
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(authority.RootPEM()))

	for _, algorithm := range []string{"RSA_2048", "EC_prime256v1", "EC_secp384r1"} {
		t.Run(algorithm, func(t *testing.T) {
			t.Parallel()
			notBefore := time.Now().Add(-time.Hour).Truncate(time.Second)
			certificate, chain, key, err := authority.Issue(
				[]string{"cdn.example.com", "*.img.example.com"}, algorithm, notBefore, notBefore.AddDate(0, 0, 198))
			require.NoError(t, err)
			assert.Equal(t, authority.RootPEM(), chain)

			pair, err := tls.X509KeyPair(append(certificate, chain...), key)
			require.NoError(t, err)
			assert.True(t, notBefore.Equal(pair.Leaf.NotBefore))
			assert.True(t, notBefore.AddDate(0, 0, 198).Equal(pair.Leaf.NotAfter))
			for _, name := range []string{"cdn.example.com", "a.img.example.com"} {
				_, err = pair.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots})
				require.NoError(t, err, name)
			}
			_, err = pair.Leaf.Verify(x509.VerifyOptions{DNSName: "a.b.img.example.com", Roots: roots})
			require.Error(t, err, "a wildcard covers one label")
		})
	}
}

func TestWhatCannotBeIssuedIsAnError(t *testing.T) {
	t.Parallel()
	authority, err := ca.Open("")
	require.NoError(t, err)
	_, _, _, err = authority.Issue([]string{"a.example.com"}, "RSA_1024", time.Now(), time.Now().Add(time.Hour))
	require.ErrorIs(t, err, ca.ErrKeyAlgorithm)
	_, _, _, err = authority.Issue(nil, "RSA_2048", time.Now(), time.Now().Add(time.Hour))
	require.ErrorIs(t, err, ca.ErrNoNames)
}

func TestANameTooLongForACommonNameIsStillCovered(t *testing.T) {
	t.Parallel()
	authority, err := ca.Open("")
	require.NoError(t, err)
	name := strings.Repeat("a", 60) + ".example.com"
	certificate, _, key, err := authority.Issue([]string{name}, "EC_prime256v1", time.Now(), time.Now().Add(time.Hour))
	require.NoError(t, err)
	pair, err := tls.X509KeyPair(certificate, key)
	require.NoError(t, err)
	assert.Empty(t, pair.Leaf.Subject.CommonName)
	assert.NoError(t, pair.Leaf.VerifyHostname(name))
}

func TestTheRootSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ca")
	first, err := ca.Open(dir)
	require.NoError(t, err)
	again, err := ca.Open(dir)
	require.NoError(t, err)
	assert.Equal(t, first.RootPEM(), again.RootPEM())

	kept, err := os.ReadFile(again.RootFile())
	require.NoError(t, err)
	assert.Equal(t, first.RootPEM(), kept)
	info, err := os.Stat(filepath.Join(dir, "root-key.pem"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "the key is for its owner only")
}

func TestARootWithoutItsKeyIsNotReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := ca.Open(dir)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir, "root-key.pem")))
	_, err = ca.Open(dir)
	require.ErrorContains(t, err, "root.pem")
}
