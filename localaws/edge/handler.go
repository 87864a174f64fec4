package edge

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"imagecdn/localaws/cloudfront"
)

// ServeHTTP answers a viewer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := s.options.Now()
	c := &counted{ResponseWriter: w, now: s.options.Now}
	a := &answer{server: s, w: c, r: r, id: newRequestID(), location: locationOf(r)}
	view, known := s.find(hostname(r.Host))
	if !known {
		a.refuse(http.StatusForbidden, "Bad request. We can't connect to the server for this app or website at this time: "+
			"no distribution answers for this host.")
		return
	}
	defer a.note(view, c, r, began)
	a.serve(view)
}

// serve answers for a distribution.
func (a *answer) serve(view cloudfront.View) {
	s, r := a.server, a.r
	if a.refusesForm() {
		return
	}
	a.behavior = behaviorFor(view, objectPath(view, r))
	if a.refusesCountry(view) || a.refusesProtocol() || a.refusesMethod() || a.refusesAccess() || a.answeredByFunction(view) {
		return
	}
	r = a.r // without its signature, and as the function has changed it
	path := objectPath(view, r)
	rq := newRequest(a.location, view, a.behavior, r, r.Method, path)
	if !slices.Contains(a.behavior.CachedMethods, r.Method) {
		a.send(a.timed(func() *entry { return s.fetch(rq.unshielded(), nil) }), miss)
		return
	}
	var result string
	e := a.timed(func() (e *entry) {
		e, result = s.obtain(r.Context(), rq)
		return e
	})
	if result == shieldHit {
		a.detailed, result = shieldHit, hit
	}
	if result == hit {
		a.originTook = 0
	}
	a.cached = result == hit
	if a.outOfRange(e) {
		e, a.cached = a.refusedRange(e), false
	}
	if e.status >= http.StatusBadRequest {
		e, result = s.customError(r.Context(), rq, r, e), failure
	}
	a.send(e, result)
}

// objectPath is the path of what is asked for: the default root object for "/".
func objectPath(view cloudfront.View, r *http.Request) string {
	path := cmp.Or(r.URL.EscapedPath(), "/")
	if path == "/" {
		path += view.DefaultRootObject
	}
	return path
}

// timed notes how long the origin took.
func (a *answer) timed(obtain func() *entry) *entry {
	asked := a.server.options.Now()
	e := obtain()
	a.originTook = a.server.options.Now().Sub(asked)
	return e
}

// behaviorFor is the first behaviour whose pattern matches; the last, the
// default one, matches everything.
func behaviorFor(view cloudfront.View, path string) cloudfront.Behavior {
	normal := normalPath(path)
	for _, b := range view.Behaviors[:len(view.Behaviors)-1] {
		if matches(b.PathPattern, normal) {
			return b
		}
	}
	return view.Behaviors[len(view.Behaviors)-1]
}

// customError replaces an error by the page configured for it. Where that page cannot be
// had, its own error is the answer ("Generate custom error responses").
func (s *Server) customError(ctx context.Context, rq request, r *http.Request, e *entry) *entry {
	for _, custom := range rq.view.Errors {
		if custom.Status != e.status || custom.PagePath == "" {
			continue
		}
		b := behaviorFor(rq.view, custom.PagePath)
		page, _ := s.obtain(ctx, newRequest(rq.cache, rq.view, b, r, http.MethodGet, custom.PagePath))
		if page.status != http.StatusOK {
			return page
		}
		replaced := *page
		replaced.page = true
		replaced.status = cmp.Or(custom.PageStatus, e.status)
		return &replaced
	}
	return e
}

// refusesCountry refuses viewers where the distribution is not to be seen.
func (a *answer) refusesCountry(view cloudfront.View) bool {
	country := a.server.options.Country
	if (view.Allowed == nil || slices.Contains(view.Allowed, country)) && !slices.Contains(view.Blocked, country) {
		return false
	}
	a.refuse(http.StatusForbidden, "The Amazon CloudFront distribution is configured to block access from your country.")
	return true
}

// refusesProtocol redirects or refuses plain HTTP as the behaviour says.
func (a *answer) refusesProtocol() bool {
	if a.r.TLS != nil || a.behavior.ViewerProtocol == "allow-all" {
		return false
	}
	if a.behavior.ViewerProtocol == "https-only" {
		a.refuse(http.StatusForbidden, "This distribution is not configured to allow the HTTP request. Use HTTPS.")
		return true
	}
	status := http.StatusMovedPermanently
	if a.r.Method != http.MethodGet && a.r.Method != http.MethodHead {
		status = http.StatusTemporaryRedirect // keeps the method
	}
	h := a.w.Header()
	h.Set("Server", "CloudFront")
	h.Set("Content-Type", "text/html")
	h.Set("Location", "https://"+hostname(a.r.Host)+a.r.URL.RequestURI())
	a.result = redirect
	a.identify(h, redirect)
	a.applyPolicy(redirect)
	a.w.WriteHeader(status)
	return true
}

// The longest URL, and the longest request without its body, in bytes ("Request
// and response behavior for Amazon S3 origins").
const (
	longestURL     = 8192
	longestRequest = 20480
)

// refusesForm refuses what CloudFront takes no request in, whatever it asks for.
func (a *answer) refusesForm() bool {
	uri := a.r.URL.RequestURI()
	switch {
	case a.r.Header.Get(malformedPath) != "":
		a.refuse(http.StatusBadRequest, "Bad request.")
	case sizeOf(a.r) > longestRequest || len("https://"+hostname(a.r.Host)+uri) > longestURL:
		a.w.Header().Set("Connection", "close")
		a.refuse(http.StatusRequestEntityTooLarge, "Request Entity Too Large.")
	case a.r.Method == http.MethodGet && a.r.ContentLength != 0:
		a.refuse(http.StatusForbidden, "This distribution is not configured to allow a GET request with a body.")
	default:
		return false
	}
	return true
}

// payloads are the methods whose requests have a body.
var payloads = []string{http.MethodPut, http.MethodPost, http.MethodPatch, http.MethodDelete}

func (a *answer) refusesMethod() bool {
	switch {
	case !slices.Contains(a.behavior.Methods, a.r.Method):
		a.refuse(http.StatusForbidden, "This distribution is not configured to allow the HTTP request method that was used for this request. "+
			"The distribution supports only cachable requests.")
		return true
	case slices.Contains(payloads, a.r.Method):
		a.refuse(http.StatusNotImplemented, "The edge of the embedded AWS does not pass writing requests on to the origin.")
		return true
	}
	return false
}

// refusesAccess refuses restricted content without a signature that counts, and what
// the edge could only answer wrongly: content that a function would have changed.
func (a *answer) refusesAccess() bool {
	switch {
	case a.behavior.Signed && !a.admitsSigned():
		return true
	case a.behavior.Lambda:
		a.refuse(http.StatusServiceUnavailable, "The behavior runs a Lambda function, which the edge of the embedded AWS cannot.")
		return true
	}
	return false
}
