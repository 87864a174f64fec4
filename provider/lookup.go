package provider

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// fillRecords looks up the records at the names of domains that are in one zone.
//
// It goes through the zone in Route 53's own order, from one wanted name to the next, and reads in each answer what
// else is in it. So it takes at most one call for each name, and at most as many as the zone has pages.
func fillRecords(ctx context.Context, client *route53.Client, zone string, domains []*foundDomain) error {
	slices.SortFunc(domains, func(a, b *foundDomain) int {
		return cmp.Compare(byLabels(plainName(a.Name)), byLabels(plainName(b.Name)))
	})
	for len(domains) > 0 {
		start := plainName(domains[0].Name)
		page, err := readPage(ctx, client, zone, start)
		if err != nil {
			return err
		}
		rest := domains[:0:0]
		for _, domain := range domains {
			name := plainName(domain.Name)
			if name != start && !page.covers(name) {
				rest = append(rest, domain)
				continue
			}
			domain.Records = append(domain.Records, page.records[name]...)
		}
		domains = rest
	}
	return nil
}

// recordsAt are the records of one name.
func recordsAt(ctx context.Context, client *route53.Client, zone, name string) ([]foundRecord, error) {
	page, err := readPage(ctx, client, zone, name)
	if err != nil {
		return nil, err
	}
	return page.records[name], nil
}

// recordPage is a stretch of a zone: everything from one name on, up to another that is not in it.
type recordPage struct {
	records map[string][]foundRecord // by name
	end     string                   // the first name beyond it; "" is the end of the zone
	ended   bool
}

// covers reports whether a name that comes after the start of the stretch is within it. Names with characters whose
// place in the order is unsure are not, so that they are asked for by name.
func (p recordPage) covers(name string) bool {
	if len(p.records[name]) > 0 && name != p.end {
		return true
	}
	if !ordinary(name) {
		return false
	}
	return p.ended || ordinary(p.end) && byLabels(name) < byLabels(p.end)
}

// readPage reads from a name on, until all of that name has been read.
func readPage(ctx context.Context, client *route53.Client, zone, name string) (recordPage, error) {
	page := recordPage{records: map[string][]foundRecord{}}
	in := &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String(zone), StartRecordName: aws.String(name)}
	for {
		out, err := client.ListResourceRecordSets(ctx, in)
		if err != nil {
			return page, err //nolint:wrapcheck // the caller explains
		}
		for _, set := range out.ResourceRecordSets {
			record := describeRecord(set)
			page.records[record.Name] = append(page.records[record.Name], record)
		}
		page.ended, page.end = !out.IsTruncated, plainName(aws.ToString(out.NextRecordName))
		if page.ended || page.end != name {
			return page, nil
		}
		in.StartRecordName, in.StartRecordType = out.NextRecordName, out.NextRecordType
		in.StartRecordIdentifier = out.NextRecordIdentifier
	}
}

func describeRecord(set types.ResourceRecordSet) foundRecord {
	record := foundRecord{
		Name: plainName(aws.ToString(set.Name)), Type: string(set.Type),
		TTL: float64(aws.ToInt64(set.TTL)), Values: []string{},
	}
	for _, value := range set.ResourceRecords {
		record.Values = append(record.Values, strings.TrimSuffix(aws.ToString(value.Value), "."))
	}
	if set.AliasTarget != nil {
		record.AliasTarget = plainName(aws.ToString(set.AliasTarget.DNSName))
	}
	return record
}
