package cloudfront

import (
	"cmp"
	_ "embed" // for the table of operations
	"maps"
	"slices"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/pathroute"
)

// apiVersion begins every path of the API.
const apiVersion = "/2020-05-31"

// operationTable names every operation of the CloudFront API with its method
// and path, so that one that is not served is refused by its name.
//
//go:embed operations.txt
var operationTable string

var routes = pathroute.Parse(apiVersion, operationTable)

// Route implements api.Service.
func (s *Service) Route(r *api.Request) (string, api.Operation) {
	operation := routes.Find(r.HTTP)
	return cmp.Or(operation, r.HTTP.Method+" "+r.HTTP.URL.Path), s.operations[operation]
}

// Operations implements api.Service.
func (s *Service) Operations() []string { return slices.Sorted(maps.Keys(s.operations)) }

// allOperations are the operations served. CopyDistribution, key value
// stores, tenants and the like are not: a call to them is a 501.
func (s *Service) allOperations() map[string]api.Operation {
	operations := map[string]api.Operation{
		"CreateDistribution":          s.createDistribution,
		"CreateDistributionWithTags":  s.createDistributionWithTags,
		"GetDistribution":             s.getDistribution,
		"GetDistributionConfig":       s.getDistributionConfig,
		"UpdateDistribution":          s.updateDistribution,
		"DeleteDistribution":          s.deleteDistribution,
		"ListDistributions":           s.listDistributions,
		"ListDistributionsByWebACLId": s.listDistributionsByWebACL,
		"ListDistributionsByCachePolicyId": s.listIDs("CachePolicyId", s.cachePolicies.exists,
			behaves(func(b *cacheBehavior) string { return b.CachePolicyId })),
		"ListDistributionsByOriginRequestPolicyId": s.listIDs("OriginRequestPolicyId", s.originRequestPolicies.exists,
			behaves(func(b *cacheBehavior) string { return b.OriginRequestPolicyId })),
		"ListDistributionsByResponseHeadersPolicyId": s.listIDs("ResponseHeadersPolicyId", s.responsePolicies.exists,
			behaves(func(b *cacheBehavior) string { return b.ResponseHeadersPolicyId })),
		"ListDistributionsByKeyGroup": s.listIDs("KeyGroupId", s.keyGroups.exists,
			func(d *distribution, id string) bool { return trusts(d.Config, id) }),
		"ListConflictingAliases":       s.listConflictingAliases,
		"AssociateAlias":               s.associateAlias,
		"TagResource":                  s.tagResource,
		"UntagResource":                s.untagResource,
		"ListTagsForResource":          s.listTags,
		"CreateInvalidation":           s.createInvalidation,
		"GetInvalidation":              s.getInvalidation,
		"ListInvalidations":            s.listInvalidations,
		"CreateFunction":               s.createFunction,
		"DescribeFunction":             s.describeFunction,
		"GetFunction":                  s.getFunction,
		"UpdateFunction":               s.updateFunction,
		"PublishFunction":              s.publishFunction,
		"DeleteFunction":               s.deleteFunction,
		"ListFunctions":                s.listFunctions,
		"CreateMonitoringSubscription": s.createMonitoring,
		"GetMonitoringSubscription":    s.getMonitoring,
		"DeleteMonitoringSubscription": s.deleteMonitoring,
	}
	s.accessControls.register(operations)
	s.accessIdentities.register(operations)
	s.cachePolicies.register(operations)
	s.originRequestPolicies.register(operations)
	s.responsePolicies.register(operations)
	s.publicKeys.register(operations)
	s.keyGroups.register(operations)
	return operations
}
