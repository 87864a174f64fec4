package edge

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strings"
)

// The sizes between which CloudFront compresses.
const (
	minimumCompressed = 1000
	maximumCompressed = 10_000_000
)

// compressible are the content types CloudFront compresses, as far as they
// occur on the web ("Serve compressed files"). No image but SVG is among them.
var compressible = []string{
	"application/javascript", "application/json", "application/manifest+json", "application/rss+xml",
	"application/vnd.ms-fontobject", "application/wasm", "application/xhtml+xml", "application/xml",
	"font/eot", "font/opentype", "font/otf", "font/ttf", "image/svg+xml", "text/css", "text/csv", "text/html",
	"text/javascript", "text/js", "text/plain", "text/richtext", "text/xml",
}

// compress encodes an answer if behaviour, viewer and content call for it. The
// viewer's normalised Accept-Encoding is in the key, so that the encoded answer
// is found only by those who take it.
func (e *entry) compress(rq request) {
	contentType, _, _ := strings.Cut(e.header.Get("Content-Type"), ";")
	if !rq.behavior.Compress || !strings.Contains(rq.header.Get("Accept-Encoding"), "gzip") ||
		e.status != http.StatusOK || e.header.Get("Content-Encoding") != "" ||
		len(e.body) < minimumCompressed || len(e.body) > maximumCompressed ||
		!slices.Contains(compressible, strings.ToLower(strings.TrimSpace(contentType))) {
		return
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(e.body) // a bytes.Buffer does not fail
	_ = w.Close()          // as above
	e.body = b.Bytes()
	e.header.Set("Content-Encoding", "gzip")
	e.header.Add("Vary", "Accept-Encoding")
	e.header.Del("Content-Length")
	if tag := e.header.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		e.header.Set("ETag", "W/"+tag)
	}
}
