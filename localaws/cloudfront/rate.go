package cloudfront

import "imagecdn/localaws/api"

// perSecond is how many calls a second CloudFront answers an account. AWS
// publishes no number; teams with many distributions meet one of this order.
const perSecond = 10

// Rate implements api.Rated.
func (s *Service) Rate(string) api.Rate {
	return api.Rate{PerSecond: perSecond, Together: "cloudfront", Code: "Throttling"}
}
