package acm

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"imagecdn/localaws/api"
)

// Limits of RequestCertificate ("Quotas" in the ACM user guide).
const (
	maxCommonName   = 64
	maxNameLength   = 253
	maxAlternatives = 100
	tokenLifetime   = time.Hour
)

var (
	// domainName is the pattern of DomainName in the API reference, but for
	// the look-aheads that Go does not have: see validName.
	domainName = regexp.MustCompile(`^(\*\.)?(?:[A-Za-z0-9-]{0,62}[A-Za-z0-9]\.)+[A-Za-z0-9-]{1,62}[A-Za-z0-9]$`)

	idempotencyToken = regexp.MustCompile(`^\w{1,32}$`)

	// keyAlgorithms are those that ACM issues.
	keyAlgorithms = []string{"RSA_2048", "EC_prime256v1", "EC_secp384r1"}

	// amazonDomains are for nobody else ("DNS validation", troubleshooting).
	amazonDomains = []string{"amazonaws.com", "cloudfront.net", "elasticbeanstalk.com"}
)

type requestCertificateInput struct {
	DomainName              string
	SubjectAlternativeNames []string
	ValidationMethod        string
	DomainValidationOptions []struct{ DomainName, ValidationDomain string }
	IdempotencyToken        string
	KeyAlgorithm            string
	CertificateAuthorityArn string
	ManagedBy               string
	Options                 certificateOptions
	Tags                    []tag
}

type certificateARN struct {
	CertificateArn string
}

