package components

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// amazonIssuers are the names of Amazon's authority in CAA records. Source: "Set up your
// environment to use AWS Certificate Manager".
var amazonIssuers = []string{"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"}

// checkIssuance reports domains whose CAA records keep Amazon from issuing a certificate.
// One that the stack has already stays as it is: then it is a warning, because ACM cannot
// renew it.
func checkIssuance(ctx *pulumi.Context, domains []string, dns dnsPlan, last *lastState, fs *faults) {
	for _, domain := range domains {
		caa := dns[domain].caa
		if caa == nil || amazonMayIssue(caa.Values, strings.HasPrefix(domain, "*.")) {
			continue
		}
		problem := fmt.Sprintf("the CAA record of %s lets only others issue certificates (%s)", caa.Name, strings.Join(caa.Values, ", "))
		cure := fmt.Sprintf("Add 0 issue %q to the CAA record of %s", amazonIssuers[0], caa.Name)
		if strings.HasPrefix(domain, "*.") {
			cure += fmt.Sprintf(", and 0 issuewild %q if it has issuewild", amazonIssuers[0])
		}
		if made, known := last.madeCertificate(domains); made || !known {
			_ = ctx.Log.Warn(fmt.Sprintf("%s: %s: ACM cannot renew its certificate. %s.", domain, problem, cure), nil)
			continue
		}
		fs.add("domain", domain, problem+", and ACM would fail with CAA_ERROR", cure)
	}
}

// amazonMayIssue reads CAA records as an authority does. Source: RFC 8659, section 4.
func amazonMayIssue(records []string, wildcard bool) bool {
	issuers := map[string][]string{} // by tag
	for _, record := range records {
		fields := strings.SplitN(record, " ", 3)
		if len(fields) != 3 {
			continue
		}
		issuer, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(fields[2]), `"`), ";")
		tag := strings.ToLower(fields[1])
		issuers[tag] = append(issuers[tag], strings.ToLower(strings.TrimSpace(issuer)))
	}
	allowed, restricted := issuers["issuewild"]
	if !wildcard || !restricted {
		allowed, restricted = issuers["issue"]
	}
	return !restricted || slices.ContainsFunc(allowed, func(issuer string) bool { return slices.Contains(amazonIssuers, issuer) })
}

// madeCertificate says whether the stack has a certificate for just these names, and
// whether that can be told.
func (s *lastState) madeCertificate(domains []string) (made, known bool) {
	return s.has("aws:acm/certificate:Certificate", func(r madeResource) bool {
		names := map[string]bool{}
		others, _ := r.Outputs.SubjectAlternativeNames.([]any)
		for _, name := range append(slices.Clone(others), r.Outputs.DomainName) {
			if text, ok := name.(string); ok {
				names[text] = true
			}
		}
		return slices.Equal(slices.Sorted(maps.Keys(names)), slices.Sorted(slices.Values(domains)))
	})
}
