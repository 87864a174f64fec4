package logs

import (
	"encoding/json"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// reference is what a call says of what it is about.
type reference struct {
	Name           string            `json:"name"`
	ID             string            `json:"id"`
	ResourceARN    string            `json:"resourceArn"`
	SourceName     string            `json:"deliverySourceName"`
	DestinationARN string            `json:"deliveryDestinationArn"`
	Tags           map[string]string `json:"tags"`
	TagKeys        []string          `json:"tagKeys"`
}

// Needs implements api.Guarded ("Actions, resources, and condition keys for Amazon
// CloudWatch Logs", and the same for CloudFront).
func (s *Service) Needs(r *api.Request) []api.Need {
	var in reference
	_ = json.Unmarshal(r.Body, &in) // what cannot be read is refused by the operation
	action := "logs:" + r.Operation
	tagged := tags.Conditions(tags.List(in.Tags), in.TagKeys...)
	own := func(kind, name string) []api.Need {
		e := newEntity(r, kind, name)
		needs := []api.Need{{Action: action, Resource: e.ARN, Context: tagged}}
		if len(in.Tags) > 0 {
			needs = append(needs, api.Need{Action: "logs:TagResource", Resource: e.ARN, Context: tagged})
		}
		return needs
	}
	switch r.Operation {
	case "PutDeliverySource":
		return append(own(sourceKind, in.Name), api.Need{Action: "cloudfront:AllowVendedLogDeliveryForResource", Resource: in.ResourceARN})
	case "GetDeliverySource", "DeleteDeliverySource":
		return own(sourceKind, in.Name)
	case "PutDeliveryDestination", "GetDeliveryDestination", "DeleteDeliveryDestination":
		return own(destinationKind, in.Name)
	case "CreateDelivery":
		needs := own("delivery", "*")
		from := newEntity(r, sourceKind, in.SourceName)
		return append(needs, api.Need{Action: action, Resource: from.ARN, Context: tagged}, api.Need{Action: action, Resource: in.DestinationARN, Context: tagged})
	case "GetDelivery", "UpdateDeliveryConfiguration", "DeleteDelivery":
		return own("delivery", in.ID)
	case "TagResource", "UntagResource", "ListTagsForResource":
		return []api.Need{{Action: action, Resource: in.ResourceARN, Context: tagged}}
	}
	return []api.Need{{Action: action, Resource: "*"}}
}
