package edge_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"maps"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/ca"
	"imagecdn/localaws/cloudfront"
	"imagecdn/localaws/edge"
)

const host = "cdn.example.com"

// world is an edge with everything around it: what is deployed, an origin and a
// clock, all of which a test changes.
type world struct {
	*edge.Server
	roots *x509.CertPool

	mu     sync.Mutex // the world's lock
	now    time.Time
	view   cloudfront.View
	asked  []edge.OriginRequest
	noted  []string // results of requests, and the detailed ones
	answer func(edge.OriginRequest) (int, http.Header, string)
}

func (w *world) ForHost(name string) (cloudfront.View, bool) {
	return w.view, name == host || name == "d1.cloudfront.net"
}

// stall is the status of an origin that does not answer.
const stall = -1

func (w *world) Fetch(ctx context.Context, r edge.OriginRequest) (int, http.Header, io.ReadCloser) {
	w.mu.Lock()
	w.asked = append(w.asked, r)
	answer := w.answer
	w.mu.Unlock()
	status, header, body := answer(r)
	if status == stall {
		<-ctx.Done()
	}
	return status, header, io.NopCloser(bytes.NewBufferString(body))
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// change changes the world while nobody looks.
func (w *world) change(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *world) requests() []edge.OriginRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

// recorded are the results of the requests that were answered.
func (w *world) recorded() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.noted
}

// object answers 200 with some headers, and 304 to the ETag it has.
func object(body string, header http.Header) func(edge.OriginRequest) (int, http.Header, string) {
	return func(r edge.OriginRequest) (int, http.Header, string) {
		h := http.Header{
			"Etag": {`"1"`}, "Content-Type": {"image/webp"}, "Last-Modified": {"Sun, 01 Nov 2026 10:00:00 GMT"}, "Server": {"AmazonS3"},
		}
		maps.Copy(h, header)
		if r.Header.Get("If-None-Match") == h.Get("ETag") {
			return http.StatusNotModified, h, ""
		}
		return http.StatusOK, h, body
	}
}

func status(code int, header http.Header) func(edge.OriginRequest) (int, http.Header, string) {
	return func(edge.OriginRequest) (int, http.Header, string) { return code, header, "<Error/>" }
}

// images is a behaviour as images have it.
func images() cloudfront.Behavior {
	none := cloudfront.Selection{Mode: "none"}
	return cloudfront.Behavior{
		PathPattern: "*", ViewerProtocol: "redirect-to-https",
		Methods: []string{"GET", "HEAD"}, CachedMethods: []string{"GET", "HEAD"},
		Origins: []cloudfront.Origin{{
			Domain: "images.s3.eu-central-1.amazonaws.com", Bucket: "images", Region: "eu-central-1", Path: "/v1", Sign: true,
		}},
		Key:    cloudfront.CacheKey{Headers: none, Cookies: none, Queries: none, Gzip: true, Brotli: true},
		MinTTL: time.Second, DefaultTTL: 24 * time.Hour, MaxTTL: 365 * 24 * time.Hour,
	}
}

func start(t *testing.T, change func(*world)) *world {
	t.Helper()
	authority, err := ca.Open("")
	require.NoError(t, err)
	w := &world{
		now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), roots: x509.NewCertPool(), answer: object("an image", nil),
		view: cloudfront.View{
			ID: "E1", ARN: "arn:aws:cloudfront::123456789012:distribution/E1", CertificateARN: "arn:own",
			MinimumProtocol: "TLSv1.2_2021", HTTP2: true, Behaviors: []cloudfront.Behavior{images()},
		},
	}
	w.roots.AppendCertsFromPEM(authority.RootPEM())
	if change != nil {
		change(w)
	}
	own := certificate(t, authority, host)
	w.Server, err = edge.Start(edge.Options{
		HTTPSAddress: "127.0.0.1:0", HTTPAddress: "127.0.0.1:0", Lock: &w.mu, Distributions: w, Origin: w, Now: w.time,
		Record:       func(r edge.Record) { w.noted = append(w.noted, r.Result+"/"+r.Detailed) },
		Certificates: func(arn string) (tls.Certificate, bool) { return own, arn == "arn:own" },
		Default:      certificate(t, authority, "*.cloudfront.net"),
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.Close()) })
	return w
}

