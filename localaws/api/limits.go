package api

import (
	"cmp"
	"time"
)

// Limits are quotas and request rates that a test can set. Quotas that few ever
// meet are always those of AWS.
type Limits struct {
	// Rates turns the request rates on: so many calls a second are answered, more
	// are refused, as AWS does with a team that shares an account.
	Rates bool `json:"rates"`
	// CertificateNames is how many names a certificate may have; 0 is AWS's
	// default of 10, which is raised on request up to 100.
	CertificateNames int `json:"certificateNames"`
	// Permissions turns IAM on: who has credentials of a user or a role of IAM's may
	// do what its policies allow and nothing else.
	Permissions bool `json:"permissions"`
	// Certificates is how many an account may have in a region; 0 is AWS's 2,500.
	Certificates int `json:"certificates"`
	// Distributions is how many an account may have; 0 is AWS's 500.
	Distributions int `json:"distributions"`
}

// AWS's own quotas, in place of those that are 0.
const (
	defaultCertificateNames = 10
	defaultCertificates     = 2500
	defaultDistributions    = 500
)

// Quotas are the limits in force.
func (e Environment) Quotas() Limits {
	limits := Limits{}
	if e.Limits != nil {
		limits = *e.Limits
	}
	limits.CertificateNames = cmp.Or(limits.CertificateNames, defaultCertificateNames)
	limits.Certificates = cmp.Or(limits.Certificates, defaultCertificates)
	limits.Distributions = cmp.Or(limits.Distributions, defaultDistributions)
	return limits
}

// Rated is a Service that answers only so many calls a second.
type Rated interface {
	// Rate says how often an account may call an operation.
	Rate(operation string) Rate
}

// Rate is how often an account may call, and what it is told if it calls more.
type Rate struct {
	// PerSecond is how many calls a second are answered; 0 is any number.
	PerSecond int
	// Together names the calls that are counted together.
	Together string
	// Code is the error of the calls beyond.
	Code string
}

// rates count the calls of each account. The world's lock guards them.
type rates struct{ buckets map[string]*tokens }

// tokens are what is left of a second's calls.
type tokens struct {
	left float64
	at   time.Time
}

// admit takes a call into account, or refuses it.
func (r *rates) admit(rate Rate, account string, now time.Time) error {
	if rate.PerSecond == 0 {
		return nil
	}
	most := float64(rate.PerSecond)
	key := account + " " + rate.Together
	if r.buckets == nil {
		r.buckets = map[string]*tokens{}
	}
	b, known := r.buckets[key]
	if !known {
		b = &tokens{left: most, at: now}
		r.buckets[key] = b
	}
	b.left = min(most, b.left+now.Sub(b.at).Seconds()*most)
	b.at = now
	if b.left < 1 {
		return Refuse(rate.Code, "Rate exceeded")
	}
	b.left--
	return nil
}
