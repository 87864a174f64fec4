package edge

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/cloudfront"
	"imagecdn/localaws/internal/glob"
)

// answer is the answer to one viewer.
type answer struct {
	server   *Server
	w        http.ResponseWriter
	r        *http.Request
	id       string
	location string // the edge location that answers
	behavior cloudfront.Behavior
	// distribution is the id of the distribution that answers.
	distribution string
	// cached says whether the answer was in the cache already.
	cached bool
	// result is what X-Cache says, detailed what logs add to it, originTook how long the
	// origin was waited for.
	result     string
	detailed   string
	originTook time.Duration
}

// refuse answers with CloudFront's own error page.
func (a *answer) refuse(status int, why string) {
	a.send(a.server.explain(status, why), failure)
}

// send answers with an entry. Conditions and ranges of the viewer are met here,
// whether or not the entry was cached.
func (a *answer) send(e *entry, result string) {
	h := a.w.Header()
	maps.Copy(h, e.header.Clone())
	if e.status >= http.StatusBadRequest && result != generated && result != broken {
		result = failure
	}
	if a.cached {
		h.Set("Age", strconv.Itoa(int(a.server.options.Now().Sub(e.stored)/time.Second)))
	}
	a.result = result
	a.identify(h, result)
	if result != failure && result != generated && result != broken {
		changed, ok := a.changedByFunction(e)
		if !ok {
			return
		}
		e = changed
	}
	a.applyPolicy(result)
	if e.status == http.StatusOK && !e.head && !e.page {
		h.Del("Content-Length") // that of the range, if there is one
		a.content(e)
		return
	}
	if !e.head {
		h.Set("Content-Length", strconv.Itoa(len(e.body)))
	}
	a.w.WriteHeader(e.status)
	if a.r.Method != http.MethodHead {
		// An edge passes on what the bucket holds; if the viewer is gone, nobody is left to tell.
		_, _ = a.w.Write(e.body) //nolint:gosec // see above
	}
}

// applyPolicy changes the headers as the response headers policy says.
func (a *answer) applyPolicy(result string) {
	p := a.behavior.ResponseHeaders
	if p == nil {
		return
	}
	h := a.w.Header()
	for _, name := range p.Remove {
		h.Del(name)
	}
	if p.Cors != nil {
		a.applyCors(p.Cors)
	}
	for _, set := range p.Set {
		if set.Override || h.Get(set.Name) == "" {
			h.Set(set.Name, set.Value)
		}
	}
	asked := strings.EqualFold(a.r.Header.Get("Pragma"), "server-timing")     // heeded at any rate, even 0
	if p.ServerTiming && (asked || rand.Float64()*100 < p.ServerTimingRate) { //nolint:gosec // a sample
		h.Add("Server-Timing", serverTiming(result, a.location, a.id))
	}
}

// applyCors answers a cross-origin request. What the origin itself has said
// about it stays, unless the policy overrides it. Answers that would be others for
// another page say so, the plain ones too: a browser that has an image from an <img>
// would else give it to a script without these headers.
func (a *answer) applyCors(c *cloudfront.Cors) {
	h := a.w.Header()
	const prefix = "Access-Control-"
	if a.r.Header.Get("Origin") == "" {
		variesByOrigin(h)
		return
	}
	for name := range h {
		if strings.HasPrefix(name, prefix) {
			if !c.Override {
				return
			}
			h.Del(name)
		}
	}
	allowed := allowedOrigin(c, a.r.Header.Get("Origin"))
	if allowed != "*" {
		variesByOrigin(h)
	}
	if allowed == "" {
		return
	}
	h.Set(prefix+"Allow-Origin", allowed)
	if c.Credentials {
		h.Set(prefix+"Allow-Credentials", "true")
	}
	if a.r.Method != http.MethodOptions || a.r.Header.Get(prefix+"Request-Method") == "" {
		setList(h, prefix+"Expose-Headers", c.Expose)
		return
	}
	setList(h, prefix+"Allow-Methods", c.Methods)
	setList(h, prefix+"Allow-Headers", c.Headers)
	if c.MaxAge != nil {
		h.Set(prefix+"Max-Age", strconv.Itoa(*c.MaxAge))
	}
}

func variesByOrigin(h http.Header) {
	if !strings.Contains(strings.Join(h.Values("Vary"), ","), "Origin") {
		h.Add("Vary", "Origin")
	}
}

func setList(h http.Header, name string, items []string) {
	if len(items) > 0 {
		h.Set(name, strings.Join(items, ", "))
	}
}

// allowedOrigin is the value of Access-Control-Allow-Origin, "" if the origin
// is not allowed.
func allowedOrigin(c *cloudfront.Cors, origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	for _, pattern := range c.Origins {
		switch {
		case pattern == "*":
			return "*"
		case strings.Contains(pattern, "://") && glob.Match(pattern, origin),
			!strings.Contains(pattern, "://") && glob.Match(pattern, host):
			return origin
		}
	}
	return ""
}

func serverTiming(result, location, id string) string {
	how := "cdn-cache-miss"
	if result == hit || result == refreshHit {
		how = "cdn-cache-" + map[string]string{hit: "hit", refreshHit: "refresh"}[result]
	}
	return fmt.Sprintf(`%s,cdn-pop;desc=%q,cdn-rid;desc=%q`, how, location, id)
}
