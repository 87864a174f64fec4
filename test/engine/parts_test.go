package engine

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// People have the engine do a part, or take a part out of the state: the next up makes a
// whole of it again, with the same distribution.
func TestAPartIsUpdatedAloneAndAPartThatTheStateHasLostIsFoundAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("parts")
	spec.Config.Protection.WebAcl = "none"
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)

	spec.Config.Cache.DefaultTtl, spec.Config.Cache.ErrorTtl = pulumi.Int(120), pulumi.Int(7)
	output, err := w.pulumi(w.configFile(spec), "up", "--stack", spec.Stack, "--yes", "--skip-preview", "--target", w.urn(spec.Stack, "cdn-distribution"))
	require.NoError(t, err, output)
	assert.Contains(t, output, "1 updated")
	done, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, 1, done.Changes["replace"], "the cache policy was left: %v", done.Changes)

	whole := w.inventory()
	w.inDirectory(w.project(), "pulumi", "state", "delete", w.urn(spec.Stack, "cdn-distribution"),
		"--stack", "organization/imagecdn/"+spec.Stack, "--target-dependents", "--yes")
	done, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, made.Outputs, done.Outputs)
	assert.Equal(t, whole, w.inventory())
	w.assertServed()
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)

	w.setEnabled(made.Outputs.DistributionId, false)
	_, err = w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	mended, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, 1, mended.Changes["update"], "what was disabled by hand serves again")
	response, _ := w.get("https://cdn.example.com" + imagePath)
	assert.Equal(t, http.StatusOK, response.StatusCode)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// urn is that of a resource in a stack's state.
func (w *world) urn(stack, name string) string {
	w.t.Helper()
	for _, r := range w.state(stack) {
		if r.named(name) {
			return r.URN
		}
	}
	require.Fail(w.t, "no such resource", name)
	return ""
}

func (w *world) setEnabled(id string, enabled bool) {
	w.t.Helper()
	found, err := w.cloudfront().GetDistribution(w.t.Context(), &cloudfront.GetDistributionInput{Id: &id})
	require.NoError(w.t, err)
	config := found.Distribution.DistributionConfig
	config.Enabled = &enabled
	_, err = w.cloudfront().UpdateDistribution(w.t.Context(), &cloudfront.UpdateDistributionInput{
		Id: &id, IfMatch: found.ETag, DistributionConfig: config,
	})
	require.NoError(w.t, err)
}
