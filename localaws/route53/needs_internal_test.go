package route53

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
	for _, c := range []struct{ method, path, action, resource string }{
		{http.MethodGet, "hostedzone", "ListHostedZones", "*"},
		{http.MethodPost, "hostedzone", "CreateHostedZone", "*"},
		{http.MethodGet, "hostedzone/Z1", "GetHostedZone", "arn:aws:route53:::hostedzone/Z1"},
		{http.MethodGet, "hostedzone/Z1/rrset", "ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z1"},
		{http.MethodGet, "change/C1", "GetChange", "arn:aws:route53:::change/C1"},
		{http.MethodGet, "tags/hostedzone/Z1", "ListTagsForResource", "arn:aws:route53:::hostedzone/Z1"},
		{http.MethodGet, "tags/healthcheck/H1", "ListTagsForResource", "arn:aws:route53:::healthcheck/H1"},
		{http.MethodGet, "testdnsanswer?hostedzoneid=Z1", "TestDNSAnswer", "*"},
	} {
		r := &api.Request{Caller: api.User(), HTTP: httptest.NewRequestWithContext(t.Context(), c.method, apiPrefix+c.path, http.NoBody)}
		r.Operation, _ = s.Route(r)
		assert.Equal(t, []api.Need{{Action: "route53:" + c.action, Resource: c.resource}}, s.Needs(r), c.path)
	}
}
