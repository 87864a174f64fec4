package edge

import (
	"net/http"
	"strings"

	"imagecdn/localaws/cloudfront"
)

// throughShield asks an origin's Origin Shield, which answers from its own cache or asks
// the origin. All edge locations ask the same one ("Use Amazon CloudFront Origin Shield").
func (s *Server) throughShield(origin cloudfront.Origin, rq request) *entry {
	rq.cache = strings.Join([]string{"shield", origin.Shield, origin.Domain, origin.Path}, "\x00")
	origin.Shield = ""
	rq.behavior.Origins, rq.behavior.FailoverOn = []cloudfront.Origin{origin}, nil
	e, result := s.obtain(s.working, rq)
	answered := *e
	answered.shield = result
	return &answered
}

// storeShielded stores what an Origin Shield has answered, for as long as it would be
// answered there: an object is never fresher at the edge. How CloudFront counts the time
// between its layers is not documented.
func (s *Server) storeShielded(rq request, old, e *entry) (_ *entry, result string, stored bool) {
	result = miss
	switch {
	case old != nil && old.status == http.StatusOK && e.status == http.StatusOK && e.etag != "" && e.etag == old.etag:
		result = refreshHit
	case e.shield == hit:
		result = shieldHit
	}
	if e.status < http.StatusBadRequest {
		stored = storable(e.header, rq.behavior)
	} else {
		stored = e.fresh.After(s.options.Now())
	}
	if stored {
		s.cache.put(rq.storeKey(), e)
	}
	return e, result, stored
}

// unshielded is a request that nothing between viewer and origin keeps, and that does not
// fail over: CloudFront does so for cached methods only.
func (rq request) unshielded() request {
	origins := make([]cloudfront.Origin, 0, len(rq.behavior.Origins))
	for _, origin := range rq.behavior.Origins {
		origin.Shield = ""
		origins = append(origins, origin)
	}
	rq.behavior.Origins, rq.behavior.FailoverOn = origins, nil
	return rq
}
