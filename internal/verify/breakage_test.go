package verify_test

import (
	"crypto/tls"
	"crypto/x509"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/verify"
	"imagecdn/internal/verify/fakecdn"
)

// outcomes are those that differ from OK.
type outcomes map[string]verify.Status

// after is the outcomes of a failure that prevents everything that needs an image.
func after(failed string, further ...string) outcomes {
	o := outcomes{failed: verify.Failed}
	for _, name := range names[slices.Index(names, "image"):slices.Index(names, "HTTP redirect")] {
		if name != failed {
			o[name] = verify.Skipped
		}
	}
	for _, name := range further {
		o[name] = verify.Skipped
	}
	return o
}

// uncached is the outcomes when the image is served, but not from the cache.
func uncached() outcomes {
	return outcomes{
		"cache hit": verify.Failed, "query string": verify.Skipped, "cookie": verify.Skipped, "Accept header": verify.Skipped,
	}
}

func with(o outcomes, name string, status verify.Status) outcomes {
	o = maps.Clone(o)
	o[name] = status
	return o
}

// breakage is a world with one thing wrong in it.
type breakage struct {
	name   string
	wrong  func(*fakecdn.World)
	want   outcomes
	check  string // whose result is looked at
	detail string // is in its detail
	cause  string // is in its cause
}

func TestEachFailureIsFoundAndExplained(t *testing.T) {
	t.Parallel()
	for _, b := range slices.Concat(dnsBreakages(), tlsBreakages(), imageBreakages(), cacheBreakages(), otherBreakages()) {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			w := fakecdn.New()
			b.wrong(w)
			w.Start(t)
			results, _, err := run(t, w)
			for _, name := range names {
				want := orElse(b.want[name], verify.OK)
				if name == "IPv6" && want == verify.OK && !fakecdn.HasIPv6(t) {
					want = verify.Skipped
				}
				assert.Equal(t, want, results[name].Status, "%s: %s", name, results[name].Detail)
				assert.Equal(t, results[name].Cause == "", results[name].Cure == "", "a cause comes with a cure")
				assert.NotContains(t, results[name].Cause+results[name].Cure, "{", "nothing is left to be filled in")
			}
			assert.Contains(t, results[b.check].Detail, b.detail)
			assert.Contains(t, results[b.check].Cause, b.cause)
			if slices.Contains(slices.Collect(maps.Values(b.want)), verify.Failed) {
				require.ErrorIs(t, err, verify.ErrFailed)
			} else {
				require.NoError(t, err)
			}
		})
	}
}

func orElse(value, otherwise verify.Status) verify.Status {
	if value == "" {
		return otherwise
	}
	return value
}

func dnsBreakages() []breakage {
	noAddress := with(after("DNS A", "TLS", "HTTP redirect"), "image", verify.Skipped)
	noNames := with(with(with(noAddress, "DNS AAAA", verify.Skipped), "DNS HTTPS", verify.Skipped), "IPv6", verify.Skipped)
	without := func(w *fakecdn.World, rcode int) {
		w.Rcode = rcode
		for _, kind := range []string{"A", "AAAA", "HTTPS"} {
			delete(w.Records, fakecdn.Key(fakecdn.Domain, kind))
		}
	}
	// without an address over DNS, HTTP is not tried where it would be found by DNS
	byDNS := func(wrong func(*fakecdn.World)) func(*fakecdn.World) {
		return func(w *fakecdn.World) {
			wrong(w)
			w.Target.HTTPAddress = ":1"
		}
	}
	return []breakage{
		{
			name: "a fakecdn.Domain that does not exist", check: "DNS A", cause: "the stack is not up",
			detail: "NXDOMAIN (resolvers may remember that for 15m0s); the same server does know " + fakecdn.Distribution,
			wrong:  byDNS(func(w *fakecdn.World) { without(w, dns.RcodeNameError) }), want: noNames,
		},
		{
			name: "a server that knows nothing", check: "DNS A", cause: "serves neither this domain",
			detail: "REFUSED (resolvers may remember that for 15m0s); the same server does not know " + fakecdn.Distribution + " either",
			wrong: byDNS(func(w *fakecdn.World) {
				without(w, dns.RcodeRefused)
				delete(w.Records, fakecdn.Key(fakecdn.Distribution, "A"))
			}), want: noNames,
		},
		{
			name: "a zone that cannot be resolved", check: "DNS A", detail: "SERVFAIL", cause: "broken delegation",
			wrong: byDNS(func(w *fakecdn.World) { without(w, dns.RcodeServerFailure) }), want: noNames,
		},
		{
			name: "a name without an A record", check: "DNS A", detail: "no A record", cause: "not with a record of this type",
			wrong: byDNS(func(w *fakecdn.World) { delete(w.Records, fakecdn.Key(fakecdn.Domain, "A")) }), want: noAddress,
		},
		{
			name: "a name without an AAAA record", check: "DNS AAAA", detail: "no AAAA record", cause: "not with a record of this type",
			wrong: func(w *fakecdn.World) { delete(w.Records, fakecdn.Key(fakecdn.Domain, "AAAA")) },
			want:  outcomes{"DNS AAAA": verify.Failed, "IPv6": verify.Skipped},
		},
		{
			name: "an HTTPS record without HTTP/2", check: "DNS HTTPS", detail: "neither h2 nor h3", cause: "not made by CloudFront",
			wrong: func(w *fakecdn.World) {
				w.Records[fakecdn.Key(fakecdn.Domain, "HTTPS")] = []string{`HTTPS 1 . alpn="http/1.1"`}
			},
			want: outcomes{"DNS HTTPS": verify.Failed},
		},
		{
			name: "a CNAME of another distribution", check: "DNS A", detail: "a CNAME of d2.cloudfront.net", cause: "another distribution than " + fakecdn.Distribution,
			wrong: byDNS(func(w *fakecdn.World) {
				w.Records[fakecdn.Key(fakecdn.Domain, "A")] = []string{"CNAME d2.cloudfront.net.", "A 127.0.0.1"}
			}), want: noAddress,
		},
		{
			name: "a CNAME that leads nowhere", check: "DNS A", detail: "a CNAME of gone.example.net, of which no A is known",
			wrong: byDNS(func(w *fakecdn.World) {
				w.Records[fakecdn.Key(fakecdn.Domain, "A")] = []string{"CNAME gone.example.net."}
			}), want: noAddress,
		},
		{
			name: "answers too large for UDP", check: "DNS A", detail: "127.0.0.1",
			wrong: func(w *fakecdn.World) { w.Truncates = true },
		},
	}
}

