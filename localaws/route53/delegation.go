package route53

import (
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Public DNS comes to a zone from above. A zone without a parent zone here is
// delegated by its registry, unless that is switched off. A zone below another
// public one answers only if that one delegates to it, as on AWS: Route 53 lets
// anybody make a zone of any name, and nobody asks it ("Creating a subdomain
// that uses Amazon Route 53 as the DNS service without migrating the parent
// domain" in the developer guide).

// publicZone finds the zone that answers the public for a name and a type: from
// the top, along the delegations.
func (s *Service) publicZone(name, qtype string) *zone {
	z := s.topZone(name)
	for z != nil {
		cut := query{zone: z, name: name, qtype: qtype}.delegation()
		child := s.delegatedTo(z, cut)
		if child == nil {
			return z
		}
		z = child
	}
	return nil
}

// topZone finds the zone above a name that is delegated from outside: the
// highest one, of equals the one that was set to be, of these the oldest.
func (s *Service) topZone(name string) *zone {
	var top *zone
	for _, z := range s.state.Zones {
		if z.serves() && within(name, z.Name) && s.rooted(z) && (top == nil || z.above(top)) {
			top = z
		}
	}
	return top
}

// serves says whether the zone is in public DNS at all, to be asked by whom it may.
func (z *zone) serves() bool { return !z.Private && len(z.Served) > 0 }

// rooted says whether a zone is delegated from outside.
func (s *Service) rooted(z *zone) bool {
	if z.Delegated != nil {
		return *z.Delegated
	}
	for _, other := range s.state.Zones {
		if !other.Private && other.Name != z.Name && within(z.Name, other.Name) {
			return false
		}
	}
	return true
}

func (z *zone) above(other *zone) bool {
	switch {
	case len(z.Name) != len(other.Name):
		return len(z.Name) < len(other.Name)
	case (z.Delegated != nil) != (other.Delegated != nil):
		return z.Delegated != nil
	}
	return z.Number < other.Number
}

// delegatedTo is the zone, of any account, to which the NS records at a name of
// a parent zone point. All of them must: with a wrong one among them names would
// resolve at times only.
func (s *Service) delegatedTo(parent *zone, cut string) *zone {
	sets := parent.Served.of(cut, "NS")
	if cut == "" || len(sets) == 0 {
		return nil
	}
	for _, z := range s.state.Zones {
		if z.serves() && z.Name == cut && !slices.ContainsFunc(sets[0].Records, z.foreign) {
			return z
		}
	}
	return nil
}

// foreign says whether a record names none of the zone's name servers.
func (z *zone) foreign(r resourceRecord) bool {
	return !slices.Contains(z.NameServers, strings.ToLower(strings.TrimSuffix(r.Value, ".")))
}

// answers says whether public DNS comes to the zone.
func (s *Service) answers(z *zone) bool {
	return z.serves() && s.publicZone(z.Name, dns.TypeToString[dns.TypeSOA]) == z
}
