package cloudfront

import (
	_ "embed" // for the table of operations
	"net/http"
	"net/url"
	"strings"

	"imagecdn/localaws/api"
)

// apiVersion begins every path of the API.
const apiVersion = "/2020-05-31"

// operationTable names every operation of the CloudFront API with its method
// and path, so that one that is not served is refused by its name.
//
//go:embed operations.txt
var operationTable string

// route is one line of the table.
type route struct {
	operation, method string
	segments          []string
	query             string
}

var routes = parseRoutes(operationTable)

func parseRoutes(table string) []route {
	var rs []route
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		path, query, _ := strings.Cut(f[2], "?")
		rs = append(rs, route{operation: f[0], method: f[1], segments: strings.Split(path, "/"), query: query})
	}
	return rs
}

// matches says whether a call is for this operation.
func (rt route) matches(r *http.Request, segments []string) bool {
	if rt.method != r.Method || len(rt.segments) != len(segments) {
		return false
	}
	for i, s := range rt.segments {
		if s != segments[i] && !strings.HasPrefix(s, "{") {
			return false
		}
	}
	name, value, _ := strings.Cut(rt.query, "=")
	return rt.query == "" || r.URL.Query().Has(name) && r.URL.Query().Get(name) == value
}

// Route implements api.Service. The route with the most that is fixed wins:
// `?WithTags` before none, `/describe` before a name.
func (s *Service) Route(r *api.Request) (string, api.Operation) {
	path, ok := strings.CutPrefix(r.HTTP.URL.EscapedPath(), apiVersion)
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	var best *route
	for i := range routes {
		if rt := &routes[i]; ok && rt.matches(r.HTTP, segments) && (best == nil || rt.fixed() > best.fixed()) {
			best = rt
		}
	}
	if best == nil {
		return r.HTTP.Method + " " + r.HTTP.URL.Path, nil
	}
	for i, name := range best.segments {
		if value, err := url.PathUnescape(segments[i]); err == nil && strings.HasPrefix(name, "{") {
			r.HTTP.SetPathValue(strings.Trim(name, "{}"), value)
		}
	}
	return best.operation, s.operations[best.operation]
}

func (rt route) fixed() int {
	n := len(rt.query)
	for _, s := range rt.segments {
		if !strings.HasPrefix(s, "{") {
			n++
		}
	}
	return n
}

// allOperations are the operations served. CopyDistribution, functions, key
// groups, tenants and the like are not: a call to them is a 501.
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
		"ListConflictingAliases":       s.listConflictingAliases,
		"AssociateAlias":               s.associateAlias,
		"TagResource":                  s.tagResource,
		"UntagResource":                s.untagResource,
		"ListTagsForResource":          s.listTags,
		"CreateInvalidation":           s.createInvalidation,
		"GetInvalidation":              s.getInvalidation,
		"ListInvalidations":            s.listInvalidations,
		"CreateMonitoringSubscription": s.createMonitoring,
		"GetMonitoringSubscription":    s.getMonitoring,
		"DeleteMonitoringSubscription": s.deleteMonitoring,
	}
	s.accessControls.register(operations)
	s.accessIdentities.register(operations)
	s.cachePolicies.register(operations)
	s.originRequestPolicies.register(operations)
	s.responsePolicies.register(operations)
	return operations
}
