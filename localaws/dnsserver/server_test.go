package dnsserver_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/dnsserver"
	"imagecdn/localaws/route53"
)

const distribution = "d111111abcdef8.cloudfront.net"

// distributions differ in what DNS says of them.
var distributions = map[string]dnsserver.Distribution{
	distribution:            {Enabled: true, IPv6: true, Protocols: []string{"h2", "h3"}},
	"dplain.cloudfront.net": {Enabled: true},
	"dhttp2.cloudfront.net": {Enabled: true, Protocols: []string{"h2"}},
	"doff.cloudfront.net":   {IPv6: true, Protocols: []string{"h2"}},
}

// zones are answers by question, in the words of the test.
type zones map[string]route53.Answer

func (z zones) Answer(name string, qtype uint16) route53.Answer {
	if a, found := z[strings.ToLower(name)+" "+dns.TypeToString[qtype]]; found {
		a.Found, a.SOA = true, record("example.com. 900 IN SOA ns. mail. 1 2 3 4 5")
		return a
	}
	if dns.IsSubDomain("example.com.", name) {
		return route53.Answer{Found: true, SOA: record("example.com. 900 IN SOA ns. mail. 1 2 3 4 5")}
	}
	return route53.Answer{}
}

func record(line string) dns.RR {
	rr, err := dns.NewRR(line)
	if err != nil {
		panic(err)
	}
	return rr
}

func have(lines ...string) route53.Answer {
	a := route53.Answer{Exists: true}
	for _, line := range lines {
		a.Records = append(a.Records, record(line))
	}
	return a
}

