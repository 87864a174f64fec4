package edge_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"imagecdn/localaws/cloudfront"
)

func TestAPathIsNormalisedBeforeABehaviorIsChosen(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		private := images()
		private.PathPattern, private.Origins = "/private/*", []cloudfront.Origin{{Domain: "private.s3.us-east-1.amazonaws.com", Bucket: "private"}}
		w.view.Behaviors = []cloudfront.Behavior{private, images()}
	})
	for path, bucket := range map[string]string{
		"/private/a":            "private",
		"/x/../private/a":       "private",
		"/./private/a":          "private",
		"//private//a":          "private",
		"/%70rivate/a":          "private",
		"/x/%2E%2e/private/a":   "private",
		"/private/../a":         "images",
		"/private/x/../../a":    "images",
		"/PRIVATE/a":            "images",
		"/private%2Fa":          "images",
		"/../../private/a":      "private",
		"/private/b/..":         "private",
		"/private/?next=/../..": "private",
	} {
		before := len(w.requests())
		w.get(t, path)
		asked := w.requests()
		require.Len(t, asked, before+1, path)
		assert.Equal(t, bucket, asked[before].Bucket, path)
	}
}

func TestTheOriginGetsThePathAsTheViewerSentIt(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for path, key := range map[string]string{"/a//b": "v1/a//b", "/a/../b": "v1/a/../b", "/a/./b": "v1/a/./b", "/%61": "v1/a"} {
		before := len(w.requests())
		w.raw(t, "GET", path, "")
		assert.Equal(t, key, w.requests()[before].Key, path)
	}
}

func TestAnInvalidationNamesAPathAsCloudFrontDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, purge string
		gone        bool
	}{
		{"/a.webp", "/a.webp", true},
		{"/%61.webp", "/a.webp", true},
		{"/a.webp", "/%61.webp", false},
		{"/a.webp", "/%2A", false},
		{"/a.webp", "/*", true},
		{"/a%20b.webp", "/a%20b.webp", true},
		{"/a~b", "/a%7Eb", true},
		{"/a%7eb", "/a%7Eb", true},
		{"/%c3%bc.webp", "/%C3%BC.webp", true},
		{"/%C3%BC.webp", "/%c3%bc.webp", true},
		{"/a+b", "/a+b", true},
		{"/a%2Bb", "/a+b", false},
		{"/a%2Fb", "/a/b", false},
		{"/b/1", "/b/*", true},
	} {
		t.Run(c.path+" by "+c.purge, func(t *testing.T) {
			t.Parallel()
			w := start(t, nil)
			w.get(t, c.path)
			w.change(func() { w.view.Purges = append(w.view.Purges, c.purge) })
			want := "Hit from cloudfront"
			if c.gone {
				want = "Miss from cloudfront"
			}
			assert.Equal(t, want, w.get(t, c.path).cache())
		})
	}
}

func TestAnInvalidationIncludesTheQueryThatIsInTheKey(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		w.view.Behaviors[0].Key.Queries = cloudfront.Selection{Mode: "whitelist", Names: []string{"w"}}
	})
	purge := func(path string) { w.change(func() { w.view.Purges = append(w.view.Purges, path) }) }
	w.get(t, "/a.webp?w=1&v=2")
	w.get(t, "/a.webp?w=2")
	purge("/a.webp")
	assert.Equal(t, "Hit from cloudfront", w.get(t, "/a.webp?w=1").cache(), "that is the image without a query")
	purge("/a.webp?w=1")
	assert.Equal(t, "Miss from cloudfront", w.get(t, "/a.webp?w=1").cache())
	assert.Equal(t, "Hit from cloudfront", w.get(t, "/a.webp?w=2").cache())
	purge("/a.webp*")
	assert.Equal(t, "Miss from cloudfront", w.get(t, "/a.webp?w=1").cache())
	assert.Equal(t, "Miss from cloudfront", w.get(t, "/a.webp?w=2").cache())
}

// raw sends a request of HTTP/1.1 as it is written.
func (w *world) raw(t *testing.T, method, path, rest string) *http.Response {
	t.Helper()
	connection, err := tls.Dial("tcp", w.HTTPSAddress(), &tls.Config{ServerName: host, RootCAs: w.roots, MinVersion: tls.VersionTLS12})
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	_, err = fmt.Fprintf(connection, "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", method, path, host, rest)
	require.NoError(t, err)
	return answered(t, connection)
}

