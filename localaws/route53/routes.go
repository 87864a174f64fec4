package route53

import (
	"strings"

	"imagecdn/localaws/api"
)

const apiPrefix = "/2013-04-01/"

// handler serves one operation; params are the variable segments of its path.
type handler func(s *Service, r *api.Request, params []string) (*api.Response, error)

type route struct {
	method, pattern, operation string
	handle                     handler // nil: on AWS, but not here
}

// routes are the operations, by method and path. A segment "*" is a parameter.
var routes = []route{
	{"POST", "hostedzone", "CreateHostedZone", (*Service).createHostedZone},
	{"GET", "hostedzone", "ListHostedZones", (*Service).listHostedZones},
	{"GET", "hostedzone/*", "GetHostedZone", (*Service).getHostedZone},
	{"POST", "hostedzone/*", "UpdateHostedZoneComment", (*Service).updateHostedZoneComment},
	{"DELETE", "hostedzone/*", "DeleteHostedZone", (*Service).deleteHostedZone},
	{"GET", "hostedzonesbyname", "ListHostedZonesByName", (*Service).listHostedZonesByName},
	{"GET", "hostedzonesbyvpc", "ListHostedZonesByVPC", (*Service).listHostedZonesByVPC},
	{"GET", "hostedzonecount", "GetHostedZoneCount", (*Service).getHostedZoneCount},
	{"POST", "hostedzone/*/rrset", "ChangeResourceRecordSets", (*Service).changeResourceRecordSets},
	{"GET", "hostedzone/*/rrset", "ListResourceRecordSets", (*Service).listResourceRecordSets},
	{"GET", "hostedzone/*/dnssec", "GetDNSSEC", (*Service).getDNSSEC},
	{"POST", "hostedzone/*/associatevpc", "AssociateVPCWithHostedZone", (*Service).associateVPC},
	{"POST", "hostedzone/*/disassociatevpc", "DisassociateVPCFromHostedZone", (*Service).disassociateVPC},
	{"GET", "hostedzone/*/authorizevpcassociation", "ListVPCAssociationAuthorizations", (*Service).listVPCAuthorizations},
	{"GET", "change/*", "GetChange", (*Service).getChange},
	{"GET", "tags/*/*", "ListTagsForResource", (*Service).listTagsForResource},
	{"POST", "tags/*/*", "ChangeTagsForResource", (*Service).changeTagsForResource},
	{"POST", "tags/*", "ListTagsForResources", (*Service).listTagsForResources},
	{"GET", "delegationset", "ListReusableDelegationSets", (*Service).listReusableDelegationSets},
	{"POST", "delegationset", "CreateReusableDelegationSet", nil},
	{"POST", "hostedzone/*/authorizevpcassociation", "CreateVPCAssociationAuthorization", nil},
	{"POST", "hostedzone/*/enable-dnssec", "EnableHostedZoneDNSSEC", nil},
	{"POST", "hostedzone/*/disable-dnssec", "DisableHostedZoneDNSSEC", nil},
	{"POST", "hostedzone/*/features", "UpdateHostedZoneFeatures", nil},
	{"GET", "hostedzonelimit/*/*", "GetHostedZoneLimit", nil},
	{"GET", "accountlimit/*", "GetAccountLimit", nil},
	{"GET", "testdnsanswer", "TestDNSAnswer", (*Service).testDNSAnswer},
	{"POST", "healthcheck", "CreateHealthCheck", nil},
	{"GET", "healthcheck", "ListHealthChecks", nil},
	{"GET", "healthcheck/*", "GetHealthCheck", nil},
	{"POST", "keysigningkey", "CreateKeySigningKey", nil},
	{"POST", "queryloggingconfig", "CreateQueryLoggingConfig", nil},
	{"GET", "queryloggingconfig", "ListQueryLoggingConfigs", nil},
	{"POST", "trafficpolicy", "CreateTrafficPolicy", nil},
	{"POST", "cidrcollection", "CreateCidrCollection", nil},
}

// Route implements api.Service.
func (s *Service) Route(r *api.Request) (string, api.Operation) {
	path := strings.Trim(strings.TrimPrefix(r.HTTP.URL.Path, apiPrefix), "/")
	for _, candidate := range routes {
		params, matches := match(candidate.pattern, path)
		if !matches || candidate.method != r.HTTP.Method {
			continue
		}
		if candidate.handle == nil {
			return candidate.operation, nil
		}
		return candidate.operation, func(r *api.Request) (*api.Response, error) {
			if len(params) > 0 {
				r.Resource = params[len(params)-1]
			}
			return candidate.handle(s, r, params)
		}
	}
	return r.HTTP.Method + " " + r.HTTP.URL.Path, nil
}

// match compares a path with a pattern, and returns what the stars stand for.
func match(pattern, path string) (params []string, matches bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return nil, false
	}
	for i := range want {
		switch want[i] {
		case "*":
			params = append(params, have[i])
		case have[i]:
		default:
			return nil, false
		}
	}
	return params, true
}