// start runs a server for the length of a test.
func start(t *testing.T, o dnsserver.Options) *dnsserver.Server {
	t.Helper()
	o.Address, o.Lock = "127.0.0.1:0", &sync.Mutex{}
	o.CloudFront = func(domain string) (dnsserver.Distribution, bool) {
		d, exists := distributions[domain]
		return d, exists
	}
	o.EdgeIPv6 = cmp.Or(o.EdgeIPv6, netip.IPv6Loopback())
	server, err := dnsserver.Start(o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	return server
}

func ask(t *testing.T, network, address string, question *dns.Msg) *dns.Msg {
	t.Helper()
	client := dns.Client{Net: network, Timeout: 5 * time.Second}
	reply, _, err := client.ExchangeContext(t.Context(), question, address)
	require.NoError(t, err)
	return reply
}

func question(name string, qtype uint16) *dns.Msg { return new(dns.Msg).SetQuestion(name, qtype) }

func lines(rrs []dns.RR) (text []string) {
	for _, rr := range rrs {
		text = append(text, strings.ReplaceAll(rr.String(), "\t", " "))
	}
	return text
}

func TestRepliesAreTheSameOverUDPAndTCP(t *testing.T) {
	t.Parallel()
	server := start(t, dnsserver.Options{Zones: zones{
		"a.example.com. A":        have("a.example.com. 300 IN A 192.0.2.1"),
		"a.example.com. TXT":      {Exists: true},
		"c.example.com. A":        have("c.example.com. 300 IN CNAME a.example.com."),
		"c.example.com. CNAME":    have("c.example.com. 300 IN CNAME a.example.com."),
		"out.example.com. A":      have("out.example.com. 300 IN CNAME www.example.net."),
		"cf.example.com. A":       have("cf.example.com. 300 IN CNAME " + distribution + "."),
		"loop.example.com. A":     have("loop.example.com. 300 IN CNAME loop.example.com."),
		"dangling.example.com. A": have("dangling.example.com. 300 IN CNAME none.example.com."),
		"cdn.example.com. A":      {Exists: true, Alias: distribution},
		"cdn.example.com. AAAA":   {Exists: true, Alias: distribution},
		"cdn.example.com. HTTPS":  {Exists: true, Alias: distribution},
		"plain.example.com. AAAA": {Exists: true, Alias: "dplain.cloudfront.net"},
		"off.example.com. A":      {Exists: true, Alias: "doff.cloudfront.net"},
		"gone.example.com. A":     {Exists: true, Alias: "dgone.cloudfront.net"},
		"x.sub.example.com. A":    {Exists: true, Delegation: []dns.RR{record("sub.example.com. 300 IN NS ns.example.net.")}},
	}})
	cloudFrontSOA := []string{"cloudfront.net. 60 IN SOA ns-418.awsdns-52.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 60"}
	soa := []string{"example.com. 900 IN SOA ns. mail. 1 2 3 4 5"}
	cases := map[string]struct {
		name      string
		qtype     uint16
		rcode     int
		answer    []string
		authority []string
	}{
		"a record":            {"a.example.com.", dns.TypeA, 0, []string{"a.example.com. 300 IN A 192.0.2.1"}, nil},
		"another type":        {"a.example.com.", dns.TypeTXT, 0, nil, soa},
		"no such name":        {"none.example.com.", dns.TypeA, dns.RcodeNameError, nil, soa},
		"no zone of ours":     {"www.example.net.", dns.TypeA, dns.RcodeRefused, nil, nil},
		"a CNAME as such":     {"c.example.com.", dns.TypeCNAME, 0, []string{"c.example.com. 300 IN CNAME a.example.com."}, nil},
		"a CNAME is followed": {"c.example.com.", dns.TypeA, 0, []string{"c.example.com. 300 IN CNAME a.example.com.", "a.example.com. 300 IN A 192.0.2.1"}, nil},
		"a CNAME elsewhere":   {"out.example.com.", dns.TypeA, 0, []string{"out.example.com. 300 IN CNAME www.example.net."}, nil},
		"a CNAME to CloudFront": {"cf.example.com.", dns.TypeA, 0, []string{
			"cf.example.com. 300 IN CNAME " + distribution + ".", distribution + ". 60 IN A 127.0.0.1",
		}, nil},
		"a CNAME to nothing": {"dangling.example.com.", dns.TypeA, dns.RcodeNameError,
			[]string{"dangling.example.com. 300 IN CNAME none.example.com."}, soa},
		"an alias, IPv4":                     {"cdn.example.com.", dns.TypeA, 0, []string{"cdn.example.com. 60 IN A 127.0.0.1"}, nil},
		"an alias, IPv6":                     {"cdn.example.com.", dns.TypeAAAA, 0, []string{"cdn.example.com. 60 IN AAAA ::1"}, nil},
		"an alias, HTTPS":                    {"cdn.example.com.", dns.TypeHTTPS, 0, []string{`cdn.example.com. 60 IN HTTPS 1 . alpn="h2,h3"`}, nil},
		"an alias to a deleted distribution": {"gone.example.com.", dns.TypeA, 0, nil, soa},
		"a delegated zone":                   {"x.sub.example.com.", dns.TypeA, 0, nil, []string{"sub.example.com. 300 IN NS ns.example.net."}},
		"a distribution":                     {distribution + ".", dns.TypeA, 0, []string{distribution + ". 60 IN A 127.0.0.1"}, nil},
		"a distribution without IPv6":        {"dplain.cloudfront.net.", dns.TypeAAAA, 0, nil, cloudFrontSOA},
		"a distribution of HTTP/1.1":         {"dplain.cloudfront.net.", dns.TypeHTTPS, 0, nil, cloudFrontSOA},
		"a distribution of HTTP/2":           {"dhttp2.cloudfront.net.", dns.TypeHTTPS, 0, []string{`dhttp2.cloudfront.net. 60 IN HTTPS 1 . alpn="h2"`}, nil},
		"a disabled distribution":            {"doff.cloudfront.net.", dns.TypeA, 0, nil, cloudFrontSOA},
		"a disabled distribution, IPv6":      {"doff.cloudfront.net.", dns.TypeAAAA, 0, nil, cloudFrontSOA},
		"a disabled distribution, HTTPS":     {"doff.cloudfront.net.", dns.TypeHTTPS, 0, nil, cloudFrontSOA},
		"an alias to one without IPv6":       {"plain.example.com.", dns.TypeAAAA, 0, nil, soa},
		"an alias to one that is disabled":   {"off.example.com.", dns.TypeA, 0, nil, soa},
		"a distribution, TXT": {distribution + ".", dns.TypeTXT, 0, nil,
			[]string{"cloudfront.net. 60 IN SOA ns-418.awsdns-52.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 60"}},
		"no distribution": {"dnone.cloudfront.net.", dns.TypeA, dns.RcodeNameError, nil,
			[]string{"cloudfront.net. 60 IN SOA ns-418.awsdns-52.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 60"}},
	}
	for _, network := range []string{"udp", "tcp"} {
		for name, c := range cases {
			t.Run(network+" "+name, func(t *testing.T) {
				t.Parallel()
				reply := ask(t, network, server.Addr(), question(c.name, c.qtype))
				assert.Equal(t, dns.RcodeToString[c.rcode], dns.RcodeToString[reply.Rcode])
				assert.Equal(t, c.answer, lines(reply.Answer))
				assert.Equal(t, c.authority, lines(reply.Ns))
				assert.Equal(t, c.rcode != dns.RcodeRefused && name != "a delegated zone", reply.Authoritative)
				assert.False(t, reply.RecursionAvailable)
			})
		}
	}
	t.Run("a CNAME loop ends", func(t *testing.T) {
		t.Parallel()
		assert.Len(t, ask(t, "udp", server.Addr(), question("loop.example.com.", dns.TypeA)).Answer, 8)
	})
}

func TestQuestionsThatAreNotServedAreToldSo(t *testing.T) {
	t.Parallel()
	server := start(t, dnsserver.Options{Zones: zones{}})
	chaos := question("version.bind.", dns.TypeTXT)
	chaos.Question[0].Qclass = dns.ClassCHAOS
	assert.Equal(t, dns.RcodeRefused, ask(t, "udp", server.Addr(), chaos).Rcode)
	notify := question("example.com.", dns.TypeSOA)
	notify.Opcode = dns.OpcodeNotify
	assert.Equal(t, dns.RcodeNotImplemented, ask(t, "udp", server.Addr(), notify).Rcode)
}

func TestLongReplyIsCutForUDPAndWholeOverTCP(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprintf("a.example.com. 300 IN A 192.0.2.%d", i))
	}
	server := start(t, dnsserver.Options{Zones: zones{"a.example.com. A": have(many...)}})
	short := ask(t, "udp", server.Addr(), question("a.example.com.", dns.TypeA))
	assert.True(t, short.Truncated)
	assert.Len(t, ask(t, "tcp", server.Addr(), question("a.example.com.", dns.TypeA)).Answer, 100)
	larger := question("a.example.com.", dns.TypeA).SetEdns0(4096, false)
	reply := ask(t, "udp", server.Addr(), larger)
	assert.Len(t, reply.Answer, 100)
	assert.NotNil(t, reply.IsEdns0())
}