func certificate(t *testing.T, authority *ca.Authority, name string) tls.Certificate {
	t.Helper()
	cert, chain, key, err := authority.Issue([]string{name}, "EC_prime256v1", time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	require.NoError(t, err)
	pair, err := tls.X509KeyPair(append(cert, chain...), key)
	require.NoError(t, err)
	return pair
}

// client reaches every host at the edge, as curl does with --connect-to.
func (w *world) client(t *testing.T, config *tls.Config) *http.Client {
	t.Helper()
	config.RootCAs = w.roots
	transport := &http.Transport{
		ForceAttemptHTTP2: true, DisableCompression: true, TLSClientConfig: config,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			to := w.HTTPAddress()
			if _, port, _ := net.SplitHostPort(address); port == "443" {
				to = w.HTTPSAddress()
			}
			return new(net.Dialer).DialContext(ctx, network, to)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

type response struct {
	*http.Response
	body string
}

func (w *world) do(t *testing.T, method, url string, header http.Header) response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	require.NoError(t, err)
	maps.Copy(r.Header, header)
	answered, err := w.client(t, &tls.Config{MinVersion: tls.VersionTLS12}).Do(r)
	require.NoError(t, err)
	body, err := io.ReadAll(answered.Body)
	require.NoError(t, err)
	require.NoError(t, answered.Body.Close())
	return response{answered, string(body)}
}

func (w *world) get(t *testing.T, path string) response {
	t.Helper()
	return w.do(t, http.MethodGet, "https://"+host+path, nil)
}

func (r response) cache() string { return r.Header.Get("X-Cache") }

func TestAMissThenAHitWithItsAge(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	first := w.get(t, "/a%20b.webp")
	assert.Equal(t, http.StatusOK, first.StatusCode)
	assert.Equal(t, "an image", first.body)
	assert.Equal(t, "Miss from cloudfront", first.cache())
	assert.Equal(t, "HTTP/2.0", first.Proto)
	assert.Regexp(t, `^1\.1 [0-9a-f]{32}\.cloudfront\.net \(CloudFront\)$`, first.Header.Get("Via"))
	assert.NotEmpty(t, first.Header.Get("X-Amz-Cf-Pop"))
	assert.NotEmpty(t, first.Header.Get("X-Amz-Cf-Id"))
	assert.Empty(t, first.Header.Get("Age"))

	w.change(func() { w.now = w.now.Add(90 * time.Second) })
	second := w.get(t, "/a%20b.webp")
	assert.Equal(t, "Hit from cloudfront", second.cache())
	assert.Equal(t, "90", second.Header.Get("Age"))
	assert.Equal(t, "an image", second.body)

	asked := w.requests()
	require.Len(t, asked, 1)
	assert.Equal(t, "images", asked[0].Bucket)
	assert.Equal(t, "eu-central-1", asked[0].Region)
	assert.Equal(t, "v1/a b.webp", asked[0].Key)
	assert.True(t, asked[0].Signed)
	assert.Equal(t, w.view.ARN, asked[0].DistributionARN)
	assert.Equal(t, "Amazon CloudFront", asked[0].Header.Get("User-Agent"))
}

func TestAPlusInAPathIsASpaceToTheOrigin(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.get(t, "/a+b.webp")
	w.get(t, "/a%2Bb.webp")
	asked := w.requests()
	require.Len(t, asked, 2, "to the cache they are two paths")
	assert.Equal(t, "v1/a b.webp", asked[0].Key)
	assert.Equal(t, "v1/a+b.webp", asked[1].Key)
}

func TestWhatIsNotInTheKeyDoesNotSplitTheCache(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	w.get(t, "/a.webp")
	for name, header := range map[string]http.Header{
		"cookie": {"Cookie": {"session=1"}}, "accept": {"Accept": {"image/avif"}}, "cache control": {"Cache-Control": {"no-cache"}},
		"origin": {"Origin": {"https://example.com"}},
	} {
		assert.Equal(t, "Hit from cloudfront", w.do(t, http.MethodGet, "https://"+host+"/a.webp?utm=1", header).cache(), name)
	}
	assert.Len(t, w.requests(), 1)
}

func TestWhatIsInTheKeySplitsTheCacheAndReachesTheOrigin(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		w.view.Behaviors[0].Key = cloudfront.CacheKey{
			Headers: cloudfront.Selection{Mode: "whitelist", Names: []string{"origin"}},
			Cookies: cloudfront.Selection{Mode: "allExcept", Names: []string{"ignored"}},
			Queries: cloudfront.Selection{Mode: "whitelist", Names: []string{"w"}},
		}
	})
	url := "https://" + host + "/a.webp"
	for _, variant := range []struct {
		url    string
		header http.Header
		result string
	}{
		{url, nil, "Miss"},
		{url + "?w=1", nil, "Miss"},
		{url + "?w=1&utm=x", nil, "Hit"},
		{url + "?W=1", nil, "Hit"}, // another parameter than w: the entry without any
		{url + "?w=2", nil, "Miss"},
		{url, http.Header{"Origin": {"https://a.example"}}, "Miss"},
		{url, http.Header{"Cookie": {"ignored=1"}}, "Hit"},
		{url, http.Header{"Cookie": {"ignored=1; kept=1"}}, "Miss"},
		{url, http.Header{"Cookie": {"kept=1; ignored=2"}}, "Hit"},
		{url, http.Header{"Accept-Encoding": {"gzip"}}, "Hit"},
	} {
		assert.Equal(t, variant.result+" from cloudfront", w.do(t, http.MethodGet, variant.url, variant.header).cache(), variant)
	}
	assert.Equal(t, "https://a.example", w.requests()[3].Header.Get("Origin"))
}

