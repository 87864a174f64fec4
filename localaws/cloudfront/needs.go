package cloudfront

import (
	"cmp"
	"strings"

	"imagecdn/localaws/api"
)

// things are what an operation can be about beside distributions, by what its name
// has in it, and as ARNs call them.
var things = []struct{ named, arn string }{
	{"OriginAccessControl", "origin-access-control"},
	{"CloudFrontOriginAccessIdentity", "origin-access-identity"},
	{"CachePolicy", "cache-policy"},
	{"OriginRequestPolicy", "origin-request-policy"},
	{"ResponseHeadersPolicy", "response-headers-policy"},
}

// Needs implements api.Guarded ("Actions, resources, and condition keys for Amazon
// CloudFront").
func (s *Service) Needs(r *api.Request) []api.Need {
	action := strings.TrimSuffix(r.Operation, "WithTags")
	resource := "*"
	switch tagged := r.HTTP.URL.Query().Get("Resource"); {
	case tagged != "":
		resource = tagged
	case !strings.HasPrefix(action, "List") || action == "ListInvalidations" || action == "ListConflictingAliases":
		resource = arnFor(r, action)
	}
	needs := []api.Need{{Action: "cloudfront:" + action, Resource: resource}}
	if action != r.Operation {
		needs = append(needs, api.Need{Action: "cloudfront:TagResource", Resource: resource})
	}
	return needs
}

// arnFor is the ARN of what an operation is about; a star is the id of what is
// about to be made.
func arnFor(r *api.Request, action string) string {
	id := cmp.Or(r.HTTP.PathValue("DistributionId"), r.HTTP.PathValue("TargetDistributionId"),
		r.HTTP.URL.Query().Get("DistributionId"), r.HTTP.PathValue("Id"), "*")
	for _, thing := range things {
		if strings.Contains(action, thing.named) {
			return "arn:aws:cloudfront::" + r.Caller.Account + ":" + thing.arn + "/" + id
		}
	}
	return distributionARN(r.Caller.Account, id)
}
