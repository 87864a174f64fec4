package edge

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dop251/goja"

	"imagecdn/localaws/cloudfront"
)

// Results of requests that a function has answered, or could not.
const (
	generated = "FunctionGeneratedResponse"
	broken    = "FunctionExecutionError"
)

// longestRun bounds a function. AWS bounds its processor time, which is less.
const longestRun = 250 * time.Millisecond

// run calls the function's handler with an event and returns what it answers. Each
// invocation is one of its own: nothing is left of the one before.
func run(code string, event map[string]any) (answered *goja.Object, err error) {
	vm := goja.New()
	vm.SetFieldNameMapper(goja.UncapFieldNameMapper())
	stop := time.AfterFunc(longestRun, func() { vm.Interrupt("the function takes too long") })
	defer stop.Stop()
	console := vm.NewObject()
	for _, level := range []string{"log", "error"} {
		if err := console.Set(level, func(goja.FunctionCall) goja.Value { return goja.Undefined() }); err != nil {
			return nil, fmt.Errorf("preparing a function: %w", err)
		}
	}
	if err := vm.Set("console", console); err != nil {
		return nil, fmt.Errorf("preparing a function: %w", err)
	}
	if _, err := vm.RunString(code); err != nil {
		return nil, fmt.Errorf("reading the function: %w", err)
	}
	handler, ok := goja.AssertFunction(vm.Get("handler"))
	if !ok {
		return nil, errors.New("the function has no handler")
	}
	value, err := handler(goja.Undefined(), vm.ToValue(event))
	if err != nil {
		return nil, fmt.Errorf("running the function: %w", err)
	}
	if promise, isPromise := value.Export().(*goja.Promise); isPromise {
		if promise.State() != goja.PromiseStateFulfilled {
			return nil, fmt.Errorf("running the function: %v", promise.Result())
		}
		value = promise.Result()
	}
	object, ok := value.(*goja.Object)
	if !ok {
		return nil, errors.New("the function answers no object")
	}
	return object, nil
}

// event is what a function is given ("CloudFront Functions event structure").
func (a *answer) event(kind string) map[string]any {
	viewer, _, _ := net.SplitHostPort(a.r.RemoteAddr)
	return map[string]any{
		"version": "1.0",
		"context": map[string]any{"distributionId": a.distribution, "eventType": kind, "requestId": a.id},
		"viewer":  map[string]any{"ip": viewer},
		"request": map[string]any{
			"method": a.r.Method, "uri": a.r.URL.EscapedPath(), "querystring": queryObject(a.r.URL.RawQuery),
			"headers": headerObject(a.r.Header, hostname(a.r.Host)), "cookies": cookieObject(a.r.Cookies()),
		},
	}
}

// values is how an event has what may be there several times.
func values(all []string) map[string]any {
	one := map[string]any{"value": all[0]}
	if len(all) > 1 {
		multi := []any{}
		for _, v := range all {
			multi = append(multi, map[string]any{"value": v})
		}
		one["multiValue"] = multi
	}
	return one
}

func headerObject(h http.Header, host string) map[string]any {
	object := map[string]any{}
	if host != "" {
		object["host"] = values([]string{host})
	}
	for name, all := range h {
		if name != "Cookie" && name != malformedPath && len(all) > 0 {
			object[strings.ToLower(name)] = values(all)
		}
	}
	return object
}

func queryObject(query string) map[string]any {
	all := map[string][]string{}
	for parameter := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(parameter, "="); parameter != "" {
			all[name] = append(all[name], value)
		}
	}
	object := map[string]any{}
	for name, given := range all {
		object[name] = values(given)
	}
	return object
}

func cookieObject(cookies []*http.Cookie) map[string]any {
	all := map[string][]string{}
	for _, c := range cookies {
		all[c.Name] = append(all[c.Name], c.Value)
	}
	object := map[string]any{}
	for name, given := range all {
		object[name] = values(given)
	}
	return object
}

// answeredByFunction runs the function of the viewer's request. It is true where the
// function has answered itself, or failed; otherwise the request is as it left it.
func (a *answer) answeredByFunction(view cloudfront.View) bool {
	a.distribution = view.ID
	if a.behavior.RequestFunction == "" {
		return false
	}
	object, err := run(a.behavior.RequestFunction, a.event("viewer-request"))
	if err != nil {
		a.refuseBroken(err)
		return true
	}
	changed, isMap := object.Export().(map[string]any)
	if !isMap {
		a.refuseBroken(errors.New("the function answers neither a request nor a response"))
		return true
	}
	if _, responds := changed["statusCode"]; responds {
		e, err := generatedEntry(changed)
		if err != nil {
			a.refuseBroken(err)
			return true
		}
		a.send(e, generated)
		return true
	}
	if err := a.take(changed); err != nil {
		a.refuseBroken(err)
		return true
	}
	return false
}

