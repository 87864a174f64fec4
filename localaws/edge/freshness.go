package edge

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/cloudfront"
)

// directives are a Cache-Control header, names in lower case.
type directives map[string]string

func parseCacheControl(h http.Header) directives {
	d := directives{}
	for _, line := range h.Values("Cache-Control") {
		for item := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(item), "=")
			if name != "" {
				d[strings.ToLower(name)] = strings.Trim(value, `"`)
			}
		}
	}
	return d
}

func (d directives) has(names ...string) bool {
	for _, name := range names {
		if _, ok := d[name]; ok {
			return true
		}
	}
	return false
}

// seconds is the value of a directive; ok is false if it is absent or no number.
func (d directives) seconds(name string) (time.Duration, bool) {
	n, err := strconv.ParseInt(d[name], 10, 32)
	return time.Duration(n) * time.Second, err == nil && n >= 0
}

// maxAge is what Cache-Control says: s-maxage before max-age.
func (d directives) maxAge() (time.Duration, bool) {
	if age, ok := d.seconds("s-maxage"); ok {
		return age, true
	}
	return d.seconds("max-age")
}

// maxAge is how long the origin says an answer is fresh: s-maxage before
// max-age before Expires.
func maxAge(h http.Header, now time.Time) (time.Duration, bool) {
	if age, ok := parseCacheControl(h).maxAge(); ok {
		return age, true
	}
	if text := h.Get("Expires"); text != "" {
		expires, err := http.ParseTime(text)
		if err != nil {
			return 0, true // such as "0": already expired
		}
		return max(0, expires.Sub(now)), true
	}
	return 0, false
}

// lifetime is how long an answer is fresh at the edge: what the origin says
// within the behaviour's bounds, or the default ("Manage how long content stays
// in the cache"). With a minimum above zero, even no-store is cached that long.
func lifetime(h http.Header, b cloudfront.Behavior, now time.Time) time.Duration {
	if parseCacheControl(h).has("no-store", "no-cache", "private") {
		return b.MinTTL
	}
	age, said := maxAge(h, now)
	if !said {
		return max(b.DefaultTTL, b.MinTTL)
	}
	return min(max(age, b.MinTTL), b.MaxTTL)
}

// storable says whether an answer is kept at all. What is kept with a lifetime
// of zero is asked for again, conditionally, each time.
func storable(h http.Header, b cloudfront.Behavior) bool {
	return b.MaxTTL > 0 && (b.MinTTL > 0 || !parseCacheControl(h).has("no-store", "private"))
}

// alwaysCached are the errors that are cached whatever the origin says of them
// ("How CloudFront processes HTTP 4xx and 5xx status codes from your origin").
var alwaysCached = []int{
	http.StatusNotFound, http.StatusRequestURITooLong, http.StatusInternalServerError, http.StatusNotImplemented,
	http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// errorLifetime is how long an error is cached: the minimum for errors, or the
// origin's max-age if that is longer. Errors that may be the request's fault are
// cached only if the origin's Cache-Control says for how long.
func errorLifetime(status int, h http.Header, rq request) time.Duration {
	age, said := parseCacheControl(h).maxAge()
	if !said && !slices.Contains(alwaysCached, status) {
		return 0
	}
	return max(min(age, rq.behavior.MaxTTL), errorMinimum(status, rq.view))
}

// errorMinimum is ErrorCachingMinTTL of a status, 10 seconds unless configured.
func errorMinimum(status int, view cloudfront.View) time.Duration {
	for _, e := range view.Errors {
		if e.Status == status {
			return e.MinTTL
		}
	}
	return defaultErrorMinimum
}

const defaultErrorMinimum = 10 * time.Second
