package engine

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
	"imagecdn/internal/verify"
)

const (
	friend   = "https://www.example.org"
	stranger = "https://www.stranger.example"
)

// A stack with headers, a preset, query parameters in the key and paths, from its up to its
// destroy, as a user who has just the published policies. What counts is what viewers get.
func TestViewersGetTheHeadersThatWereAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	theirs := types.CORSRule{AllowedMethods: []string{"PUT"}, AllowedOrigins: []string{"https://upload.example.org"}}
	w.putCors(theirs)
	spec := w.spec("headers")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Headers = components.HeadersArgs{
		CorsOrigins: []string{friend, "https://*.example.net"}, Preflights: true, Security: true, ServerTiming: pulumi.Int(0),
	}
	spec.Config.Cache = components.CacheArgs{Preset: "fresh", MaxTtl: pulumi.Int(3), QueryParameters: []string{"v"}}
	spec.Config.Paths = []components.PathArgs{
		{Pattern: "/daily/*", Cache: components.CacheArgs{Preset: "daily"}},
		{Pattern: "*.svg", Headers: components.HeadersArgs{ServerTiming: pulumi.Int(100)}},
	}
	spec.Config.Cache.ErrorTtl = pulumi.Int(2)
	spec.Config.Missing = components.MissingArgs{NotFound: true, Placeholder: pulumi.String("/stand-in.svg")}
	w.permit(&spec, bucketName, "Every stack", "An existing bucket", "Response headers", "Preflights")

	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, created(planned), created(made))
	w.assertCors()
	w.assertPreflight()
	w.assertSecurityHeaders()
	w.assertBrowserCaching()
	w.assertRevalidation()
	w.assertQueryKey()
	w.assertPaths()
	w.assertMissing()
	w.assertNames()

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	spec.Config.Headers, spec.Config.Cache.Preset, spec.Config.Cache.MaxTtl = components.HeadersArgs{}, "", nil
	spec.Config.Paths, spec.Config.Missing = spec.Config.Paths[1:], components.MissingArgs{}
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, []types.CORSRule{theirs}, w.corsRules(), "the rules of others are there, as they were")
	plain, _ := w.get(image(), "Origin", friend)
	assert.Empty(t, plain.Header.Get("Access-Control-Allow-Origin"), "headers that are no longer asked for are gone")
	assert.Empty(t, plain.Header.Get("Strict-Transport-Security"))
	assert.Equal(t, http.StatusForbidden, w.status("/never.jpg"), "S3 no longer says what is missing")
	assert.Equal(t, http.StatusOK, w.status("/"), "the root object stays")
	objects := w.inventory().Objects

	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	before.Objects = objects
	assert.Equal(t, before, w.inventory(), "nothing of the stack is left")
}

// image is the URL of the picture that every world has.
func image() string { return "https://cdn." + zoneName + imagePath }

// assertCors asks from all kinds of pages for one image: each gets the answer for its own
// origin, from the same entry of the cache.
func (w *world) assertCors() {
	w.t.Helper()
	first, _ := w.get(image(), "Origin", stranger)
	assert.Equal(w.t, "Miss from cloudfront", first.Header.Get("X-Cache"))
	assert.Empty(w.t, first.Header.Get("Access-Control-Allow-Origin"))
	for origin, allowed := range map[string]string{
		friend: friend, "https://a.example.net": "https://a.example.net", stranger: "", "https://example.net": "", "": "",
	} {
		answer, _ := w.get(image(), "Origin", origin)
		assert.NotEqual(w.t, "Miss from cloudfront", answer.Header.Get("X-Cache"), origin)
		assert.Equal(w.t, allowed, answer.Header.Get("Access-Control-Allow-Origin"), origin)
		assert.Equal(w.t, "Origin", answer.Header.Get("Vary"), "browsers keep the answers for other pages apart")
	}
}

// assertPreflight asks as browsers do before a request with a header of its own. Who is
// allowed, the edge says.
func (w *world) assertPreflight() {
	w.t.Helper()
	for origin, status := range map[string]int{friend: http.StatusOK, "https://a.example.net": http.StatusOK, stranger: http.StatusForbidden} {
		answer := w.preflight(origin)
		assert.Equal(w.t, status, answer.StatusCode, origin)
		if status == http.StatusForbidden {
			assert.Empty(w.t, answer.Header.Get("Access-Control-Allow-Origin"))
			continue
		}
		assert.Equal(w.t, origin, answer.Header.Get("Access-Control-Allow-Origin"))
		assert.Equal(w.t, "GET, HEAD", answer.Header.Get("Access-Control-Allow-Methods"))
		assert.Equal(w.t, "*", answer.Header.Get("Access-Control-Allow-Headers"))
		assert.Equal(w.t, "7200", answer.Header.Get("Access-Control-Max-Age"))
	}
	first, _ := w.get("https://cdn."+zoneName+"/photos/sunrise.jpg", "Origin", friend)
	assert.Equal(w.t, friend, first.Header.Get("Access-Control-Allow-Origin"))
	other, _ := w.get("https://cdn."+zoneName+"/photos/sunrise.jpg", "Origin", stranger)
	assert.Empty(w.t, other.Header.Get("Access-Control-Allow-Origin"), "what S3 said of the first origin is not said to another")
}

