package cloudfront

import (
	"cmp"
	"encoding/xml"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// things are what an operation can be about beside distributions, by what its name
// has in it, and as ARNs call them.
var things = []struct{ named, arn string }{
	{"OriginAccessControl", "origin-access-control"},
	{"CloudFrontOriginAccessIdentity", "origin-access-identity"},
	{"Function", "function"},
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
	case strings.Contains(action, "PublicKey") || strings.Contains(action, "KeyGroup"): // they have no ARN
	case !strings.HasPrefix(action, "List") || action == "ListInvalidations" || action == "ListConflictingAliases":
		resource = arnFor(r, action)
	}
	tagged := tagConditions(r)
	needs := []api.Need{{Action: "cloudfront:" + action, Resource: resource, Context: tagged}}
	if action != r.Operation {
		needs = append(needs, api.Need{Action: "cloudfront:TagResource", Resource: resource, Context: tagged})
	}
	return needs
}

// tagConditions are the condition keys of the tags that a call brings or removes.
func tagConditions(r *api.Request) map[string][]string {
	var in struct {
		Items []tags.Tag `xml:"Items>Tag"`
		Keys  []string   `xml:"Items>Key"`
		Tags  tagSet
	}
	_ = xml.Unmarshal(r.Body, &in) // what cannot be read is refused by the operation
	return tags.Conditions(append(in.Items, in.Tags.Items...), in.Keys...)
}

// arnFor is the ARN of what an operation is about; a star is the id of what is
// about to be made.
func arnFor(r *api.Request, action string) string {
	id := cmp.Or(r.HTTP.PathValue("DistributionId"), r.HTTP.PathValue("TargetDistributionId"),
		r.HTTP.URL.Query().Get("DistributionId"), r.HTTP.PathValue("Id"), r.HTTP.PathValue("Name"), "*")
	for _, thing := range things {
		if strings.Contains(action, thing.named) {
			return "arn:aws:cloudfront::" + r.Caller.Account + ":" + thing.arn + "/" + id
		}
	}
	return distributionARN(r.Caller.Account, id)
}
