package route53

import (
	"strings"

	"github.com/miekg/dns"
)

// Answer is what the public hosted zones say about a name and a type.
type Answer struct {
	// Found says whether a public zone holds the name. If not, the rest is empty.
	Found bool
	// Exists says whether the zone has the name, be it with other types only.
	Exists bool
	// Records are of the type asked for, or a CNAME instead.
	Records []dns.RR
	// Alias is the domain, without a final dot, of which the answer is to be
	// given as the name's own: an alias to something outside the zone.
	Alias string
	// Delegation are the NS records of the zone cut at or above the name, when
	// the name belongs to somebody else's zone.
	Delegation []dns.RR
	// Glue are the addresses the zone has for the name servers in Delegation,
	// without which those below the cut could not be found.
	Glue []dns.RR
	// SOA is the zone's.
	SOA dns.RR
}

// Answer looks a name up as public DNS sees it, in the public zone to which the
// delegations lead. The name is in DNS presentation form.
func (s *Service) Answer(name string, qtype uint16) Answer {
	s.settle(s.env.Now())
	canonical, err := fromDNS(name)
	if err != nil {
		return Answer{}
	}
	z := s.publicZone(canonical, dns.TypeToString[qtype])
	if z == nil {
		return Answer{}
	}
	q := query{zone: z, name: canonical, owner: dns.Fqdn(name), qtype: dns.TypeToString[qtype]}
	return q.answer()
}

// ResolveCNAME returns the target of the CNAME that public DNS has at a name.
func (s *Service) ResolveCNAME(name string) (target string, found bool) {
	for _, rr := range s.Answer(dns.Fqdn(name), dns.TypeCNAME).Records {
		if cname, ok := rr.(*dns.CNAME); ok {
			return cname.Target, true
		}
	}
	return "", false
}

// query is a question put to one zone.
type query struct {
	zone  *zone
	name  string // canonical
	owner string // the name as it was asked for, which the answers carry
	qtype string
}

func (q query) answer() Answer {
	a := Answer{Found: true, SOA: first(q.records(q.zone.Name, "SOA"))}
	if cut := q.delegation(); cut != "" {
		a.Exists, a.Delegation = true, q.records(cut, "NS")
		a.Glue = q.glue(a.Delegation)
		return a
	}
	source, exists := q.source()
	a.Exists = exists
	if !exists {
		return a
	}
	recordType := q.qtype
	if len(q.zone.Served.of(source, "CNAME")) > 0 {
		recordType = "CNAME"
	}
	a.Records, a.Alias = q.follow(source, recordType)
	return a
}

// delegation is the highest name between zone and question, the zone's own
// excluded, that is delegated away. DS records are the parent's.
func (q query) delegation() string {
	cut := ""
	for name := q.name; name != q.zone.Name; name = parent(name) {
		if name == q.name && q.qtype == "DS" {
			continue
		}
		if len(q.zone.Served.of(name, "NS")) > 0 {
			cut = name
		}
	}
	return cut
}

// glue are the addresses that the zone has for some name servers.
func (q query) glue(servers []dns.RR) (addresses []dns.RR) {
	for _, rr := range servers {
		server, ok := rr.(*dns.NS)
		if !ok {
			continue
		}
		name, err := fromDNS(server.Ns)
		if err != nil || !within(name, q.zone.Name) {
			continue
		}
		of := query{zone: q.zone, name: name, owner: server.Ns}
		addresses = append(addresses, of.records(name, "A")...)
		addresses = append(addresses, of.records(name, "AAAA")...)
	}
	return addresses
}

// source is the name in the zone that answers for the question: itself, or the
// wildcard below the closest name that exists (RFC 4592). A name also exists
// when only names below it have records.
func (q query) source() (name string, exists bool) {
	if q.occupied(q.name) {
		return q.name, true
	}
	for name := parent(q.name); within(name, q.zone.Name); name = parent(name) {
		wildcard := `\052.` + name
		if len(q.zone.Served.of(wildcard, "")) > 0 {
			return wildcard, true
		}
		if q.occupied(name) {
			break
		}
	}
	return "", false
}

