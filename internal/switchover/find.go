package switchover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"imagecdn/internal/dnsname"
)

// Find plans the move of domains to a distribution. It changes nothing, and returns
// everything that stands in the way, joined.
func Find(ctx context.Context, clients Clients, distributionID string, domains []string) (Plan, error) {
	got, err := clients.CloudFront.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: aws.String(distributionID)})
	if err != nil {
		return Plan{}, fmt.Errorf("looking at distribution %s: %w", distributionID, err)
	}
	plan := Plan{To: Distribution{distributionID, aws.ToString(got.Distribution.DomainName)}}
	if !aws.ToBool(got.Distribution.DistributionConfig.Enabled) {
		return plan, fmt.Errorf("distribution %s is disabled: enable it with `pulumi up` first", distributionID)
	}
	if status := aws.ToString(got.Distribution.Status); status != deployed {
		return plan, fmt.Errorf("distribution %s is %s: wait until the edge locations have it, and run this again", distributionID, status)
	}
	owners, err := findOwners(ctx, clients.CloudFront)
	if err != nil {
		return plan, err
	}
	zones, err := findZones(ctx, clients.Route53)
	if err != nil {
		return plan, err
	}
	var faults []error
	for _, domain := range domains {
		move, err := findMove(ctx, clients, plan.To, domain, owners, zones)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", domain, err))
			continue
		}
		plan.Moves = append(plan.Moves, move)
	}
	return plan, errors.Join(faults...)
}

func findMove(
	ctx context.Context, clients Clients, to Distribution, domain string, owners map[string]Distribution, zones map[string]string,
) (Move, error) {
	move := Move{Domain: domain}
	for _, name := range dnsname.Parents(domain) {
		if move.ZoneID = zones[name]; move.ZoneID != "" {
			break
		}
	}
	if move.ZoneID == "" {
		return move, errors.New("no public hosted zone of this account holds its records: change them where they are")
	}
	if owner, owned := owners[domain]; owned && owner.ID != to.ID {
		move.From = &owner
	} else if !owned {
		if err := refuseForeign(ctx, clients.CloudFront, to, domain); err != nil {
			return move, err
		}
	}
	sets, err := setsAt(ctx, clients.Route53, move.ZoneID, domain)
	if err != nil {
		return move, err
	}
	for _, set := range sets {
		if !slices.Contains(pointing, set.Type) {
			continue
		}
		if set.SetIdentifier != nil {
			return move, fmt.Errorf("its %s record has a routing policy (%s), which would be lost: move it by hand", set.Type, *set.SetIdentifier)
		}
		move.Records = append(move.Records, set)
	}
	return move, nil
}

// findOwners are the distributions of the account by the domains they have.
func findOwners(ctx context.Context, client *cloudfront.Client) (map[string]Distribution, error) {
	owners := map[string]Distribution{}
	for pages := cloudfront.NewListDistributionsPaginator(client, &cloudfront.ListDistributionsInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the account's distributions: %w", err)
		}
		for _, d := range page.DistributionList.Items {
			for _, alias := range aliasesOf(d) {
				owners[strings.ToLower(alias)] = Distribution{aws.ToString(d.Id), aws.ToString(d.DomainName)}
			}
		}
	}
	return owners, nil
}

func aliasesOf(d cftypes.DistributionSummary) []string {
	if d.Aliases == nil {
		return nil
	}
	return d.Aliases.Items
}

// refuseForeign reports a domain that a distribution of another account has. AWS shows such
// ones only to whoever has a certificate that covers the domain.
func refuseForeign(ctx context.Context, client *cloudfront.Client, to Distribution, domain string) error {
	found, err := client.ListConflictingAliases(ctx, &cloudfront.ListConflictingAliasesInput{
		DistributionId: aws.String(to.ID), Alias: aws.String(domain),
	})
	if err != nil {
		return fmt.Errorf("asking who has it: %w", err)
	}
	for _, conflict := range found.ConflictingAliasesList.Items {
		if strings.EqualFold(aws.ToString(conflict.Alias), domain) {
			return fmt.Errorf("distribution %s of account %s has it (AWS hides the rest): its owner takes the domain off it or disables it first",
				aws.ToString(conflict.DistributionId), aws.ToString(conflict.AccountId))
		}
	}
	return nil
}

// findZones are the ids of the account's public hosted zones by name. Of two with a name
// the first is taken: only one can be delegated, and the other answers to nobody.
func findZones(ctx context.Context, client *route53.Client) (map[string]string, error) {
	zones := map[string]string{}
	for pages := route53.NewListHostedZonesPaginator(client, &route53.ListHostedZonesInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the hosted zones: %w", err)
		}
		for _, zone := range page.HostedZones {
			name := strings.TrimSuffix(aws.ToString(zone.Name), ".")
			if (zone.Config == nil || !zone.Config.PrivateZone) && zones[name] == "" {
				zones[name] = aws.ToString(zone.Id)
			}
		}
	}
	return zones, nil
}

// setsAt are the record sets at a name.
func setsAt(ctx context.Context, client *route53.Client, zone, name string) ([]types.ResourceRecordSet, error) {
	out, err := client.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{
		HostedZoneId: aws.String(zone), StartRecordName: aws.String(name),
	})
	if err != nil {
		return nil, fmt.Errorf("looking at the records of %s: %w", name, err)
	}
	return slices.DeleteFunc(out.ResourceRecordSets, func(set types.ResourceRecordSet) bool { return !isAt(set, name) }), nil
}

// isAt compares names as Route 53 writes them: with a dot at the end, and \052 for the asterisk.
func isAt(set types.ResourceRecordSet, name string) bool {
	written := strings.TrimSuffix(strings.Replace(aws.ToString(set.Name), `\052`, "*", 1), ".")
	return strings.EqualFold(written, name)
}
