package route53

import (
	"encoding/xml"
	"strings"

	"imagecdn/localaws/api"
)

// Needs implements api.Guarded ("Actions, resources, and condition keys for Amazon
// Route 53").
func (s *Service) Needs(r *api.Request) []api.Need {
	need := api.Need{Action: "route53:" + r.Operation, Resource: "*"}
	id := r.HTTP.PathValue("Id")
	switch {
	case id == "":
	case r.Operation == "GetChange":
		need.Resource = "arn:aws:route53:::change/" + strings.TrimPrefix(id, "/change/")
	default:
		need.Resource = "arn:aws:route53:::" + kindOf(r) + "/" + strings.TrimPrefix(id, "/hostedzone/")
	}
	if r.Operation == "TestDNSAnswer" {
		need.Resource = "*"
	}
	if r.Operation == "ChangeResourceRecordSets" {
		need.Context = conditions(r)
	}
	return []api.Need{need}
}

// kindOf is what the id in a path is of.
func kindOf(r *api.Request) string {
	if kind := r.HTTP.PathValue("ResourceType"); kind != "" {
		return kind
	}
	return "hostedzone"
}

// conditions are the values of the condition keys of a batch: its names, in lower
// case and without the dot at the end, its types and its actions.
func conditions(r *api.Request) map[string][]string {
	var in struct {
		Changes []changeRequest `xml:"ChangeBatch>Changes>Change"`
	}
	_ = xml.Unmarshal(r.Body, &in) // what cannot be read is refused by the operation
	found := map[string][]string{}
	for _, c := range in.Changes {
		name := strings.TrimSuffix(strings.ToLower(c.Set.Name), ".")
		found["route53:changeresourcerecordsetsnormalizedrecordnames"] = append(found["route53:changeresourcerecordsetsnormalizedrecordnames"], name)
		found["route53:changeresourcerecordsetsrecordtypes"] = append(found["route53:changeresourcerecordsetsrecordtypes"], c.Set.Type)
		found["route53:changeresourcerecordsetsactions"] = append(found["route53:changeresourcerecordsetsactions"], c.Action)
	}
	return found
}