func (q query) occupied(name string) bool {
	for _, r := range q.zone.Served {
		if within(r.Name, name) {
			return true
		}
	}
	return false
}

// maxAliases bounds a chain of aliases within a zone.
const maxAliases = 8

// follow reads the record set of a name and type, through aliases in the zone.
func (q query) follow(name, recordType string) (rrs []dns.RR, alias string) {
	for range maxAliases {
		set, found := choose(q.zone.Served.of(name, recordType))
		switch {
		case !found:
			return nil, ""
		case set.AliasTarget == nil:
			return q.records(name, recordType), ""
		case set.AliasTarget.HostedZoneID != q.zone.ID:
			return nil, strings.TrimSuffix(set.AliasTarget.DNSName, ".")
		}
		name = set.AliasTarget.DNSName
	}
	return nil, ""
}

// choose picks among record sets of a routing policy. There is one viewer and
// no health here: the primary, the heaviest, or the first by identifier.
func choose(sets []recordSet) (chosen recordSet, found bool) {
	for i, set := range sets {
		heavier := set.Weight != nil && chosen.Weight != nil && *set.Weight > *chosen.Weight
		if i == 0 || set.Failover == "PRIMARY" || heavier {
			chosen = set
		}
	}
	return chosen, len(sets) > 0
}

// records are the DNS records at a name of the zone, as the question's own. Of
// multivalue answer record sets all are given.
func (q query) records(name, recordType string) []dns.RR {
	sets := q.zone.Served.of(name, recordType)
	if set, found := choose(sets); found && set.MultiValueAnswer == nil {
		sets = []recordSet{set}
	}
	owner := q.owner
	if recordType == "SOA" || recordType == "NS" {
		owner = toDNS(name)
	}
	rrs := []dns.RR{}
	for _, set := range sets {
		for _, record := range set.Records {
			if rr, err := parseValue(owner, recordType, *set.TTL, record.Value); err == nil { // it was checked when it came in
				rrs = append(rrs, rr)
			}
		}
	}
	return rrs
}

func first(rrs []dns.RR) dns.RR {
	if len(rrs) == 0 {
		return nil
	}
	return rrs[0]
}

// CAA returns the domains that public DNS allows to issue a certificate for a
// name, or a wildcard certificate below it: those of the closest name, from it
// upwards, that has CAA records (RFC 8659). Restricted false means that no
// record restricts it.
func (s *Service) CAA(name string, wildcard bool) (allowed []string, restricted bool) {
	for domain := dns.Fqdn(name); domain != ""; domain = parent(domain) {
		values := map[string][]string{}
		for _, rr := range s.Answer(domain, dns.TypeCAA).Records {
			if caa, ok := rr.(*dns.CAA); ok {
				issuer, _, _ := strings.Cut(caa.Value, ";")
				tag := strings.ToLower(caa.Tag)
				values[tag] = append(values[tag], strings.TrimSpace(issuer))
			}
		}
		if wild, given := values["issuewild"]; wildcard && given {
			return wild, true
		}
		if issue, given := values["issue"]; given {
			return issue, true
		}
		if len(values) > 0 {
			return nil, false
		}
	}
	return nil, false
}

// PointsAt returns the domain under cloudfront.net to which public DNS leads from
// a name, by an alias or a CNAME; "" for none.
func (s *Service) PointsAt(name string) (domain string) {
	for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeHTTPS} {
		answer := s.Answer(dns.Fqdn(name), qtype)
		target := answer.Alias
		for _, rr := range answer.Records {
			if cname, ok := rr.(*dns.CNAME); ok {
				target = strings.ToLower(strings.TrimSuffix(cname.Target, "."))
			}
		}
		if strings.HasSuffix(target, ".cloudfront.net") {
			return target
		}
	}
	return ""
}

// Texts returns the texts of the TXT records that public DNS has at a name.
func (s *Service) Texts(name string) []string {
	var texts []string
	for _, rr := range s.Answer(dns.Fqdn(name), dns.TypeTXT).Records {
		if txt, ok := rr.(*dns.TXT); ok {
			texts = append(texts, strings.Join(txt.Txt, ""))
		}
	}
	return texts
}