func TestOnlyGzipAndBrotliOfAcceptEncodingAreInTheKey(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for _, variant := range []struct{ encoding, result string }{
		{"", "Miss"},
		{"gzip", "Miss"},
		{"deflate, gzip;q=0.5", "Hit"},
		{"gzip;q=0", "Hit"},
		{"br, gzip", "Miss"},
		{"gzip, deflate, br", "Hit"},
	} {
		got := w.do(t, http.MethodGet, "https://"+host+"/a.webp", http.Header{"Accept-Encoding": {variant.encoding}})
		assert.Equal(t, variant.result+" from cloudfront", got.cache(), variant.encoding)
	}
}

func TestAStaleAnswerIsConfirmedByTheOrigin(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) { w.answer = object("an image", http.Header{"Cache-Control": {"max-age=60"}}) })
	w.get(t, "/a.webp")
	w.change(func() { w.now = w.now.Add(61 * time.Second) })
	confirmed := w.get(t, "/a.webp")
	assert.Equal(t, "RefreshHit from cloudfront", confirmed.cache())
	assert.Equal(t, "an image", confirmed.body)
	assert.Equal(t, `"1"`, w.requests()[1].Header.Get("If-None-Match"))
	assert.Equal(t, "Hit from cloudfront", w.get(t, "/a.webp").cache())

	w.change(func() {
		w.now = w.now.Add(61 * time.Second)
		w.answer = object("another image", http.Header{"Etag": {`"2"`}})
	})
	changed := w.get(t, "/a.webp")
	assert.Equal(t, "Miss from cloudfront", changed.cache())
	assert.Equal(t, "another image", changed.body)
}

func TestAFailingOriginLeavesWhatIsStale(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) { w.answer = object("an image", http.Header{"Cache-Control": {"max-age=60"}}) })
	w.get(t, "/a.webp")
	w.change(func() {
		w.now = w.now.Add(61 * time.Second)
		w.answer = status(http.StatusServiceUnavailable, nil)
	})
	stale := w.get(t, "/a.webp")
	assert.Equal(t, http.StatusOK, stale.StatusCode)
	assert.Equal(t, "an image", stale.body)
	failed := w.get(t, "/b.webp")
	assert.Equal(t, http.StatusServiceUnavailable, failed.StatusCode)
	assert.Equal(t, "Error from cloudfront", failed.cache())
}

func TestStaleWhileRevalidateAnswersAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		w.answer = object("an image", http.Header{"Cache-Control": {"max-age=60, stale-while-revalidate=60"}})
	})
	w.get(t, "/a.webp")
	w.change(func() { w.now = w.now.Add(90 * time.Second) })
	assert.Equal(t, "Hit from cloudfront", w.get(t, "/a.webp").cache())
	require.Eventually(t, func() bool { return len(w.requests()) == 2 }, 5*time.Second, time.Millisecond)
}

func TestErrorsAreCachedForAWhile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		header  http.Header
		errors  []cloudfront.ErrorResponse
		seconds int
	}{
		"404 for ten seconds":               {status: 404, seconds: 10},
		"404 as configured":                 {status: 404, errors: []cloudfront.ErrorResponse{{Status: 404, MinTTL: 3 * time.Second}}, seconds: 3},
		"404 not at all":                    {status: 404, errors: []cloudfront.ErrorResponse{{Status: 404}}, seconds: 0},
		"404 as long as the origin says":    {status: 404, header: http.Header{"Cache-Control": {"max-age=30"}}, seconds: 30},
		"404 for longer than no time":       {status: 404, header: http.Header{"Cache-Control": {"max-age=0"}}, seconds: 10},
		"403 not unless the origin says so": {status: 403, seconds: 0},
		"403 if the origin says so":         {status: 403, header: http.Header{"Cache-Control": {"max-age=30"}}, seconds: 30},
		"500 for ten seconds":               {status: 500, seconds: 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, func(w *world) { w.answer, w.view.Errors = status(c.status, c.header), c.errors })
			first := w.get(t, "/missing.webp")
			assert.Equal(t, c.status, first.StatusCode)
			assert.Equal(t, "Error from cloudfront", first.cache())
			asked := 1
			if c.seconds > 0 {
				w.change(func() { w.now = w.now.Add(time.Duration(c.seconds)*time.Second - time.Millisecond) })
				w.get(t, "/missing.webp")
				assert.Len(t, w.requests(), asked, "still cached")
			}
			w.change(func() { w.now = w.now.Add(time.Millisecond) })
			w.get(t, "/missing.webp")
			assert.Len(t, w.requests(), asked+1, "asked again")
		})
	}
}

func TestErrorsHavePagesOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		w.view.Errors = []cloudfront.ErrorResponse{{Status: 404, PagePath: "/sorry.html", PageStatus: 200, MinTTL: time.Second}}
		w.answer = func(r edge.OriginRequest) (int, http.Header, string) {
			if r.Key == "v1/sorry.html" {
				return http.StatusOK, http.Header{"Content-Type": {"text/html"}}, "sorry"
			}
			return http.StatusNotFound, nil, "<Error/>"
		}
	})
	page := w.get(t, "/missing.webp")
	assert.Equal(t, http.StatusOK, page.StatusCode)
	assert.Equal(t, "sorry", page.body)
	assert.Equal(t, "Error from cloudfront", page.cache())
}

func TestWhereAnErrorsPageIsMissingItsOwnErrorIsTheAnswer(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		w.view.Errors = []cloudfront.ErrorResponse{{Status: 500, PagePath: "/sorry.html", PageStatus: 200, MinTTL: time.Second}}
		w.answer = func(r edge.OriginRequest) (int, http.Header, string) {
			if r.Key == "v1/sorry.html" {
				return http.StatusNotFound, nil, "no page"
			}
			return http.StatusInternalServerError, nil, "no image"
		}
	})
	answer := w.get(t, "/broken.webp")
	assert.Equal(t, http.StatusNotFound, answer.StatusCode)
	assert.Equal(t, "no page", answer.body)
	assert.Equal(t, "Error from cloudfront", answer.cache())
}

func TestIdenticalConcurrentMissesAreOneRequest(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	w := start(t, func(w *world) {
		w.answer = func(r edge.OriginRequest) (int, http.Header, string) {
			<-release
			return object("an image", nil)(r)
		}
	})
	var viewers sync.WaitGroup
	for range 8 {
		viewers.Go(func() { assert.Equal(t, "an image", w.get(t, "/a.webp").body) })
	}
	require.Eventually(t, func() bool { return len(w.requests()) == 1 }, 5*time.Second, time.Millisecond)
	time.Sleep(50 * time.Millisecond) // for those who would ask a second time
	close(release)
	viewers.Wait()
	assert.Len(t, w.requests(), 1)
}

func TestInvalidationsRemoveWhatTheyMatch(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for _, path := range []string{"/a.webp", "/b/1.webp", "/b/2.webp", "/c%20d.webp"} {
		w.get(t, path)
	}
	w.change(func() { w.view.Purges = append(w.view.Purges, "/a.webp", "/b/*", "/c%20d.webp") })
	for _, path := range []string{"/a.webp", "/b/1.webp", "/b/2.webp", "/c%20d.webp"} {
		assert.Equal(t, "Miss from cloudfront", w.get(t, path).cache(), path)
		assert.Equal(t, "Hit from cloudfront", w.get(t, path).cache(), path)
	}
	w.change(func() { w.view.Purges = append(w.view.Purges, "/A.webp", "/b") })
	assert.Equal(t, "Hit from cloudfront", w.get(t, "/a.webp").cache(), "case counts")
	assert.Equal(t, "Hit from cloudfront", w.get(t, "/b/1.webp").cache(), "no wildcard, no prefix")
}

func TestPlainHTTPIsRedirected(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	got := w.do(t, http.MethodGet, "http://"+host+":8080/a%20b.webp?w=1&x=%2F", nil)
	assert.Equal(t, http.StatusMovedPermanently, got.StatusCode)
	assert.Equal(t, "https://"+host+"/a%20b.webp?w=1&x=%2F", got.Header.Get("Location"))
	assert.Equal(t, "Redirect from cloudfront", got.cache())

	w.change(func() { w.view.Behaviors[0].ViewerProtocol = "https-only" })
	assert.Equal(t, http.StatusForbidden, w.do(t, http.MethodGet, "http://"+host+"/a.webp", nil).StatusCode)
	w.change(func() { w.view.Behaviors[0].ViewerProtocol = "allow-all" })
	assert.Equal(t, http.StatusOK, w.do(t, http.MethodGet, "http://"+host+"/a.webp", nil).StatusCode)
	assert.Equal(t, "Hit from cloudfront", w.get(t, "/a.webp").cache(), "one cache for both protocols")
}

