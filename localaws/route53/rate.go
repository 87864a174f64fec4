package route53

import (
	"time"

	"imagecdn/localaws/api"
)

const (
	// perSecond is how many calls a second an account may make of all operations
	// together ("Quotas": Route 53 API requests).
	perSecond = 5
	// changeTakes is how long a zone is busy with a change, during which another
	// one is refused. AWS names no time.
	changeTakes = 200 * time.Millisecond
)

// Rate implements api.Rated.
func (s *Service) Rate(string) api.Rate {
	return api.Rate{PerSecond: perSecond, Together: "route53", Code: "Throttling"}
}

// occupy keeps a zone to one change at a time, where rates are on.
func (s *Service) occupy(z *zone) error {
	now := s.env.Now()
	if s.env.Quotas().Rates && now.Before(z.busyUntil) {
		return api.Refuse("PriorRequestNotComplete",
			"The request was rejected because Route 53 was still processing a prior request.")
	}
	z.busyUntil = now.Add(changeTakes)
	return nil
}
