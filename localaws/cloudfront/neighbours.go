package cloudfront

import "slices"

// DistributionDomainExists says whether a domain such as
// d111111abcdef8.cloudfront.net is a distribution's, for Route 53's aliases.
func (s *Service) DistributionDomainExists(domain string) bool {
	return s.byDomain(domain) != nil
}

// CertificateUsers are the ARNs of the distributions that use a certificate, or
// still serve with it: ACM refuses to delete it while there are any.
func (s *Service) CertificateUsers(certificateARN string) []string {
	now := s.now()
	var arns []string
	for _, d := range s.distributions {
		if d.Config.ViewerCertificate.ACMCertificateArn == certificateARN ||
			d.serving(now).ViewerCertificate.ACMCertificateArn == certificateARN {
			arns = append(arns, d.arn())
		}
	}
	slices.Sort(arns)
	return arns
}

// WebACLInUse says whether a distribution has a web ACL, for WAF's refusal to
// delete it.
func (s *Service) WebACLInUse(arn string) bool {
	return s.anyDistribution(func(c *distributionConfig) bool { return c.WebACLId == arn })
}
