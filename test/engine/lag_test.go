package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Reads answer as before a write for some seconds, and what a distribution has used is in
// use for some time after it: a whole life of a stack takes it.
func TestAStackLivesOnAnAWSWhoseReadsLagAndThatReleasesLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	w.aws.Front().Lock()
	w.aws.Delays().ReadLag, w.aws.Delays().Release = 3*time.Second, 10*time.Second
	w.aws.Front().Unlock()
	spec := w.spec("lagging")
	_, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.assertServed()
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)

	spec.Config.AdditionalDomains = []string{"img." + zoneName}
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err, "the old certificate is released late")
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	time.Sleep(3 * time.Second) // the inventory's own reads lag, too
	assert.Equal(t, before, w.inventory())
}
