package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Inputs of getDomains.
const (
	domainsKey resource.PropertyKey = "domains"
	zoneIDsKey resource.PropertyKey = "zoneIds"
)

var domainsShapes = []shape{
	{key: domainsKey, required: true, want: "the list of domains"},
	{key: zoneIDsKey, want: "ids of hosted zones, by domain"},
}

// foundDomains is the answer of getDomains.
type foundDomains struct {
	Domains []*foundDomain `pulumi:"domains"`
}

type foundDomain struct {
	Name    string        `pulumi:"name"`
	Zones   []*foundZone  `pulumi:"zones"`
	Records []foundRecord `pulumi:"records"`
	CAA     *foundRecord  `pulumi:"caa,optional"`
	Message string        `pulumi:"message"`
}

// foundZone is a hosted zone. It is delegated if its parent in the account, where there is one, names its name servers.
type foundZone struct {
	ID        string   `pulumi:"id"`
	Name      string   `pulumi:"name"`
	Private   bool     `pulumi:"private"`
	Parent    *zoneRef `pulumi:"parent,optional"`
	Delegated bool     `pulumi:"delegated"`
}

type zoneRef struct {
	ID   string `pulumi:"id"`
	Name string `pulumi:"name"`
}

type foundRecord struct {
	Name        string   `pulumi:"name"`
	Type        string   `pulumi:"type"`
	TTL         float64  `pulumi:"ttl"`
	Values      []string `pulumi:"values"`
	AliasTarget string   `pulumi:"aliasTarget"`
}

// dnsCures are for calls of Route 53 that look things up.
var dnsCures = needs("route53:ListHostedZones, route53:GetHostedZone and route53:ListResourceRecordSets")

// getDomains finds the hosted zones of domains, and the records that are there already.
func (p *Provider) getDomains(ctx context.Context, args resource.PropertyMap) (any, []plugin.CheckFailure, error) {
	domains, given, faults := readDomains(args)
	if len(faults) > 0 {
		return nil, faults, nil
	}
	ids, err := p.configured()
	if err != nil {
		return nil, nil, err
	}
	found, err := ids.dns.findDomains(ctx, domains, given)
	if err != nil {
		return nil, nil, explain(ctx, "looking up hosted zones and records", err, dnsCures)
	}
	return found, nil, nil
}

func readDomains(args resource.PropertyMap) ([]string, map[string]string, []plugin.CheckFailure) {
	faults := checkAgainst(args, domainsShapes)
	domains := slices.DeleteFunc(texts(args, domainsKey), func(domain string) bool { return plainName(domain) == "" })
	if len(domains) == 0 && len(faults) == 0 {
		faults = append(faults, plugin.CheckFailure{Property: domainsKey, Reason: "must be a list of domains"})
	}
	given := map[string]string{}
	if ids := bare(args[zoneIDsKey]); ids.IsObject() {
		for domain, id := range ids.ObjectValue() {
			if id := bare(id); id.IsString() && id.StringValue() != "" {
				given[plainName(string(domain))] = zoneID(id.StringValue())
			}
		}
	}
	return domains, given, faults
}