func (s *Service) requestCertificate(r *api.Request, in *requestCertificateInput) (*certificateARN, error) {
	names, err := in.names()
	if err != nil {
		return nil, err
	}
	quotas := s.env.Quotas()
	if len(names) > quotas.CertificateNames {
		return nil, api.Refuse("LimitExceededException", "Error: you have reached your limit of %d domain names per certificate.",
			quotas.CertificateNames)
	}
	if err := in.check(names); err != nil {
		return nil, err
	}
	tags, err := merged(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	now := s.env.Now()
	if c := s.repeated(r, in, names, now); c != nil {
		return &certificateARN{CertificateArn: c.ARN}, nil
	}
	if s.count(r) >= quotas.Certificates {
		return nil, api.Refuse("LimitExceededException", "Error: you have reached your limit of %d certificates.", quotas.Certificates)
	}
	s.state.Created++
	c := &certificate{
		ARN: newARN(r.Region, r.Caller.Account, uuid.NewString()), Account: r.Caller.Account, Region: r.Region, Names: names, KeyAlgorithm: in.KeyAlgorithm,
		Options: in.Options, Token: in.IdempotencyToken, Number: s.state.Created, Tags: tags,
		Status: statusPending, CreatedAt: now,
	}
	if slices.ContainsFunc(names, amazonOwned) {
		c.Status, c.FailureReason = statusFailed, "DOMAIN_NOT_ALLOWED"
	}
	s.state.Certificates[c.ARN] = c
	r.Resource = c.ARN
	return &certificateARN{CertificateArn: c.ARN}, nil
}

// repeated finds the certificate that an earlier call with the same token made.
func (s *Service) repeated(r *api.Request, in *requestCertificateInput, names []string, now time.Time) *certificate {
	if in.IdempotencyToken == "" {
		return nil
	}
	for _, c := range s.state.Certificates {
		if c.visibleTo(r) && c.Token == in.IdempotencyToken && slices.Equal(c.Names, names) &&
			now.Sub(c.CreatedAt) < tokenLifetime {
			return c
		}
	}
	return nil
}

// count is how many certificates the caller's account has in the region.
func (s *Service) count(r *api.Request) (count int) {
	for _, c := range s.state.Certificates {
		if c.visibleTo(r) {
			count++
		}
	}
	return count
}

// names are the names of the certificate, the common name first, each once.
func (in *requestCertificateInput) names() ([]string, error) {
	if in.DomainName == "" {
		return nil, invalid("domainName", "null", "Member must not be null")
	}
	if len(in.SubjectAlternativeNames) > maxAlternatives {
		return nil, invalid("subjectAlternativeNames", "...", "Member must have length less than or equal to 100")
	}
	var names []string
	for i, given := range append([]string{in.DomainName}, in.SubjectAlternativeNames...) {
		field := "domainName"
		if i > 0 {
			field = "subjectAlternativeNames"
		}
		if len(given) > maxNameLength {
			return nil, invalid(field, given, "Member must have length less than or equal to 253")
		}
		if !validName(given) {
			return nil, invalid(field, given, "Member must satisfy regular expression pattern: "+
				`^(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])$`)
		}
		if name := strings.ToLower(given); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

func validName(name string) bool {
	return domainName.MatchString(name) && !strings.HasPrefix(name, "-") && !strings.Contains(name, ".-")
}

func amazonOwned(name string) bool {
	return slices.ContainsFunc(amazonDomains, func(domain string) bool {
		return name == domain || strings.HasSuffix(name, "."+domain)
	})
}

func invalid(field, value, constraint string) error {
	return api.Refuse("ValidationException",
		"1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: %s", value, field, constraint)
}

// check looks at everything but the form of the names, and fills in defaults.
func (in *requestCertificateInput) check(names []string) error {
	if len(names[0]) > maxCommonName {
		return api.Refuse("InvalidParameterException",
			"The first domain name %s is longer than %d characters, the most a common name can have.", names[0], maxCommonName)
	}
	if in.IdempotencyToken != "" && !idempotencyToken.MatchString(in.IdempotencyToken) {
		return invalid("idempotencyToken", in.IdempotencyToken, `Member must satisfy regular expression pattern: \w+`)
	}
	for _, option := range in.DomainValidationOptions {
		if err := checkValidationDomain(names, strings.ToLower(option.DomainName), strings.ToLower(option.ValidationDomain)); err != nil {
			return err
		}
	}
	if err := in.checkMethod(); err != nil {
		return err
	}
	if in.KeyAlgorithm == "" {
		in.KeyAlgorithm = keyAlgorithms[0]
	}
	if !slices.Contains(keyAlgorithms, in.KeyAlgorithm) {
		return api.Refuse("InvalidParameterException", "The key algorithm %s is not supported for public certificates: use one of %s.",
			in.KeyAlgorithm, strings.Join(keyAlgorithms, ", "))
	}
	return in.Options.check()
}

func checkValidationDomain(names []string, name, domain string) error {
	parent := strings.TrimPrefix(name, "*.")
	if !slices.Contains(names, name) || domain != parent && !strings.HasSuffix(parent, "."+domain) {
		return api.Refuse("InvalidDomainValidationOptionsException",
			"The validation domain %s is neither the domain name %s of the request nor a parent of it.", domain, name)
	}
	return nil
}

// checkMethod says openly what of ACM is not here.
func (in *requestCertificateInput) checkMethod() error {
	switch {
	case in.CertificateAuthorityArn != "":
		return notHere("private certificates")
	case in.ManagedBy != "":
		return notHere("certificates managed by other services")
	case in.ValidationMethod != "DNS" && in.ValidationMethod != "EMAIL" && in.ValidationMethod != "HTTP" && in.ValidationMethod != "":
		return invalid("validationMethod", in.ValidationMethod, "Member must satisfy enum value set: [EMAIL, DNS, HTTP]")
	case in.ValidationMethod != "DNS": // without a method AWS validates by email
		return notHere("validation by email or HTTP")
	}
	return nil
}

func notHere(what string) error {
	return api.RefuseStatus(http.StatusNotImplemented, "NotImplemented", "The embedded AWS does not imitate %s.", what)
}

// check refuses what cannot be opted for, and fills in defaults. Since June
// 2026 every public certificate is logged.
func (o *certificateOptions) check() error {
	switch o.CertificateTransparencyLoggingPreference {
	case "", "ENABLED":
		o.CertificateTransparencyLoggingPreference = "ENABLED"
	case "DISABLED":
		return api.Refuse("InvalidParameterException", "Opting out of certificate transparency logging is no longer supported.")
	default:
		return invalid("options.certificateTransparencyLoggingPreference", o.CertificateTransparencyLoggingPreference,
			"Member must satisfy enum value set: [ENABLED, DISABLED]")
	}
	switch o.Export {
	case "":
		o.Export = "DISABLED"
	case "ENABLED", "DISABLED":
	default:
		return invalid("options.export", o.Export, "Member must satisfy enum value set: [ENABLED, DISABLED]")
	}
	return nil
}
