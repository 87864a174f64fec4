package provider

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"imagecdn/internal/dnsname"
)

// foundConflict is a name that a distribution of another account has. AWS hides the first half of both ids.
type foundConflict struct {
	Name           string `pulumi:"name"`
	DistributionID string `pulumi:"distributionId"`
	AccountID      string `pulumi:"accountId"`
}

// findConflicts looks for names that distributions of other accounts have, besides those that are claimed in this one.
// AWS tells that only to whoever has a certificate for a name on a distribution: holder. Each name of the certificate
// takes one call, a wildcard for all below it. Whoever may not ask can do without.
func (c *foundClaims) findConflicts(ctx context.Context, client *cloudfront.Client, holder string, certificate, names []string) error {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(c.Found, func(d foundDistribution) bool { return slices.Contains(d.Names, name) })
	})
	for _, certified := range certificate {
		if !slices.ContainsFunc(names, func(name string) bool { return dnsname.Covers(plainName(certified), plainName(name)) }) {
			continue
		}
		taken, err := conflicting(ctx, client, holder, certified)
		if denied(err) || hasCode(err, "InvalidArgument", "NoSuchDistribution") {
			return nil
		}
		if err != nil {
			return err
		}
		for _, one := range taken {
			at := slices.IndexFunc(names, func(name string) bool { return plainName(name) == plainName(aws.ToString(one.Alias)) })
			if at >= 0 {
				c.Elsewhere = append(c.Elsewhere, foundConflict{names[at], aws.ToString(one.DistributionId), aws.ToString(one.AccountId)})
				names = slices.Delete(names, at, at+1)
			}
		}
	}
	return nil
}

// conflicting are the aliases, of any account, that an alias equals or overlaps.
func conflicting(ctx context.Context, client *cloudfront.Client, holder, alias string) ([]types.ConflictingAlias, error) {
	var taken []types.ConflictingAlias
	in := &cloudfront.ListConflictingAliasesInput{DistributionId: aws.String(holder), Alias: aws.String(alias)}
	for {
		out, err := client.ListConflictingAliases(ctx, in)
		if err != nil || out.ConflictingAliasesList == nil {
			return nil, err //nolint:wrapcheck // the caller explains
		}
		taken = append(taken, out.ConflictingAliasesList.Items...)
		if in.Marker = out.ConflictingAliasesList.NextMarker; aws.ToString(in.Marker) == "" {
			return taken, nil
		}
	}
}
