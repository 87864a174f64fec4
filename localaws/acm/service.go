// Package acm is AWS Certificate Manager of the embedded AWS: public
// certificates, validated by DNS, issued when their records resolve.
package acm

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"imagecdn/localaws/api"
)

// Issuer makes certificates.
type Issuer interface {
	// Issue returns a certificate for the names, the chain it is verified with
	// and its private key, all in PEM. The algorithm is ACM's name of it.
	Issue(names []string, keyAlgorithm string, notBefore, notAfter time.Time) (certificatePEM, chainPEM, keyPEM []byte, err error)
}

// Options are what ACM asks of others.
type Options struct {
	// Resolve returns the target of the CNAME that public DNS has at a name.
	Resolve func(name string) (cnameTarget string, ok bool)
	// CAA returns the domains that public DNS allows, for a name, to issue a
	// certificate, and a wildcard certificate (RFC 8659). Restricted false
	// means that anybody may. Nil: there are no such records.
	CAA func(name string, wildcard bool) (allowed []string, restricted bool)
	// InUseBy returns the ARNs of what uses a certificate.
	InUseBy func(certificateARN string) []string
	// Issuer signs.
	Issuer Issuer
}

// Service is ACM.
type Service struct {
	env   api.Environment
	opts  Options
	state state
	dirty bool
}

// TakeChanges implements api.Lazy.
func (s *Service) TakeChanges() bool {
	changed := s.dirty
	s.dirty = false
	return changed
}

// state is everything that survives a restart.
type state struct {
	Certificates map[string]*certificate `json:"certificates"`
	// Created counts the certificates ever requested, to keep their order.
	Created int `json:"created"`
}

// New returns an ACM without certificates.
func New(env api.Environment, opts Options) *Service {
	return &Service{env: env, opts: opts, state: state{Certificates: map[string]*certificate{}}}
}

// Name implements api.Service.
func (s *Service) Name() string { return "acm" }

// Protocol implements api.Service.
func (s *Service) Protocol() api.Protocol { return api.JSON }

// Route implements api.Service.
func (s *Service) Route(r *api.Request) (string, api.Operation) {
	name := api.Target(r)
	return name, s.served()[name]
}

// Operations implements api.Service.
func (s *Service) Operations() []string { return slices.Sorted(maps.Keys(s.served())) }

func (s *Service) served() map[string]api.Operation {
	return map[string]api.Operation{
		"RequestCertificate":        api.JSONOperation(s.requestCertificate),
		"DescribeCertificate":       api.JSONOperation(s.describeCertificate),
		"ListCertificates":          api.JSONOperation(s.listCertificates),
		"DeleteCertificate":         api.JSONOperation(s.deleteCertificate),
		"GetCertificate":            api.JSONOperation(s.getCertificate),
		"UpdateCertificateOptions":  api.JSONOperation(s.updateCertificateOptions),
		"ResendValidationEmail":     api.JSONOperation(s.resendValidationEmail),
		"AddTagsToCertificate":      api.JSONOperation(s.addTags),
		"RemoveTagsFromCertificate": api.JSONOperation(s.removeTags),
		"ListTagsForCertificate":    api.JSONOperation(s.listTags),
	}
}

// Snapshot implements api.Service.
func (s *Service) Snapshot() (json.RawMessage, error) {
	snapshot, err := json.Marshal(s.state)
	if err != nil {
		return nil, fmt.Errorf("encoding certificates: %w", err)
	}
	return snapshot, nil
}

// Restore implements api.Service.
func (s *Service) Restore(snapshot json.RawMessage) error {
	restored := state{Certificates: map[string]*certificate{}}
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("decoding certificates: %w", err)
	}
	for _, c := range restored.Certificates {
		c.Account = api.AccountOf(c.ARN) // earlier snapshots do not have it
	}
	s.state = restored
	return nil
}

// Tick implements api.Ticker: certificates are issued, renewed, and expire.
func (s *Service) Tick(now time.Time) bool {
	changed := false
	for _, c := range s.state.Certificates {
		if s.advance(c, now) {
			changed = true
		}
	}
	return changed
}

// Certificate is an issued certificate, for those that serve it.
type Certificate struct {
	// ARN is the certificate's.
	ARN string
	// Names are the names it covers, the first one its common name.
	Names []string
	// KeyAlgorithm is ACM's name of the key's type, such as RSA_2048.
	KeyAlgorithm string
	// CertificatePEM, ChainPEM and KeyPEM are the certificate, the chain it is
	// verified with, and the private key.
	CertificatePEM, ChainPEM, KeyPEM []byte
}

// Expires is when a certificate of a region expires, for CloudWatch's metric of it.
func (s *Service) Expires(arn, region string) (at time.Time, issued bool) {
	if _, issued := s.Issued(arn, region); !issued {
		return time.Time{}, false
	}
	return s.state.Certificates[arn].NotAfter, true
}

// Issued returns a certificate of a region if it is issued.
func (s *Service) Issued(arn, region string) (Certificate, bool) {
	c, found := s.state.Certificates[arn]
	if !found || c.Region != region {
		return Certificate{}, false
	}
	s.advance(c, s.env.Now())
	if c.Status != statusIssued {
		return Certificate{}, false
	}
	return Certificate{
		ARN: c.ARN, Names: c.Names, KeyAlgorithm: c.KeyAlgorithm,
		CertificatePEM: c.CertificatePEM, ChainPEM: c.ChainPEM, KeyPEM: c.KeyPEM,
	}, true
}