func (w *world) preflight(origin string) *http.Response {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodOptions, image(), nil)
	require.NoError(w.t, err)
	request.Header.Set("Origin", origin)
	request.Header.Set("Access-Control-Request-Method", http.MethodGet)
	request.Header.Set("Access-Control-Request-Headers", "x-request")
	answer, err := w.viewer().Do(request)
	require.NoError(w.t, err)
	require.NoError(w.t, answer.Body.Close())
	return answer
}

// putCors gives the bucket rules of the team's own.
func (w *world) putCors(rules ...types.CORSRule) {
	w.t.Helper()
	_, err := w.s3().PutBucketCors(w.t.Context(), &s3.PutBucketCorsInput{
		Bucket: aws.String(bucketName), CORSConfiguration: &types.CORSConfiguration{CORSRules: rules},
	})
	require.NoError(w.t, err)
}

func (w *world) corsRules() []types.CORSRule {
	w.t.Helper()
	out, err := w.s3().GetBucketCors(w.t.Context(), &s3.GetBucketCorsInput{Bucket: aws.String(bucketName)})
	require.NoError(w.t, err)
	return out.CORSRules
}

func (w *world) assertSecurityHeaders() {
	w.t.Helper()
	answer, _ := w.get(image(), "Pragma", "server-timing")
	for name, value := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age=31536000", "X-Frame-Options": "SAMEORIGIN",
		"Content-Security-Policy": components.DefaultContentSecurityPolicy, "Referrer-Policy": "strict-origin-when-cross-origin",
		"Cross-Origin-Resource-Policy": "cross-origin",
	} {
		assert.Equal(w.t, value, answer.Header.Get(name), name)
	}
	assert.Contains(w.t, answer.Header.Get("Server-Timing"), "cdn-cache")
	unasked, _ := w.get(image())
	assert.Empty(w.t, unasked.Header.Get("Server-Timing"))
}

// assertBrowserCaching compares an image without Cache-Control with one that has its own.
func (w *world) assertBrowserCaching() {
	w.t.Helper()
	silent, _ := w.get(image())
	assert.Equal(w.t, "public, no-cache", silent.Header.Get("Cache-Control"))
	w.upload("said.jpg", "a picture", "max-age=7")
	said, _ := w.get("https://cdn." + zoneName + "/said.jpg")
	assert.Equal(w.t, "max-age=7", said.Header.Get("Cache-Control"))
}

// assertRevalidation waits until the bound of an image is over: the edge then asks S3,
// which says that nothing has changed, or sends what has.
func (w *world) assertRevalidation() {
	w.t.Helper()
	w.upload("bound.jpg", "the first picture", "max-age=3600")
	picture := "https://cdn." + zoneName + "/bound.jpg"
	_, body := w.get(picture)
	assert.Equal(w.t, "the first picture", string(body))
	require.EventuallyWithT(w.t, func(c *assert.CollectT) {
		answer, _ := w.get(picture)
		assert.Equal(c, "RefreshHit from cloudfront", answer.Header.Get("X-Cache"))
	}, 10*time.Second, 200*time.Millisecond, "an unchanged image costs S3 a 304")
	w.upload("bound.jpg", "the second picture", "max-age=3600")
	require.EventuallyWithT(w.t, func(c *assert.CollectT) {
		_, body := w.get(picture)
		assert.Equal(c, "the second picture", string(body))
	}, 10*time.Second, 200*time.Millisecond, "an image is no older than the bound, whatever it says itself")
}

func (w *world) upload(key, content, cacheControl string) {
	w.t.Helper()
	put := &s3.PutObjectInput{Bucket: aws.String(bucketName), Key: aws.String(key), Body: strings.NewReader(content)}
	if cacheControl != "" {
		put.CacheControl = aws.String(cacheControl)
	}
	_, err := w.s3().PutObject(w.t.Context(), put)
	require.NoError(w.t, err)
}

// assertQueryKey asks for one image with parameters that count, and with others.
func (w *world) assertQueryKey() {
	w.t.Helper()
	w.upload("keyed.jpg", "a picture", "")
	picture := "https://cdn." + zoneName + "/keyed.jpg"
	for _, step := range []struct {
		query string
		miss  bool
	}{
		{"", true}, {"?utm_source=x", false}, {"?v=1", true}, {"?v=1&utm_source=x", false}, {"?v=2", true},
		{"?utm_source=x&v=2", false}, {"?V=3", false},
	} {
		answer, _ := w.get(picture + step.query)
		assert.Equal(w.t, http.StatusOK, answer.StatusCode)
		assert.Equal(w.t, step.miss, answer.Header.Get("X-Cache") == "Miss from cloudfront", step.query)
	}
}

