package wafv2

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
	const mine = "arn:aws:wafv2:us-east-1:" + api.AccountID + ":global/"
	set := mine + "ipset/office/1"
	for _, c := range []struct {
		operation, body string
		resources       []string
	}{
		{"CreateWebACL", `{"Name":"n","Scope":"CLOUDFRONT"}`, []string{mine + "webacl/n/*"}},
		{"GetWebACL", `{"Name":"n","Id":"1","Scope":"CLOUDFRONT"}`, []string{mine + "webacl/n/1"}},
		{"GetWebACL", `{"ARN":"` + mine + `webacl/n/1"}`, []string{mine + "webacl/n/1"}},
		{"UpdateWebACL", `{"Name":"n","Id":"1","Scope":"CLOUDFRONT","Rules":[{"Statement":{"IPSetReferenceStatement":{"ARN":"` + set + `"}}}]}`, []string{mine + "webacl/n/1", set}},
		{"DeleteIPSet", `{"Name":"n","Id":"1","Scope":"CLOUDFRONT"}`, []string{mine + "ipset/n/1"}},
		{"ListWebACLs", `{"Scope":"CLOUDFRONT"}`, []string{"*"}},
		{"TagResource", `{"ResourceARN":"` + set + `"}`, []string{set}},
		{"PutLoggingConfiguration", `{"LoggingConfiguration":{"ResourceArn":"` + mine + `webacl/n/1"}}`, []string{mine + "webacl/n/1"}},
		{"GetLoggingConfiguration", `{"ResourceArn":"` + mine + `webacl/n/1"}`, []string{mine + "webacl/n/1"}},
		{"ListResourcesForWebACL", `{"WebACLArn":"` + mine + `webacl/n/1"}`, []string{mine + "webacl/n/1"}},
	} {
		r := &api.Request{
			Caller: api.User(), Operation: c.operation, Region: "us-east-1", Body: []byte(c.body),
			HTTP: httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", http.NoBody),
		}
		var resources []string
		for _, need := range s.Needs(r) {
			assert.Equal(t, "wafv2:"+c.operation, need.Action)
			resources = append(resources, need.Resource)
		}
		assert.Equal(t, c.resources, resources, c.operation)
	}
}
