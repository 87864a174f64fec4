package fakecdn

import (
	"io"
	"maps"
	"net/http"
	"strconv"
	"sync"
)

// Image is the image's content.
const Image = "the pixels of a cat"

// Edge imitates the cache of CloudFront.
type Edge struct {
	// CacheKey is what of a request decides which answer is served.
	CacheKey func(*http.Request) string
	// Header is that of the image.
	Header http.Header
	// Cached has the keys that are in the cache.
	Cached map[string]bool
	// Mangle changes the headers of the n-th answer, from 1.
	Mangle func(n int, h http.Header)
	// Body is the content of the n-th answer, from 1.
	Body func(n int) string
	// Signed has requests refused that carry no signature.
	Signed bool
	// Instead answers the n-th request, from 1, in another way when it returns a handler.
	Instead func(n int) http.Handler

	mu    sync.Mutex
	paths []string // of the requests
}

// NewEdge is an edge that caches by the path alone.
func NewEdge() *Edge {
	return &Edge{
		CacheKey: func(r *http.Request) string { return r.URL.EscapedPath() },
		Header:   http.Header{"Content-Type": {"image/jpeg"}},
		Cached:   map[string]bool{},
		Mangle:   func(int, http.Header) {},
		Body:     func(int) string { return Image },
		Instead:  func(int) http.Handler { return nil },
	}
}

// Paths are the escaped paths of all requests so far.
func (e *Edge) Paths() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.paths...)
}

// ServeHTTP serves the image under each path, from the cache where it can.
func (e *Edge) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.paths = append(e.paths, r.URL.EscapedPath())
	n := len(e.paths)
	if instead := e.Instead(n); instead != nil {
		instead.ServeHTTP(out, r)
		return
	}
	if e.Signed && !r.URL.Query().Has("Signature") {
		out.Header().Set("Server", "CloudFront")
		out.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(out, "<Error><Code>MissingKey</Code></Error>") // the client may be gone
		return
	}
	h := out.Header()
	maps.Copy(h, e.Header)
	if key := e.CacheKey(r); e.Cached[key] {
		h.Set("X-Cache", "Hit from cloudfront")
		h.Set("Age", strconv.Itoa(n))
	} else {
		h.Set("X-Cache", "Miss from cloudfront")
		e.Cached[key] = true
	}
	e.Mangle(n, h)
	_, _ = io.WriteString(out, e.Body(n)) // the client may be gone
}
