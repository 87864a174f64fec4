package edge_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/cloudfront"
	"imagecdn/localaws/edge"
)

const image = "https://" + host + "/a.webp"

// ranged asks for a range of "an image".
func (w *world) ranged(t *testing.T, text string) response {
	t.Helper()
	return w.do(t, http.MethodGet, image, http.Header{"Range": {text}})
}

func TestARangeThatIsNotByTheRulesIsIgnored(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for _, text := range []string{
		"items=0-1", "bytes=5-2", "bytes=", "bytes=-", "bytes=a-b", "bytes 0-1", "bytes=3-4,0-1", "bytes=0-4,2-6", "bytes=0-1,-x", "bytes=0-1,99-",
	} {
		got := w.ranged(t, text)
		assert.Equal(t, http.StatusOK, got.StatusCode, text)
		assert.Equal(t, "an image", got.body, text)
		assert.EqualValues(t, 8, got.ContentLength, text)
	}
}

func TestARangeWithinTheImageIsAnswered(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for text, want := range map[string]string{
		"bytes=0-1": "an", "bytes=3-": "image", "bytes=-3": "age", "bytes=-99": "an image", "bytes=6-99": "ge", "BYTES=0-0": "a",
	} {
		got := w.ranged(t, text)
		assert.Equal(t, http.StatusPartialContent, got.StatusCode, text)
		assert.Equal(t, want, got.body, text)
	}
	several := w.ranged(t, "bytes=0-1,3-4")
	assert.Equal(t, http.StatusPartialContent, several.StatusCode)
	assert.Contains(t, several.Header.Get("Content-Type"), "multipart/byteranges")
}

func TestARangeOutsideTheImageIsRefusedAsS3Does(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for _, text := range []string{"bytes=8-", "bytes=99-", "bytes=99-100", "bytes=-0"} {
		got := w.ranged(t, text)
		assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, got.StatusCode, text)
		assert.Equal(t, "Error from cloudfront", got.cache(), text)
		assert.Equal(t, "bytes */8", got.Header.Get("Content-Range"), text)
		assert.Equal(t, "application/xml", got.Header.Get("Content-Type"), text)
		assert.Contains(t, got.body, "<Code>InvalidRange</Code>", text)
		assert.Contains(t, got.body, "<RangeRequested>"+text+"</RangeRequested><ActualObjectSize>8</ActualObjectSize>", text)
	}
	assert.Len(t, w.requests(), 1)
	empty := start(t, func(w *world) { w.answer = object("", nil) })
	assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, empty.ranged(t, "bytes=0-").StatusCode)
}

func TestConditionsComeBeforeARange(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	got := w.do(t, http.MethodGet, image, http.Header{"Range": {"bytes=99-"}, "If-None-Match": {`"1"`}})
	assert.Equal(t, http.StatusNotModified, got.StatusCode)
	got = w.do(t, http.MethodGet, image, http.Header{"Range": {"bytes=99-"}, "If-Range": {`"other"`}})
	assert.Equal(t, http.StatusOK, got.StatusCode)
	assert.Equal(t, "an image", got.body)
	got = w.do(t, http.MethodGet, image, http.Header{"Range": {"bytes=99-"}, "If-Range": {`"1"`}})
	assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, got.StatusCode)
}

func TestARefusedRangeHasThePageForIt(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		w.view.Errors = []cloudfront.ErrorResponse{{Status: 416, PagePath: "/sorry.html", PageStatus: 200, MinTTL: time.Second}}
		w.answer = func(r edge.OriginRequest) (int, http.Header, string) {
			if r.Key == "v1/sorry.html" {
				return http.StatusOK, http.Header{"Content-Type": {"text/html"}}, "sorry"
			}
			return object("an image", nil)(r)
		}
	})
	got := w.ranged(t, "bytes=99-")
	assert.Equal(t, http.StatusOK, got.StatusCode)
	assert.Equal(t, "sorry", got.body)
	assert.Equal(t, "Error from cloudfront", got.cache())
}

func TestEncodedImagesCarryTheirLength(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 200_000) // more than net/http counts by itself
	w := start(t, func(w *world) { w.answer = object(large, http.Header{"Content-Encoding": {"gzip"}}) })
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodHead} {
		got := w.do(t, method, image, http.Header{"Accept-Encoding": {"gzip"}})
		assert.EqualValues(t, len(large), got.ContentLength, method)
		assert.Equal(t, "gzip", got.Header.Get("Content-Encoding"))
	}
	failed := w.do(t, http.MethodGet, image, http.Header{"If-Match": {`"other"`}})
	assert.Equal(t, http.StatusPreconditionFailed, failed.StatusCode)
	assert.Empty(t, failed.body)
}

func TestOnlyACachedErrorHasAnAge(t *testing.T) {
	t.Parallel()
	tick := time.Duration(0)
	w := start(t, func(w *world) {
		w.answer = func(edge.OriginRequest) (int, http.Header, string) {
			w.change(func() { w.now = w.now.Add(tick) })
			return http.StatusNotFound, nil, "<Error/>"
		}
	})
	tick = 2 * time.Second // an origin that takes its time
	first := w.get(t, "/missing.webp")
	assert.NotContains(t, first.Header, "Age")
	w.change(func() { w.now = w.now.Add(3 * time.Second) })
	second := w.get(t, "/missing.webp")
	assert.Equal(t, "5", second.Header.Get("Age"))
}
