package verify

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestABucketIsAskedAtItsOwnAddress(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		target Target
		region string
	}{
		"https://images.s3.eu-central-1.amazonaws.com/a.jpg":       {Target{Bucket: "images"}, "eu-central-1"},
		"https://s3.eu-west-1.amazonaws.com/img.example.com/a.jpg": {Target{Bucket: "img.example.com"}, "eu-west-1"},
		"https://images.s3.cn-north-1.amazonaws.com.cn/a.jpg":      {Target{Bucket: "images"}, "cn-north-1"},
		"http://127.0.0.1:9000/images/a.jpg":                       {Target{Bucket: "images", S3Endpoint: "http://127.0.0.1:9000/"}, ""},
	} {
		c.target.Path = "/a.jpg"
		assert.Equal(t, want, c.target.objectURL(c.region))
	}
}

func TestADNSServerNeedsNoPort(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":             "",
		"1.1.1.1":      "1.1.1.1:53",
		"1.1.1.1:5353": "1.1.1.1:5353",
		"::1":          "[::1]:53",
		"[::1]":        "[::1]:53",
		"[::1]:5353":   "[::1]:5353",
		"ns.example":   "ns.example:53",
	} {
		assert.Equal(t, want, withPort(given, "53"))
	}
}

func TestTheSystemsDNSServersAreAskedByDefault(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "resolv.conf")
	_, err := systemServers(file)
	require.ErrorIs(t, err, errNoResolver, "there is no such file")

	require.NoError(t, os.WriteFile(file, []byte("search example.com\n"), 0o600))
	_, err = systemServers(file)
	require.ErrorIs(t, err, errNoResolver, "it names none")

	require.NoError(t, os.WriteFile(file, []byte("nameserver 192.0.2.1\nnameserver 2001:db8::1\n"), 0o600))
	servers, err := systemServers(file)
	require.NoError(t, err)
	assert.Equal(t, []string{"192.0.2.1:53", "[2001:db8::1]:53"}, servers)
}

// roundTrip is a transport that is one function.
type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func TestABucketOfAnotherRegionIsFollowedThere(t *testing.T) {
	t.Parallel()
	var hosts []string
	client := &http.Client{Transport: roundTrip(func(r *http.Request) *http.Response {
		hosts = append(hosts, r.URL.Host)
		assert.Empty(t, r.Header.Get("Authorization"), "the request is not signed")
		status := http.StatusMovedPermanently
		if strings.Contains(r.URL.Host, "eu-central-1") {
			status = http.StatusForbidden
		}
		return &http.Response{
			StatusCode: status, Body: http.NoBody, Header: http.Header{"X-Amz-Bucket-Region": {"eu-central-1"}},
		}
	})}
	got, url, err := Target{Bucket: "images", Path: "/a.jpg"}.askBucket(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, http.StatusForbidden, got.status)
	assert.Equal(t, "https://images.s3.eu-central-1.amazonaws.com/a.jpg", url)
	assert.Equal(t, []string{"images.s3.us-east-1.amazonaws.com", "images.s3.eu-central-1.amazonaws.com"}, hosts)
}

func TestEveryProblemHasACauseAndACure(t *testing.T) {
	t.Parallel()
	for p := range diagnoses {
		cause, cure := Target{Domain: "cdn.example.com", Path: "/a.jpg"}.explain(p)
		assert.NotEmpty(t, cause, p)
		assert.NotEmpty(t, cure, p)
		assert.NotContains(t, cause+cure, "{", p)
	}
}

func FuzzAnAcceptedPathIsAskedForAsItIs(f *testing.F) {
	for _, seed := range []string{"/a.jpg", "/a%20b.jpg", "/a?b", "/a#b", "//x/a.jpg", "/%zz", "/a b", "/ä.jpg"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if checkPath(path) != nil {
			return
		}
		target := Target{Domain: "cdn.example.com", Path: path}
		request, err := newRequest(t.Context(), target.imageURL())
		require.NoError(t, err)
		assert.Equal(t, "cdn.example.com", request.URL.Host)
		assert.Empty(t, request.URL.RawQuery)
		assert.Empty(t, request.URL.Fragment)
	})
}