func (i *identity) findDomains(ctx context.Context, domains []string, given map[string]string) (*foundDomains, error) {
	client, err := i.route53(ctx)
	if err != nil {
		return nil, err
	}
	account := &zones{client: client}
	if err := account.load(ctx, domains, given); err != nil {
		return nil, err
	}
	found := &foundDomains{Domains: []*foundDomain{}}
	wanted := map[string][]*foundDomain{} // by zone
	for _, domain := range domains {
		one := &foundDomain{Name: domain, Zones: []*foundZone{}, Records: []foundRecord{}}
		found.Domains = append(found.Domains, one)
		if err := account.place(ctx, one, given[plainName(domain)]); err != nil {
			return nil, err
		}
		if len(one.Zones) == 1 && !one.Zones[0].Private {
			wanted[one.Zones[0].ID] = append(wanted[one.Zones[0].ID], one)
		}
	}
	for _, zone := range slices.Sorted(maps.Keys(wanted)) {
		if err := account.fill(ctx, zone, wanted[zone]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// zones are the hosted zones of an account.
type zones struct {
	client *route53.Client
	all    []*foundZone
	listed bool // all of them, not only those that were asked for by id
}

// load lists the zones once. Where every domain has an id, only those zones are looked at: whoever names ids may have
// no permission to list.
func (z *zones) load(ctx context.Context, domains []string, given map[string]string) error {
	z.listed = slices.ContainsFunc(domains, func(domain string) bool { return given[plainName(domain)] == "" })
	if !z.listed {
		return z.get(ctx, slices.Compact(slices.Sorted(maps.Values(given))))
	}
	pages := route53.NewListHostedZonesPaginator(z.client, &route53.ListHostedZonesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for _, zone := range page.HostedZones {
			z.all = append(z.all, &foundZone{
				ID: zoneID(aws.ToString(zone.Id)), Name: plainName(aws.ToString(zone.Name)),
				Private: zone.Config != nil && zone.Config.PrivateZone,
			})
		}
	}
	return nil
}

func (z *zones) get(ctx context.Context, ids []string) error {
	for _, id := range ids {
		out, err := z.client.GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: aws.String(id)})
		if hasCode(err, "NoSuchHostedZone", "InvalidInput") {
			continue
		}
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		z.all = append(z.all, &foundZone{
			ID: id, Name: plainName(aws.ToString(out.HostedZone.Name)), Delegated: true,
			Private: out.HostedZone.Config != nil && out.HostedZone.Config.PrivateZone,
		})
	}
	return nil
}

// place finds a domain's zones: the one with the id, or the public ones with the longest name that holds the domain.
func (z *zones) place(ctx context.Context, domain *foundDomain, id string) error {
	if id != "" {
		at := slices.IndexFunc(z.all, func(zone *foundZone) bool { return zone.ID == id })
		if at < 0 {
			domain.Message = fmt.Sprintf("hosted zone %s does not exist in the account that owns the zones", id)
			return nil
		}
		domain.Zones = append(domain.Zones, z.all[at])
	} else {
		domain.Zones = append(domain.Zones, z.holding(baseName(domain.Name))...)
	}
	if len(domain.Zones) == 0 {
		domain.Message = "no public hosted zone in the account that owns the zones holds this name"
	}
	for _, zone := range domain.Zones {
		if err := z.relate(ctx, zone); err != nil {
			return err
		}
	}
	return nil
}

// holding are the public zones with the longest name that holds a name; several zones may have that name.
func (z *zones) holding(name string) []*foundZone {
	var longest []*foundZone
	for _, zone := range z.all {
		switch {
		case zone.Private || !within(name, zone.Name):
		case len(longest) == 0 || len(zone.Name) > len(longest[0].Name):
			longest = []*foundZone{zone}
		case zone.Name == longest[0].Name:
			longest = append(longest, zone)
		}
	}
	return longest
}

// relate finds a zone's parent in the account, and whether the parent delegates to it. Without a parent there, nobody
// but a resolver could tell.
func (z *zones) relate(ctx context.Context, zone *foundZone) error {
	if zone.Delegated || zone.Parent != nil || zone.Private {
		return nil
	}
	_, above, _ := strings.Cut(zone.Name, ".")
	parents := z.holding(above)
	if len(parents) == 0 {
		zone.Delegated = true
		return nil
	}
	zone.Parent = &zoneRef{ID: parents[0].ID, Name: parents[0].Name}
	own, err := z.client.GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: aws.String(zone.ID)})
	if err != nil {
		return err //nolint:wrapcheck // the caller explains
	}
	var servers []string
	if own.DelegationSet != nil {
		servers = plainNames(own.DelegationSet.NameServers)
	}
	for _, parent := range parents {
		records, err := recordsAt(ctx, z.client, parent.ID, zone.Name)
		if err != nil {
			return err
		}
		for _, record := range records {
			if record.Type == "NS" && slices.ContainsFunc(plainNames(record.Values), func(server string) bool {
				return slices.Contains(servers, server)
			}) {
				zone.Delegated = true
				zone.Parent = &zoneRef{ID: parent.ID, Name: parent.Name}
			}
		}
	}
	return nil
}

func plainNames(names []string) []string {
	plain := make([]string, len(names))
	for i, name := range names {
		plain[i] = plainName(name)
	}
	return plain
}
