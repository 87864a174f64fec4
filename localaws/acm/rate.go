package acm

import "imagecdn/localaws/api"

// perSecond are the calls a second that an account may make of each operation
// ("API rate quotas" in the ACM user guide).
var perSecond = map[string]int{
	"RequestCertificate": 5, "DescribeCertificate": 10, "ListCertificates": 8, "DeleteCertificate": 10, "GetCertificate": 10,
	"UpdateCertificateOptions": 5, "ResendValidationEmail": 1, "AddTagsToCertificate": 5, "RemoveTagsFromCertificate": 5,
	"ListTagsForCertificate": 10,
}

// Rate implements api.Rated.
func (s *Service) Rate(operation string) api.Rate {
	return api.Rate{PerSecond: perSecond[operation], Together: "acm " + operation, Code: "ThrottlingException"}
}
