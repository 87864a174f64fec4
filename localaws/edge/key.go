package edge

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"imagecdn/localaws/cloudfront"
)

// request is a viewer's request as far as it reaches behind the cache.
type request struct {
	view     cloudfront.View
	behavior cloudfront.Behavior
	method   string
	// path is escaped as the viewer sent it, the default root object filled in.
	path string
	// object is the path with the query that is in the key.
	object string
	// key identifies what may be answered to this request from the cache, and cache whose
	// that is: an edge location's or an Origin Shield's.
	key, cache string
	// header and query are what the origin gets of the viewer's.
	header http.Header
	query  string
}

// newRequest reduces a viewer's request to what its behaviour lets through.
func newRequest(location string, view cloudfront.View, b cloudfront.Behavior, r *http.Request, method, path string) request {
	rq := request{view: view, behavior: b, method: method, path: path, cache: location, header: http.Header{}}
	rq.object = path
	if query := chosenQuery(r.URL.RawQuery, b.Key.Queries); query != "" {
		rq.object += "?" + query
	}
	rq.query = chosenQuery(r.URL.RawQuery, b.Key.Queries, b.ForwardQueries)
	if cookies := chosenCookies(r, b.Key.Cookies, b.ForwardCookies); len(cookies) > 0 {
		rq.header.Set("Cookie", strings.Join(cookies, "; "))
	}
	inKey := chosenCookies(r, b.Key.Cookies)
	slices.Sort(inKey)
	parts := []string{view.ID, rq.object, strings.Join(inKey, "; ")}
	for _, name := range headerNames(r) {
		inKey := b.Key.Headers.Has(name)
		if inKey {
			parts = append(parts, name+": "+headerValue(r, name))
		}
		if inKey || b.ForwardHeaders.Has(name) {
			rq.header.Set(name, headerValue(r, name))
		}
	}
	if encoding := normalEncoding(b.Key, r); encoding != "" && r.ProtoAtLeast(1, 1) {
		parts = append(parts, "Accept-Encoding: "+encoding)
		rq.header.Set("Accept-Encoding", encoding)
	}
	rq.key = strings.Join(parts, "\x00")
	return rq
}

// edgeHeaders are between viewer and edge: they are neither in a key nor
// forwarded, because the edge answers conditions and ranges itself, and ignores
// a viewer's Cache-Control.
var edgeHeaders = []string{
	"Connection", "Keep-Alive", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range",
	"Accept-Encoding", "Cache-Control", "Pragma", "Content-Length", "Cookie",
}

// headerNames are a request's header names in order, Host among them.
func headerNames(r *http.Request) []string {
	names := []string{"Host"}
	for name := range r.Header {
		if !slices.Contains(edgeHeaders, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func headerValue(r *http.Request, name string) string {
	if name == "Host" {
		return hostname(r.Host)
	}
	return strings.Join(r.Header.Values(name), ", ")
}

// chosenQuery is the part of a query that one of some selections has, its
// parameters in their order: CloudFront keeps requests apart that order them
// differently.
func chosenQuery(query string, selected ...cloudfront.Selection) string {
	var kept []string
	for parameter := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(parameter, "=")
		if unescaped, err := url.QueryUnescape(name); err == nil {
			name = unescaped
		}
		if parameter != "" && anyHas(selected, name) {
			kept = append(kept, parameter)
		}
	}
	return strings.Join(kept, "&")
}

// chosenCookies are the cookies that one of some selections has, in their order.
func chosenCookies(r *http.Request, selected ...cloudfront.Selection) []string {
	var kept []string
	for _, c := range r.Cookies() {
		if anyHas(selected, c.Name) {
			kept = append(kept, c.Name+"="+c.Value)
		}
	}
	return kept
}

func anyHas(selected []cloudfront.Selection, name string) bool {
	return slices.ContainsFunc(selected, func(s cloudfront.Selection) bool { return s.HasExactly(name) })
}

// normalEncoding is Accept-Encoding reduced to what the key tells apart.
func normalEncoding(key cloudfront.CacheKey, r *http.Request) string {
	var kept []string
	if key.Brotli && acceptsEncoding(r, "br") {
		kept = append(kept, "br")
	}
	if key.Gzip && acceptsEncoding(r, "gzip") {
		kept = append(kept, "gzip")
	}
	return strings.Join(kept, ",")
}

func acceptsEncoding(r *http.Request, encoding string) bool {
	for _, line := range r.Header.Values("Accept-Encoding") {
		for item := range strings.SplitSeq(line, ",") {
			name, quality, _ := strings.Cut(strings.TrimSpace(item), ";")
			quality = strings.TrimSpace(quality)
			refused := quality == "q=0" || strings.HasPrefix(quality, "q=0.0") && strings.Trim(quality[4:], "0") == ""
			if strings.EqualFold(strings.TrimSpace(name), encoding) && !refused {
				return true
			}
		}
	}
	return false
}
