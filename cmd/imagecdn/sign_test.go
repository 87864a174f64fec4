package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/verify/fakecdn"
)

// privateKey writes a private key to a file.
func privateKey(t *testing.T) (file string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), "private.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key),
	}), 0o600))
	return file
}

func TestASignedAddressCountsForTheTimeThatWasAskedFor(t *testing.T) {
	t.Parallel()
	file := privateKey(t)
	status, out, errs := call(t, "", "sign", "https://cdn.example.com/a.jpg", "--key-id", "K1", "--private-key", file, "--for", "10m")
	require.Zero(t, status, errs)
	address, err := url.Parse(strings.TrimSpace(out))
	require.NoError(t, err)
	until, err := strconv.ParseInt(address.Query().Get("Expires"), 10, 64)
	require.NoError(t, err)
	assert.InDelta(t, time.Now().Add(10*time.Minute).Unix(), until, 60)
	assert.Equal(t, "K1", address.Query().Get("Key-Pair-Id"))

	status, out, errs = call(t, "", "sign", "https://cdn.example.com/a.jpg", "--under", "https://cdn.example.com/*", "--key-id", "K1", "--private-key", file)
	require.Zero(t, status, errs)
	assert.Contains(t, out, "Policy=")
	status, out, errs = call(t, "", "sign", "https://cdn.example.com/*", "--cookies", "--key-id", "K1", "--private-key", file)
	require.Zero(t, status, errs)
	assert.Regexp(t, `^CloudFront-Policy=\S+\nCloudFront-Signature=\S+\nCloudFront-Key-Pair-Id=K1\n$`, out)
}

func TestWhatCannotBeSignedIsSaid(t *testing.T) {
	t.Parallel()
	file := privateKey(t)
	key := []string{"--key-id", "K1", "--private-key", file}
	for want, args := range map[string][]string{
		"give one address":      key,
		"needs both --key-id":   {"https://cdn.example.com/a.jpg", "--key-id", "K1"},
		"not in PEM form":       {"https://cdn.example.com/a.jpg", "--key-id", "K1", "--private-key", os.DevNull},
		"must count for some":   append([]string{"https://cdn.example.com/a.jpg", "--for", "-1h"}, key...),
		"not both":              append([]string{"https://cdn.example.com/*", "--cookies", "--under", "x"}, key...),
		"not the address of":    append([]string{"albums", "--cookies"}, key...),
		"signing albums/a.jpg:": append([]string{"albums/a.jpg"}, key...),
	} {
		status, _, errs := call(t, "", append([]string{"sign"}, args...)...)
		assert.Equal(t, exitUsage, status, want)
		assert.Contains(t, errs, want)
	}
}

// A CDN that serves signed requests only is asked so, and must refuse all others.
func TestACDNForSignersIsVerifiedWithASignature(t *testing.T) {
	t.Parallel()
	file := privateKey(t)
	signed := outputs[:len(outputs)-1] + `, "signingKeyIds": {"2026-11": "K1"}}`
	for what, test := range map[string]struct {
		refuse bool // whether unsigned requests are refused
		flags  []string
		status int
		says   string
	}{
		"as it should be":         {true, []string{"--private-key", file}, exitOK, ""},
		"asked without a key":     {true, nil, exitFailed, "serves signed URLs only"},
		"open to everybody":       {false, []string{"--private-key", file}, exitFailed, "without a signature"},
		"asked with half of both": {true, []string{"--key-id", "K1"}, exitUsage, "needs both"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := fakecdn.New()
			w.Edge.Signed = test.refuse
			w.Start(t)
			status, out, errs := call(t, signed, verifyArgs(t, w, append(test.flags, "--path", fakecdn.Path, "--wait", "0s")...)...)
			assert.Equal(t, test.status, status, out+errs)
			assert.Contains(t, out+errs, test.says)
		})
	}
}