func TestHEADIsAnsweredFromWhatGETHasCached(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	url := "https://" + host + "/a.webp"
	w.change(func() {
		w.answer = object("", http.Header{"Content-Length": {"8"}})
	})
	first := w.do(t, http.MethodHead, url, nil)
	assert.Equal(t, "Miss from cloudfront", first.cache())
	assert.EqualValues(t, 8, first.ContentLength)
	assert.Equal(t, http.MethodHead, w.requests()[0].Method)
	assert.Equal(t, "Hit from cloudfront", w.do(t, http.MethodHead, url, nil).cache())

	w.change(func() { w.answer = object("an image", nil) })
	got := w.get(t, "/a.webp")
	assert.Equal(t, "Miss from cloudfront", got.cache(), "a body is not made of a HEAD")
	assert.Equal(t, "an image", got.body)
	head := w.do(t, http.MethodHead, url, nil)
	assert.Equal(t, "Hit from cloudfront", head.cache())
	assert.EqualValues(t, 8, head.ContentLength)
}

func TestRangesAndConditionsAreMetFromTheCache(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	url := "https://" + host + "/a.webp"
	part := w.do(t, http.MethodGet, url, http.Header{"Range": {"bytes=3-"}})
	assert.Equal(t, http.StatusPartialContent, part.StatusCode)
	assert.Equal(t, "image", part.body)
	assert.Equal(t, "bytes 3-7/8", part.Header.Get("Content-Range"))
	assert.Equal(t, "Miss from cloudfront", part.cache())

	assert.Equal(t, "an image", w.get(t, "/a.webp").body)
	unchanged := w.do(t, http.MethodGet, url, http.Header{"If-None-Match": {`"1"`}})
	assert.Equal(t, http.StatusNotModified, unchanged.StatusCode)
	assert.Equal(t, "Hit from cloudfront", unchanged.cache())
	assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, w.do(t, http.MethodGet, url, http.Header{"Range": {"bytes=99-"}}).StatusCode)
	assert.Len(t, w.requests(), 1)
}

func TestAnUnknownHostIsForbidden(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	got := w.do(t, http.MethodGet, "http://other.example.com/", nil)
	assert.Equal(t, http.StatusForbidden, got.StatusCode)
	assert.Equal(t, "Error from cloudfront", got.cache())
	assert.Equal(t, "CloudFront", got.Header.Get("Server"))
	assert.Contains(t, got.body, "The request could not be satisfied")
	assert.Empty(t, w.requests())
}