func answered(t *testing.T, connection net.Conn) *http.Response {
	t.Helper()
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer
}

// statusOverHTTP2 asks for paths as they are written, one after the other on one
// connection, each as the header fields of one request.
func (w *world) statusOverHTTP2(t *testing.T, requests ...[]hpack.HeaderField) (statuses []string) {
	t.Helper()
	connection, err := tls.Dial("tcp", w.HTTPSAddress(), &tls.Config{
		ServerName: host, RootCAs: w.roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"},
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	_, err = io.WriteString(connection, http2.ClientPreface)
	require.NoError(t, err)
	framer := http2.NewFramer(connection, connection)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	require.NoError(t, framer.WriteSettings())
	var block strings.Builder
	encoder := hpack.NewEncoder(&block)
	for i, fields := range requests {
		block.Reset()
		for _, f := range fields {
			require.NoError(t, encoder.WriteField(f))
		}
		id := uint32(2*i + 1)
		// In two frames and padded, as a client may.
		half := block.Len() / 2
		require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{
			StreamID: id, BlockFragment: []byte(block.String()[:half]), EndStream: true, PadLength: 7, Priority: http2.PriorityParam{Weight: 3},
		}))
		require.NoError(t, framer.WriteContinuation(id, true, []byte(block.String()[half:])))
		statuses = append(statuses, status2(t, framer, id))
	}
	return statuses
}

// status2 is the status of the answer on a stream.
func status2(t *testing.T, framer *http2.Framer, id uint32) string {
	t.Helper()
	for {
		frame, err := framer.ReadFrame()
		require.NoError(t, err)
		switch f := frame.(type) {
		case *http2.MetaHeadersFrame:
			if f.StreamID == id {
				return f.PseudoValue("status")
			}
		case *http2.RSTStreamFrame:
			return f.ErrCode.String()
		case *http2.GoAwayFrame:
			return f.ErrCode.String()
		}
	}
}

func ask(path string, more ...hpack.HeaderField) []hpack.HeaderField {
	return append([]hpack.HeaderField{
		{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: "https"}, {Name: ":authority", Value: host}, {Name: ":path", Value: path},
	}, more...)
}

func TestAMalformedPathIsABadRequestInBothVersionsOfHTTP(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	for _, path := range []string{"/%", "/a%zz", "/%2", "/a?b=%zz%"} {
		want := "400"
		if strings.Contains(path, "?") {
			want = "200" // only the path is decoded
		}
		assert.Contains(t, w.raw(t, "GET", path, "").Status, want, path)
		assert.Equal(t, []string{want}, w.statusOverHTTP2(t, ask(path)), path)
	}
	assert.Equal(t, []string{"200", "400", "200"}, w.statusOverHTTP2(t, ask("/a"), ask("/%zz"), ask("/a")), "the connection goes on")
	forged := ask("/a", hpack.HeaderField{Name: "localaws-malformed-path", Value: "1"})
	assert.Equal(t, []string{"200"}, w.statusOverHTTP2(t, forged), "a viewer cannot say so")
}

func TestRequestsThatAreTooLongAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	url := "https://" + host + "/"
	const longest = 8192
	fits := strings.Repeat("a", longest-len(url))
	assert.Equal(t, http.StatusOK, w.get(t, "/"+fits).StatusCode)
	assert.Equal(t, http.StatusRequestEntityTooLarge, w.get(t, "/"+fits+"a").StatusCode)
	for size, want := range map[int]int{20_000: http.StatusOK, 20_480: http.StatusRequestEntityTooLarge} {
		got := w.do(t, http.MethodGet, image, http.Header{"X-Long": {strings.Repeat("a", size)}})
		assert.Equal(t, want, got.StatusCode, size)
		if want != http.StatusOK {
			assert.Equal(t, "Error from cloudfront", got.cache())
		}
	}
}

func TestAGETWithABodyIsForbidden(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	assert.Equal(t, http.StatusForbidden, w.raw(t, "GET", "/a.webp", "Content-Length: 1\r\n\r\nx").StatusCode)
	assert.Equal(t, http.StatusForbidden, w.raw(t, "GET", "/a.webp", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n").StatusCode)
	assert.Equal(t, http.StatusOK, w.raw(t, "GET", "/a.webp", "Content-Length: 0\r\n").StatusCode)
	assert.Len(t, w.requests(), 1)
}
