// Package fakecdn is a CDN of images within a test's own process: a DNS server, an
// edge with a cache and a certificate of its own CA, and a bucket. Everything works
// until a test breaks it.
package fakecdn

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/verify"
)

const (
	// Domain is the domain of the CDN.
	Domain = "cdn.example.com"
	// Distribution is CloudFront's own name of it.
	Distribution = "d111111abcdef8.cloudfront.net"
	// Bucket is the bucket of images.
	Bucket = "images"
	// Path is the URL path of its only image.
	Path = "/photos/cat%201.jpg"
)

// World is the CDN. A test breaks what it wants broken, then calls Start.
type World struct {
	// Records are resource records, such as "A 127.0.0.1", by name and type.
	Records map[string][]string
	// Rcode is that of DNS answers without records.
	Rcode int
	// Truncates makes UDP answers say no more than that TCP is needed.
	Truncates bool
	// Names are those of the certificate.
	Names []string
	// NotAfter is the end of the certificate.
	NotAfter time.Time
	// MaxTLS is the newest protocol the edge takes.
	MaxTLS uint16
	// Edge serves HTTPS.
	Edge *Edge
	// HTTP is the edge over HTTP.
	HTTP http.Handler
	// S3 is the bucket, for everybody.
	S3 http.Handler
	// Target is completed by Start, where a test has not set it.
	Target verify.Target
	// RootPEM is the root of the edge's CA, once started.
	RootPEM []byte
}

// New is a world where everything works.
func New() *World {
	return &World{
		Records: map[string][]string{
			Key(Domain, "A"):       {"A 127.0.0.1"},
			Key(Domain, "AAAA"):    {"AAAA ::1"},
			Key(Domain, "HTTPS"):   {`HTTPS 1 . alpn="h2,h3"`},
			Key(Distribution, "A"): {"A 127.0.0.1"},
		},
		Rcode:    dns.RcodeSuccess,
		Names:    []string{Domain},
		NotAfter: time.Now().Add(198*24*time.Hour + time.Hour),
		MaxTLS:   tls.VersionTLS13,
		Edge:     NewEdge(),
		HTTP: http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			http.Redirect(out, r, "https://"+r.Host+r.URL.EscapedPath(), http.StatusMovedPermanently) //nolint:gosec // as CloudFront does
		}),
		S3: S3Error(http.StatusForbidden, "AccessDenied"),
		Target: verify.Target{
			Domain: Domain, Path: Path, Bucket: Bucket, DistributionDomain: Distribution,
			Pause: 5 * time.Millisecond,
		},
	}
}

// Key is the key of [World.Records].
func Key(name, kind string) string { return name + ". " + kind }

// Start brings the world up until the test ends, and completes the target.
func (w *World) Start(t *testing.T) {
	t.Helper()
	pair, root := w.issue(t)
	w.RootPEM = root
	w.Target.DNSServer = w.startDNS(t)
	setDefault(&w.Target.HTTPSAddress, ":"+w.startEdge(t, pair))
	setDefault(&w.Target.HTTPAddress, startHTTP(t, w.HTTP))
	setDefault(&w.Target.S3Endpoint, "http://"+startHTTP(t, w.S3))
	if w.Target.RootCAs == nil {
		w.Target.RootCAs = x509.NewCertPool()
		require.True(t, w.Target.RootCAs.AppendCertsFromPEM(root))
	}
}

func setDefault(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

func startHTTP(t *testing.T, handler http.Handler) (address string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// startEdge serves HTTPS on IPv4, and takes connections on IPv6 where there is any.
func (w *World) startEdge(t *testing.T, pair tls.Certificate) (port string) {
	t.Helper()
	server := httptest.NewUnstartedServer(w.Edge)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are what some tests want
	server.TLS = &tls.Config{                           //nolint:gosec // an old edge is what a test wants
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS10,
		MaxVersion:   w.MaxTLS,
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	if six, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort("::1", port)); err == nil {
		t.Cleanup(func() { require.NoError(t, six.Close()) })
	}
	return port
}

// HasIPv6 says whether this machine can connect to itself over IPv6.
func HasIPv6(t *testing.T) bool {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "[::1]:0")
	if err != nil {
		return false
	}
	require.NoError(t, listener.Close())
	return true
}

// S3Error answers as S3 does.
func S3Error(status int, code string) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Server", "AmazonS3")
		out.Header().Set("Content-Type", "application/xml")
		out.WriteHeader(status)
		_, _ = fmt.Fprintf(out, "<?xml version=\"1.0\"?>\n<Error><Code>%s</Code><Message>m</Message></Error>", code)
	})
}