func TestTheCertificateIsTheDistributions(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for name, want := range map[string]string{host: host, "d1.cloudfront.net": "*.cloudfront.net", "other.example.com": "*.cloudfront.net"} {
		connection, err := tls.Dial("tcp", w.HTTPSAddress(), &tls.Config{ServerName: name, InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
		require.NoError(t, err)
		assert.Equal(t, []string{want}, connection.ConnectionState().PeerCertificates[0].DNSNames, name)
		require.NoError(t, connection.Close())
	}
	_, err := tls.Dial("tcp", w.HTTPSAddress(), &tls.Config{ServerName: host, RootCAs: w.roots, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	require.Error(t, err, "TLSv1.2_2021 refuses TLS 1.1")
	w.change(func() { w.view.HTTP2 = false })
	assert.Equal(t, "HTTP/1.1", w.get(t, "/a.webp").Proto)
}

func TestTheFirstMatchingBehaviorAnswers(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		thumbs := images()
		thumbs.PathPattern, thumbs.Origins = "thumbs/*.jpg", []cloudfront.Origin{{Domain: "thumbs.s3.us-east-1.amazonaws.com", Bucket: "thumbs"}}
		other := images()
		other.PathPattern, other.Origins = "/other/*", []cloudfront.Origin{{Domain: "www.example.com"}}
		w.view.Behaviors = []cloudfront.Behavior{thumbs, other, images()}
		w.view.DefaultRootObject = "index.html"
	})
	w.get(t, "/thumbs/a/b.jpg")
	w.get(t, "/thumbs/a.JPG")
	w.get(t, "/")
	asked := w.requests()
	assert.Equal(t, []string{"thumbs", "images", "images"}, []string{asked[0].Bucket, asked[1].Bucket, asked[2].Bucket})
	assert.False(t, asked[0].Signed)
	assert.Equal(t, "v1/index.html", asked[2].Key)

	unsupported := w.get(t, "/other/a")
	assert.Equal(t, http.StatusBadGateway, unsupported.StatusCode)
	assert.Contains(t, unsupported.body, "www.example.com")
}

func TestWhatIsNotAllowedIsForbidden(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	assert.Equal(t, http.StatusForbidden, w.do(t, http.MethodPost, "https://"+host+"/a.webp", nil).StatusCode)
	w.change(func() { w.view.Behaviors[0].Signed = true })
	private := w.get(t, "/a.webp")
	assert.Equal(t, http.StatusForbidden, private.StatusCode)
	assert.Contains(t, private.body, "MissingKey")
	w.change(func() { w.view.Behaviors[0].Signed, w.view.Behaviors[0].Lambda = false, true })
	assert.Equal(t, http.StatusServiceUnavailable, w.get(t, "/a.webp").StatusCode)
	assert.Empty(t, w.requests())
}

func TestAnOriginGroupFailsOver(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		b := &w.view.Behaviors[0]
		b.Origins = append(b.Origins, cloudfront.Origin{Domain: "spare.s3.us-east-1.amazonaws.com", Bucket: "spare"})
		b.FailoverOn = []int{404}
		w.answer = func(r edge.OriginRequest) (int, http.Header, string) {
			if r.Bucket == "images" {
				return http.StatusNotFound, nil, ""
			}
			return object("a spare image", nil)(r)
		}
	})
	assert.Equal(t, "a spare image", w.get(t, "/a.webp").body)
	assert.Equal(t, http.StatusOK, w.do(t, http.MethodHead, "https://"+host+"/b.webp", nil).StatusCode)
	w.change(func() { w.view.Behaviors[0].FailoverOn = []int{503} })
	assert.Equal(t, http.StatusNotFound, w.get(t, "/c.webp").StatusCode, "of a status that is not named the first one's answer counts")
	w.change(func() {
		w.view.Behaviors[0].FailoverOn, w.answer = []int{503}, status(http.StatusServiceUnavailable, nil)
	})
	assert.Equal(t, http.StatusServiceUnavailable, w.get(t, "/d.webp").StatusCode, "neither has it")
}

func TestAnOriginGroupFailsOverWhereTheFirstOriginDoesNotAnswer(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		b := &w.view.Behaviors[0]
		b.Origins = append(b.Origins, cloudfront.Origin{Domain: "spare.s3.us-east-1.amazonaws.com", Bucket: "spare", Shield: "us-east-1"})
		b.Origins[0].ReadTimeout, b.Origins[0].Attempts, b.FailoverOn = 100*time.Millisecond, 2, []int{504}
		w.answer = func(r edge.OriginRequest) (int, http.Header, string) {
			if r.Bucket == "images" {
				return stall, nil, ""
			}
			return object("a spare image", nil)(r)
		}
	})
	assert.Equal(t, "a spare image", w.get(t, "/a.webp").body)
	assert.Len(t, w.requests(), 3, "the first one is given its attempts")
	w.change(func() { w.view.Behaviors[0].FailoverOn = []int{503} })
	assert.Equal(t, http.StatusGatewayTimeout, w.get(t, "/b.webp").StatusCode)
}

func TestOnlyCachedMethodsFailOver(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		b := &w.view.Behaviors[0]
		b.Origins = append(b.Origins, cloudfront.Origin{Domain: "spare.s3.us-east-1.amazonaws.com", Bucket: "spare"})
		b.Methods, b.FailoverOn = append(b.Methods, http.MethodOptions), []int{503}
		w.answer = status(http.StatusServiceUnavailable, nil)
	})
	assert.Equal(t, http.StatusServiceUnavailable, w.do(t, http.MethodOptions, "https://"+host+"/a.webp", nil).StatusCode)
	assert.Len(t, w.requests(), 1)
}

