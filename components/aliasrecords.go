package components

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// aliasTypes are the records of a domain: IPv4, IPv6, and HTTPS, by which a
// browser starts with HTTP/3 at once.
var aliasTypes = []string{"A", "AAAA", "HTTPS"}

// checkAliasRecords reports what is in the zones at the CDN's domains and would
// be in the way of its records. An alias to a distribution is not: it may be
// this stack's own.
func checkAliasRecords(plan imagePlan, fs *faults) {
	for _, domain := range plan.domains {
		for _, record := range plan.dns[domain].records {
			if plan.adopted.ID != "" && plan.dns[domain].cname() == plan.adopted.DomainName {
				continue // reported already
			}
			if isDistribution(record.AliasTarget) || (record.Type != "CNAME" && !slices.Contains(aliasTypes, record.Type)) {
				continue
			}
			target := strings.TrimSpace(strings.Join(append(record.Values, record.AliasTarget), " "))
			article := "an"
			if record.Type == "CNAME" {
				article = "a"
			}
			fs.add("domain", domain, fmt.Sprintf("it already has %s %s record, to %s, and that is not overwritten", article, record.Type, target),
				takeOff)
		}
	}
}

// recordsAtOnce is how many alias records are written side by side. The AWS provider makes
// five calls and waits 15 seconds for each record, and Route 53 answers five calls a second of
// an account: with more at once, calls are refused until their retries are used up.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
const recordsAtOnce = 15

func isDistribution(target string) bool { return strings.HasSuffix(target, ".cloudfront.net") }

// addAliasRecords points every domain at the distribution, once it may read the bucket:
// DNS never points at a CDN that cannot serve.
func (c *ImageCdn) addAliasRecords(ctx *pulumi.Context, plan imagePlan, target pulumi.StringOutput) error {
	if !plan.live() {
		return nil
	}
	opts := []pulumi.ResourceOption{pulumi.Parent(c), pulumi.Provider(plan.made.dns)}
	opts = append(opts, pulumi.DependsOn(c.grants()))
	for _, domain := range plan.domains {
		zone, managed := plan.dns[domain]
		if !managed {
			continue
		}
		for _, kind := range aliasTypes {
			name := aliasName(plan.name, domain, kind)
			overwrite, once := alreadyPointsAt(zone.records, kind, target), []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"allowOverwrite"})}
			if overwritten, missing := plan.damage.records[name]; missing {
				// A change of it has the provider write the record once more.
				overwrite, once = pulumi.Bool(!overwritten).ToBoolOutput(), nil
			}
			record, err := route53.NewRecord(ctx, name, &route53.RecordArgs{
				ZoneId: zone.zoneID.ToStringOutput(),
				Name:   pulumi.String(domain),
				Type:   pulumi.String(kind),
				Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
					Name: target, ZoneId: c.Distribution.HostedZoneId, EvaluateTargetHealth: pulumi.Bool(false),
				}},
				AllowOverwrite: overwrite,
			}, slices.Concat(opts, once, c.afterEarlierRecord(), importing(plan.adopted.record(domain, zone, kind)))...)
			if err != nil {
				return fmt.Errorf("pointing %s at the distribution (%s): %w", domain, kind, err)
			}
			c.AliasRecords = append(c.AliasRecords, record)
		}
	}
	return nil
}

func aliasName(component, domain, kind string) string {
	return component + "-alias-" + domain + "-" + strings.ToLower(kind)
}

// afterEarlierRecord has the next alias record wait for one of the earlier ones, so that
// never more than recordsAtOnce are written, or deleted, side by side.
func (c *ImageCdn) afterEarlierRecord() []pulumi.ResourceOption {
	if len(c.AliasRecords) < recordsAtOnce {
		return nil
	}
	return []pulumi.ResourceOption{pulumi.DependsOn([]pulumi.Resource{c.AliasRecords[len(c.AliasRecords)-recordsAtOnce]})}
}

// alreadyPointsAt says whether the record is there and points at this very
// distribution, as an up that was killed leaves it: only then is it overwritten.
func alreadyPointsAt(records []foundRecord, kind string, target pulumi.StringOutput) pulumi.BoolOutput {
	existing := ""
	for _, record := range records {
		if record.Type == kind {
			existing = record.AliasTarget
		}
	}
	return target.ApplyT(func(domainName string) bool {
		return existing != "" && existing == strings.ToLower(domainName)
	}).(pulumi.BoolOutput)
}

// recordsToMake are the records that the component leaves to somebody else.
func (c *ImageCdn) recordsToMake(plan imagePlan) pulumi.StringArrayOutput {
	if textOr(plan.Dns.Records, Managed) != None {
		return pulumi.StringArray{}.ToStringArrayOutput()
	}
	validation := pulumi.StringArray{}.ToStringArrayOutput()
	if c.Certificate != nil {
		validation = c.Certificate.ValidationRecords
	}
	return pulumi.All(validation, c.Distribution.DomainName).ApplyT(func(known []any) []string {
		records := slices.Clone(known[0].([]string))
		if !plan.live() {
			return records
		}
		for _, domain := range plan.domains {
			records = append(records, domain+" CNAME "+known[1].(string))
		}
		return records
	}).(pulumi.StringArrayOutput)
}
