package wafv2_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzRulesAreTakenOrRefused sends any rules at all: whatever they are, the
// fault is the caller's, never the server's.
func FuzzRulesAreTakenOrRefused(f *testing.F) {
	f.Add(`[]`)
	f.Add(`[{"Name":"a","Priority":0,"Action":{"Block":{}},"Statement":{"GeoMatchStatement":{"CountryCodes":["NL"]}}}]`)
	f.Add(`[{"Name":"a","Priority":0,"Action":{"Block":{}},"Statement":{"NotStatement":{"Statement":{"NotStatement":null}}},` +
		`"VisibilityConfig":{"SampledRequestsEnabled":true,"CloudWatchMetricsEnabled":true,"MetricName":"a"}}]`)
	f.Fuzz(func(t *testing.T, rules string) {
		w := newWorld(t, "")
		body := fmt.Sprintf(`{"Name":"a","Scope":"CLOUDFRONT","DefaultAction":{"Allow":{}},"Rules":%s,"VisibilityConfig":`+
			`{"SampledRequestsEnabled":true,"CloudWatchMetricsEnabled":true,"MetricName":"a"}}`, rules)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("X-Amz-Target", "AWSWAF_20190729.CreateWebACL")
		request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=k/20261101/us-east-1/wafv2/aws4_request, Signature=0")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Contains(t, []int{http.StatusOK, http.StatusBadRequest}, response.StatusCode)
	})
}
