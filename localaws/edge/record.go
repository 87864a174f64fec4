package edge

import (
	"cmp"
	"crypto/tls"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"imagecdn/localaws/cloudfront"
)

// Record is what an edge notes of a request that it has answered ("Standard logging
// reference", CloudFront Developer Guide). What a request does not have is "".
type Record struct {
	// DistributionID, DistributionARN and Domain, under cloudfront.net, are who answered.
	DistributionID, DistributionARN, Domain string
	// Time is when the request was answered.
	Time time.Time
	// Location is the edge location, and RequestID the request's own name.
	Location, RequestID string
	// ViewerIP and ViewerPort are where it came from.
	ViewerIP, ViewerPort string
	// Method, Host, Path (as it was sent) and Query are what was asked for.
	Method, Host, Path, Query string
	// Protocol is http or https, HTTPVersion such as HTTP/2.0, TLSVersion such as TLSv1.3.
	Protocol, HTTPVersion, TLSVersion, TLSCipher string
	// Referer, UserAgent, Cookie and ForwardedFor are headers of the viewer's.
	Referer, UserAgent, Cookie, ForwardedFor string
	// Status is that of the answer, Result what X-Cache says of it: Hit, Miss,
	// RefreshHit, Error or Redirect.
	// Detailed is the same, or OriginShieldHit.
	Status           int
	Result, Detailed string
	// ContentType, ContentLength, RangeStart and RangeEnd are of the answer.
	ContentType, ContentLength, RangeStart, RangeEnd string
	// BytesReceived and BytesSent are the sizes of request and answer, with their headers.
	BytesReceived, BytesSent int64
	// Taken is how long the answer took, FirstByte until its first byte, and OriginTook
	// what of that the origin had; 0 where it was not asked.
	Taken, FirstByte, OriginTook time.Duration
	// PathPattern is that of the behavior, "*" for the default one.
	PathPattern string
}

// counted is an answer whose bytes are counted.
type counted struct {
	http.ResponseWriter
	status int
	sent   int64
	first  time.Time
	now    func() time.Time
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (c *counted) WriteHeader(status int) {
	if c.status == 0 {
		c.status, c.first = status, c.now()
		c.sent += headerSize(c.Header())
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (c *counted) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	n, err := c.ResponseWriter.Write(p)
	c.sent += int64(n)
	return n, err //nolint:wrapcheck // as it came
}

// headerSize is what headers take in a message of HTTP/1.1.
func headerSize(h http.Header) (size int64) {
	for name, values := range h {
		for _, v := range values {
			size += int64(len(name) + len(": ") + len(v) + len("\r\n"))
		}
	}
	return size
}

// contentRange has first and last byte of a part.
var contentRange = regexp.MustCompile(`^bytes (\d+)-(\d+)/`)

// note hands the record of an answer to a viewer's request, as it came, to whoever keeps them.
func (a *answer) note(view cloudfront.View, c *counted, viewers *http.Request, began time.Time) {
	if a.server.options.Record == nil {
		return
	}
	now := a.server.options.Now()
	r := Record{
		DistributionID: view.ID, DistributionARN: view.ARN, Domain: view.Domain, Time: now, Location: a.location, RequestID: a.id,
		Method: viewers.Method, Host: hostname(viewers.Host), Path: viewers.URL.EscapedPath(), Query: viewers.URL.RawQuery,
		Protocol: "http", HTTPVersion: viewers.Proto, Referer: viewers.Referer(), UserAgent: viewers.UserAgent(),
		Cookie: viewers.Header.Get("Cookie"), ForwardedFor: viewers.Header.Get("X-Forwarded-For"),
		Status: c.status, Result: a.result, Detailed: cmp.Or(a.detailed, a.result), ContentType: c.Header().Get("Content-Type"), ContentLength: c.Header().Get("Content-Length"),
		BytesReceived: sizeOf(viewers), BytesSent: c.sent,
		Taken: now.Sub(began), FirstByte: c.first.Sub(began), OriginTook: a.originTook, PathPattern: a.behavior.PathPattern,
	}
	r.ViewerIP, r.ViewerPort, _ = net.SplitHostPort(viewers.RemoteAddr) // net/http's own
	if part := contentRange.FindStringSubmatch(c.Header().Get("Content-Range")); part != nil {
		r.RangeStart, r.RangeEnd = part[1], part[2]
	}
	if state := viewers.TLS; state != nil {
		r.Protocol, r.TLSCipher = "https", tls.CipherSuiteName(state.CipherSuite)
		r.TLSVersion = strings.Replace(tls.VersionName(state.Version), "TLS ", "TLSv", 1)
	}
	a.server.options.Lock.Lock()
	defer a.server.options.Lock.Unlock()
	a.server.options.Record(r)
}

// sizeOf is how long a request is without its body, in bytes.
func sizeOf(r *http.Request) int64 {
	return int64(len(r.Method)+len(r.URL.RequestURI())) + headerSize(r.Header)
}