func tlsBreakages() []breakage {
	return []breakage{
		{
			name: "nothing listens", check: "TLS", detail: "refused", cause: "does not listen",
			wrong: func(w *fakecdn.World) { w.Target.HTTPSAddress = "127.0.0.1:1" },
			want:  with(after("TLS"), "IPv6", verify.Skipped),
		},
		{
			name: "a certificate for another name", check: "TLS", detail: "d111111abcdef8", cause: "not an alias of the distribution",
			wrong: func(w *fakecdn.World) { w.Names = []string{fakecdn.Distribution} }, want: after("TLS"),
		},
		{
			name: "a distribution that is disabled", check: "TLS", detail: "cloudfront.net", cause: "disabled",
			wrong: func(w *fakecdn.World) {
				w.Names = []string{"*.cloudfront.net"}
				refuse := http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusForbidden) })
				w.Edge.Instead = func(int) http.Handler { return refuse }
				w.HTTP = refuse
			},
			want: with(after("TLS"), "HTTP redirect", verify.Failed),
		},
		{
			name: "a certificate of an unknown CA", check: "TLS", detail: "unknown authority", cause: "a private CA",
			wrong: func(w *fakecdn.World) { w.Target.RootCAs = x509.NewCertPool() }, want: after("TLS"),
		},
		{
			name: "a certificate past its time", check: "TLS", detail: "expired", cause: "ACM renews only while",
			wrong: func(w *fakecdn.World) { w.NotAfter = time.Now().Add(-time.Minute) }, want: after("TLS"),
		},
		{
			name: "a certificate that should be renewed", check: "TLS", detail: "9 days left", cause: "should have renewed",
			wrong: func(w *fakecdn.World) { w.NotAfter = time.Now().Add(10*24*time.Hour - time.Minute) },
			want:  outcomes{"TLS": verify.Noted},
		},
		{
			name: "an old protocol", check: "TLS", detail: "protocol version", cause: "TLS 1.1",
			wrong: func(w *fakecdn.World) { w.MaxTLS = tls.VersionTLS11 }, want: after("TLS"),
		},
	}
}

