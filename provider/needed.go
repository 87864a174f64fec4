package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
	"golang.org/x/sync/errgroup"
)

// parallelRegions bounds how many regions are asked at once.
const parallelRegions = 6

// needyStatuses are those of certificates that are validated or renewed by their records.
var needyStatuses = []types.CertificateStatus{
	types.CertificateStatusIssued, types.CertificateStatusPendingValidation, types.CertificateStatusInactive,
}

// needed says why a record must stay: another certificate's validation or renewal needs it, or ACM cannot be asked. ""
// is no reason. ACM's records are the same in every region, so all are asked.
func (i *identity) needed(ctx context.Context, record validation) (string, error) {
	cfg, err := i.config(ctx)
	if err != nil {
		return "", err
	}
	regions := slices.Clone(defaultRegions[partitionOf(either(regionOfARN(record.certificateARN), cfg.Region))])
	for _, region := range []string{cfg.Region, regionOfARN(record.certificateARN)} {
		if region != "" && !slices.Contains(regions, region) {
			regions = append(regions, region)
		}
	}
	var mu sync.Mutex
	var reasons []string
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(parallelRegions)
	for _, region := range regions {
		group.Go(func() error {
			reason, err := i.neededIn(groupCtx, region, record)
			mu.Lock()
			defer mu.Unlock()
			reasons = append(reasons, reason)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return "", err //nolint:wrapcheck // the caller explains
	}
	slices.Sort(reasons)
	return reasons[len(reasons)-1], nil
}

// neededIn asks one region. A failure other than the end of the operation is a reason to keep the record: who cannot
// ask must not guess.
func (i *identity) neededIn(ctx context.Context, region string, record validation) (string, error) {
	client, err := i.acm(ctx, region)
	if err != nil {
		return "", err
	}
	arn, err := findNeedy(ctx, client, record)
	switch {
	case err == nil && arn != "":
		return fmt.Sprintf("certificate %s is validated by it, too", arn), nil
	case err == nil:
		return "", nil
	case ctx.Err() != nil:
		return "", context.Cause(ctx) //nolint:wrapcheck // the caller explains
	case optIn(region) && hasCode(err, "UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired"):
		return "", nil
	}
	return fmt.Sprintf("whether another certificate in %s is validated by it cannot be told (%s)", region, said(ctx, err)), nil
}

// optIn reports whether an account may be without the region.
func optIn(region string) bool { return !slices.Contains(defaultRegions[partitionOf(region)], region) }

// findNeedy finds a certificate, other than the record's own, that the record validates.
func findNeedy(ctx context.Context, client *acm.Client, record validation) (string, error) {
	pages := acm.NewListCertificatesPaginator(client, &acm.ListCertificatesInput{
		CertificateStatuses: needyStatuses,
		// Without this list, ACM leaves all but two kinds of keys out.
		Includes: &types.Filters{KeyTypes: types.KeyAlgorithm("").Values()},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err //nolint:wrapcheck // the caller explains
		}
		for _, summary := range page.CertificateSummaryList {
			arn := aws.ToString(summary.CertificateArn)
			if arn == record.certificateARN || !mayBeValidated(summary, record) {
				continue
			}
			needy, err := isValidated(ctx, client, arn, record)
			if err != nil || needy {
				return arn, err
			}
		}
	}
	return "", nil
}

// mayBeValidated tells from the names in a list, which has no records and at most 100 names.
func mayBeValidated(summary types.CertificateSummary, record validation) bool {
	if aws.ToBool(summary.HasAdditionalSubjectAlternativeNames) || record.validates(aws.ToString(summary.DomainName)) {
		return true
	}
	return slices.ContainsFunc(summary.SubjectAlternativeNameSummaries, record.validates)
}

// validates reports whether the record is at the place where ACM looks for a domain's. A wildcard shares its apex's.
func (v validation) validates(domain string) bool {
	_, validated, _ := strings.Cut(v.name, ".")
	return strings.TrimPrefix(plainName(domain), "*.") == validated
}

func isValidated(ctx context.Context, client *acm.Client, arn string, record validation) (bool, error) {
	out, err := client.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: aws.String(arn)})
	if hasCode(err, "ResourceNotFoundException") {
		return false, nil
	}
	if err != nil {
		return false, err //nolint:wrapcheck // the caller explains
	}
	return slices.ContainsFunc(out.Certificate.DomainValidationOptions, func(option types.DomainValidation) bool {
		if option.ResourceRecord == nil { // ACM names it a few seconds after the request
			return option.ValidationMethod == types.ValidationMethodDns && record.validates(aws.ToString(option.DomainName))
		}
		return plainName(aws.ToString(option.ResourceRecord.Name)) == record.name
	}), nil
}

// regionOfARN is the region in an ARN, "" if there is none.
func regionOfARN(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 3 {
		return parts[3]
	}
	return ""
}
