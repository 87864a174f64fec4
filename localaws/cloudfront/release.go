package cloudfront

import (
	"slices"
	"time"

	"imagecdn/localaws/api"
)

// held is what a distribution has let go of, and what other services still take
// to be in use for a while: they hear of it late.
type held struct {
	// Distribution is its ARN.
	Distribution string
	Certificate  string   `json:",omitempty"`
	WebACL       string   `json:",omitempty"`
	Controls     []string `json:",omitempty"`
	Until        time.Time
}

// letGo notes that a distribution ceases to use what a configuration refers to,
// from a time on.
func (s *Service) letGo(d *distribution, c *distributionConfig, from time.Time) {
	now := s.now()
	s.held = slices.DeleteFunc(s.held, func(h held) bool { return !now.Before(h.Until) })
	if s.env.Delays.Release <= 0 {
		return
	}
	s.held = append(s.held, held{
		Distribution: d.arn(), Certificate: c.ViewerCertificate.ACMCertificateArn, WebACL: c.WebACLId,
		Controls: c.accessControls(), Until: from.Add(api.Jitter(s.env.Delays.Release)),
	})
}

// heldBy are the distributions that something is held for.
func (s *Service) heldBy(is func(held) bool) []string {
	now := s.now()
	var arns []string
	for _, h := range s.held {
		if now.Before(h.Until) && is(h) {
			arns = append(arns, h.Distribution)
		}
	}
	return arns
}

// accessControls are the ids of the origin access controls of the origins.
func (c *distributionConfig) accessControls() []string {
	var ids []string
	for _, o := range c.Origins.Items {
		if o.OriginAccessControlId != "" {
			ids = append(ids, o.OriginAccessControlId)
		}
	}
	return ids
}

// accessControlInUse says whether an origin has an origin access control.
func (s *Service) accessControlInUse(id string) bool {
	return s.anyDistribution(func(c *distributionConfig) bool { return slices.Contains(c.accessControls(), id) }) ||
		len(s.heldBy(func(h held) bool { return slices.Contains(h.Controls, id) })) > 0
}
