package engine

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// The certificate is replaced each time the names change, and the web ACL comes and goes.
// A viewer who asks all the time notices nothing.
func TestDomainsAndProtectionChangeWhileAViewerAsks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	w.setDeploy(3 * time.Second)
	spec := w.spec("options")
	spec.Config.AdditionalDomains = []string{"img." + zoneName}
	_, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)

	viewer := w.askAllTheTime("img."+zoneName, func(int) string { return imagePath })
	for _, change := range []struct {
		what      string
		apply     func(*automation.Config)
		unchanged bool
	}{
		{what: "a domain is added", apply: func(c *automation.Config) { c.AdditionalDomains = []string{"img." + zoneName, "*.pics." + zoneName} }},
		{what: "the order is another", apply: func(c *automation.Config) { c.AdditionalDomains = []string{"*.pics." + zoneName, "img." + zoneName} }, unchanged: true},
		{what: "the first domain goes", apply: func(c *automation.Config) {
			c.Domain, c.AdditionalDomains = "img."+zoneName, []string{"*.pics." + zoneName}
		}},
		{what: "the web ACL goes", apply: func(c *automation.Config) { c.Protection.WebAcl = "none" }},
		{what: "the web ACL comes back, and a domain goes", apply: func(c *automation.Config) {
			c.Protection.WebAcl, c.AdditionalDomains = "", nil
		}},
	} {
		change.apply(&spec.Config)
		planned, err := w.cdn(spec).Preview(within(t))
		require.NoError(t, err, change.what)
		done, err := w.cdn(spec).Up(within(t))
		require.NoError(t, err, change.what)
		assert.Equal(t, planned.Changes, done.Changes, change.what)
		assert.Equal(t, !change.unchanged, done.Changed(), change.what)
	}
	assert.Equal(t, []int{http.StatusOK}, viewer.stop())
	assert.Len(t, w.inventory().Certificates, 1)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}
