package route53

import (
	"cmp"
	_ "embed" // for the table of operations
	"maps"
	"slices"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/pathroute"
)

const apiPrefix = "/2013-04-01/"

// operationTable names operations of the Route 53 API with method and path: those
// that are served, and those that are refused by their names.
//
//go:embed operations.txt
var operationTable string

var routes = pathroute.Parse(apiPrefix, operationTable)

// served are the operations that are served.
func (s *Service) served() map[string]api.Operation {
	return map[string]api.Operation{
		"CreateHostedZone":                 s.createHostedZone,
		"ListHostedZones":                  s.listHostedZones,
		"GetHostedZone":                    s.getHostedZone,
		"UpdateHostedZoneComment":          s.updateHostedZoneComment,
		"DeleteHostedZone":                 s.deleteHostedZone,
		"ListHostedZonesByName":            s.listHostedZonesByName,
		"ListHostedZonesByVPC":             s.listHostedZonesByVPC,
		"GetHostedZoneCount":               s.getHostedZoneCount,
		"ChangeResourceRecordSets":         s.changeResourceRecordSets,
		"ListResourceRecordSets":           s.listResourceRecordSets,
		"GetDNSSEC":                        s.getDNSSEC,
		"AssociateVPCWithHostedZone":       s.associateVPC,
		"DisassociateVPCFromHostedZone":    s.disassociateVPC,
		"ListVPCAssociationAuthorizations": s.listVPCAuthorizations,
		"GetChange":                        s.getChange,
		"ListTagsForResource":              s.listTagsForResource,
		"ChangeTagsForResource":            s.changeTagsForResource,
		"ListTagsForResources":             s.listTagsForResources,
		"ListReusableDelegationSets":       s.listReusableDelegationSets,
		"TestDNSAnswer":                    s.testDNSAnswer,
	}
}

// Operations implements api.Service.
func (s *Service) Operations() []string { return slices.Sorted(maps.Keys(s.served())) }

// Route implements api.Service.
func (s *Service) Route(r *api.Request) (string, api.Operation) {
	operation := routes.Find(r.HTTP)
	handle := s.served()[operation]
	if handle == nil {
		return cmp.Or(operation, r.HTTP.Method+" "+r.HTTP.URL.Path), nil
	}
	return operation, func(r *api.Request) (*api.Response, error) {
		r.Resource = r.HTTP.PathValue("Id")
		return handle(r)
	}
}
