package cloudfront

import "slices"

// DistributionDomainExists says whether a domain such as
// d111111abcdef8.cloudfront.net is a distribution's, for Route 53's aliases.
func (s *Service) DistributionDomainExists(domain string) bool {
	return s.byDomain(domain) != nil
}

// DistributionExists says whether there is a distribution of an ARN, for the delivery of
// its logs.
func (s *Service) DistributionExists(arn string) bool {
	for _, d := range s.distributions {
		if d.arn() == arn {
			return true
		}
	}
	return false
}

// Monitored says whether a distribution has additional metrics.
func (s *Service) Monitored(id string) bool {
	d := s.distributions[id]
	return d != nil && d.Monitoring == "Enabled"
}

// Reach is how viewers reach a distribution by its domain name.
type Reach struct {
	// Enabled says whether it answers at all.
	Enabled bool
	// IPv6 says whether it does so over IPv6, HTTP2 and HTTP3 in which versions
	// of HTTP beside 1.1.
	IPv6, HTTP2, HTTP3 bool
}

// ReachOf is how a distribution is reached by its domain name, for DNS; found is
// false if no distribution has it.
func (s *Service) ReachOf(domain string) (r Reach, found bool) {
	d := s.byDomain(domain)
	if d == nil {
		return Reach{}, false
	}
	c := d.serving(s.now())
	return Reach{
		Enabled: c.Enabled, IPv6: c.IsIPV6Enabled,
		HTTP2: c.HttpVersion == "http2" || c.HttpVersion == "http2and3",
		HTTP3: c.HttpVersion == "http3" || c.HttpVersion == "http2and3",
	}, true
}

// AccessIdentities are the S3 canonical user ids of all origin access
// identities, by the identities' ids.
func (s *Service) AccessIdentities() map[string]string {
	users := map[string]string{}
	for id := range s.accessIdentities.items {
		users[id] = CanonicalUser(id)
	}
	return users
}

// CertificateUsers are the ARNs of the distributions that use a certificate, or
// still serve with it, or did so until lately: ACM refuses to delete it while
// there are any.
func (s *Service) CertificateUsers(certificateARN string) []string {
	now := s.now()
	var arns []string
	for _, d := range s.distributions {
		if d.Config.ViewerCertificate.ACMCertificateArn == certificateARN ||
			d.serving(now).ViewerCertificate.ACMCertificateArn == certificateARN {
			arns = append(arns, d.arn())
		}
	}
	arns = append(arns, s.heldBy(func(h held) bool { return h.Certificate == certificateARN })...)
	slices.Sort(arns)
	return slices.Compact(arns)
}

// WebACLInUse says whether a distribution has a web ACL, or had it until lately,
// for WAF's refusal to delete it.
func (s *Service) WebACLInUse(arn string) bool {
	return s.anyDistribution(func(c *distributionConfig) bool { return c.WebACLId == arn }) ||
		len(s.heldBy(func(h held) bool { return h.WebACL == arn })) > 0
}
