package dnsserver

import (
	"strings"

	"github.com/miekg/dns"
)

const (
	// maxChain bounds a chain of CNAMEs.
	maxChain = 8
	// edgeTTL is the time to live of CloudFront's own records, in seconds.
	edgeTTL = 60
	// ednsSize is the UDP payload size the server announces.
	ednsSize = 1232
	// cloudFrontDomain is the parent of the domain names of all distributions.
	cloudFrontDomain = "cloudfront.net"
)

// responder works out replies.
type responder struct{ Options }

// reply answers a message of one question.
func (r responder) reply(question *dns.Msg) *dns.Msg {
	reply := new(dns.Msg)
	reply.SetReply(question)
	reply.RecursionAvailable = false
	opt := question.IsEdns0()
	if opt != nil {
		reply.SetEdns0(ednsSize, false)
	}
	switch {
	case opt != nil && opt.Version() != 0:
		reply.Rcode = dns.RcodeBadVers // RFC 6891, 6.1.3
	case question.Opcode != dns.OpcodeQuery:
		reply.Rcode = dns.RcodeNotImplemented
	case len(question.Question) != 1:
		reply.Rcode = dns.RcodeFormatError
	case question.Question[0].Qclass != dns.ClassINET:
		reply.Rcode = dns.RcodeRefused
	default:
		r.Lock.Lock()
		defer r.Lock.Unlock()
		r.resolve(reply, question.Question[0].Name, question.Question[0].Qtype)
	}
	return reply
}

// resolve follows a name through CNAMEs as far as the zones served here reach.
func (r responder) resolve(reply *dns.Msg, name string, qtype uint16) {
	for step := range maxChain {
		found, next := r.step(reply, name, qtype)
		if !found && step == 0 {
			reply.Rcode = dns.RcodeRefused
		}
		if next == "" {
			return
		}
		name = next
	}
}

// step adds what is known about one name. A CNAME that is not the answer itself
// gives the next name.
func (r responder) step(reply *dns.Msg, name string, qtype uint16) (found bool, next string) {
	if domain := plain(name); domain == cloudFrontDomain || strings.HasSuffix(domain, "."+cloudFrontDomain) {
		r.cloudFront(reply, name, domain, qtype)
		return true, ""
	}
	a := r.Zones.Answer(name, qtype)
	if !a.Found {
		return false, ""
	}
	if len(a.Delegation) > 0 {
		reply.Ns = append(reply.Ns, a.Delegation...)
		reply.Extra = append(reply.Extra, a.Glue...)
		return true, ""
	}
	reply.Authoritative = true
	records := a.Records
	if a.Alias != "" {
		if d, exists := r.CloudFront(plain(a.Alias)); exists {
			records = r.edge(d, name, qtype)
		}
	}
	reply.Answer = append(reply.Answer, records...)
	if len(records) == 0 {
		nothing(reply, a.Exists, a.SOA)
		return true, ""
	}
	if cname, ok := records[0].(*dns.CNAME); ok && qtype != dns.TypeCNAME {
		next = cname.Target
	}
	return true, next
}

// cloudFront answers for the names of CloudFront itself.
func (r responder) cloudFront(reply *dns.Msg, name, domain string, qtype uint16) {
	reply.Authoritative = true
	d, exists := r.CloudFront(domain)
	records := r.edge(d, name, qtype)
	if len(records) == 0 {
		nothing(reply, exists || domain == cloudFrontDomain, cloudFrontSOA())
		return
	}
	reply.Answer = append(reply.Answer, records...)
}

// edge are the records of a distribution, under the name that was asked for:
// those that its settings call for ("Enable IPv6 for CloudFront distributions",
// "Supported HTTP versions"), and none while it is disabled.
func (r responder) edge(d Distribution, name string, qtype uint16) []dns.RR {
	header := dns.RR_Header{Name: name, Rrtype: qtype, Class: dns.ClassINET, Ttl: edgeTTL}
	switch {
	case !d.Enabled:
	case qtype == dns.TypeA:
		return []dns.RR{&dns.A{Hdr: header, A: r.EdgeIPv4.AsSlice()}}
	case qtype == dns.TypeAAAA && d.IPv6 && r.EdgeIPv6.IsValid():
		return []dns.RR{&dns.AAAA{Hdr: header, AAAA: r.EdgeIPv6.AsSlice()}}
	case qtype == dns.TypeHTTPS && len(d.Protocols) > 0:
		alpn := &dns.SVCBAlpn{Alpn: d.Protocols}
		return []dns.RR{&dns.HTTPS{SVCB: dns.SVCB{Hdr: header, Priority: 1, Target: ".", Value: []dns.SVCBKeyValue{alpn}}}}
	}
	return nil
}

// nothing says that there is no such name, or no such type of it. How long that
// may be remembered is in the SOA record (RFC 2308).
func nothing(reply *dns.Msg, exists bool, soa dns.RR) {
	if !exists {
		reply.Rcode = dns.RcodeNameError
	}
	if soa != nil {
		reply.Ns = append(reply.Ns, soa)
	}
}

func cloudFrontSOA() dns.RR {
	return &dns.SOA{
		Hdr: dns.RR_Header{Name: cloudFrontDomain + ".", Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: edgeTTL},
		Ns:  "ns-418.awsdns-52.com.", Mbox: "awsdns-hostmaster.amazon.com.",
		Serial: 1, Refresh: 7200, Retry: 900, Expire: 1209600, Minttl: edgeTTL,
	}
}

// plain is a name in lower case without its final dot.
func plain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
