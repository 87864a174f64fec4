package edge

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
)

// The sizes between which CloudFront compresses.
const (
	minimumCompressed = 1000
	maximumCompressed = 10_000_000
)

// compressible are the content types CloudFront compresses ("Serve compressed
// files", file types that CloudFront compresses). No image but SVG is among them.
var compressible = strings.Fields(`application/dash+xml application/eot application/font application/font-sfnt
	application/javascript application/json application/opentype application/otf application/pdf application/pkcs7-mime
	application/protobuf application/rss+xml application/truetype application/ttf application/vnd.apple.mpegurl
	application/vnd.mapbox-vector-tile application/vnd.ms-fontobject application/wasm application/xhtml+xml application/xml
	application/x-font-opentype application/x-font-truetype application/x-font-ttf application/x-httpd-cgi
	application/x-javascript application/x-mpegurl application/x-opentype application/x-otf application/x-perl
	application/x-ttf font/eot font/opentype font/otf font/ttf image/svg+xml text/css text/csv text/html text/javascript
	text/js text/plain text/richtext text/tab-separated-values text/xml text/x-component text/x-java-source text/x-script
	vnd.apple.mpegurl`)

// compress encodes an answer if behaviour, viewer and content call for it. The
// viewer's normalised Accept-Encoding is in the key, so that the encoded answer
// is found only by those who take it. Of two encodings Brotli is taken.
func (e *entry) compress(rq request) {
	accepted := strings.Split(rq.header.Get("Accept-Encoding"), ",")
	if !rq.behavior.Compress || !e.compressible() {
		return
	}
	var b bytes.Buffer
	var w io.WriteCloser
	encoding := "br"
	switch {
	case slices.Contains(accepted, "br"):
		w = brotli.NewWriter(&b)
	case slices.Contains(accepted, "gzip"):
		encoding, w = "gzip", gzip.NewWriter(&b)
	default:
		return
	}
	_, _ = w.Write(e.body) // a bytes.Buffer does not fail
	_ = w.Close()          // as above
	e.body = b.Bytes()
	e.header.Set("Content-Encoding", encoding)
	e.header.Add("Vary", "Accept-Encoding")
	e.header.Del("Content-Length")
	if tag := e.header.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		e.header.Set("ETag", "W/"+tag)
	}
}

// compressible says whether an answer is of the kind that CloudFront compresses.
func (e *entry) compressible() bool {
	contentType, _, _ := strings.Cut(e.header.Get("Content-Type"), ";")
	return (e.status == http.StatusOK || e.status == http.StatusForbidden || e.status == http.StatusNotFound) &&
		e.header.Get("Content-Encoding") == "" &&
		len(e.body) >= minimumCompressed && len(e.body) <= maximumCompressed &&
		slices.Contains(compressible, strings.ToLower(strings.TrimSpace(contentType)))
}
