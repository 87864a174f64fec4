package engine

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// Route 53 answers five requests a second, and a large CDN has hundreds of alias
// records.
func TestAHundredDomainsComeUpWithinRoute53sFiveRequestsASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	*w.aws.Limits() = api.Limits{Rates: true, CertificateNames: 100}
	spec := w.spec("fleet")
	for i := range 99 {
		spec.Config.AdditionalDomains = append(spec.Config.AdditionalDomains, fmt.Sprintf("t%02d.cdn.%s", i, zoneName))
	}
	w.initStack(spec.Stack)

	// As many at once as Pulumi starts on a machine with 16 cores.
	output, err := w.pulumi(w.configFile(spec), "up", "--stack", spec.Stack, "--yes", "--skip-preview", "--parallel", "64")
	require.NoError(t, err, output)

	calls, refused := 0, 0
	for _, entry := range w.aws.Front().Journal().Entries() {
		if entry.Service != "route53" {
			continue
		}
		calls++
		if entry.Error == "Throttling" {
			refused++
		}
	}
	t.Logf("%d calls of Route 53, %d of them refused for their rate", calls, refused)
	assert.Greater(t, calls, 300*5, "the rate stands in the way of this")
	for _, host := range []string{spec.Config.Domain, spec.Config.AdditionalDomains[98]} {
		answer, _ := w.get("https://" + host + imagePath)
		assert.Equal(t, http.StatusOK, answer.StatusCode)
	}
}
