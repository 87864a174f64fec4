package acm

import (
	"maps"
	"slices"
	"strconv"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/paging"
)

// maxPage is the largest page of ListCertificates, and its default.
const maxPage = 1000

type listInput struct {
	CertificateStatuses []string
	Includes            struct {
		KeyTypes         []string
		KeyUsage         []string
		ExtendedKeyUsage []string
		ExportOption     string
	}
	MaxItems  *int
	NextToken string
	SortBy    string
	SortOrder string
}

type listOutput struct {
	CertificateSummaryList []certificateSummary
	NextToken              string `json:",omitempty"`
}

type certificateSummary struct {
	CertificateArn                       string
	DomainName                           string
	SubjectAlternativeNameSummaries      []string
	HasAdditionalSubjectAlternativeNames bool
	Status                               string
	Type                                 string
	KeyAlgorithm                         string
	KeyUsages                            []string
	ExtendedKeyUsages                    []string
	InUse                                bool
	RenewalEligibility                   string
	ExportOption                         string
	NotBefore                            *seconds `json:",omitempty"`
	NotAfter                             *seconds `json:",omitempty"`
	CreatedAt                            *seconds `json:",omitempty"`
	IssuedAt                             *seconds `json:",omitempty"`
}

func (s *Service) listCertificates(r *api.Request, in *listInput) (*listOutput, error) {
	size := maxPage
	if in.MaxItems != nil {
		size = *in.MaxItems
	}
	if size < 1 || size > maxPage {
		return nil, invalid("maxItems", strconv.Itoa(size), "Member must have value between 1 and 1000")
	}
	if (in.SortBy == "") != (in.SortOrder == "") {
		return nil, api.Refuse("ValidationException", "SortBy and SortOrder must be given together.")
	}
	start, err := after(in.NextToken)
	if err != nil {
		return nil, err
	}
	wanted := s.wanted(r, in)
	page, rest := paging.Cut(wanted[min(start, len(wanted)):], size)
	out := &listOutput{CertificateSummaryList: []certificateSummary{}}
	for _, c := range page {
		out.CertificateSummaryList = append(out.CertificateSummaryList, s.summary(c))
	}
	if len(rest) > 0 {
		out.NextToken = strconv.Itoa(start + size)
	}
	return out, nil
}

// after is where a page starts.
func after(token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	start, err := strconv.Atoi(token)
	if err != nil || start < 0 {
		return 0, api.Refuse("ValidationException", "The token %s is not valid.", token)
	}
	return start, nil
}

// wanted are the certificates that the filters let through, in order.
func (s *Service) wanted(r *api.Request, in *listInput) []*certificate {
	now := s.env.Now()
	all := slices.SortedFunc(maps.Values(s.state.Certificates), func(a, b *certificate) int { return a.Number - b.Number })
	if in.SortOrder == "DESCENDING" {
		slices.Reverse(all)
	}
	return slices.DeleteFunc(all, func(c *certificate) bool {
		s.advance(c, now)
		return !c.visibleTo(r) || !in.includes(c)
	})
}

// includes applies the filters. Without key types only RSA certificates are
// listed, as the API reference warns.
func (in *listInput) includes(c *certificate) bool {
	keyTypes := in.Includes.KeyTypes
	if len(keyTypes) == 0 {
		keyTypes = []string{"RSA_1024", "RSA_2048"}
	}
	if len(in.CertificateStatuses) > 0 && !slices.Contains(in.CertificateStatuses, c.Status) {
		return false
	}
	if in.Includes.ExportOption != "" && in.Includes.ExportOption != c.Options.Export {
		return false
	}
	usage := []string{"ANY"}
	for _, u := range usages(c) {
		usage = append(usage, u.Name)
	}
	extended := []string{"ANY", "TLS_WEB_SERVER_AUTHENTICATION"}
	return slices.Contains(keyTypes, c.KeyAlgorithm) &&
		subset(in.Includes.KeyUsage, usage) && subset(in.Includes.ExtendedKeyUsage, extended)
}

func subset(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

func (s *Service) summary(c *certificate) certificateSummary {
	summary := certificateSummary{
		CertificateArn: c.ARN, DomainName: c.Names[0], SubjectAlternativeNameSummaries: c.Names,
		Status: c.Status, Type: "AMAZON_ISSUED", KeyAlgorithm: c.KeyAlgorithm, InUse: len(s.inUseBy(c)) > 0,
		RenewalEligibility: s.eligibility(c), ExportOption: c.Options.Export,
		NotBefore: epoch(c.NotBefore), NotAfter: epoch(c.NotAfter), CreatedAt: epoch(c.CreatedAt), IssuedAt: epoch(c.IssuedAt),
		KeyUsages: []string{}, ExtendedKeyUsages: []string{},
	}
	if c.Serial != "" {
		for _, u := range usages(c) {
			summary.KeyUsages = append(summary.KeyUsages, u.Name)
		}
		summary.ExtendedKeyUsages = []string{"TLS_WEB_SERVER_AUTHENTICATION"}
	}
	return summary
}
