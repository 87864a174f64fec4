// Package pathroute finds the operation of a call by method, path and query.
package pathroute

import (
	"net/http"
	"net/url"
	"strings"
)

// Table are the operations of an API.
type Table struct {
	prefix string
	routes []route
}

type route struct {
	operation, method string
	segments          []string
	query             string
}

// Parse reads a table of lines such as
//
//	GetThing GET /thing/{Id}
//	CreateThingWithTags POST /thing?WithTags
//
// whose paths are below a prefix. A segment in braces is a parameter; after the
// question mark stands what the query must have, with a value or without one.
func Parse(prefix, table string) Table {
	t := Table{prefix: prefix}
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		path, query, _ := strings.Cut(f[2], "?")
		t.routes = append(t.routes, route{operation: f[0], method: f[1], segments: strings.Split(path, "/"), query: query})
	}
	return t
}

// Find names the operation of a call and sets the path values of its parameters;
// "" is none. The route with the most that is fixed wins: `?WithTags` before none,
// `/describe` before a parameter.
func (t Table) Find(r *http.Request) (operation string) {
	path, below := strings.CutPrefix(r.URL.EscapedPath(), t.prefix)
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	var best *route
	for i := range t.routes {
		if rt := &t.routes[i]; below && rt.matches(r, segments) && (best == nil || rt.fixed() > best.fixed()) {
			best = rt
		}
	}
	if best == nil {
		return ""
	}
	for i, name := range best.segments {
		if value, err := url.PathUnescape(segments[i]); err == nil && strings.HasPrefix(name, "{") {
			r.SetPathValue(strings.Trim(name, "{}"), value)
		}
	}
	return best.operation
}

func (rt *route) matches(r *http.Request, segments []string) bool {
	if rt.method != r.Method || len(rt.segments) != len(segments) {
		return false
	}
	for i, s := range rt.segments {
		if s != segments[i] && !strings.HasPrefix(s, "{") {
			return false
		}
	}
	name, value, _ := strings.Cut(rt.query, "=")
	return rt.query == "" || r.URL.Query().Has(name) && r.URL.Query().Get(name) == value
}

// fixed is how much of a route is no parameter.
func (rt *route) fixed() int {
	n := len(rt.query)
	for _, s := range rt.segments {
		if !strings.HasPrefix(s, "{") {
			n++
		}
	}
	return n
}
