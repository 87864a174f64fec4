// Package edge is CloudFront's data plane in the embedded AWS: it answers
// viewers over HTTPS and HTTP with what is deployed, from a cache in memory and
// an S3 origin, and says in its headers what it did.
//
// Not imitated: HTTP/3, where each viewer is, WAF rules, Lambda functions (503), origins
// that are not S3 buckets (502), payloads of requests (501).
package edge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"imagecdn/localaws/cloudfront"
)

// defaultCacheBytes bounds the cache unless the options say otherwise.
const defaultCacheBytes = 128 << 20

// Bounds of a connection, so that a stalled viewer does not keep one for ever.
const (
	headerTimeout   = 10 * time.Second
	idleTimeout     = 60 * time.Second
	shutdownTimeout = 2 * time.Second
)

// Distributions is what the edge reads of CloudFront.
type Distributions interface {
	// ForHost finds the distribution that answers for a host.
	ForHost(host string) (cloudfront.View, bool)
}

// OriginRequest is a request to an S3 origin.
type OriginRequest struct {
	// Bucket and Region are those of the origin's domain name; Region is ""
	// for the global name.
	Bucket, Region string
	// Key is the object's, decoded and without a leading slash.
	Key string
	// Query is what the behaviour forwards of the viewer's, as it was written.
	Query string
	// Method is GET, HEAD or OPTIONS.
	Method string
	// Header has what the behaviour forwards, and the edge's conditions.
	Header http.Header
	// DistributionARN is who asks, for the condition of a bucket policy.
	DistributionARN string
	// Signed says whether the request carries the signature of an origin
	// access control or identity.
	Signed bool
	// Identity is the id of the origin access identity that signs; "" for an
	// origin access control.
	Identity string
}

// Origin is S3 as the edge sees it. Fetch is called without the world's lock,
// at the same time from several goroutines; the body is read and closed by the edge.
type Origin interface {
	// Fetch asks S3. It returns, whatever it has, when the context ends.
	Fetch(context.Context, OriginRequest) (status int, header http.Header, body io.ReadCloser)
}

// Options are what a Server is made of.
type Options struct {
	// HTTPSAddress and HTTPAddress are listened on; "" for no such listener.
	HTTPSAddress, HTTPAddress string
	// HTTPSListener and HTTPListener are open already, and take the place of the addresses.
	HTTPSListener, HTTPListener net.Listener
	// Lock is the world's. It is held for Distributions and Certificates only.
	Lock sync.Locker
	// Distributions are what is deployed.
	Distributions Distributions
	// Certificates returns an issued ACM certificate with its key.
	Certificates func(arn string) (tls.Certificate, bool)
	// Default is the certificate of *.cloudfront.net, and of unknown hosts.
	Default tls.Certificate
	// Origin is S3.
	Origin Origin
	// Country is where all viewers are, as an ISO 3166-1 code; "" is not known.
	Country string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Record is given every request that a distribution has answered, with the lock
	// held. Nil: nobody wants them.
	Record func(Record)
	// CacheBytes bounds the cache; 0 is 128 MiB.
	CacheBytes int64
}

// Server is an edge location.
type Server struct {
	options Options
	name    string
	cache   *cache
	flights flights
	// working ends with Close, and with it what the origin is asked.
	working context.Context //nolint:containedctx // of the server, not of a call
	stop    context.CancelFunc

	servers     []*http.Server
	https, http net.Listener
	// sixth are listeners on the loopback of IPv6, with the ports of the others.
	sixth   []net.Listener
	running sync.WaitGroup
}

// Start listens, and serves until Close.
func Start(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = defaultCacheBytes
	}
	s := &Server{options: o, name: newName(), cache: newCache(o.CacheBytes)}
	s.working, s.stop = context.WithCancel(context.Background())
	if err := s.listen(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) listen() (err error) {
	if s.http, err = s.open(s.options.HTTPListener, s.options.HTTPAddress, nil); err != nil {
		return fmt.Errorf("listening for HTTP: %w", err)
	}
	if s.https, err = s.open(s.options.HTTPSListener, s.options.HTTPSAddress, s.tlsConfig); err != nil {
		return fmt.Errorf("listening for HTTPS: %w", err)
	}
	return nil
}

// open serves at the listener that is open already, or one at the address, and
// on the same port of IPv6's loopback, where that is to be had. With neither it
// does nothing.
func (s *Server) open(listener net.Listener, address string, config func() *tls.Config) (_ net.Listener, err error) {
	if listener == nil && address == "" {
		return nil, nil //nolint:nilnil // not wanted
	}
	if listener == nil {
		if listener, err = net.Listen("tcp", address); err != nil {
			return nil, err //nolint:wrapcheck // it names the address
		}
	}
	listeners := []net.Listener{listener}
	_, port, _ := net.SplitHostPort(listener.Addr().String()) // it is listened on
	if sixth, err := net.Listen("tcp", net.JoinHostPort(netip.IPv6Loopback().String(), port)); err == nil {
		s.sixth, listeners = append(s.sixth, sixth), append(listeners, sixth)
	}
	for _, l := range listeners {
		var c *tls.Config
		if config != nil {
			c = config()
		}
		if err := s.serve(l, c); err != nil {
			return listener, err
		}
	}
	return listener, nil
}

func (s *Server) serve(l net.Listener, config *tls.Config) error {
	server := &http.Server{
		Handler: s, TLSConfig: config, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout,
		ErrorLog: discard(),
	}
	if config != nil {
		if err := serveHTTP2(server); err != nil {
			return fmt.Errorf("preparing HTTP/2: %w", err)
		}
	}
	s.servers = append(s.servers, server)
	s.running.Go(func() {
		if config == nil {
			_ = server.Serve(l) // always ends with ErrServerClosed
			return
		}
		_ = server.ServeTLS(l, "", "") // as above
	})
	return nil
}

// HTTPSAddress is where HTTPS is served, "" if it is not.
func (s *Server) HTTPSAddress() string { return address(s.https) }

// HTTPAddress is where HTTP is served, "" if it is not.
func (s *Server) HTTPAddress() string { return address(s.http) }

// IPv6 is the other address at which both are served, with the same ports;
// invalid if there is none.
func (s *Server) IPv6() netip.Addr {
	wanted := 0
	for _, l := range []net.Listener{s.http, s.https} {
		if l != nil {
			wanted++
		}
	}
	if len(s.sixth) < wanted {
		return netip.Addr{}
	}
	return netip.IPv6Loopback()
}

func address(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}

// Close ends the listeners, gives requests under way a moment, and forgets the cache.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	var failed error
	for _, server := range s.servers {
		if server.Shutdown(ctx) != nil {
			failed = errors.Join(failed, server.Close())
		}
	}
	s.stop()
	s.running.Wait()
	return failed
}

// find is the distribution that answers for a host.
func (s *Server) find(host string) (cloudfront.View, bool) {
	s.options.Lock.Lock()
	defer s.options.Lock.Unlock()
	return s.options.Distributions.ForHost(host)
}

// hostname is a Host header without its port, as names are compared.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}
