package components

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// aliasTypes are the records of a domain: IPv4, IPv6, and HTTPS, by which a
// browser starts with HTTP/3 at once.
var aliasTypes = []string{"A", "AAAA", "HTTPS"}

// checkAliasRecords reports what is in the zones at the CDN's domains and would
// be in the way of its records. An alias to a distribution is not: it may be
// this stack's own.
func checkAliasRecords(domains []string, records []existingRecord, fs *faults) {
	for _, record := range records {
		if !slices.Contains(domains, record.Name) || isDistribution(record.AliasTarget) ||
			(record.Type != "CNAME" && !slices.Contains(aliasTypes, record.Type)) {
			continue
		}
		target := strings.Join(append(record.Values, record.AliasTarget), " ")
		fs.add("domain", record.Name, fmt.Sprintf("it already has a %s record, to %s, and that is not overwritten", record.Type, strings.TrimSpace(target)),
			"Delete the record when the domain may move, or choose another domain")
	}
}

func isDistribution(target string) bool { return strings.HasSuffix(target, ".cloudfront.net") }

// newAliasRecords points every domain at the distribution.
func newAliasRecords(
	ctx *pulumi.Context, c *ImageCdn, plan imagePlan, distribution *cloudfront.Distribution, target pulumi.StringOutput,
) error {
	for _, domain := range plan.certificate.domains {
		for _, kind := range aliasTypes {
			_, err := route53.NewRecord(ctx, plan.name+"-alias-"+domain+"-"+strings.ToLower(kind), &route53.RecordArgs{
				ZoneId: pulumi.String(plan.certificate.zones[domain].ID),
				Name:   pulumi.String(domain),
				Type:   pulumi.String(kind),
				Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
					Name: target, ZoneId: distribution.HostedZoneId, EvaluateTargetHealth: pulumi.Bool(false),
				}},
				AllowOverwrite: alreadyPointsAt(plan.certificate.records, domain, kind, target),
			}, pulumi.Parent(c), pulumi.IgnoreChanges([]string{"allowOverwrite"}))
			if err != nil {
				return fmt.Errorf("pointing %s at the distribution (%s): %w", domain, kind, err)
			}
		}
	}
	return nil
}

// alreadyPointsAt says whether the record is there and points at this very
// distribution, as an up that was killed leaves it: only then is it overwritten.
func alreadyPointsAt(records []existingRecord, domain, kind string, target pulumi.StringOutput) pulumi.BoolOutput {
	existing := ""
	for _, record := range records {
		if record.Name == domain && record.Type == kind {
			existing = record.AliasTarget
		}
	}
	return target.ApplyT(func(domainName string) bool {
		return existing != "" && existing == strings.ToLower(domainName)
	}).(pulumi.BoolOutput)
}
