package acm

import (
	"strings"
	"time"

	"imagecdn/localaws/api"
)

// seconds is a time as the JSON protocol writes it: seconds since 1970.
type seconds float64

func epoch(t time.Time) *seconds {
	if t.IsZero() {
		return nil
	}
	s := seconds(float64(t.UnixMilli()) / 1000)
	return &s
}

type describeOutput struct {
	Certificate certificateDetail
}

type certificateDetail struct {
	CertificateArn          string
	DomainName              string
	SubjectAlternativeNames []string
	DomainValidationOptions []domainValidation
	Serial                  string `json:",omitempty"`
	Subject                 string
	Issuer                  string   `json:",omitempty"`
	CreatedAt               *seconds `json:",omitempty"`
	IssuedAt                *seconds `json:",omitempty"`
	Status                  string
	NotBefore               *seconds `json:",omitempty"`
	NotAfter                *seconds `json:",omitempty"`
	KeyAlgorithm            string
	SignatureAlgorithm      string `json:",omitempty"`
	InUseBy                 []string
	FailureReason           string `json:",omitempty"`
	Type                    string
	RenewalSummary          *renewalSummary `json:",omitempty"`
	KeyUsages               []keyUsage
	ExtendedKeyUsages       []extendedKeyUsage
	RenewalEligibility      string
	Options                 certificateOptions
}

type domainValidation struct {
	DomainName       string
	ValidationDomain string
	ValidationStatus string
	ResourceRecord   *resourceRecord `json:",omitempty"`
	ValidationMethod string
}

type renewalSummary struct {
	RenewalStatus           string
	DomainValidationOptions []domainValidation
	UpdatedAt               *seconds
}

type keyUsage struct{ Name string }

type extendedKeyUsage struct{ Name, OID string }

func (s *Service) describeCertificate(r *api.Request, in *certificateARN) (*describeOutput, error) {
	c, err := s.find(r, in.CertificateArn)
	if err != nil {
		return nil, err
	}
	now := s.env.Now()
	s.advance(c, now)
	return &describeOutput{Certificate: s.detail(c, now)}, nil
}

func (s *Service) detail(c *certificate, now time.Time) certificateDetail {
	detail := certificateDetail{
		CertificateArn: c.ARN, DomainName: c.Names[0], SubjectAlternativeNames: c.Names,
		DomainValidationOptions: s.validations(c, now),
		Serial:                  c.Serial, Subject: "CN=" + c.Names[0], SignatureAlgorithm: c.Signature,
		CreatedAt: epoch(c.CreatedAt), IssuedAt: epoch(c.IssuedAt), Status: c.Status,
		NotBefore: epoch(c.NotBefore), NotAfter: epoch(c.NotAfter), KeyAlgorithm: c.KeyAlgorithm,
		InUseBy: s.inUseBy(c), FailureReason: c.FailureReason, Type: "AMAZON_ISSUED",
		KeyUsages: []keyUsage{}, ExtendedKeyUsages: []extendedKeyUsage{},
		RenewalEligibility: s.eligibility(c), Options: c.Options, RenewalSummary: s.renewal(c, now),
	}
	if c.Serial != "" {
		detail.Issuer = "Amazon"
		detail.KeyUsages = usages(c)
		detail.ExtendedKeyUsages = []extendedKeyUsage{{Name: "TLS_WEB_SERVER_AUTHENTICATION", OID: "1.3.6.1.5.5.7.3.1"}}
	}
	return detail
}

func usages(c *certificate) []keyUsage {
	list := []keyUsage{{Name: "DIGITAL_SIGNATURE"}}
	if strings.HasPrefix(c.KeyAlgorithm, "RSA") {
		list = append(list, keyUsage{Name: "KEY_ENCIPHERMENT"})
	}
	return list
}

// validations are what is to be proven for each name. The records appear a
// while after the request.
func (s *Service) validations(c *certificate, now time.Time) []domainValidation {
	list := make([]domainValidation, 0, len(c.Names))
	for _, name := range c.Names {
		v := domainValidation{
			DomainName: name, ValidationDomain: strings.TrimPrefix(name, "*."),
			ValidationMethod: "DNS", ValidationStatus: s.domainStatus(c, name, now),
		}
		if s.named(c, now) {
			record := validationRecord(c.Account, name)
			v.ResourceRecord = &record
		}
		list = append(list, v)
	}
	return list
}

func (s *Service) domainStatus(c *certificate, name string, now time.Time) string {
	switch {
	case !c.IssuedAt.IsZero():
		return domainSuccess
	case c.Status != statusPending:
		return statusFailed
	case s.named(c, now) && s.resolves(c, name):
		return domainSuccess
	}
	return statusPending
}

// eligibility says whether ACM would renew: only what is in use or exported.
func (s *Service) eligibility(c *certificate) string {
	if c.Status == statusIssued && len(s.inUseBy(c)) > 0 {
		return "ELIGIBLE"
	}
	return "INELIGIBLE"
}

// renewal is nil until a renewal was tried.
func (s *Service) renewal(c *certificate, now time.Time) *renewalSummary {
	validations := s.validations(c, now)
	if due := c.NotAfter.Add(-renewBefore); c.Status == statusIssued && now.After(due) && len(s.inUseBy(c)) > 0 {
		return &renewalSummary{RenewalStatus: statusPending, DomainValidationOptions: validations, UpdatedAt: epoch(due)}
	}
	if c.RenewedAt.IsZero() {
		return nil
	}
	return &renewalSummary{RenewalStatus: "SUCCESS", DomainValidationOptions: validations, UpdatedAt: epoch(c.RenewedAt)}
}

type getCertificateOutput struct {
	Certificate      string
	CertificateChain string
}

func (s *Service) getCertificate(r *api.Request, in *certificateARN) (*getCertificateOutput, error) {
	c, err := s.find(r, in.CertificateArn)
	if err != nil {
		return nil, err
	}
	s.advance(c, s.env.Now())
	if c.Serial == "" {
		return nil, api.Refuse("RequestInProgressException", "The certificate %s is not issued: its status is %s.", c.ARN, c.Status)
	}
	return &getCertificateOutput{Certificate: string(c.CertificatePEM), CertificateChain: string(c.ChainPEM)}, nil
}
