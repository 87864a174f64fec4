package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/verify"
	"imagecdn/internal/verify/fakecdn"
)

// outputs of the stack of the fake CDN.
const outputs = `{"cdnDomain": "cdn.example.com", "bucketName": "images",
	"distributionDomain": "d111111abcdef8.cloudfront.net", "domains": ["cdn.example.com"], "webAclArn": null}`

// call runs the command.
func call(t *testing.T, stdin string, args ...string) (status int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(t.Context(), args, stdio{in: strings.NewReader(stdin), out: &stdout, err: &stderr})
	return status, stdout.String(), stderr.String()
}

// verifyArgs are the flags that lead to a started world, all but what the stack's outputs say.
func verifyArgs(t *testing.T, w *fakecdn.World, more ...string) []string {
	t.Helper()
	roots := filepath.Join(t.TempDir(), "root.pem")
	require.NoError(t, os.WriteFile(roots, w.RootPEM, 0o600))
	return append([]string{
		"verify", "--outputs", "-", "--dns", w.Target.DNSServer, "--https-address", w.Target.HTTPSAddress,
		"--http-address", w.Target.HTTPAddress, "--s3-endpoint", w.Target.S3Endpoint, "--ca-file", roots,
	}, more...)
}

// ports and ages differ from run to run.
var changing = regexp.MustCompile(`127\.0\.0\.1:\d+|connected to .*|this machine has no IPv6 connection|Age \d+ s`)

func TestAWorkingCDNIsALinePerCheck(t *testing.T) {
	t.Parallel()
	w := fakecdn.New()
	w.Start(t)
	status, out, errs := call(t, outputs, verifyArgs(t, w, "--path", fakecdn.Path)...)
	assert.Equal(t, 0, status, errs)
	assert.Empty(t, errs)
	ipv6 := "ok  "
	if !fakecdn.HasIPv6(t) {
		ipv6 = "skip"
	}
	assert.Equal(t, `ok   DNS A           127.0.0.1
ok   DNS AAAA        ::1
ok   DNS HTTPS       offers h2, h3
ok   TLS             TLS 1.3, certificate of Test Root, 198 days left
ok   image           https://cdn.example.com/photos/cat%201.jpg, 19 bytes
ok   content type    image/jpeg
ok   first request   Miss from cloudfront
ok   cache hit       Hit from cloudfront, *, the same 19 bytes
ok   query string    with ?utm_source=...: Hit from cloudfront
ok   cookie          with a cookie: Hit from cloudfront
ok   Accept header   with another Accept: Hit from cloudfront
ok   HTTP redirect   301 to https://cdn.example.com/photos/cat%201.jpg
ok   private bucket  http://*/images/photos/cat%201.jpg: 403 Forbidden, AccessDenied (Server: AmazonS3)
`+ipv6+` IPv6            *
The image is served from the cache: the CDN works.
`, changing.ReplaceAllString(out, "*"))
}

func TestWhatDoesNotWorkComesWithCauseAndCure(t *testing.T) {
	t.Parallel()
	w := fakecdn.New()
	w.Edge.Instead = func(int) http.Handler { return fakecdn.S3Error(http.StatusForbidden, "AccessDenied") }
	w.S3 = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	w.Start(t)
	status, out, errs := call(t, outputs, verifyArgs(t, w, "--path", fakecdn.Path, "--wait", "0s")...)
	assert.Equal(t, 1, status)
	assert.Contains(t, out, `
FAIL image           403 Forbidden, AccessDenied (Server: AmazonS3)
       cause: S3 refuses CloudFront: there is no image /photos/cat%201.jpg`)
	assert.Contains(t, out, "\n       cure:  Check the key (`aws s3 ls`), case included;")
	assert.Contains(t, out, "\nskip cache hit       no image was served\n")
	assert.Contains(t, out, "\nFAIL private bucket  ")
	assert.Equal(t, "imagecdn: https://cdn.example.com/photos/cat%201.jpg: the CDN does not work as it should: 2 of 14 checks failed\n", errs)
	assert.NotContains(t, out, "\x1b", "no colours where there is no terminal")
}

