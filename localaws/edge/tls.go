package edge

import (
	"crypto/tls"
	"strings"
)

// tlsConfig chooses certificate, protocol version and HTTP/2 by the name the
// viewer asks for (SNI).
func (s *Server) tlsConfig() *tls.Config {
	fallback := s.configFor("")
	fallback.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		return s.configFor(hostname(hello.ServerName)), nil
	}
	return fallback
}

// configFor is the configuration for a name. CloudFront's own names, and those
// of no distribution, are answered with CloudFront's certificate.
func (s *Server) configFor(host string) *tls.Config {
	config := &tls.Config{
		Certificates: []tls.Certificate{s.options.Default},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}
	view, ok := s.find(host)
	if !ok {
		return config
	}
	if !view.HTTP2 {
		config.NextProtos = []string{"http/1.1"}
	}
	if view.CertificateARN == "" || strings.HasSuffix(host, ".cloudfront.net") {
		return config
	}
	s.options.Lock.Lock()
	certificate, issued := s.options.Certificates(view.CertificateARN)
	s.options.Lock.Unlock()
	if issued {
		config.Certificates = []tls.Certificate{certificate}
	}
	config.MinVersion, config.CipherSuites = minimumVersion(view.MinimumProtocol), ciphers(view.MinimumProtocol)
	return config
}

// minimumVersion is the TLS version of a security policy such as TLSv1.2_2021.
func minimumVersion(policy string) uint16 {
	version, _, _ := strings.Cut(policy, "_")
	switch version {
	case "TLSv1.3":
		return tls.VersionTLS13
	case "TLSv1.2":
		return tls.VersionTLS12
	case "TLSv1.1":
		return tls.VersionTLS11
	}
	return tls.VersionTLS10
}