func (a *answer) refuseBroken(err error) {
	a.send(a.server.explain(http.StatusServiceUnavailable, "The CloudFront function associated with the CloudFront distribution is invalid or could not run. "+err.Error()), broken)
}

// take replaces the request by the one that a function answers. Its method stays.
func (a *answer) take(changed map[string]any) error {
	uri, _ := changed["uri"].(string)
	if !strings.HasPrefix(uri, "/") {
		return errors.New("the function answers a request without a uri")
	}
	address, err := url.ParseRequestURI(uri)
	if err != nil {
		return fmt.Errorf("the function answers the uri %q: %w", uri, err)
	}
	r := a.r.Clone(a.r.Context())
	r.URL.Path, r.URL.RawPath = address.Path, address.RawPath
	var query []string
	parameters, _ := changed["querystring"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		for _, value := range textsOf(parameters[name]) {
			query = append(query, name+"="+value)
		}
	}
	if strings.Join(query, "&") != sortedQuery(r.URL.RawQuery) {
		r.URL.RawQuery = strings.Join(query, "&")
	}
	r.Header = headersOf(changed["headers"])
	r.Header.Del("Host")
	cookies, _ := changed["cookies"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(cookies)) {
		for _, value := range textsOf(cookies[name]) {
			r.AddCookie(&http.Cookie{Name: name, Value: value}) //nolint:gosec // a request's cookie has no attributes
		}
	}
	a.r = r
	return nil
}

// sortedQuery is a query as a function that changes nothing gives it back: its order is
// lost, and the viewer's is kept then.
func sortedQuery(query string) string {
	var parameters []string
	for parameter := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(parameter, "="); parameter != "" {
			parameters = append(parameters, name+"="+value)
		}
	}
	slices.SortStableFunc(parameters, func(a, b string) int {
		nameOfA, _, _ := strings.Cut(a, "=")
		nameOfB, _, _ := strings.Cut(b, "=")
		return strings.Compare(nameOfA, nameOfB)
	})
	return strings.Join(parameters, "&")
}

// textsOf are the values of a header, a cookie or a parameter.
func textsOf(given any) []string {
	object, _ := given.(map[string]any)
	if multi, several := object["multiValue"].([]any); several {
		var all []string
		for _, one := range multi {
			all = append(all, textsOf(one)...)
		}
		return all
	}
	if value, ok := object["value"]; ok {
		return []string{fmt.Sprint(value)}
	}
	return nil
}

func headersOf(given any) http.Header {
	h := http.Header{}
	headers, _ := given.(map[string]any)
	for name, values := range headers {
		for _, value := range textsOf(values) {
			h.Add(name, value)
		}
	}
	return h
}

// generatedEntry is the answer that a function has made by itself.
func generatedEntry(response map[string]any) (*entry, error) {
	status, ok := statusOf(response)
	if !ok {
		return nil, errors.New("the function answers a response with an impossible statusCode")
	}
	e := &entry{status: status, header: headersOf(response["headers"]), page: true}
	e.header.Set("Server", "CloudFront")
	switch body := response["body"].(type) {
	case nil:
	case string:
		e.body = []byte(body)
	case map[string]any:
		data, _ := body["data"].(string)
		if body["encoding"] != "base64" {
			e.body = []byte(data)
			break
		}
		decoded, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			return nil, fmt.Errorf("the function answers a body that is not Base64: %w", err)
		}
		e.body = decoded
	}
	return e, nil
}

// statusOf is the status of a response: as it was given to the function, or a number of
// JavaScript.
func statusOf(response map[string]any) (int, bool) {
	status := 0
	switch n := response["statusCode"].(type) {
	case int:
		status = n
	case int64:
		status = int(n)
	case float64:
		status = int(n)
	}
	return status, status >= 100 && status <= 599
}

// changedByFunction runs the function before the viewer is answered, over the headers
// that are ready. It is false where the function failed, and the viewer has been told.
func (a *answer) changedByFunction(e *entry) (*entry, bool) {
	if a.behavior.ResponseFunction == "" {
		return e, true
	}
	event := a.event("viewer-response")
	event["response"] = map[string]any{
		"statusCode": e.status, "statusDescription": http.StatusText(e.status), "headers": headerObject(a.w.Header(), ""), "cookies": map[string]any{},
	}
	object, err := run(a.behavior.ResponseFunction, event)
	if err == nil {
		changed, isMap := object.Export().(map[string]any)
		if status, ok := statusOf(changed); isMap && ok {
			h := a.w.Header()
			clear(h)
			maps.Copy(h, headersOf(changed["headers"]))
			with := *e
			with.status = status
			return &with, true
		}
		err = errors.New("the function answers no response with a statusCode")
	}
	clear(a.w.Header())
	a.refuseBroken(err)
	return nil, false
}
