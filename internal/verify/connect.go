package verify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

const (
	// connectTimeout bounds a TCP connection and a TLS handshake, each.
	connectTimeout = 5 * time.Second
	// renewalOverdue is the remaining life below which ACM's renewal must have
	// failed: it begins long before (ACM User Guide, "Managed certificate renewal").
	renewalOverdue = 21 * 24 * time.Hour
	day            = 24 * time.Hour
)

// checkTLS finds the address that takes connections, which all later requests use.
func (s *session) checkTLS(ctx context.Context) finding {
	addresses := s.edgeAddresses()
	if len(addresses) == 0 {
		return skipped("there is no address to connect to: DNS A failed")
	}
	raw, err := connect(ctx, addresses)
	if err != nil {
		return failed(edgeUnreachable, oneLine(err))
	}
	defer func() { _ = raw.Close() }() // the checks are made; a failure to hang up changes none
	s.edge = raw.RemoteAddr().String()
	config := s.tlsConfig()
	config.ServerName = s.target.Domain
	connection := tls.Client(raw, config)
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := connection.HandshakeContext(ctx); err != nil {
		return s.handshakeFailure(ctx, err)
	}
	s.close()
	s.secure = newClient(s.edge, config)
	return certificateFinding(connection.ConnectionState())
}

// handshakeFailure tells a distribution that is not served at all, and so without its
// certificate, from one that lacks the domain.
func (s *session) handshakeFailure(ctx context.Context, err error) finding {
	p := handshakeProblem(err)
	s.disabled = p == nameNotCovered && s.refusedByOwnName(ctx)
	if s.disabled {
		p = distributionDisabled
	}
	return failed(p, oneLine(err))
}

// refusedByOwnName says whether the edge itself refuses the image under CloudFront's
// own name of the distribution, which needs no alias and no certificate.
func (s *session) refusedByOwnName(ctx context.Context) bool {
	if s.target.DistributionDomain == "" {
		return false
	}
	client := newClient(s.edge, s.tlsConfig())
	defer client.CloseIdleConnections()
	got, err := get(ctx, client, "https://"+s.target.DistributionDomain+s.target.Path, firstByte)
	return err == nil && statusProblem(got) == edgeForbids
}

func certificateFinding(state tls.ConnectionState) finding {
	leaf := state.PeerCertificates[0]
	left := time.Until(leaf.NotAfter)
	detail := fmt.Sprintf("%s, certificate of %s, %d days left",
		tls.VersionName(state.Version), orElse(leaf.Issuer.CommonName, leaf.Issuer.String()), left/day)
	if left < renewalOverdue {
		return noted(certificateOld, detail)
	}
	return ok(detail)
}

// edgeAddresses are the candidates for HTTPS, in order.
func (s *session) edgeAddresses() []string {
	host, port := splitAddress(s.target.HTTPSAddress, "443")
	if host != "" {
		return []string{net.JoinHostPort(host, port)}
	}
	addresses := make([]string, len(s.ipv4))
	for i, ip := range s.ipv4 {
		addresses[i] = net.JoinHostPort(ip, port)
	}
	return addresses
}

// splitAddress is an optional address' host, which may be "", and its port.
func splitAddress(address, defaultPort string) (host, port string) {
	if address == "" {
		return "", defaultPort
	}
	host, port, _ = net.SplitHostPort(address) // was checked with the target
	return host, port
}

// connect takes the first address that answers.
func connect(ctx context.Context, addresses []string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: connectTimeout}
	var failures []error
	for _, address := range addresses {
		connection, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return connection, nil
		}
		failures = append(failures, err)
	}
	return nil, errors.Join(failures...)
}

func (s *session) tlsConfig() *tls.Config {
	return &tls.Config{RootCAs: s.target.RootCAs, MinVersion: tls.VersionTLS12}
}

// handshakeProblem is the one place that knows the texts of package crypto/tls: what
// the other side says in an alert has no type of its own.
func handshakeProblem(err error) problem {
	var (
		name      x509.HostnameError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &name):
		return nameNotCovered
	case errors.As(err, &authority):
		return chainUntrusted
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return certificateExpired
	case errors.As(err, &invalid):
		return chainUntrusted
	case strings.Contains(err.Error(), "protocol version"):
		return protocolOld
	}
	return handshakeFailed
}

// checkIPv6 only reports: a machine without IPv6 says nothing about the CDN.
func (s *session) checkIPv6(ctx context.Context) finding {
	host, port := splitAddress(s.target.HTTPSAddress, "443")
	switch {
	case host != "":
		return skipped("connections go to " + s.target.HTTPSAddress + ", as told")
	case len(s.ipv6) == 0:
		return skipped("there is no address to connect to: DNS AAAA failed")
	}
	address := net.JoinHostPort(s.ipv6[0], port)
	if !hasRoute(ctx, address) {
		return skipped("this machine has no IPv6 connection")
	}
	connection, err := connect(ctx, []string{address})
	if err != nil {
		return noted(edgeNoIPv6, oneLine(err))
	}
	_ = connection.Close() // nothing was sent
	return ok("connected to " + address)
}

// hasRoute opens a UDP socket towards the address, which sends nothing but needs a route.
func hasRoute(ctx context.Context, address string) bool {
	connection, err := (&net.Dialer{}).DialContext(ctx, "udp6", address)
	if err != nil {
		return false
	}
	_ = connection.Close() // nothing was sent
	return true
}