func TestWaitingIsSaidBesideTheResults(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"--json=false", "--json"} {
		w := fakecdn.New()
		w.Edge.Instead = func(n int) http.Handler {
			if n == 1 {
				return http.NotFoundHandler()
			}
			return nil
		}
		w.Start(t)
		status, out, errs := call(t, outputs, verifyArgs(t, w, "--path", fakecdn.Path, format)...)
		assert.Equal(t, 0, status)
		assert.Contains(t, errs, "wait image           waiting: 404 Not Found\n       because: There is no image")
		assert.NotContains(t, out, "waiting")
	}
}

func TestJSONIsOneDocument(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		breakIt func(*fakecdn.World)
		status  int
		want    verify.Status
	}{
		"working": {func(*fakecdn.World) {}, 0, verify.OK},
		"broken":  {func(w *fakecdn.World) { w.Edge.Header.Set("Content-Type", "text/html") }, 1, verify.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := fakecdn.New()
			c.breakIt(w)
			w.Start(t)
			status, out, _ := call(t, outputs, verifyArgs(t, w, "--path", fakecdn.Path, "--json")...)
			assert.Equal(t, c.status, status)
			var document jsonDocument
			require.NoError(t, json.Unmarshal([]byte(out), &document), out)
			assert.Equal(t, "https://cdn.example.com"+fakecdn.Path, document.URL)
			assert.Equal(t, c.status == 0, document.OK)
			require.Len(t, document.Checks, 14)
			assert.Equal(t, c.want, document.Checks[5].Status)
			assert.Equal(t, c.want == verify.Failed, document.Checks[5].Cure != "")
		})
	}
}

func TestFlagsWinOverTheStacksOutputs(t *testing.T) {
	t.Parallel()
	w := fakecdn.New()
	w.Start(t)
	file := filepath.Join(t.TempDir(), "outputs.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"cdnDomain": "old.example.com", "bucketName": "images"}`), 0o600))
	status, out, errs := call(t, "", verifyArgs(t, w, "--outputs", file, "--domain", fakecdn.Domain, "--path", "cat.jpg")...)
	assert.Equal(t, 0, status, errs)
	assert.Contains(t, out, "https://cdn.example.com/cat.jpg, 19 bytes", "the slash may be left out")
}

func TestAnImageIsNamedByItsKeyOrByItsPath(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ flag, image, path string }{
		"a key with everything that a URL escapes": {"--key", `a+b 100%/[ü]?#"\.jpg`, `/a%2Bb%20100%25/%5B%C3%BC%5D%3F%23%22%5C.jpg`},
		"a key that looks escaped":                 {"--key", "a%20b.jpg", "/a%2520b.jpg"},
		"a path as it is typed":                    {"--path", "/테스트 (1).png", "/%ED%85%8C%EC%8A%A4%ED%8A%B8%20(1).png"},
		"a path as it is copied":                   {"--path", "/a%20b%2bc.jpg", "/a%20b%2bc.jpg"},
		"a path with a plus":                       {"--path", "/a+b.jpg", "/a+b.jpg"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := fakecdn.New()
			w.Start(t)
			status, out, errs := call(t, outputs, verifyArgs(t, w, c.flag, c.image)...)
			assert.Equal(t, 0, status, out+errs)
			assert.Contains(t, out, "https://cdn.example.com"+c.path+", 19 bytes")
			for _, asked := range w.Edge.Paths() {
				assert.Equal(t, c.path, asked)
			}
		})
	}
}