func imageBreakages() []breakage {
	serve := func(h http.Handler) func(*fakecdn.World) {
		return func(w *fakecdn.World) { w.Edge.Instead = func(int) http.Handler { return h } }
	}
	status := func(code int) func(*fakecdn.World) {
		return serve(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(code) }))
	}
	return []breakage{
		{
			name: "S3 refuses CloudFront", check: "image", detail: "403 Forbidden, AccessDenied (Server: AmazonS3)", cause: "bucket policy lacks the grant",
			wrong: serve(fakecdn.S3Error(http.StatusForbidden, "AccessDenied")), want: after("image"),
		},
		{
			name: "KMS refuses CloudFront", check: "image", detail: "403 Forbidden, AccessDenied (Server: AmazonS3)", cause: "encrypted with a KMS key",
			wrong: serve(fakecdn.S3Error(http.StatusForbidden, "AccessDenied</Code><Message>User: cloudfront.amazonaws.com is not authorized to perform: kms:Decrypt</Message><Code>")),
			want:  after("image"),
		},
		{
			name: "a key that is disabled", check: "image", detail: "400 Bad Request, KMS.DisabledException (Server: AmazonS3)", cause: "it is disabled",
			wrong: serve(fakecdn.S3Error(http.StatusBadRequest, "KMS.DisabledException")), want: after("image"),
		},
		{
			name: "CloudFront refuses", check: "image", detail: "403", cause: "web ACL",
			wrong: status(http.StatusForbidden), want: after("image"),
		},
		{
			name: "no such image", check: "image", detail: "NoSuchKey", cause: "no image " + fakecdn.Path,
			wrong: serve(fakecdn.S3Error(http.StatusNotFound, "NoSuchKey")), want: after("image"),
		},
		{
			name: "a plus that S3 reads as a space", check: "image", cause: `looks for the key "a b.jpg"`,
			wrong: func(w *fakecdn.World) {
				w.Target.Path = "/a+b.jpg"
				serve(fakecdn.S3Error(http.StatusForbidden, "AccessDenied"))(w)
			},
			want: after("image"),
		},
		{
			name: "the origin fails", check: "image", detail: "502", cause: "cannot get an answer from the bucket",
			wrong: status(http.StatusBadGateway), want: after("image"),
		},
		{
			name: "something else answers", check: "image", detail: "418", cause: "does not serve images",
			wrong: status(http.StatusTeapot), want: after("image"),
		},
		{
			name: "the answer breaks off", check: "image", cause: "no whole answer",
			wrong: serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })),
			want:  after("image"),
		},
		{
			name: "an object without its type", check: "content type", detail: "binary/octet-stream", cause: "without its Content-Type",
			wrong: func(w *fakecdn.World) { w.Edge.Header.Set("Content-Type", "binary/octet-stream") },
			want:  outcomes{"content type": verify.Failed},
		},
	}
}

func cacheBreakages() []breakage {
	always := func(name, value string) func(*fakecdn.World) {
		return func(w *fakecdn.World) { w.Edge.Mangle = func(_ int, h http.Header) { h.Set(name, value) } }
	}
	return []breakage{
		{
			name: "somebody was there before", check: "first request", detail: "already cached: Hit from cloudfront, for 1 s",
			wrong: func(w *fakecdn.World) { w.Edge.Cached[fakecdn.Path] = true },
		},
		{
			name: "somebody was there before, and a miss is required", check: "first request", detail: "already cached", cause: "Somebody asked",
			wrong: func(w *fakecdn.World) { w.Edge.Cached[fakecdn.Path] = true; w.Target.RequireMiss = true },
			want:  outcomes{"first request": verify.Failed},
		},
		{
			name: "not CloudFront", check: "cache hit", detail: "X-Cache: none", cause: "does not come from CloudFront",
			wrong: func(w *fakecdn.World) { w.Edge.Mangle = func(_ int, h http.Header) { h.Del("X-Cache") } },
			want:  with(uncached(), "first request", verify.Failed),
		},
		{
			name: "another CDN", check: "first request", detail: "X-Cache: HIT", cause: "does not come from CloudFront",
			wrong: always("X-Cache", "HIT"), want: with(uncached(), "first request", verify.Failed),
		},
		{
			name: "a policy that does not cache", check: "cache hit", detail: "Miss from cloudfront each time; Cache-Control: none", cause: "CachingDisabled",
			wrong: always("X-Cache", "Miss from cloudfront"), want: uncached(),
		},
		{
			name: "an object that may not be cached", check: "cache hit", detail: "Cache-Control: private, no-store", cause: "own Cache-Control",
			wrong: func(w *fakecdn.World) {
				w.Edge.Header.Set("Cache-Control", "private, no-store")
				always("X-Cache", "Miss from cloudfront")(w)
			},
			want: uncached(),
		},
		{
			name: "an object of no lifetime", check: "cache hit", detail: "RefreshHit", cause: "asks the bucket each time",
			wrong: always("X-Cache", "RefreshHit from cloudfront"), want: uncached(),
		},
		{
			name: "no Age", check: "cache hit", detail: "without Age", cause: "takes the Age header away",
			wrong: func(w *fakecdn.World) { w.Edge.Mangle = func(_ int, h http.Header) { h.Del("Age") } }, want: uncached(),
		},
		{
			name: "other bytes each time", check: "cache hit", detail: "19 bytes, then 14 others", cause: "overwritten",
			wrong: func(w *fakecdn.World) {
				w.Edge.Body = func(n int) string { return fakecdn.Image[min(n, len(fakecdn.Image))-1:] }
			},
			want: uncached(),
		},
		{
			name: "several machines of one edge location", check: "cache hit", detail: "Hit from cloudfront, Age 4 s",
			wrong: func(w *fakecdn.World) {
				w.Edge.Mangle = func(n int, h http.Header) {
					if n < 4 {
						h.Set("X-Cache", "Miss from cloudfront")
					}
				}
			},
		},
		splits("query string", func(r *http.Request) string { return r.URL.String() }),
		splits("cookie", func(r *http.Request) string { return r.URL.Path + r.Header.Get("Cookie") }),
		splits("Accept header", func(r *http.Request) string { return r.URL.Path + r.Header.Get("Accept") }),
	}
}

