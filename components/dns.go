package components

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/internal/dnsname"
)

// Who writes what a CDN needs outside itself: DNS records, the bucket's policy.
const (
	// Managed has the component write it.
	Managed = "managed"
	// None leaves it to somebody else: an output says what to write.
	None = "none"
	// Auto has the component choose by itself.
	Auto = "auto"
)

// DnsArgs say where the records of the domains go.
type DnsArgs struct {
	// Records is "managed", or "none": then the component writes no record, and
	// the output dnsRecords says which are to be made, with whatever provider of
	// DNS. The certificate is waited for all the same. Default: managed.
	Records string `pulumi:"records"`
	// ZoneId is the id of the public hosted zone of all domains. A change moves the
	// records. Default: found, for each domain, as the public zone with the longest
	// matching name.
	ZoneId pulumi.StringInput `pulumi:"zoneId"`
	// ZoneIds gives single domains another zone than dns.zoneId, by domain.
	ZoneIds map[string]pulumi.StringInput `pulumi:"zoneIds"`
}

// domainPlan is what is known of a domain's records before anything is registered.
type domainPlan struct {
	zoneID  pulumi.StringInput
	zone    foundZone // zero where the zone is made in the same program
	records []foundRecord
	caa     *foundRecord // who may issue certificates; nil where nobody says
}

// dnsPlan has an entry for each domain; none where somebody else writes the records.
type dnsPlan map[string]domainPlan

// zoneIDs are the ids of the zones that were looked up.
func (plan dnsPlan) zoneIDs() []string {
	var ids []string
	for _, domain := range plan {
		if domain.zone.ID != "" && !slices.Contains(ids, domain.zone.ID) {
			ids = append(ids, domain.zone.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// planDns finds the zone of every domain, and what it holds at the domain's name.
func planDns(ctx *pulumi.Context, plugin *pluginProvider, args DnsArgs, domains []string, fs *faults) dnsPlan {
	plan := dnsPlan{}
	switch textOr(args.Records, Managed) {
	case Managed:
	case None:
		return plan
	default:
		fs.add("dns.records", args.Records, `this is neither "managed" nor "none"`, "Give one of them")
		return plan
	}
	given := checkZoneIDs(args.ZoneIds, domains, fs)
	ids := map[string]givenZone{}
	var lookedUp []string
	for _, domain := range domains {
		field, input := "dns.zoneId", args.ZoneId
		if given[domain] != nil {
			field, input = "dns.zoneIds."+domain, given[domain]
		}
		id, plain := plainString(input)
		if !plain {
			plan[domain] = domainPlan{zoneID: input}
			continue
		}
		lookedUp = append(lookedUp, domain)
		if id != "" {
			ids[domain] = givenZone{field, id}
		}
	}
	if len(lookedUp) > 0 {
		plan.lookUp(ctx, plugin, lookedUp, ids, fs)
	}
	return plan
}

// givenZone is the id of a zone, and where it was given.
type givenZone struct{ field, id string }

func (plan dnsPlan) lookUp(ctx *pulumi.Context, plugin *pluginProvider, domains []string, given map[string]givenZone, fs *faults) {
	ids := map[string]string{}
	for domain, zone := range given {
		ids[domain] = zone.id
	}
	found, err := plugin.getDomains(ctx, domains, ids)
	if err != nil {
		fs.add("dns", strings.Join(domains, ", "), "the hosted zones cannot be looked up: "+err.Error(),
			"Check the AWS credentials, and that they allow route53:ListHostedZones, route53:GetHostedZone and route53:ListResourceRecordSets")
		return
	}
	if len(found) == 0 { // a preview whose provider is not configured yet
		for _, domain := range domains {
			plan[domain] = domainPlan{zoneID: knownOrUnknown(ids[domain])}
		}
	}
	for _, domain := range found {
		if z, ok := checkZone(domain, given[domain.Name], fs); ok {
			plan[domain.Name] = domainPlan{zoneID: pulumi.String(z.ID), zone: z, records: domain.Records, caa: domain.Caa}
		}
	}
}

// knownOrUnknown is an id, or what nobody could look up yet.
func knownOrUnknown(id string) pulumi.StringInput {
	if id != "" {
		return pulumi.String(id)
	}
	return pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
}

// checkZone is the one zone that can hold a domain's records.
func checkZone(domain foundDomain, given givenZone, fs *faults) (foundZone, bool) {
	field, value := "domain", domain.Name
	if given.id != "" {
		field, value = given.field, given.id
	}
	if len(domain.Zones) == 1 {
		return checkOneZone(domain, field, value, fs)
	}
	switch {
	case len(domain.Zones) > 1:
		fs.add(field, value, "there are several public hosted zones named "+domain.Zones[0].Name,
			"Give dns.zoneId: the one whose name servers the parent of "+domain.Zones[0].Name+" delegates to")
	case given.id != "":
		fs.add(field, value, "the hosted zone cannot be read: "+domain.Message,
			"Give the id of a public hosted zone of this account: aws route53 list-hosted-zones")
	default:
		fs.add(field, value, "no public hosted zone of this account holds it (looked for "+
			strings.Join(dnsname.Parents(dnsname.ValidationKey(domain.Name)), ", ")+")",
			"Create the hosted zone and have its parent delegate to it, give dns.zoneId if it is another account's or has another name, "+
				"or set dns.records to none and make the records by yourself")
	}
	return foundZone{}, false
}

func checkOneZone(domain foundDomain, field, value string, fs *faults) (foundZone, bool) {
	z := domain.Zones[0]
	switch {
	case z.Private:
		fs.add(field, value, "the hosted zone "+z.Name+" is private: neither ACM nor viewers can see it",
			"Give the id of the public hosted zone")
	case !dnsname.InZone(domain.Name, z.Name):
		fs.add(field, value, "the hosted zone "+z.Name+" cannot hold records of "+domain.Name,
			"Give the zone that "+domain.Name+" belongs to, or leave dns.zoneId out to have it found")
	case z.Parent != nil && !z.Delegated:
		fs.add("domain", domain.Name, "the hosted zone "+z.Name+" ("+z.ID+") is not delegated to: its parent zone "+z.Parent.Name+
			" has no NS record that names its name servers, so that nobody asks it and ACM would wait for ever",
			"Make the NS record in "+z.Parent.Name+" with the name servers of "+z.Name+", or give dns.zoneId of the zone that is asked")
	default:
		return z, true
	}
	return foundZone{}, false
}

// checkZoneIDs returns the zone ids by domain in normal form.
func checkZoneIDs(given map[string]pulumi.StringInput, domains []string, fs *faults) map[string]pulumi.StringInput {
	ids := map[string]pulumi.StringInput{}
	for _, domain := range slices.Sorted(maps.Keys(given)) {
		normal, err := dnsname.Normalize(domain)
		if err != nil || !slices.Contains(domains, normal) {
			fs.add("dns.zoneIds", domain, "this is none of the domains ("+strings.Join(domains, ", ")+")",
				"Give the ids by domain, each as in domain or additionalDomains")
			continue
		}
		ids[normal] = given[domain]
	}
	return ids
}
