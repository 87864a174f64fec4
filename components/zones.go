package components

import (
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/internal/dnsname"
)

// zone is a public hosted zone.
type zone struct {
	ID   string
	Name string // without the trailing dot
}

// zoneFinder finds the public hosted zone of each domain, and asks for none twice.
type zoneFinder struct {
	ctx    *pulumi.Context
	opts   []pulumi.InvokeOption
	byName map[string]*zone // nil: there is none
	byID   map[string]*zone // nil: it is of no use, which has been reported
}

func newZoneFinder(ctx *pulumi.Context, opts []pulumi.InvokeOption) *zoneFinder {
	return &zoneFinder{ctx: ctx, opts: opts, byName: map[string]*zone{}, byID: map[string]*zone{}}
}

// find returns the zone of every domain: the one given by id, else the public
// zone with the longest name that the domain ends in, at a label boundary.
func (f *zoneFinder) find(domains []string, ids zoneIDs, fs *faults) map[string]zone {
	zones := map[string]zone{}
	for _, domain := range domains {
		if id := ids.of(domain); id != "" {
			if z := f.given(domain, id, fs); z != nil {
				zones[domain] = *z
			}
			continue
		}
		if z := f.longest(domain, fs); z != nil {
			zones[domain] = *z
		}
	}
	return zones
}

// zoneIDs are the zone ids the caller gave: one for all, and exceptions by domain.
type zoneIDs struct {
	all      string
	byDomain map[string]string
}

func (ids zoneIDs) of(domain string) string {
	if id := ids.byDomain[domain]; id != "" {
		return id
	}
	return ids.all
}

func (f *zoneFinder) given(domain, id string, fs *faults) *zone {
	z, known := f.byID[id]
	if !known {
		z = f.withID(id, fs)
		f.byID[id] = z
	}
	if z == nil {
		return nil
	}
	if !dnsname.InZone(domain, z.Name) {
		fs.add("zoneId", id, "the hosted zone "+z.Name+" cannot hold records of "+domain,
			"Give the zone that "+domain+" belongs to, or leave zoneId out to have it found")
		return nil
	}
	return z
}

// withID looks a zone up by its id; nil, and a fault, where it is of no use.
func (f *zoneFinder) withID(id string, fs *faults) *zone {
	found, err := route53.LookupZone(f.ctx, &route53.LookupZoneArgs{ZoneId: new(id)}, f.opts...)
	if err != nil {
		fs.add("zoneId", id, "the hosted zone cannot be read: "+lastLine(err),
			"Give the id of a public hosted zone of this account: aws route53 list-hosted-zones")
		return nil
	}
	z := &zone{ID: found.ZoneId, Name: strings.TrimSuffix(found.Name, ".")}
	if found.PrivateZone != nil && *found.PrivateZone {
		fs.add("zoneId", id, "the hosted zone "+z.Name+" is private: neither ACM nor viewers can see it",
			"Give the id of the public hosted zone")
		return nil
	}
	return z
}

func (f *zoneFinder) longest(domain string, fs *faults) *zone {
	candidates := dnsname.Parents(dnsname.ValidationKey(domain))
	for _, candidate := range candidates {
		z, known := f.byName[candidate]
		if !known {
			var ok bool
			if z, ok = f.named(domain, candidate, fs); !ok {
				return nil
			}
			f.byName[candidate] = z
		}
		if z != nil {
			return z
		}
	}
	fs.add("domain", domain, "no public hosted zone of this account holds it (looked for "+strings.Join(candidates, ", ")+")",
		"Create the hosted zone and have its parent delegate to it, or give zoneId if it is another account's or has another name")
	return nil
}

// named looks a zone up by its exact name; ok is false where that went wrong
// rather than found nothing.
func (f *zoneFinder) named(domain, name string, fs *faults) (z *zone, ok bool) {
	found, err := route53.LookupZone(f.ctx, &route53.LookupZoneArgs{
		Name: new(name + "."), PrivateZone: new(false),
	}, f.opts...)
	switch {
	case err == nil:
		return &zone{ID: found.ZoneId, Name: name}, true
	case strings.Contains(err.Error(), "no matching"):
		return nil, true
	case strings.Contains(err.Error(), "multiple"):
		fs.add("domain", domain, "there are several public hosted zones named "+name,
			"Give zoneId: the one whose name servers the parent of "+name+" delegates to")
	default:
		fs.add("domain", domain, "its hosted zone cannot be looked up: "+lastLine(err),
			"Check the AWS credentials, and that they allow route53:ListHostedZones, route53:GetHostedZone and route53:ListTagsForResource")
	}
	return nil, false
}

// existingRecord is what a zone holds already.
type existingRecord struct {
	Name, Type  string // name without the trailing dot
	TTL         int
	Values      []string
	AliasTarget string // without the trailing dot; "" where it is no alias
}

// existingRecords returns the records of the domains, and the validation records
// below them, that their zones hold now.
func existingRecords(
	ctx *pulumi.Context, zones map[string]zone, opts []pulumi.InvokeOption, fs *faults,
) []existingRecord {
	names := map[zone][]string{}
	var order []zone // so that faults come in the same order every time
	for _, domain := range slices.Sorted(maps.Keys(zones)) {
		z := zones[domain]
		if len(names[z]) == 0 {
			order = append(order, z)
		}
		names[z] = append(names[z], domain)
	}
	var records []existingRecord
	for _, z := range order {
		domains := names[z]
		found, err := route53.GetRecords(ctx, &route53.GetRecordsArgs{
			ZoneId: z.ID, NameRegex: new(recordsPattern(domains)),
		}, opts...)
		if err != nil {
			fs.add("domain", strings.Join(domains, ", "), "the records of hosted zone "+z.Name+" cannot be read: "+lastLine(err),
				"Check that the AWS credentials allow route53:ListResourceRecordSets")
			continue
		}
		for _, set := range found.ResourceRecordSets {
			records = append(records, newExistingRecord(set))
		}
	}
	return records
}

func newExistingRecord(set route53.GetRecordsResourceRecordSet) existingRecord {
	record := existingRecord{
		Name: unescape(strings.TrimSuffix(set.Name, ".")), Type: set.Type, TTL: set.Ttl,
		AliasTarget: strings.ToLower(strings.TrimSuffix(set.AliasTarget.DnsName, ".")),
	}
	for _, value := range set.ResourceRecords {
		record.Values = append(record.Values, strings.TrimSuffix(value.Value, "."))
	}
	return record
}

// recordsPattern matches the domains themselves and one label starting with an
// underscore below them, where ACM's validation records are.
func recordsPattern(domains []string) string {
	var names []string
	for _, domain := range domains {
		names = append(names, regexp.QuoteMeta(strings.Replace(domain, "*", `\052`, 1)))
		names = append(names, `_[^.]+\.`+regexp.QuoteMeta(dnsname.ValidationKey(domain)))
	}
	sort.Strings(names)
	return `^(` + strings.Join(names, "|") + `)\.?$`
}

// unescape undoes Route 53's escape of the wildcard label.
func unescape(name string) string { return strings.Replace(name, `\052`, "*", 1) }

// lastLine is the telling end of a provider's error: engine and bridge put lines
// of their own in front.
func lastLine(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "*"))
}
