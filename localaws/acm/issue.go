package acm

import (
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// validationTime is how long ACM tries to find the validation records.
	validationTime = 72 * time.Hour
	// lifetimeDays is how long a certificate is valid since February 2026.
	lifetimeDays = 198
	// renewBefore is how long before its end a certificate is renewed.
	renewBefore = 45 * 24 * time.Hour
)

// certificateAuthorities are the CAA values that let Amazon issue.
var certificateAuthorities = []string{"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"}

// advance lets time pass for a certificate, and reports whether that changed it.
func (s *Service) advance(c *certificate, now time.Time) bool {
	changed := s.move(c, now)
	s.dirty = s.dirty || changed
	return changed
}

func (s *Service) move(c *certificate, now time.Time) bool {
	switch {
	case c.Status == statusPending:
		return s.validate(c, now)
	case c.Status == statusIssued && now.After(c.NotAfter):
		c.Status = statusExpired
		return true
	case c.Status == statusIssued && now.After(c.NotAfter.Add(-renewBefore)) && s.renewable(c):
		return s.renew(c, now)
	}
	return false
}

// validate issues a certificate when all of its records have resolved for long enough.
func (s *Service) validate(c *certificate, now time.Time) bool {
	if !s.named(c, now) || !s.allResolve(c) {
		forgotten := !c.ResolvedSince.IsZero()
		c.ResolvedSince = time.Time{}
		if now.Sub(c.CreatedAt) >= validationTime {
			c.Status = statusTimedOut
			return true
		}
		return forgotten
	}
	noticed := c.ResolvedSince.IsZero()
	if noticed {
		c.ResolvedSince = now
	}
	if now.Before(c.ResolvedSince.Add(s.env.Delays.CertificateIssue)) {
		return noticed
	}
	switch {
	case !s.allowed(c):
		c.Status, c.FailureReason = statusFailed, "CAA_ERROR"
	case s.issue(c, now) != nil:
		c.Status, c.FailureReason = statusFailed, "OTHER"
	default:
		c.Status, c.IssuedAt = statusIssued, now
	}
	return true
}

// named says whether the validation records have been made known. Until then
// nothing is looked up, not even what DNS has from an earlier certificate.
func (s *Service) named(c *certificate, now time.Time) bool {
	return !now.Before(c.CreatedAt.Add(s.env.Delays.ValidationOptions))
}

func (s *Service) allResolve(c *certificate) bool {
	return !slices.ContainsFunc(c.Names, func(name string) bool { return !s.resolves(c, name) })
}

// resolves says whether DNS has the validation record of a name.
func (s *Service) resolves(c *certificate, name string) bool {
	record := validationRecord(c.Account, name)
	target, found := s.opts.Resolve(record.Name)
	return found && strings.EqualFold(strings.TrimSuffix(target, "."), strings.TrimSuffix(record.Value, "."))
}

// allowed says whether CAA records let Amazon issue for all the names.
func (s *Service) allowed(c *certificate) bool {
	if s.opts.CAA == nil {
		return true
	}
	return !slices.ContainsFunc(c.Names, func(name string) bool {
		domain, wildcard := strings.CutPrefix(name, "*.")
		authorities, restricted := s.opts.CAA(domain, wildcard)
		return restricted && !slices.ContainsFunc(authorities, func(a string) bool {
			return slices.Contains(certificateAuthorities, strings.ToLower(a))
		})
	})
}

// renewable says whether ACM renews the certificate by itself: it is in use and
// its records are still there ("Renewal for domains validated by DNS").
func (s *Service) renewable(c *certificate) bool {
	return len(s.inUseBy(c)) > 0 && s.allResolve(c)
}

func (s *Service) renew(c *certificate, now time.Time) bool {
	if s.issue(c, now) != nil {
		return false // it is tried again until the certificate expires
	}
	c.RenewedAt = now
	return true
}

// issue has the certificate signed, valid from the midnight before.
func (s *Service) issue(c *certificate, now time.Time) error {
	notBefore := now.UTC().Truncate(24 * time.Hour)
	notAfter := notBefore.AddDate(0, 0, lifetimeDays).Add(-time.Second)
	certificatePEM, chainPEM, keyPEM, err := s.opts.Issuer.Issue(c.Names, c.KeyAlgorithm, notBefore, notAfter)
	if err != nil {
		return fmt.Errorf("issuing %s: %w", c.ARN, err)
	}
	block, _ := pem.Decode(certificatePEM)
	if block == nil {
		return fmt.Errorf("issuing %s: %w", c.ARN, errors.New("the issuer returned no PEM"))
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return fmt.Errorf("reading the certificate issued for %s: %w", c.ARN, err)
	}
	c.CertificatePEM, c.ChainPEM, c.KeyPEM = certificatePEM, chainPEM, keyPEM
	c.NotBefore, c.NotAfter = leaf.NotBefore, leaf.NotAfter
	c.Serial, c.Signature = colons(leaf.SerialNumber.Bytes()), signature(leaf.SignatureAlgorithm)
	return nil
}

// colons writes bytes as ACM writes serial numbers: 0a:1b:2c.
func colons(bytes []byte) string {
	pairs := make([]string, len(bytes))
	for i, b := range bytes {
		pairs[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(pairs, ":")
}

// signature turns Go's SHA256-RSA and ECDSA-SHA256 into ACM's SHA256WITHRSA and
// SHA256WITHECDSA.
func signature(algorithm x509.SignatureAlgorithm) string {
	first, second, _ := strings.Cut(algorithm.String(), "-")
	if first == "ECDSA" {
		first, second = second, first
	}
	return first + "WITH" + second
}
