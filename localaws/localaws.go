// Package localaws is a small AWS that runs on this machine, for proving the
// stack without an account: the services the stack calls, with the rules that
// break real deployments, a CloudFront edge, a DNS server and a certificate
// authority. It listens on loopback only and knows nothing of the product.
package localaws

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"imagecdn/localaws/acm"
	"imagecdn/localaws/api"
	"imagecdn/localaws/ca"
	"imagecdn/localaws/cloudfront"
	"imagecdn/localaws/dnsserver"
	"imagecdn/localaws/edge"
	"imagecdn/localaws/iam"
	"imagecdn/localaws/kms"
	"imagecdn/localaws/logs"
	"imagecdn/localaws/monitoring"
	"imagecdn/localaws/route53"
	"imagecdn/localaws/s3"
	"imagecdn/localaws/sns"
	"imagecdn/localaws/sts"
	"imagecdn/localaws/wafv2"
)

// Where it listens unless told otherwise.
const (
	// DefaultAPIAddress is the customary one of AWS emulators.
	DefaultAPIAddress = "127.0.0.1:4566"
	// DefaultHTTPSAddress and DefaultHTTPAddress are the edge.
	DefaultHTTPSAddress = "127.0.0.1:8443"
	DefaultHTTPAddress  = "127.0.0.1:8080"
	// DefaultDNSAddress is the DNS server, UDP and TCP.
	DefaultDNSAddress = "127.0.0.1:5353"
)

// edgeCertificateLife is how long the certificate for *.cloudfront.net lasts.
const edgeCertificateLife = 365 * 24 * time.Hour

// Options are what a Server is started with.
type Options struct {
	// APIAddress, HTTPSAddress, HTTPAddress and DNSAddress are where it listens;
	// "" is the default or else the next port that is free, port 0 any free port.
	// Loopback only.
	APIAddress, HTTPSAddress, HTTPAddress, DNSAddress string
	// StateDir keeps the state over restarts; "" keeps it in memory.
	StateDir string
	// Delays are how long things take; the zero value is no time at all.
	Delays api.Delays
	// Limits are quotas and request rates; the zero value is AWS's quotas, and
	// no rates.
	Limits api.Limits
	// ViewerCountry is the country that the edge takes all its viewers to be in, as
	// "DE"; "" is none that it knows.
	ViewerCountry string
	// Log receives what goes wrong on the server's side; nil discards it.
	Log *slog.Logger
}

// Server is a running embedded AWS.
type Server struct {
	front     *api.Front
	authority *ca.Authority
	api       *http.Server
	gate      *api.Gate
	clock     sync.WaitGroup
	lock      *os.File
	address   string
	edge      *edge.Server
	dns       *dnsserver.Server
	stop      context.CancelFunc
	delays    *api.Delays
	limits    *api.Limits
}

// services are the services of one server, which ask each other what AWS's do.
type services struct {
	acm        *acm.Service
	route53    *route53.Service
	s3         *s3.Service
	cloudfront *cloudfront.Service
	wafv2      *wafv2.Service
	sts        *sts.Service
	iam        *iam.Service
	logs       *logs.Service
	monitoring *monitoring.Service
	sns        *sns.Service
	kms        *kms.Service
}

// Start restores the state and serves until Close.
func Start(o Options) (*Server, error) {
	if err := checkLoopback(o.APIAddress, o.HTTPSAddress, o.HTTPAddress, o.DNSAddress); err != nil {
		return nil, err
	}
	if o.StateDir != "" {
		absolute, err := filepath.Abs(o.StateDir)
		if err != nil {
			return nil, fmt.Errorf("finding the state directory: %w", err)
		}
		o.StateDir = absolute
	}
	lock, err := lockState(o.StateDir)
	if err != nil {
		return nil, err
	}
	s := &Server{lock: lock, stop: func() {}}
	if err := s.start(o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// start restores the state and listens. What it opened before it failed is for
// Close to close.
func (s *Server) start(o Options) (err error) {
	s.authority, err = ca.Open(subdirectory(o.StateDir, "ca"))
	if err != nil {
		return fmt.Errorf("opening the certificate authority: %w", err)
	}
	environment := api.Environment{Now: time.Now, Delays: &o.Delays, Limits: &o.Limits}
	all := newServices(environment, s.authority, subdirectory(o.StateDir, "objects"))
	s.delays, s.limits = environment.Delays, environment.Limits
	s.front, err = api.NewFront(api.FrontOptions{
		Services:    all.list(),
		Environment: environment, StateDir: o.StateDir, Log: o.Log,
	})
	if err != nil {
		return err
	}
	return s.listen(o, all)
}

// checkLoopback keeps a server without passwords off the network.
func checkLoopback(addresses ...string) error {
	for _, address := range addresses {
		if address == "" {
			continue
		}
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return fmt.Errorf("address %q: %w", address, err)
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("address %q is not on loopback: the embedded AWS accepts any credentials, so it stays on this machine", address)
		}
	}
	return nil
}

func subdirectory(dir, name string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, name)
}

