package acm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"imagecdn/localaws/api"
)

// States of a certificate, and of a name in it.
const (
	statusPending  = "PENDING_VALIDATION"
	statusIssued   = "ISSUED"
	statusTimedOut = "VALIDATION_TIMED_OUT"
	statusExpired  = "EXPIRED"
	statusFailed   = "FAILED"

	domainSuccess = "SUCCESS"
)

// certificate is one certificate of one account and region.
type certificate struct {
	ARN            string
	Account        string
	Region         string
	Names          []string
	KeyAlgorithm   string
	Options        certificateOptions
	Token          string `json:",omitempty"`
	Number         int
	Tags           map[string]string `json:",omitempty"`
	Status         string
	FailureReason  string `json:",omitempty"`
	CreatedAt      time.Time
	ResolvedSince  time.Time // when the last of the validation records began to resolve
	IssuedAt       time.Time
	RenewedAt      time.Time
	NotBefore      time.Time
	NotAfter       time.Time
	Serial         string `json:",omitempty"`
	Signature      string `json:",omitempty"`
	CertificatePEM []byte `json:",omitempty"`
	ChainPEM       []byte `json:",omitempty"`
	KeyPEM         []byte `json:",omitempty"`
}

// certificateOptions is the API's CertificateOptions.
type certificateOptions struct {
	CertificateTransparencyLoggingPreference string
	Export                                   string `json:",omitempty"`
}

// resourceRecord is the record that proves control of a domain.
type resourceRecord struct {
	Name  string
	Type  string
	Value string
}

// validationRecord is the record for a name. Its tokens depend on account and
// domain alone, so that it is the same for every certificate, in every region,
// and for a wildcard and its parent.
func validationRecord(account, name string) resourceRecord {
	domain := strings.TrimPrefix(name, "*.")
	digest := sha256.Sum256([]byte(account + "|" + domain))
	text := hex.EncodeToString(digest[:])
	const tokenLength = 32
	return resourceRecord{
		Name:  "_" + text[:tokenLength] + "." + domain + ".",
		Type:  "CNAME",
		Value: "_" + text[tokenLength:] + "." + label(digest) + ".acm-validations.aws.",
	}
}

// label is the part of a validation record's value between token and suffix.
func label(digest [sha256.Size]byte) string {
	const length = 10
	letters := make([]byte, length)
	for i := range letters {
		letters[i] = 'a' + digest[i]%26
	}
	return string(letters)
}

// visibleTo says whether a call sees the certificate: it is of its account and region.
func (c *certificate) visibleTo(r *api.Request) bool {
	return c.Account == r.Caller.Account && c.Region == r.Region
}

// find returns the certificate of an ARN, if the call sees it.
func (s *Service) find(r *api.Request, arn string) (*certificate, error) {
	r.Resource = arn
	if !strings.HasPrefix(arn, "arn:aws:acm:") {
		return nil, api.Refuse("InvalidArnException", "Invalid arn: '%s'", arn)
	}
	c, found := s.state.Certificates[arn]
	if !found || !c.visibleTo(r) {
		return nil, api.Refuse("ResourceNotFoundException", "Could not find certificate %s.", arn)
	}
	return c, nil
}

func newARN(region, account, id string) string {
	return fmt.Sprintf("arn:aws:acm:%s:%s:certificate/%s", region, account, id)
}

func (s *Service) inUseBy(c *certificate) []string {
	if s.opts.InUseBy == nil {
		return []string{}
	}
	return append([]string{}, s.opts.InUseBy(c.ARN)...)
}