// assertPaths asks for images for which other things hold than for the others.
func (w *world) assertPaths() {
	w.t.Helper()
	w.upload("daily/a.jpg", "a picture", "")
	w.upload("drawn/a.svg", "<svg/>", "")
	daily, _ := w.get("https://cdn."+zoneName+"/daily/a.jpg?v=1", "Origin", friend)
	assert.Equal(w.t, "public, max-age=86400", daily.Header.Get("Cache-Control"))
	assert.Equal(w.t, friend, daily.Header.Get("Access-Control-Allow-Origin"), "the headers are those of all images")
	other, _ := w.get("https://cdn." + zoneName + "/daily/a.jpg?v=2")
	assert.Equal(w.t, "Hit from cloudfront", other.Header.Get("X-Cache"), "the key is another one than that of all images")
	drawn, _ := w.get("https://cdn."+zoneName+"/drawn/a.svg", "Origin", friend)
	assert.Equal(w.t, "public, no-cache", drawn.Header.Get("Cache-Control"), "the times are those of all images")
	assert.NotEmpty(w.t, drawn.Header.Get("Server-Timing"))
	assert.Empty(w.t, drawn.Header.Get("Access-Control-Allow-Origin"), "a group takes the place of the whole group")
}

// assertMissing asks for images that are not there, then for one that is uploaded meanwhile,
// and for all that could be taken for the bucket itself.
func (w *world) assertMissing() {
	w.t.Helper()
	at := "https://cdn." + zoneName
	plain, body := w.get(at + "/late.jpg")
	assert.Equal(w.t, http.StatusNotFound, plain.StatusCode)
	assert.Contains(w.t, string(body), "NoSuchKey", "the placeholder is not there yet")
	w.upload("stand-in.svg", "<svg>nothing here</svg>", "no-cache")
	require.EventuallyWithT(w.t, func(c *assert.CollectT) {
		answer, body := w.get(at + "/late.jpg")
		assert.Equal(c, http.StatusNotFound, answer.StatusCode)
		assert.Equal(c, "<svg>nothing here</svg>", string(body))
		assert.NotEmpty(c, answer.Header.Get("Age"), "the edge has the answer")
		assert.Equal(c, "no-cache", answer.Header.Get("Cache-Control"), "browsers ask again")
	}, 10*time.Second, 100*time.Millisecond)
	w.upload("late.jpg", "a picture", "")
	uploaded := time.Now()
	require.EventuallyWithT(w.t, func(c *assert.CollectT) {
		_, body := w.get(at + "/late.jpg")
		assert.Equal(c, "a picture", string(body))
	}, 10*time.Second, 100*time.Millisecond)
	assert.Less(w.t, time.Since(uploaded), 4*time.Second, "a fresh upload shows when the time of errors is over")
	for _, path := range []string{
		"/", "/?list-type=2", "/?prefix=&max-keys=1", "/?v=1", "//", "/%2F", "/%2f/", "/.", "/daily/", "/daily/?delimiter=/",
	} {
		answer, body := w.get(at + path)
		assert.Equal(w.t, http.StatusNotFound, answer.StatusCode, path)
		assert.NotContains(w.t, string(body), "ListBucketResult", path)
	}
	w.upload("index.html", "welcome", "")
	require.EventuallyWithT(w.t, func(c *assert.CollectT) {
		_, body := w.get(at + "/")
		assert.Equal(c, "welcome", string(body))
	}, 10*time.Second, 100*time.Millisecond)
}

func (w *world) status(path string) int {
	w.t.Helper()
	answer, _ := w.get("https://cdn." + zoneName + path)
	return answer.StatusCode
}

// assertNames asks for a key with characters that mean something else in a URL, as various
// languages write it.
func (w *world) assertNames() {
	w.t.Helper()
	const key = "a b+c%d#é日?&=.jpg"
	w.upload("named/"+key, "the picture", "")
	for by, written := range map[string]string{
		"encodeURIComponent of JavaScript, quote of Python, rawurlencode of PHP": "a%20b%2Bc%25d%23%C3%A9%E6%97%A5%3F%26%3D.jpg",
		"URLEncoder of Java, quote_plus of Python, urlencode of PHP":             "a+b%2Bc%25d%23%C3%A9%E6%97%A5%3F%26%3D.jpg",
		"in lower case":       "a%20b%2bc%25d%23%c3%a9%e6%97%a5%3f%26%3d.jpg",
		"QueryEscape of Go":   url.QueryEscape(key),
		"PathOf of this tool": strings.TrimPrefix(verify.PathOf(key), "/"),
	} {
		answer, body := w.get("https://cdn." + zoneName + "/named/" + written)
		assert.Equal(w.t, http.StatusOK, answer.StatusCode, by)
		assert.Equal(w.t, "the picture", string(body), by)
	}
	assert.Equal(w.t, http.StatusNotFound, w.status("/named/"+url.PathEscape(key)), "it leaves the plus as it is, and S3 reads a space")
}
