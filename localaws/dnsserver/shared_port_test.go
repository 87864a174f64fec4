//go:build unix

package dnsserver_test

import (
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/dnsserver"
)

// A desktop's multicast DNS holds port 5353 on every address.
func TestThePortMayBeSharedWithMulticastDNS(t *testing.T) {
	t.Parallel()
	sharing := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(socket uintptr) {
			_ = syscall.SetsockoptInt(int(socket), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
		})
	}}
	other, err := sharing.ListenPacket(t.Context(), "udp4", "0.0.0.0:0")
	require.NoError(t, err)
	defer func() { _ = other.Close() }()
	_, port, err := net.SplitHostPort(other.LocalAddr().String())
	require.NoError(t, err)
	server, err := dnsserver.Start(dnsserver.Options{
		Address: net.JoinHostPort("127.0.0.1", port), Lock: &sync.Mutex{}, Zones: zones{},
	})
	require.NoError(t, err)
	defer func() { _ = server.Close() }()
	question := new(dns.Msg).SetQuestion("example.com.", dns.TypeA)
	answer, _, err := (&dns.Client{Timeout: 5 * time.Second}).Exchange(question, server.Addr())
	require.NoError(t, err, "questions to our address come to us")
	assert.True(t, answer.Authoritative)
}
