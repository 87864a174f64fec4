package acm

import (
	"encoding/json"
	"maps"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// Needs implements api.Guarded ("Actions, resources, and condition keys for AWS
// Certificate Manager").
func (s *Service) Needs(r *api.Request) []api.Need {
	var in requestCertificateInput
	var about certificateARN
	_ = json.Unmarshal(r.Body, &in)    // what cannot be read is refused by the operation
	_ = json.Unmarshal(r.Body, &about) // as above
	need := api.Need{Action: "acm:" + r.Operation, Resource: "*"}
	tagged := tags.Conditions(plain(in.Tags))
	switch r.Operation {
	case "ListCertificates":
	case "RequestCertificate":
		need.Context = in.conditions()
		maps.Copy(need.Context, tagged)
		if len(in.Tags) > 0 {
			own := newARN(r.Region, r.Caller.Account, "*")
			return []api.Need{need, {Action: "acm:AddTagsToCertificate", Resource: own, Context: tagged}}
		}
	default:
		need.Resource, need.Context = about.CertificateArn, tagged
	}
	return []api.Need{need}
}

// conditions are the values of ACM's condition keys for a request.
func (in *requestCertificateInput) conditions() map[string][]string {
	conditions := map[string][]string{"acm:domainnames": append([]string{in.DomainName}, in.SubjectAlternativeNames...)}
	for key, value := range map[string]string{
		"acm:validationmethod": in.ValidationMethod, "acm:keyalgorithm": in.KeyAlgorithm,
		"acm:certificatetransparencylogging": in.Options.CertificateTransparencyLoggingPreference,
	} {
		if value != "" {
			conditions[key] = []string{value}
		}
	}
	return conditions
}
