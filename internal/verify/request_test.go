package verify

import (
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/golden"
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

func TestTheDocumentationHasEveryProblem(t *testing.T) {
	t.Parallel()
	rows := []string{"| found | likely cause | what to do |", "|---|---|---|"}
	for _, p := range slices.Sorted(maps.Keys(diagnoses)) {
		rows = append(rows, "| "+string(p)+" | "+diagnoses[p].cause+" | "+diagnoses[p].cure+" |")
	}
	golden.Table(t, "../../docs/troubleshooting.md", "checks", rows)
}

func FuzzAnAcceptedPathIsAskedForAsItIs(f *testing.F) {
	for _, seed := range []string{"/a.jpg", "/a%20b.jpg", "/a?b", "/a#b", "//x/a.jpg", "/%zz", "/a b", "/ä.jpg", `/[1] "a"\b.jpg`, "/a+b%2b.jpg", "/\x00\xff", "/a%"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if checkPath(path) != nil {
			return
		}
		target, err := Target{Domain: "cdn.example.com", Path: path}.normalized()
		require.NoError(t, err)
		request, err := newRequest(t.Context(), target.URL())
		require.NoError(t, err)
		assert.Equal(t, "cdn.example.com", request.URL.Host)
		assert.Empty(t, request.URL.RawQuery)
		assert.Empty(t, request.URL.Fragment)
		assert.Equal(t, target.Path, request.URL.EscapedPath(), "the client sends it as it is")
		assert.Equal(t, target.Path, escapePath(target.Path), "once is enough")
		decoded, err := url.PathUnescape(path)
		require.NoError(t, err)
		assert.Equal(t, decoded, request.URL.Path)
	})
}

func FuzzThePathOfAKeyLeadsBackToTheKey(f *testing.F) {
	for _, key := range []string{"a.jpg", "/a.jpg", "a b+c?d#e%f.jpg", "ä/é.png", "..", "a//b", `[1] "a"\b.jpg`, "\xff"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		path := PathOf(key)
		assert.NotContains(t, path, "+")
		assert.Equal(t, key, keyOf(path), "to S3")
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://cdn.example.com"+path, nil)
		require.NoError(t, err)
		assert.Equal(t, "/"+key, request.URL.Path, "to everybody else")
		assert.Empty(t, request.URL.RawQuery)
	})
}

func TestACureCanBePastedIntoAShell(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"photos/cat.jpg": "aws s3 cp s3://images/photos/cat.jpg s3://images/photos/cat.jpg --content-type image/jpeg ",
		"테스트 (1).PNG":    "aws s3 cp 's3://images/테스트 (1).PNG' 's3://images/테스트 (1).PNG' --content-type image/png ",
		"it's+1.svg":     `aws s3 cp 's3://images/it'\''s+1.svg' 's3://images/it'\''s+1.svg' --content-type image/svg+xml `,
		"noname":         "--content-type image/TYPE ",
	} {
		_, cure := Target{Domain: "cdn.example.com", Bucket: "images", Path: PathOf(key)}.explain(contentNotImage)
		assert.Contains(t, cure, want)
	}
	_, cure := Target{Domain: "cdn.example.com", Path: "/a&b;c.jpg"}.explain(requestFailed)
	assert.Contains(t, cure, "curl -v 'https://cdn.example.com/a&b;c.jpg'")
}
