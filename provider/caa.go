package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// fill looks up the records at the names of domains that are in one zone, and the CAA records that decide who may
// issue certificates for them: those of the closest name from the domain upwards (RFC 8659).
func (z *zones) fill(ctx context.Context, zone string, domains []*foundDomain) error {
	in := domains[0].Zones[0]
	var names []string
	for _, domain := range domains {
		names = append(append(names, plainName(domain.Name)), namesUpTo(baseName(domain.Name), in.Name)...)
	}
	records, err := recordsIn(ctx, z.client, zone, names)
	if err != nil {
		return err
	}
	var open []*foundDomain
	for _, domain := range domains {
		domain.Records = append(domain.Records, records[plainName(domain.Name)]...)
		if !domain.decideCAA(records, namesUpTo(baseName(domain.Name), in.Name)) {
			open = append(open, domain)
		}
	}
	return z.climb(ctx, in, open)
}

// climb looks for CAA records in the zones of the account above a zone, as long as they delegate to each other. What
// public DNS says above them, Route 53 cannot tell.
func (z *zones) climb(ctx context.Context, below *foundZone, domains []*foundDomain) error {
	for len(domains) > 0 && below.Parent != nil && below.Delegated {
		at := slices.IndexFunc(z.all, func(zone *foundZone) bool { return zone.ID == below.Parent.ID })
		above := z.all[at]
		_, next, _ := strings.Cut(below.Name, ".")
		names := namesUpTo(next, above.Name)
		records, err := recordsIn(ctx, z.client, above.ID, names)
		if err != nil {
			return err
		}
		domains = slices.DeleteFunc(domains, func(domain *foundDomain) bool { return domain.decideCAA(records, names) })
		if len(domains) > 0 {
			if err := z.relate(ctx, above); err != nil {
				return err
			}
		}
		below = above
	}
	return nil
}

// decideCAA reports whether names, from the closest on, decide who may issue. An alias of DNS leads to where this
// account does not look, so that nothing is said then.
func (f *foundDomain) decideCAA(records map[string][]foundRecord, names []string) bool {
	for _, name := range names {
		for _, record := range records[name] {
			switch record.Type {
			case string(types.RRTypeCaa):
				f.CAA = &record
				return true
			case string(types.RRTypeCname):
				return true
			}
		}
	}
	return false
}

// baseName is the name that a wildcard is below, or the name itself.
func baseName(domain string) string { return strings.TrimPrefix(plainName(domain), "*.") }

// namesUpTo are a name and those above it, up to a zone's.
func namesUpTo(name, zone string) []string {
	var names []string
	for within(name, zone) {
		names = append(names, name)
		_, name, _ = strings.Cut(name, ".")
	}
	return names
}
