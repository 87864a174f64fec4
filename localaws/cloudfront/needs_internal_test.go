package cloudfront

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/api"
)

func TestACallNeedsAPermissionForWhatItIsAbout(t *testing.T) {
	t.Parallel()
	s := New(api.Environment{}, Options{})
	const mine = "arn:aws:cloudfront::" + api.AccountID + ":"
	for _, c := range []struct{ method, path, action, resource string }{
		{http.MethodPost, "/distribution", "CreateDistribution", mine + "distribution/*"},
		{http.MethodGet, "/distribution/E1", "GetDistribution", mine + "distribution/E1"},
		{http.MethodGet, "/distribution", "ListDistributions", "*"},
		{http.MethodPut, "/distribution/E1/config", "UpdateDistribution", mine + "distribution/E1"},
		{http.MethodPut, "/distribution/E1/associate-alias?Alias=a", "AssociateAlias", mine + "distribution/E1"},
		{http.MethodGet, "/conflicting-alias?DistributionId=E1&Alias=a", "ListConflictingAliases", mine + "distribution/E1"},
		{http.MethodPost, "/distribution/E1/invalidation", "CreateInvalidation", mine + "distribution/E1"},
		{http.MethodGet, "/distribution/E1/invalidation/I1", "GetInvalidation", mine + "distribution/E1"},
		{http.MethodGet, "/distribution/E1/invalidation", "ListInvalidations", mine + "distribution/E1"},
		{http.MethodPost, "/cache-policy", "CreateCachePolicy", mine + "cache-policy/*"},
		{http.MethodGet, "/cache-policy/P1", "GetCachePolicy", mine + "cache-policy/P1"},
		{http.MethodGet, "/cache-policy", "ListCachePolicies", "*"},
		{http.MethodDelete, "/origin-access-control/O1", "DeleteOriginAccessControl", mine + "origin-access-control/O1"},
		{http.MethodGet, "/origin-request-policy/P1/config", "GetOriginRequestPolicyConfig", mine + "origin-request-policy/P1"},
		{http.MethodPut, "/response-headers-policy/P1", "UpdateResponseHeadersPolicy", mine + "response-headers-policy/P1"},
		{http.MethodGet, "/origin-access-identity/cloudfront/I1", "GetCloudFrontOriginAccessIdentity", mine + "origin-access-identity/I1"},
		{http.MethodPost, "/function", "CreateFunction", mine + "function/*"},
		{http.MethodPost, "/function/f1/publish", "PublishFunction", mine + "function/f1"},
		{http.MethodPost, "/public-key", "CreatePublicKey", "*"},
		{http.MethodDelete, "/key-group/G1", "DeleteKeyGroup", "*"},
		{http.MethodPost, "/tagging?Operation=Tag&Resource=" + mine + "distribution/E1", "TagResource", mine + "distribution/E1"},
	} {
		r := &api.Request{Caller: api.User(), HTTP: httptest.NewRequestWithContext(t.Context(), c.method, apiVersion+c.path, http.NoBody)}
		r.Operation, _ = s.Route(r)
		assert.Equal(t, []api.Need{{Action: "cloudfront:" + c.action, Resource: c.resource, Context: map[string][]string{}}}, s.Needs(r), c.path)
	}
}
