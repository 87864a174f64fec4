package edge_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/edge"
)

// compressing is an edge that compresses a text of some size and type.
func compressing(t *testing.T, size int, contentType string) *world {
	t.Helper()
	return start(t, func(w *world) {
		w.view.Behaviors[0].Compress = true
		w.answer = object(strings.Repeat("t", size), http.Header{"Content-Type": {contentType}})
	})
}

func (w *world) encoded(t *testing.T, accept string) response {
	t.Helper()
	return w.do(t, http.MethodGet, image, http.Header{"Accept-Encoding": {accept}})
}

func TestBrotliGoesBeforeGzip(t *testing.T) {
	t.Parallel()
	w := compressing(t, 5000, "text/css")
	want := strings.Repeat("t", 5000)
	br := w.encoded(t, "gzip, deflate, br, zstd")
	assert.Equal(t, "br", br.Header.Get("Content-Encoding"))
	assert.Equal(t, `W/"1"`, br.Header.Get("ETag"))
	assert.EqualValues(t, len(br.body), br.ContentLength)
	plain, err := io.ReadAll(brotli.NewReader(strings.NewReader(br.body)))
	require.NoError(t, err)
	assert.Equal(t, want, string(plain))

	gz := w.encoded(t, "gzip")
	assert.Equal(t, "gzip", gz.Header.Get("Content-Encoding"))
	reader, err := gzip.NewReader(bytes.NewReader([]byte(gz.body)))
	require.NoError(t, err)
	plain, err = io.ReadAll(reader)
	require.NoError(t, err)
	assert.Equal(t, want, string(plain))
	assert.Equal(t, "Hit from cloudfront", w.encoded(t, "br, gzip").cache(), "each encoding is kept")
}

func TestOnlyTheEncodingsOfThePolicyAreUsed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		gzip, brotli bool
		accept, want string
	}{
		{true, true, "br", "br"},
		{true, false, "br, gzip", "gzip"},
		{true, false, "br", ""},
		{false, true, "br, gzip", "br"},
		{false, true, "gzip", ""},
		{false, false, "br, gzip", ""},
		{true, true, "br;q=0, gzip", "gzip"},
	} {
		w := compressing(t, 5000, "text/css")
		w.change(func() { w.view.Behaviors[0].Key.Gzip, w.view.Behaviors[0].Key.Brotli = c.gzip, c.brotli })
		assert.Equal(t, c.want, w.encoded(t, c.accept).Header.Get("Content-Encoding"), c)
	}
}

func TestOnlyWhatIsNeitherTooSmallNorTooLargeIsCompressed(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]string{999: "", 1000: "gzip", 10_000_000: "gzip", 10_000_001: ""} {
		assert.Equal(t, want, compressing(t, size, "text/html").encoded(t, "gzip").Header.Get("Content-Encoding"), size)
	}
}

func TestOnlySomeTypesAndStatusesAreCompressed(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]string{
		"application/x-javascript": "gzip", "text/xml; charset=utf-8": "gzip", "IMAGE/SVG+XML": "gzip", "application/wasm": "gzip",
		"application/octet-stream": "", "image/jpeg": "", "": "",
	} {
		assert.Equal(t, want, compressing(t, 5000, contentType).encoded(t, "gzip").Header.Get("Content-Encoding"), contentType)
	}
	for code, want := range map[int]string{http.StatusForbidden: "gzip", http.StatusNotFound: "gzip", http.StatusInternalServerError: ""} {
		w := compressing(t, 0, "")
		long := strings.Repeat("t", 5000)
		w.change(func() {
			w.answer = func(edge.OriginRequest) (int, http.Header, string) {
				return code, http.Header{"Content-Type": {"application/xml"}}, long
			}
		})
		got := w.encoded(t, "gzip")
		assert.Equal(t, code, got.StatusCode)
		assert.Equal(t, want, got.Header.Get("Content-Encoding"), code)
	}
}

func TestWhatTheOriginHasEncodedIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := compressing(t, 0, "")
	w.change(func() {
		w.answer = object(strings.Repeat("t", 5000), http.Header{"Content-Type": {"text/css"}, "Content-Encoding": {"zstd"}})
	})
	assert.Equal(t, "zstd", w.encoded(t, "gzip").Header.Get("Content-Encoding"))
}

// old sends a request over plain HTTP as it is written.
func (w *world) old(t *testing.T, request string) *http.Response {
	t.Helper()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", w.HTTPAddress())
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	_, err = io.WriteString(connection, request)
	require.NoError(t, err)
	return answered(t, connection)
}

func TestAViewerOfHTTP10GetsNoCompression(t *testing.T) {
	t.Parallel()
	w := compressing(t, 5000, "text/css")
	w.change(func() { w.view.Behaviors[0].ViewerProtocol = "allow-all" })
	assert.Empty(t, w.old(t, "GET /a.webp HTTP/1.0\r\nHost: "+host+"\r\nAccept-Encoding: gzip\r\n\r\n").Header.Get("Content-Encoding"))
}
