package pathroute_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/internal/pathroute"
)

var table = pathroute.Parse("/v1", `ListThings GET /thing
CreateThing POST /thing
CreateThingWithTags POST /thing?WithTags
GetThing GET /thing/{Id}
GetConfig GET /thing/{Id}/config
GetSummary GET /thing/summary
Tag POST /tagging?Operation=Tag
Untag POST /tagging?Operation=Untag
`)

func TestACallIsFoundByMethodPathAndQuery(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ method, path, want, id string }{
		{http.MethodGet, "/v1/thing", "ListThings", ""},
		{http.MethodGet, "/v1/thing/", "ListThings", ""},
		{http.MethodPost, "/v1/thing", "CreateThing", ""},
		{http.MethodPost, "/v1/thing?WithTags", "CreateThingWithTags", ""},
		{http.MethodGet, "/v1/thing/a%2Fb", "GetThing", "a/b"},
		{http.MethodGet, "/v1/thing/summary", "GetSummary", ""},
		{http.MethodGet, "/v1/thing/x/config", "GetConfig", "x"},
		{http.MethodPost, "/v1/tagging?Operation=Untag&Resource=a", "Untag", ""},
		{http.MethodPost, "/v1/tagging?Operation=Other", "", ""},
		{http.MethodDelete, "/v1/thing", "", ""},
		{http.MethodGet, "/v2/thing", "", ""},
		{http.MethodGet, "/v1/other", "", ""},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, c.path, http.NoBody)
		assert.Equal(t, c.want, table.Find(r), c)
		assert.Equal(t, c.id, r.PathValue("Id"), c)
	}
}
