package fakecdn

import (
	"net"
	"testing"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/require"
)

// startDNS serves UDP and TCP on one port.
func (w *World) startDNS(t *testing.T) (address string) {
	t.Helper()
	listener, packets := listenBoth(t)
	for _, server := range []*dns.Server{
		{Listener: listener, Handler: dns.HandlerFunc(w.answer)},
		{PacketConn: packets, Handler: w.overUDP()},
	} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		done := make(chan error, 1)
		go func() { done <- server.ActivateAndServe() }()
		<-started
		t.Cleanup(func() {
			require.NoError(t, server.Shutdown())
			require.NoError(t, <-done)
		})
	}
	return listener.Addr().String()
}

// listenBoth finds a port that is free for TCP and UDP.
func listenBoth(t *testing.T) (net.Listener, net.PacketConn) {
	t.Helper()
	var config net.ListenConfig
	for range 20 {
		listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		packets, err := config.ListenPacket(t.Context(), "udp", listener.Addr().String())
		if err == nil {
			return listener, packets
		}
		require.NoError(t, listener.Close())
	}
	require.Fail(t, "no port is free for both TCP and UDP")
	return nil, nil
}

func (w *World) overUDP() dns.HandlerFunc {
	if !w.Truncates {
		return w.answer
	}
	return func(out dns.ResponseWriter, question *dns.Msg) {
		reply := new(dns.Msg).SetReply(question)
		reply.Truncated = true
		_ = out.WriteMsg(reply) // the client may be gone
	}
}

func (w *World) answer(out dns.ResponseWriter, question *dns.Msg) {
	reply := new(dns.Msg).SetReply(question)
	asked := question.Question[0]
	for _, text := range w.Records[asked.Name+" "+dns.TypeToString[asked.Qtype]] {
		reply.Answer = append(reply.Answer, record(asked.Name+" 60 IN "+text))
	}
	if len(reply.Answer) == 0 {
		reply.Rcode = w.Rcode
		reply.Ns = []dns.RR{record("example.com. 900 IN SOA ns.example.com. root.example.com. 1 7200 900 1209600 86400")}
	}
	_ = out.WriteMsg(reply) // the client may be gone
}

// record parses a record; it panics on a mistake of the test.
func record(text string) dns.RR {
	parsed, err := dns.NewRR(text)
	if err != nil {
		panic(err)
	}
	return parsed
}