// list are all of them.
func (s *services) list() []api.Service {
	return []api.Service{s.acm, s.route53, s.s3, s.cloudfront, s.wafv2, s.sts, s.iam, s.logs, s.monitoring, s.sns, s.kms}
}

// newServices makes the services and lets each ask the others what it must know.
func newServices(environment api.Environment, authority *ca.Authority, objects string) *services {
	all := &services{iam: iam.New(environment)}
	all.sts = sts.New(environment, sts.Options{User: all.iam.User, Assume: all.iam.Assume})
	all.kms = kms.New(environment, kms.Options{Decide: all.iam.Decide, PrincipalID: all.iam.PrincipalID})
	all.s3 = s3.New(environment, s3.Options{
		Dir: objects, Decide: all.iam.Decide, PrincipalID: all.iam.PrincipalID, Keys: all.kms,
		Identities: func() map[string]string { return all.cloudfront.AccessIdentities() },
	})
	all.route53 = route53.New(environment, route53.Options{
		AliasTarget: func(domain string) bool { return all.cloudfront.DistributionDomainExists(domain) },
	})
	all.acm = acm.New(environment, acm.Options{
		Resolve: all.route53.ResolveCNAME, CAA: all.route53.CAA, Issuer: authority,
		InUseBy: func(arn string) []string { return all.cloudfront.CertificateUsers(arn) },
	})
	all.wafv2 = wafv2.New(environment, wafv2.Options{
		InUse: func(arn string) bool { return all.cloudfront.WebACLInUse(arn) },
	})
	all.cloudfront = cloudfront.New(environment, cloudfront.Options{
		Certificate: func(arn string) (cloudfront.Certificate, bool) {
			c, issued := all.acm.Issued(arn, "us-east-1")
			return cloudfront.Certificate{Names: c.Names, KeyAlgorithm: c.KeyAlgorithm}, issued
		},
		WebACLExists: all.wafv2.ForCloudFront, LogBucket: all.s3.TakesACLs,
		PointsAt: all.route53.PointsAt, Texts: all.route53.Texts,
	})
	all.sns = sns.New()
	all.monitoring = monitoring.New(environment, monitoring.Options{
		Monitored: all.cloudfront.Monitored,
		Expires:   func(arn string) (time.Time, bool) { return all.acm.Expires(arn, "us-east-1") },
		Notify:    all.sns.Notify,
	})
	all.logs = logs.New(environment, logs.Options{
		Distribution: all.cloudfront.DistributionExists,
		Admit:        func(c api.Caller, o logs.Object) error { return all.s3.AdmitLogs(c, s3.LogObject(o)) },
		Deliver:      func(o logs.Object) error { return all.s3.DeliverLog(s3.LogObject(o)) },
	})
	return all
}

// listen opens the API, the edge and the DNS server.
func (s *Server) listen(o Options, all *services) error {
	listener, err := nearby(o.APIAddress, DefaultAPIAddress, listenTCP)
	if err != nil {
		return fmt.Errorf("listening for the API: %w", err)
	}
	s.address = listener.Addr().String()
	s.gate = api.NewGate(s.front)
	s.api = &http.Server{Handler: s.gate, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.api.Serve(listener) }() // ends with Close
	running, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.clock.Go(func() { s.front.Run(running) })
	if err := s.startEdge(o, all); err != nil {
		return err
	}
	if s.dns, err = nearby(o.DNSAddress, DefaultDNSAddress, func(address string) (*dnsserver.Server, error) {
		return dnsserver.Start(dnsserver.Options{
			Address: address, Lock: s.front, Zones: all.route53, EdgeIPv6: s.edge.IPv6(),
			CloudFront: func(domain string) (dnsserver.Distribution, bool) { return namedInDNS(all.cloudfront, domain) },
		})
	}); err != nil {
		return fmt.Errorf("listening for DNS: %w", err)
	}
	return nil
}

