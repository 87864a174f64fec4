// Package dnsserver is public DNS as far as the embedded AWS is concerned: it
// answers for the public hosted zones of Route 53 and for the domain names of
// CloudFront distributions, and refuses every other name.
package dnsserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"

	"imagecdn/localaws/internal/netport"
	"imagecdn/localaws/route53"
)

// Zones is what the server asks about names; route53.Service is one.
type Zones interface {
	// Answer says what the public hosted zones have for a name and a type.
	Answer(name string, qtype uint16) route53.Answer
}

// Options are what a Server is made of.
type Options struct {
	// Address is where to listen, UDP and TCP alike, such as 127.0.0.1:5353.
	// Port 0 picks a port that is free for both.
	Address string
	// Lock is held while Zones and CloudFront are asked.
	Lock sync.Locker
	// Zones are the hosted zones.
	Zones Zones
	// CloudFront returns the distribution that has a domain name (lower case, no
	// final dot). Nil means that there are none.
	CloudFront func(domain string) (d Distribution, exists bool)
	// EdgeIPv4 is the address of the edge; by default loopback. EdgeIPv6 is the
	// other one; without it nothing is said about IPv6.
	EdgeIPv4, EdgeIPv6 netip.Addr
}

// Distribution is what DNS says of a distribution.
type Distribution struct {
	// Enabled says whether it has any addresses, IPv6 whether one of IPv6 too.
	Enabled, IPv6 bool
	// Protocols are those of its HTTPS record (RFC 9460); none means no record.
	Protocols []string
}

// Server is a running DNS server.
type Server struct {
	responder responder
	udp, tcp  *dns.Server
}

// portAttempts is how often a free port is looked for: the one the kernel picks
// for TCP may be taken for UDP.
const portAttempts = 10

// shutdownTime bounds how long Close waits for questions that are being answered.
const shutdownTime = 2 * time.Second

// Start listens and answers until Close.
func Start(o Options) (*Server, error) {
	if !o.EdgeIPv4.IsValid() {
		o.EdgeIPv4 = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	if o.CloudFront == nil {
		o.CloudFront = func(string) (Distribution, bool) { return Distribution{}, false }
	}
	listener, conn, err := listen(o.Address)
	if err != nil {
		return nil, err
	}
	s := &Server{responder: responder{o}}
	handler := dns.HandlerFunc(s.handle)
	s.tcp = &dns.Server{Listener: listener, Handler: handler}
	s.udp = &dns.Server{PacketConn: conn, Handler: handler}
	s.serve()
	return s, nil
}

// serve runs both servers, and returns when they have begun.
func (s *Server) serve() {
	var begun sync.WaitGroup
	for _, server := range []*dns.Server{s.tcp, s.udp} {
		begun.Add(1)
		server.NotifyStartedFunc = begun.Done
		go func() { _ = server.ActivateAndServe() }() // it ends with Close; its sockets are open already
	}
	begun.Wait()
}

// listen opens the same port for TCP and UDP.
func listen(address string) (net.Listener, net.PacketConn, error) {
	config, sharing := net.ListenConfig{}, net.ListenConfig{Control: reuseAddress}
	ctx := context.Background()
	for attempt := 1; ; attempt++ {
		listener, err := config.Listen(ctx, "tcp", address)
		if err != nil {
			return nil, nil, fmt.Errorf("listening for DNS over TCP on %s: %w", address, err)
		}
		conn, err := sharing.ListenPacket(ctx, "udp", listener.Addr().String())
		if err == nil {
			return listener, conn, nil
		}
		_ = listener.Close()
		if !netport.Taken(err) || attempt == portAttempts {
			return nil, nil, fmt.Errorf("listening for DNS over UDP on %s: %w", listener.Addr(), err)
		}
	}
}

// Addr is the address the server listens on, the same for UDP and TCP.
func (s *Server) Addr() string { return s.tcp.Listener.Addr().String() }

// Close stops the server.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	if err := errors.Join(s.udp.ShutdownContext(ctx), s.tcp.ShutdownContext(ctx)); err != nil {
		return fmt.Errorf("closing the DNS server: %w", err)
	}
	return nil
}

// handle answers one message.
func (s *Server) handle(w dns.ResponseWriter, question *dns.Msg) {
	reply := s.safely(question)
	size := dns.MaxMsgSize
	if w.RemoteAddr().Network() == "udp" {
		size = dns.MinMsgSize
		if opt := question.IsEdns0(); opt != nil {
			size = max(size, int(opt.UDPSize()))
		}
	}
	reply.Truncate(size)
	_ = w.WriteMsg(reply) // whoever asked is gone
}

// safely answers even a question that should never have been possible: one
// question must not end the server.
func (s *Server) safely(question *dns.Msg) (reply *dns.Msg) {
	defer func() {
		if recover() != nil {
			reply = new(dns.Msg).SetRcode(question, dns.RcodeServerFailure)
		}
	}()
	return s.responder.reply(question)
}
