package cloudfront

import (
	"strings"

	"imagecdn/localaws/api"
)

func invalidCertificate(message string) error {
	return api.Refuse("InvalidViewerCertificate", "%s", message)
}

// checkCertificate holds the certificate against the aliases. The sentences are
// AWS's own, because people search for them.
func (s *Service) checkCertificate(account string, c *distributionConfig) error {
	v := c.ViewerCertificate
	if v.CloudFrontDefaultCertificate {
		if len(c.Aliases.Items) > 0 {
			return invalidCertificate("To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name. For more details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements")
		}
		return nil
	}
	if v.ACMCertificateArn != "" && v.IAMCertificateId != "" {
		return invalidCertificate("Only one of ACMCertificateArn and IAMCertificateId may be given.")
	}
	if err := checkProtocol(v); err != nil {
		return err
	}
	certificate, issued := s.options.Certificate(v.ACMCertificateArn)
	if !issued || api.AccountOf(v.ACMCertificateArn) != account || !strings.HasPrefix(v.ACMCertificateArn, "arn:aws:acm:us-east-1:") {
		return invalidCertificate("The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.")
	}
	if !takesKey(certificate.KeyAlgorithm) {
		return invalidCertificate("The specified SSL certificate has a key that CloudFront does not support: " + certificate.KeyAlgorithm +
			". RSA keys up to 4096 bits and ECDSA keys on P-256 are supported.")
	}
	for _, alias := range c.Aliases.Items {
		if !covers(certificate.Names, alias) {
			return invalidCertificate("The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add. For more details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements")
		}
	}
	return nil
}

// takesKey says whether CloudFront serves with a key of an algorithm of ACM's
// ("Requirements for using SSL/TLS certificates with CloudFront", size of the key).
func takesKey(algorithm string) bool {
	switch algorithm {
	case "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1":
		return true
	}
	return false
}

func checkProtocol(v *viewerCertificate) error {
	if v.SSLSupportMethod == "" {
		return invalidCertificate("With a certificate of your own, SSLSupportMethod is required.")
	}
	if err := oneOf("SSLSupportMethod", v.SSLSupportMethod, "sni-only", "vip", "static-ip"); err != nil {
		return err
	}
	if v.MinimumProtocolVersion == "SSLv3" && v.SSLSupportMethod == "sni-only" {
		return api.Refuse("InvalidMinimumProtocolVersion", "The minimum protocol version specified is not valid: SNI needs TLSv1 or later.")
	}
	if oneOf("", v.MinimumProtocolVersion, "SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018",
		"TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025") != nil {
		return api.Refuse("InvalidMinimumProtocolVersion", "The minimum protocol version specified is not valid: %q.", v.MinimumProtocolVersion)
	}
	return nil
}

// covers says whether one of a certificate's names covers an alias: the name
// itself, or a wildcard in place of exactly one label.
func covers(certified []string, alias string) bool {
	_, parent, _ := strings.Cut(alias, ".")
	for _, name := range certified {
		if strings.EqualFold(name, alias) || strings.EqualFold(name, "*."+parent) {
			return true
		}
	}
	return false
}