func TestAPolicyChangesTheHeadersOfTheAnswer(t *testing.T) {
	t.Parallel()
	maximum := 600
	w := start(t, func(w *world) {
		w.view.Behaviors[0].ResponseHeaders = &cloudfront.ResponseHeaders{
			Cors:   &cloudfront.Cors{Origins: []string{"https://*.example.com"}, Methods: []string{"GET"}, Expose: []string{"ETag"}, MaxAge: &maximum},
			Set:    []cloudfront.HeaderValue{{Name: "Cache-Control", Value: "max-age=60"}, {Name: "Content-Type", Value: "text/plain"}, {Name: "X-Frame-Options", Value: "DENY", Override: true}},
			Remove: []string{"Server"}, ServerTiming: true, ServerTimingRate: 100,
		}
	})
	plain := w.get(t, "/a.webp")
	assert.Equal(t, "max-age=60", plain.Header.Get("Cache-Control"))
	assert.Equal(t, "image/webp", plain.Header.Get("Content-Type"), "not overridden")
	assert.Equal(t, "DENY", plain.Header.Get("X-Frame-Options"))
	assert.Empty(t, plain.Header.Get("Server"))
	assert.Contains(t, plain.Header.Get("Server-Timing"), "cdn-cache-miss")
	assert.Empty(t, plain.Header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, []string{"Origin"}, plain.Header.Values("Vary"), "a browser must not give it to a script")

	for origin, allowed := range map[string]string{
		"https://www.example.com": "https://www.example.com", "https://example.org": "", "https://www.example.com.evil.org": "",
	} {
		got := w.do(t, http.MethodGet, "https://"+host+"/a.webp", http.Header{"Origin": {origin}})
		assert.Equal(t, "Hit from cloudfront", got.cache(), "CORS by policy does not split the cache")
		assert.Equal(t, allowed, got.Header.Get("Access-Control-Allow-Origin"), origin)
		assert.Equal(t, []string{"Origin"}, got.Header.Values("Vary"), origin)
	}
}

func TestServerTimingIsThereForWhoeverAsksForIt(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		w.view.Behaviors[0].ResponseHeaders = &cloudfront.ResponseHeaders{ServerTiming: true}
	})
	assert.Empty(t, w.get(t, "/a.webp").Header.Get("Server-Timing"), "the rate is 0")
	got := w.do(t, http.MethodGet, "https://"+host+"/a.webp", http.Header{"Pragma": {"server-timing"}})
	assert.Contains(t, got.Header.Get("Server-Timing"), "cdn-cache-hit")
	w.change(func() { w.view.Behaviors[0].ResponseHeaders.ServerTiming = false })
	got = w.do(t, http.MethodGet, "https://"+host+"/a.webp", http.Header{"Pragma": {"server-timing"}})
	assert.Empty(t, got.Header.Get("Server-Timing"))
}

func TestTextIsCompressedAndImagesAreNot(t *testing.T) {
	t.Parallel()
	long := string(bytes.Repeat([]byte("text "), 1000))
	w := start(t, func(w *world) { w.view.Behaviors[0].Compress = true })
	gzip := http.Header{"Accept-Encoding": {"gzip"}}
	for contentType, encoding := range map[string]string{"image/svg+xml": "gzip", "text/css; charset=utf-8": "gzip", "image/webp": "", "image/avif": ""} {
		w.change(func() { w.answer = object(long, http.Header{"Content-Type": {contentType}}) })
		got := w.do(t, http.MethodGet, "https://"+host+"/"+contentType, gzip)
		assert.Equal(t, encoding, got.Header.Get("Content-Encoding"), contentType)
		plain := w.get(t, "/"+contentType)
		assert.Empty(t, plain.Header.Get("Content-Encoding"))
		assert.Equal(t, long, plain.body)
	}
}

func TestNothingIsCachedWithCachingDisabled(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		b := &w.view.Behaviors[0]
		b.MinTTL, b.DefaultTTL, b.MaxTTL = 0, 0, 0
	})
	for range 3 {
		assert.Equal(t, "Miss from cloudfront", w.get(t, "/a.webp").cache())
	}
	assert.Len(t, w.requests(), 3)
}

func TestAnAddressInUseIsAnError(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	_, err := edge.Start(edge.Options{HTTPAddress: w.HTTPAddress(), Lock: &w.mu, Distributions: w, Origin: w})
	require.ErrorContains(t, err, w.HTTPAddress())
}

func TestAPreflightIsAnsweredByThePolicy(t *testing.T) {
	t.Parallel()
	maximum := 600
	w := start(t, func(w *world) {
		b := &w.view.Behaviors[0]
		b.Methods = append(b.Methods, http.MethodOptions)
		b.ForwardHeaders = cloudfront.Selection{Mode: "whitelist", Names: []string{"origin", "access-control-request-method"}}
		b.ResponseHeaders = &cloudfront.ResponseHeaders{Cors: &cloudfront.Cors{
			Origins: []string{"*"}, Methods: []string{"GET", "HEAD"}, Headers: []string{"X-A"}, MaxAge: &maximum, Override: true,
		}}
		w.answer = status(http.StatusOK, http.Header{"Access-Control-Allow-Origin": {"https://only.example"}})
	})
	got := w.do(t, http.MethodOptions, "https://"+host+"/a.webp", http.Header{
		"Origin": {"https://a.example"}, "Access-Control-Request-Method": {"GET"},
	})
	assert.Equal(t, "Miss from cloudfront", got.cache())
	assert.Equal(t, "*", got.Header.Get("Access-Control-Allow-Origin"), "the origin's own is overridden")
	assert.Empty(t, got.Header.Get("Vary"), "it is the same for all")
	assert.Equal(t, "GET, HEAD", got.Header.Get("Access-Control-Allow-Methods"))
	assert.Equal(t, "X-A", got.Header.Get("Access-Control-Allow-Headers"))
	assert.Equal(t, "600", got.Header.Get("Access-Control-Max-Age"))
	asked := w.requests()
	assert.Equal(t, http.MethodOptions, asked[0].Method)
	assert.Equal(t, "https://a.example", asked[0].Header.Get("Origin"))
}