func (s *Server) startEdge(o Options, all *services) error {
	fallback, err := s.edgeCertificate()
	if err != nil {
		return err
	}
	https, err := nearby(o.HTTPSAddress, DefaultHTTPSAddress, listenTCP)
	if err != nil {
		return fmt.Errorf("listening for HTTPS at the edge: %w", err)
	}
	http, err := nearby(o.HTTPAddress, DefaultHTTPAddress, listenTCP)
	if err != nil {
		return errors.Join(fmt.Errorf("listening for HTTP at the edge: %w", err), https.Close())
	}
	if s.edge, err = edge.Start(edge.Options{
		HTTPSListener: https, HTTPListener: http, Lock: s.front, Now: time.Now,
		Distributions: all.cloudfront, Default: fallback, Origin: origin{front: s.front, buckets: all.s3},
		Certificates: func(arn string) (tls.Certificate, bool) { return viewerCertificate(all.acm, arn) },
		Country:      o.ViewerCountry,
		Record: func(r edge.Record) {
			all.logs.Record(r)
			all.monitoring.Record(r)
		},
	}); err != nil {
		return fmt.Errorf("starting the edge: %w", err)
	}
	return nil
}

// namedInDNS is what DNS says of a distribution.
func namedInDNS(service *cloudfront.Service, domain string) (dnsserver.Distribution, bool) {
	reach, exists := service.ReachOf(domain)
	d := dnsserver.Distribution{Enabled: reach.Enabled, IPv6: reach.IPv6}
	if reach.HTTP2 {
		d.Protocols = append(d.Protocols, "h2")
	}
	if reach.HTTP3 {
		d.Protocols = append(d.Protocols, "h3")
	}
	return d, exists
}

// edgeCertificate is CloudFront's own, for the distributions' own names.
func (s *Server) edgeCertificate() (tls.Certificate, error) {
	now := time.Now()
	certificate, chain, key, err := s.authority.Issue([]string{"*.cloudfront.net"}, "EC_prime256v1", now, now.Add(edgeCertificateLife))
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issuing the certificate for *.cloudfront.net: %w", err)
	}
	return tls.X509KeyPair(slices.Concat(certificate, chain), key)
}

func viewerCertificate(service *acm.Service, arn string) (tls.Certificate, bool) {
	issued, ok := service.Issued(arn, "us-east-1")
	if !ok {
		return tls.Certificate{}, false
	}
	pair, err := tls.X509KeyPair(slices.Concat(issued.CertificatePEM, issued.ChainPEM), issued.KeyPEM)
	return pair, err == nil
}

// APIURL is where AWS clients are pointed at.
func (s *Server) APIURL() string { return "http://" + s.address }

// HTTPSAddr is the edge's address for HTTPS.
func (s *Server) HTTPSAddr() string { return s.edge.HTTPSAddress() }

// HTTPAddr is the edge's address for HTTP.
func (s *Server) HTTPAddr() string { return s.edge.HTTPAddress() }

// DNSAddr is the DNS server's address, UDP and TCP.
func (s *Server) DNSAddr() string { return s.dns.Addr() }

// RootCAFile is the file of the root certificate that viewers are to trust; ""
// when state is kept in memory, see RootCA.
func (s *Server) RootCAFile() string { return s.authority.RootFile() }

// RootCA is the root certificate as PEM.
func (s *Server) RootCA() []byte { return s.authority.RootPEM() }

// Front is the API's front, with the journal.
func (s *Server) Front() *api.Front { return s.front }

// Delays are the delays in force; change them with the front locked.
func (s *Server) Delays() *api.Delays { return s.delays }

// Limits are the quotas and rates in force; change them with the front locked.
func (s *Server) Limits() *api.Limits { return s.limits }

// How long Close waits: for calls to be answered, and for those whose connection
// it then takes away to notice.
const (
	patience  = 2 * time.Second
	lastWords = 10 * time.Second
)

// sendOff waits until the answers of the calls that were answered are sent:
// net/http sends the end of one after its handler has returned.
func (s *Server) sendOff() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = s.api.Shutdown(ctx) // what it did not wait for is closed next
}

// Close stops the clock, waits for the calls that are being answered, and stops
// listening. When it returns nothing of the server runs any more, and its state
// directory is free for another one. The state is saved with each call, so
// nothing is lost.
func (s *Server) Close() error {
	s.stop()
	s.clock.Wait()
	var errs []error
	if s.api != nil {
		s.gate.Close()
		answered := s.gate.Wait(patience)
		if answered {
			s.sendOff()
		}
		errs = append(errs, s.api.Close())
		if !answered && !s.gate.Wait(lastWords) {
			errs = append(errs, errors.New("a call did not end"))
		}
	}
	if s.edge != nil {
		errs = append(errs, s.edge.Close())
	}
	if s.dns != nil {
		errs = append(errs, s.dns.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}
