package dnsserver

import (
	"net/netip"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"imagecdn/localaws/route53"
)

// noZones is a Route 53 without zones.
type noZones struct{}

func (noZones) Answer(string, uint16) route53.Answer { return route53.Answer{} }

func FuzzEveryMessageIsAnswered(f *testing.F) {
	for _, question := range []*dns.Msg{
		new(dns.Msg).SetQuestion("d1.cloudfront.net.", dns.TypeHTTPS), new(dns.Msg).SetQuestion(`a\.b.example.com.`, dns.TypeANY).SetEdns0(4096, true),
		new(dns.Msg).SetNotify("example.com."),
	} {
		wire, err := question.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	r := responder{Options{
		Lock: &sync.Mutex{}, Zones: noZones{}, EdgeIPv4: netip.MustParseAddr("127.0.0.1"),
		CloudFront: func(domain string) (Distribution, bool) {
			return Distribution{Enabled: true, Protocols: []string{"h2"}}, domain == "d1.cloudfront.net"
		},
	}}
	f.Fuzz(func(t *testing.T, wire []byte) {
		question := new(dns.Msg)
		if question.Unpack(wire) != nil {
			return // answered by the library
		}
		reply := r.reply(question)
		if _, err := reply.Pack(); err != nil {
			t.Errorf("the reply to %v cannot be sent: %v", question, err)
		}
		if reply.Id != question.Id {
			t.Errorf("another's answer")
		}
	})
}
