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

// recordsIn looks up the records at names of a zone.
//
// It goes through the zone in Route 53's own order, from one wanted name to the next, and reads in each answer what
// else is in it. So it takes at most one call for each name, and at most as many as the zone has pages.
func recordsIn(ctx context.Context, client *route53.Client, zone string, names []string) (map[string][]foundRecord, error) {
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(byLabels(a), byLabels(b)) })
	found := map[string][]foundRecord{}
	for names = slices.Compact(names); len(names) > 0; {
		start := names[0]
		page, err := readPage(ctx, client, zone, start)
		if err != nil {
			return nil, err
		}
		rest := names[:0:0]
		for _, name := range names {
			if name != start && !page.covers(name) {
				rest = append(rest, name)
				continue
			}
			found[name] = page.records[name]
		}
		names = rest
	}
	return found, nil
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
