package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// noName is why no other type is asked for.
const noName = "nothing is known of the domain: DNS A failed"

// checkA also tells the later checks where to connect.
func (s *session) checkA(ctx context.Context) finding {
	found, wrong := s.lookUp(ctx, dns.TypeA)
	s.noName = wrong != nil && wrong.problem != recordMissing && wrong.problem != otherDistribution
	if wrong != nil {
		return *wrong
	}
	for _, record := range found {
		if a, isA := record.(*dns.A); isA {
			s.ipv4 = append(s.ipv4, a.A.String())
		}
	}
	return ok(strings.Join(s.ipv4, ", "))
}

func (s *session) checkAAAA(ctx context.Context) finding {
	if s.noName {
		return skipped(noName)
	}
	found, wrong := s.lookUp(ctx, dns.TypeAAAA)
	if wrong != nil {
		return *wrong
	}
	for _, record := range found {
		if a, isAAAA := record.(*dns.AAAA); isAAAA {
			s.ipv6 = append(s.ipv6, a.AAAA.String())
		}
	}
	return ok(strings.Join(s.ipv6, ", "))
}

// checkHTTPS looks for the record by which a browser starts with HTTP/3 or 2 at once (RFC 9460).
func (s *session) checkHTTPS(ctx context.Context) finding {
	if s.noName {
		return skipped(noName)
	}
	found, wrong := s.lookUp(ctx, dns.TypeHTTPS)
	if wrong != nil {
		return *wrong
	}
	var protocols []string
	for _, record := range found {
		if https, isHTTPS := record.(*dns.HTTPS); isHTTPS {
			protocols = append(protocols, alpn(https)...)
		}
	}
	if !slices.Contains(protocols, "h2") && !slices.Contains(protocols, "h3") {
		return failed(noHTTP2, fmt.Sprintf("the record offers neither h2 nor h3: %s", found[0]))
	}
	return ok("offers " + strings.Join(protocols, ", "))
}

func alpn(record *dns.HTTPS) []string {
	for _, value := range record.Value {
		if offered, isALPN := value.(*dns.SVCBAlpn); isALPN {
			return offered.Alpn
		}
	}
	return nil
}

// lookUp gets the domain's records of a type, at least one, or what is wrong.
func (s *session) lookUp(ctx context.Context, qtype uint16) ([]dns.RR, *finding) {
	reply, err := s.target.ask(ctx, s.target.Domain, qtype)
	var wrong finding
	switch {
	case errors.Is(err, errNoResolver):
		wrong = failed(resolverMissing, err.Error())
	case err != nil:
		wrong = failed(resolverUnreachable, oneLine(err))
	case reply.Rcode != dns.RcodeSuccess:
		wrong = failed(rcodeProblem(reply.Rcode), dns.RcodeToString[reply.Rcode]+memory(reply)+s.elsewhere(ctx))
	default:
		return s.sift(ctx, reply, qtype)
	}
	return nil, &wrong
}

// sift takes the records of the type out of a reply, which may lead there by CNAMEs.
func (s *session) sift(ctx context.Context, reply *dns.Msg, qtype uint16) ([]dns.RR, *finding) {
	var found []dns.RR
	alias := ""
	for _, record := range reply.Answer {
		if cname, isCNAME := record.(*dns.CNAME); isCNAME {
			alias = strings.ToLower(strings.TrimSuffix(cname.Target, "."))
		}
		if record.Header().Rrtype == qtype {
			found = append(found, record)
		}
	}
	var wrong finding
	switch ours := s.target.DistributionDomain; {
	case ours != "" && strings.HasSuffix(alias, ".cloudfront.net") && alias != ours:
		wrong = failed(otherDistribution, "it is a CNAME of "+alias)
	case len(found) > 0:
		return found, nil
	case alias != "":
		wrong = failed(recordMissing, fmt.Sprintf("it is a CNAME of %s, of which no %s is known", alias, dns.TypeToString[qtype]))
	default:
		wrong = failed(recordMissing, fmt.Sprintf("no %s record%s%s", dns.TypeToString[qtype], memory(reply), s.elsewhere(ctx)))
	}
	return nil, &wrong
}

func rcodeProblem(rcode int) problem {
	switch rcode {
	case dns.RcodeNameError:
		return nameUnknown
	case dns.RcodeRefused:
		return resolverRefused
	}
	return resolverFailed
}

// memory says how long a resolver may keep a negative answer (RFC 2308, section 5).
func memory(reply *dns.Msg) string {
	for _, record := range reply.Ns {
		if soa, isSOA := record.(*dns.SOA); isSOA {
			keep := time.Duration(min(soa.Hdr.Ttl, soa.Minttl)) * time.Second
			return fmt.Sprintf(" (resolvers may remember that for %s)", keep)
		}
	}
	return ""
}

// elsewhere says whether the same server knows the distribution, which tells a
// missing record from a server that cannot know.
func (s *session) elsewhere(ctx context.Context) string {
	name := s.target.DistributionDomain
	if name == "" {
		return ""
	}
	if reply, err := s.target.ask(ctx, name, dns.TypeA); err == nil && len(reply.Answer) > 0 {
		return "; the same server does know " + name
	}
	return "; the same server does not know " + name + " either"
}

// oneLine is an error's text without line breaks.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
