package edge_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func running(t *testing.T, onRequest, onResponse string) *world {
	t.Helper()
	return start(t, func(w *world) {
		b := &w.view.Behaviors[0]
		b.RequestFunction, b.ResponseFunction = onRequest, onResponse
	})
}

func TestAFunctionChangesTheRequest(t *testing.T) {
	t.Parallel()
	w := running(t, `
		const seen = 0;
		async function handler(event) {
			const request = event.request;
			request.uri = request.uri.toLowerCase().replace(/^\/old\//, '/new/');
			if (request.querystring.w) { request.uri += '.' + request.querystring.w.value; }
			if (request.headers['x-team'].multiValue.length !== 2 || request.cookies.seen.value !== 'yes') { throw new Error('lost'); }
			if (event.context.distributionId !== 'E1' || !event.viewer.ip || request.headers.host.value !== 'cdn.example.com') { throw new Error('no context'); }
			return request;
		}`, "")
	answer := w.do(t, http.MethodGet, "https://"+host+"/OLD/A%20B.webp?w=2", http.Header{"X-Team": {"a", "b"}, "Cookie": {"seen=yes"}})
	assert.Equal(t, http.StatusOK, answer.StatusCode, answer.body)
	assert.Equal(t, "v1/new/a b.webp.2", w.requests()[0].Key)
	again := w.do(t, http.MethodGet, "https://"+host+"/new/a%20b.webp?w=2", http.Header{"X-Team": {"a", "b"}, "Cookie": {"seen=yes"}})
	assert.Equal(t, "Hit from cloudfront", again.cache(), "the cache knows what the function made of it")
}

func TestAFunctionAnswersByItself(t *testing.T) {
	t.Parallel()
	w := running(t, `function handler(event) {
		if (event.request.uri === '/robots.txt') {
			return {statusCode: 200, statusDescription: 'OK', headers: {'content-type': {value: 'text/plain'}}, body: 'User-agent: *'};
		}
		return {statusCode: 403, headers: {}, body: {encoding: 'base64', data: 'bm8='}};
	}`, `function handler(event) { event.response.statusCode = 500; return event.response; }`)
	robots := w.get(t, "/robots.txt")
	assert.Equal(t, "User-agent: *", robots.body)
	assert.Equal(t, "text/plain", robots.Header.Get("Content-Type"))
	assert.Equal(t, "FunctionGeneratedResponse from cloudfront", robots.cache())
	refused := w.get(t, "/a.webp")
	assert.Equal(t, http.StatusForbidden, refused.StatusCode)
	assert.Equal(t, "no", refused.body)
	assert.Empty(t, w.requests())
}

func TestAFunctionChangesTheAnswer(t *testing.T) {
	t.Parallel()
	w := running(t, "", `function handler(event) {
		const h = event.response.headers;
		if (h['content-type'].value === 'binary/octet-stream') { h['content-type'] = {value: 'image/webp'}; }
		h['x-status'] = {value: String(event.response.statusCode)};
		if (event.request.uri === '/moved.webp') { event.response.statusCode = 302; }
		return event.response;
	}`)
	w.change(func() { w.answer = object("an image", http.Header{"Content-Type": {"binary/octet-stream"}}) })
	got := w.get(t, "/a.webp")
	assert.Equal(t, "image/webp", got.Header.Get("Content-Type"))
	assert.Equal(t, "200", got.Header.Get("X-Status"))
	assert.Equal(t, "an image", got.body)
	assert.Equal(t, http.StatusFound, w.get(t, "/moved.webp").StatusCode)
	w.change(func() { w.answer = status(http.StatusNotFound, http.Header{"Content-Type": {"text/xml"}}) })
	missing := w.get(t, "/missing.webp")
	assert.Equal(t, http.StatusNotFound, missing.StatusCode)
	assert.Empty(t, missing.Header.Get("X-Status"), "it does not run over errors")
}

func TestAFunctionThatCannotRunIsSaid(t *testing.T) {
	t.Parallel()
	for what, code := range map[string]string{
		"no JavaScript": "function {", "no handler": "var x = 1;", "an exception": "function handler() { throw new Error('no'); }",
		"for ever": "function handler() { for (;;) {} }", "nothing": "function handler() {}", "no uri": "function handler() { return {}; }",
		"a refusal": "async function handler() { throw new Error('no'); }", "an impossible status": "function handler() { return {statusCode: 1000}; }",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := running(t, code, "")
			answer := w.get(t, "/a.webp")
			assert.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
			assert.Equal(t, "FunctionExecutionError from cloudfront", answer.cache())
		})
	}
	w := running(t, "", "function handler() { throw new Error('no'); }")
	assert.Equal(t, http.StatusServiceUnavailable, w.get(t, "/a.webp").StatusCode)
}
