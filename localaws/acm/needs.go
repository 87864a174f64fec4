package acm

import (
	"encoding/json"

	"imagecdn/localaws/api"
)

// Needs implements api.Guarded ("Actions, resources, and condition keys for AWS
// Certificate Manager").
func (s *Service) Needs(r *api.Request) []api.Need {
	var in requestCertificateInput
	var about certificateARN
	_ = json.Unmarshal(r.Body, &in)    // what cannot be read is refused by the operation
	_ = json.Unmarshal(r.Body, &about) // as above
	need := api.Need{Action: "acm:" + r.Operation, Resource: "*"}
	switch r.Operation {
	case "ListCertificates":
	case "RequestCertificate":
		need.Context = in.conditions()
		if len(in.Tags) > 0 {
			return []api.Need{need, {Action: "acm:AddTagsToCertificate", Resource: newARN(r.Region, r.Caller.Account, "*")}}
		}
	default:
		need.Resource = about.CertificateArn
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