func TestTheEdgesSignatureMayGiveWayToTheViewers(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		b := &w.view.Behaviors[0]
		b.ForwardHeaders = cloudfront.Selection{Mode: "all"}
	})
	own := http.Header{"Authorization": {"AWS4-HMAC-SHA256 mine"}}
	w.do(t, http.MethodGet, "https://"+host+"/a.webp", own)
	w.change(func() { w.view.Behaviors[0].Origins[0].KeepAuthorization = true })
	w.do(t, http.MethodGet, "https://"+host+"/b.webp", own)
	w.do(t, http.MethodGet, "https://"+host+"/c.webp", nil)
	asked := w.requests()
	assert.True(t, asked[0].Signed, "always")
	assert.Empty(t, asked[0].Header.Get("Authorization"))
	assert.False(t, asked[1].Signed, "no-override, and the viewer has signed")
	assert.Equal(t, "AWS4-HMAC-SHA256 mine", asked[1].Header.Get("Authorization"))
	assert.True(t, asked[2].Signed, "no-override, and the viewer has not")
}

func TestTheSecurityPolicyChoosesTheCiphers(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	dial := func(cipher uint16) error {
		connection, err := tls.Dial("tcp", w.HTTPSAddress(), &tls.Config{
			ServerName: host, RootCAs: w.roots, MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{cipher},
		})
		if err != nil {
			return err //nolint:wrapcheck // that there is one is what is tested
		}
		return connection.Close() //nolint:wrapcheck // as above
	}
	for _, c := range []struct {
		policy string
		cipher uint16
		taken  bool
	}{
		{"TLSv1.2_2021", tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, true},
		{"TLSv1.2_2021", tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, true},
		{"TLSv1.2_2021", tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, true},
		{"TLSv1.2_2021", tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, false},
		{"TLSv1.2_2021", tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, false},
		{"TLSv1.2_2019", tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, true},
		{"TLSv1.2_2019", tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, false},
		{"TLSv1.1_2016", tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, true},
		{"TLSv1", tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, true},
		{"TLSv1.3_2025", tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, false},
	} {
		w.change(func() { w.view.MinimumProtocol = c.policy })
		assert.Equal(t, c.taken, dial(c.cipher) == nil, "%s %s", c.policy, tls.CipherSuiteName(c.cipher))
	}
}

func TestWhereTheOriginHeaderIsNotInTheKeyOneAnswerIsEverybodys(t *testing.T) {
	t.Parallel()
	allowing := func(r edge.OriginRequest) (int, http.Header, string) {
		status, header, body := object("an image", nil)(r)
		if origin := r.Header.Get("Origin"); origin != "" {
			header.Set("Access-Control-Allow-Origin", origin)
		}
		return status, header, body
	}
	asked := map[string][]string{"Origin": {"https://www.example.com"}}
	w := start(t, func(w *world) {
		w.answer = allowing
		w.view.Behaviors[0].ForwardHeaders = cloudfront.Selection{Mode: "whitelist", Names: []string{"Origin"}}
	})
	w.get(t, "/a.webp")
	cached := w.do(t, http.MethodGet, "https://"+host+"/a.webp", asked)
	assert.Equal(t, "Hit from cloudfront", cached.cache())
	assert.Empty(t, cached.Header.Get("Access-Control-Allow-Origin"), "what was cached for a plain request breaks a canvas")

	w = start(t, func(w *world) {
		w.answer = allowing
		w.view.Behaviors[0].Key.Headers = cloudfront.Selection{Mode: "whitelist", Names: []string{"Origin"}}
	})
	w.get(t, "/a.webp")
	split := w.do(t, http.MethodGet, "https://"+host+"/a.webp", asked)
	assert.Equal(t, "Miss from cloudfront", split.cache())
	assert.Equal(t, "https://www.example.com", split.Header.Get("Access-Control-Allow-Origin"))
}
