package localaws_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

func (w world) inject(faults string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut, w.APIURL()+api.ControlPrefix+"faults", strings.NewReader(faults))
	require.NoError(w.t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	require.NoError(w.t, response.Body.Close())
	require.Equal(w.t, http.StatusNoContent, response.StatusCode)
}

func TestTheEdgeServesAndKeepsTheWrongBytesOfAnOrigin(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	made, err := w.distribute(w.certificate(usEast1))
	require.NoError(t, err)
	w.admit(*made.Distribution.ARN)
	w.inject(`[{"service":"edge","corrupt":true,"times":1}]`)
	right := w.object(home, "myimage.jpg")
	for range 2 {
		status, body := w.view(w.RootCA(), "/myimage.jpg")
		assert.Equal(t, http.StatusOK, status)
		assert.Len(t, body, len(right))
		assert.NotEqual(t, right, body)
	}
}

func TestFaultsStrikeTheEdgesOwnFetch(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	made, err := w.distribute(w.certificate(usEast1))
	require.NoError(t, err)
	w.admit(*made.Distribution.ARN)
	for _, test := range []struct {
		sentence, fault, path string
		status                int
	}{
		{"no answer from the origin", `[{"service":"edge","operation":"FetchOrigin","drop":true,"times":1}]`, "/myimage.jpg", http.StatusBadGateway},
		{"half an answer from it", `[{"service":"edge","operation":"FetchOrigin","when":"during","times":1}]`, "/photos/sunrise.jpg", http.StatusBadGateway},
		{"the answer is lost after the bucket was read", `[{"service":"edge","when":"after","drop":true,"times":1}]`, "/lost.jpg", http.StatusBadGateway},
		{"it asks to slow down", `[{"service":"edge","code":"SlowDown","status":503,"times":1}]`, "/none.jpg", http.StatusServiceUnavailable},
		{"it is slow", `[{"service":"edge","delay":10000000,"times":1}]`, "/logos/logo.png", http.StatusOK},
		{"calls of the API are another thing", `[{"service":"s3","drop":true,"times":1}]`, "/nothing.jpg", http.StatusForbidden},
	} {
		w.inject(test.fault)
		status, body := w.view(w.RootCA(), test.path)
		assert.Equal(t, test.status, status, "%s: %s", test.sentence, body)
	}
}

func TestAnOriginThatAFaultHoldsUpIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	w.distribution(func(c *cloudfronttypes.DistributionConfig) {
		c.Origins.Items[0].ConnectionAttempts = aws.Int32(1)
		c.Origins.Items[0].S3OriginConfig.OriginReadTimeout = aws.Int32(1)
	})
	w.inject(`[{"service":"edge","delay":3600000000000}]`)
	status, _ := w.view(w.RootCA(), "/myimage.jpg")
	assert.Equal(t, http.StatusGatewayTimeout, status)
}
