package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/miekg/dns"
)

const (
	// dnsTimeout bounds one question to one server.
	dnsTimeout = 3 * time.Second
	// dnsPayload is the size of UDP answers that passes everywhere unfragmented (DNS Flag Day 2020).
	dnsPayload = 1232
	// systemResolvers is where this machine names its DNS servers.
	systemResolvers = "/etc/resolv.conf"
)

// errNoResolver says that there is no DNS server to ask.
var errNoResolver = errors.New("no DNS server is known")

// resolvers are the servers to ask, in order.
func (t Target) resolvers() ([]string, error) {
	if t.DNSServer != "" {
		return []string{t.DNSServer}, nil
	}
	return systemServers(systemResolvers)
}

// systemServers are those that a file in the form of resolv.conf names.
func systemServers(file string) ([]string, error) {
	config, err := dns.ClientConfigFromFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoResolver, err)
	}
	if len(config.Servers) == 0 {
		return nil, fmt.Errorf("%w: %s names none", errNoResolver, file)
	}
	servers := make([]string, len(config.Servers))
	for i, server := range config.Servers {
		servers[i] = net.JoinHostPort(server, config.Port)
	}
	return servers, nil
}

// ask puts one question to the servers, until one answers at all.
func (t Target) ask(ctx context.Context, name string, qtype uint16) (*dns.Msg, error) {
	servers, err := t.resolvers()
	if err != nil {
		return nil, err
	}
	question := new(dns.Msg)
	question.SetQuestion(dns.Fqdn(name), qtype)
	question.SetEdns0(dnsPayload, false)
	var failures []error
	for _, server := range servers {
		reply, err := exchange(ctx, question, server)
		if err == nil {
			return reply, nil
		}
		failures = append(failures, err)
	}
	return nil, fmt.Errorf("asking for %s %s: %w", name, dns.TypeToString[qtype], errors.Join(failures...))
}

// exchange asks over UDP, and over TCP when UDP is lost or too small.
func exchange(ctx context.Context, question *dns.Msg, server string) (*dns.Msg, error) {
	udp := dns.Client{Net: "udp", Timeout: dnsTimeout}
	reply, _, err := udp.ExchangeContext(ctx, question, server)
	if err == nil && !reply.Truncated {
		return reply, nil
	}
	tcp := dns.Client{Net: "tcp", Timeout: dnsTimeout}
	reply, _, tcpErr := tcp.ExchangeContext(ctx, question, server)
	if tcpErr != nil {
		return nil, errors.Join(err, tcpErr)
	}
	return reply, nil
}