func TestEdgeAddressesCanBeChosen(t *testing.T) {
	t.Parallel()
	server := start(t, dnsserver.Options{
		Zones: zones{}, EdgeIPv4: netip.MustParseAddr("192.0.2.7"), EdgeIPv6: netip.MustParseAddr("2001:db8::7"),
	})
	assert.Equal(t, []string{distribution + ". 60 IN A 192.0.2.7"}, lines(ask(t, "udp", server.Addr(), question(distribution+".", dns.TypeA)).Answer))
	assert.Equal(t, []string{distribution + ". 60 IN AAAA 2001:db8::7"}, lines(ask(t, "udp", server.Addr(), question(distribution+".", dns.TypeAAAA)).Answer))
}

func TestAddressInUseIsAnError(t *testing.T) {
	t.Parallel()
	server := start(t, dnsserver.Options{Zones: zones{}})
	_, err := dnsserver.Start(dnsserver.Options{Address: server.Addr(), Lock: &sync.Mutex{}, Zones: zones{}})
	assert.ErrorContains(t, err, server.Addr())
}

func TestWithoutAnAddressOfIPv6NoneIsSaid(t *testing.T) {
	t.Parallel()
	server, err := dnsserver.Start(dnsserver.Options{
		Address: "127.0.0.1:0", Lock: &sync.Mutex{}, Zones: zones{},
		CloudFront: func(string) (dnsserver.Distribution, bool) { return distributions[distribution], true },
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	reply := ask(t, "udp", server.Addr(), question(distribution+".", dns.TypeAAAA))
	assert.Equal(t, dns.RcodeSuccess, reply.Rcode)
	assert.Empty(t, reply.Answer)
}

func TestAReferralCarriesTheAddressesItHas(t *testing.T) {
	t.Parallel()
	server := start(t, dnsserver.Options{Zones: zones{"x.sub.example.com. A": {
		Exists: true, Delegation: []dns.RR{record("sub.example.com. 300 IN NS ns.sub.example.com.")},
		Glue: []dns.RR{record("ns.sub.example.com. 300 IN A 192.0.2.53")},
	}}})
	for _, asked := range []*dns.Msg{question("x.sub.example.com.", dns.TypeA), question("x.sub.example.com.", dns.TypeA).SetEdns0(1232, false)} {
		reply := ask(t, "udp", server.Addr(), asked)
		require.NotEmpty(t, reply.Extra)
		assert.Contains(t, lines(reply.Extra), "ns.sub.example.com. 300 IN A 192.0.2.53")
	}
}

func TestAnotherVersionOfEDNSIsRefused(t *testing.T) {
	t.Parallel()
	server := start(t, dnsserver.Options{Zones: zones{"a.example.com. A": have("a.example.com. 300 IN A 192.0.2.1")}})
	asked := question("a.example.com.", dns.TypeA).SetEdns0(1232, false)
	asked.IsEdns0().SetVersion(1)
	reply := ask(t, "udp", server.Addr(), asked)
	assert.Equal(t, dns.RcodeBadVers, reply.Rcode)
	assert.Empty(t, reply.Answer)
	require.NotNil(t, reply.IsEdns0())
	assert.Zero(t, reply.IsEdns0().Version(), "the version that is spoken")
}

// faulty are zones that fail for one name.
type faulty struct{ zones }

func (f faulty) Answer(name string, qtype uint16) route53.Answer {
	if name == "bad.example.com." {
		panic("bad")
	}
	return f.zones.Answer(name, qtype)
}

func TestAQuestionThatFailsDoesNotEndTheServer(t *testing.T) {
	t.Parallel()
	server := start(t, dnsserver.Options{Zones: faulty{zones{"a.example.com. A": have("a.example.com. 300 IN A 192.0.2.1")}}})
	for range 2 {
		assert.Equal(t, dns.RcodeServerFailure, ask(t, "udp", server.Addr(), question("bad.example.com.", dns.TypeA)).Rcode)
		assert.Len(t, ask(t, "tcp", server.Addr(), question("a.example.com.", dns.TypeA)).Answer, 1)
	}
}