func splits(check string, key func(*http.Request) string) breakage {
	return breakage{
		name: "the cache key has the " + check, check: check, detail: "Miss from cloudfront", cause: "in the cache key",
		wrong: func(w *fakecdn.World) { w.Edge.CacheKey = key }, want: outcomes{check: verify.Failed},
	}
}

func otherBreakages() []breakage {
	location := func(to string) func(*fakecdn.World) {
		return func(w *fakecdn.World) { w.HTTP = http.RedirectHandler(to, http.StatusFound) }
	}
	redirect := outcomes{"HTTP redirect": verify.Failed}
	bucket := outcomes{"private bucket": verify.Failed}
	return []breakage{
		{
			name: "HTTP is served", check: "HTTP redirect", detail: "200", cause: "not redirected",
			wrong: func(w *fakecdn.World) { w.HTTP = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}) }, want: redirect,
		},
		{
			name: "a redirect to another host", check: "HTTP redirect", detail: "302 to https://login.example.net" + fakecdn.Path, cause: "captive portal",
			wrong: location("https://login.example.net" + fakecdn.Path), want: redirect,
		},
		{
			name: "a redirect that is escaped in another way", check: "HTTP redirect", detail: "302 to https:",
			wrong: location("https://" + fakecdn.Domain + "/photos/c%61t%201.jpg"),
		},
		{
			name: "a redirect to HTTP", check: "HTTP redirect", detail: "302 to http:",
			wrong: location("http://" + fakecdn.Domain + fakecdn.Path), want: redirect,
		},
		{
			name: "a redirect to a port that is not that of HTTPS", check: "HTTP redirect", detail: ":9",
			wrong: location("https://" + fakecdn.Domain + ":9" + fakecdn.Path), want: redirect,
		},
		{
			name: "nothing on HTTP", check: "HTTP redirect", detail: "refused", cause: "Nothing answers on HTTP",
			wrong: func(w *fakecdn.World) { w.Target.HTTPAddress = "127.0.0.1:1" }, want: redirect,
		},
		{
			name: "a public bucket", check: "private bucket", detail: "200 OK", cause: "The bucket is public",
			wrong: func(w *fakecdn.World) { w.S3 = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}) }, want: bucket,
		},
		{
			name: "a bucket that everybody may list", check: "private bucket", detail: "NoSuchKey", cause: "may list images",
			wrong: func(w *fakecdn.World) { w.S3 = fakecdn.S3Error(http.StatusNotFound, "NoSuchKey") }, want: bucket,
		},
		{
			name: "another bucket", check: "private bucket", detail: "NoSuchBucket", cause: "no bucket images",
			wrong: func(w *fakecdn.World) { w.S3 = fakecdn.S3Error(http.StatusNotFound, "NoSuchBucket") }, want: bucket,
		},
		{
			name: "S3 is disturbed", check: "private bucket", detail: "SlowDown", cause: "disturbed",
			wrong: func(w *fakecdn.World) { w.S3 = fakecdn.S3Error(http.StatusServiceUnavailable, "SlowDown") }, want: bucket,
		},
		{
			name: "no S3", check: "private bucket", detail: "refused", cause: "could not be asked",
			wrong: func(w *fakecdn.World) { w.Target.S3Endpoint = "http://127.0.0.1:1" }, want: bucket,
		},
		{
			name: "no bucket was named", check: "private bucket", detail: "no bucket",
			wrong: func(w *fakecdn.World) { w.Target.Bucket = "" }, want: outcomes{"private bucket": verify.Skipped},
		},
		{
			name: "an address is given, so that IPv6 is not asked for", check: "IPv6", detail: "as told",
			wrong: func(w *fakecdn.World) { w.Target.HTTPSAddress = "127.0.0.1:1" },
			want:  with(after("TLS"), "IPv6", verify.Skipped),
		},
	}
}