func TestWrongUseSaysWhatIsNeeded(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for name, c := range map[string]struct {
		args   []string
		stdin  string
		status int
		says   string
	}{
		"an unknown flag":     {[]string{"verify", "--nope"}, "", 2, "unknown flag: --nope"},
		"an unknown command":  {[]string{"verfy"}, "", 2, `did you mean "verify"?`},
		"an unlike command":   {[]string{"dance"}, "", 2, `imagecdn takes no argument "dance"`},
		"an argument":         {[]string{"verify", "cdn.example.com"}, "", 2, "takes no argument"},
		"no domain":           {[]string{"verify"}, "", 2, "--domain"},
		"outputs of no stack": {[]string{"verify", "--outputs", "-"}, "{}", 2, "a stack that is up"},
		"a wildcard":          {[]string{"verify", "--outputs", "-"}, `{"cdnDomain":"*.example.com"}`, 2, "name one of them with --domain"},
		"no image":            {[]string{"verify", "--domain", "cdn.example.com"}, "", 2, "--path"},
		"a path with a query": {[]string{"verify", "--domain", "cdn.example.com", "--path", "/a?b"}, "", 2, "%3F"},
		"a query, in JSON":    {[]string{"verify", "--domain", "cdn.example.com", "--path", "/a?b", "--json"}, "", 2, "%3F"},
		"a path and a key":    {[]string{"verify", "--domain", "cdn.example.com", "--path", "/a", "--key", "a"}, "", 2, "not both"},
		"no such outputs":     {[]string{"verify", "--outputs", empty + "x"}, "", 1, "no such file"},
		"outputs not in JSON": {[]string{"verify", "--outputs", "-"}, "cdnDomain", 1, "pulumi stack output --json"},
		"no such roots":       {[]string{"verify", "--domain", "a.example.com", "--ca-file", empty + "x"}, "", 1, "--ca-file"},
		"no roots":            {[]string{"verify", "--domain", "a.example.com", "--ca-file", empty}, "", 2, "no certificate in PEM form"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out, errs := call(t, c.stdin, c.args...)
			assert.Equal(t, c.status, status)
			assert.Empty(t, out)
			assert.Contains(t, errs, c.says)
			assert.True(t, strings.HasPrefix(errs, "imagecdn: "), errs)
		})
	}
}

func TestHelpShowsTheCommands(t *testing.T) {
	t.Parallel()
	status, out, _ := call(t, "")
	assert.Equal(t, 0, status)
	assert.Contains(t, out, "verify")
	status, out, _ = call(t, "", "verify", "--help")
	assert.Equal(t, 0, status)
	assert.Contains(t, out, "--outputs file")
}

// fakeListing is a bucket of three pages of keys, and of the region eu-central-1.
func fakeListing(keys ...string) http.HandlerFunc {
	return func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("list-type") != "2" {
			fakecdn.S3Error(http.StatusForbidden, "AccessDenied").ServeHTTP(out, r)
			return
		}
		if !strings.Contains(r.Header.Get("Authorization"), "/eu-central-1/s3/") {
			out.Header().Set("X-Amz-Bucket-Region", "eu-central-1")
			fakecdn.S3Error(http.StatusMovedPermanently, "PermanentRedirect").ServeHTTP(out, r)
			return
		}
		page := 0
		_, _ = fmt.Sscan(r.URL.Query().Get("continuation-token"), &page)
		next := ""
		if page+1 < len(keys) {
			next = fmt.Sprintf("<IsTruncated>true</IsTruncated><NextContinuationToken>%d</NextContinuationToken>", page+1)
		}
		_, _ = fmt.Fprintf(out, "<ListBucketResult><Contents><Key>%s</Key><Size>1</Size></Contents>%s</ListBucketResult>", keys[page], next)
	}
}

func TestAnImageIsFoundInTheBucket(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	for name, c := range map[string]struct { //nolint:paralleltest // credentials come from the environment
		keys   []string
		args   []string
		status int
		out    string
		errs   string
	}{
		"on the second page":      {[]string{"a/README.txt", "a/one + two.JPG"}, nil, 0, "https://cdn.example.com/a/one%20%2B%20two.JPG, 19 bytes", ""},
		"in the region that said": {[]string{"x.png"}, []string{"--region", "eu-central-1"}, 0, "https://cdn.example.com/x.png", ""},
		"not at all":              {[]string{"index.html"}, nil, 1, "", "none of the first 10,000 keys is a file of type .jpg"},
	} {
		t.Run(name, func(t *testing.T) {
			w := fakecdn.New()
			w.S3 = fakeListing(c.keys...)
			w.Start(t)
			status, out, errs := call(t, outputs, verifyArgs(t, w, c.args...)...)
			assert.Equal(t, c.status, status, errs)
			assert.Contains(t, out, c.out)
			assert.Contains(t, errs, c.errs)
		})
	}
}
