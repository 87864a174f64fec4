package pathroute_test

import (
	"net/http"
	"strings"
	"testing"
)

func FuzzACallIsFoundOrNot(f *testing.F) {
	f.Add("GET", "/v1/thing/a%2Fb")
	f.Add("POST", "/v1/tagging?Operation=Tag")
	f.Fuzz(func(t *testing.T, method, path string) {
		r, err := http.NewRequestWithContext(t.Context(), method, path, http.NoBody)
		if err != nil {
			return
		}
		if table.Find(r) != "" && !strings.HasPrefix(r.URL.EscapedPath(), "/v1/") {
			t.Errorf("%q is not below the prefix", path)
		}
	})
}
