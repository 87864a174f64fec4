package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// unusable is a spec that the program refuses before it calls AWS, so that an up is
// the quickest way to a stack.
func (w *world) unusable(stack string) automation.Spec {
	spec := w.spec(stack)
	spec.Config.Domain = "not a domain"
	return spec
}

func TestAStackCanBeNamedInFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.cdn(w.unusable("organization/imagecdn/tenant")).Up(within(t))
	require.ErrorIs(t, err, automation.ErrBadSpec)
	_, err = w.cdn(w.spec("tenant")).Outputs(within(t))
	require.NoError(t, err, "it is the same stack as under its short name")
	_, err = w.cdn(w.spec("organization/imagecdn/tenant")).Destroy(within(t))
	require.NoError(t, err)
	_, err = w.cdn(w.spec("tenant")).Outputs(within(t))
	require.ErrorIs(t, err, automation.ErrNoStack)
}

func TestFirstUpsOfOneStackAtOnceAreConcurrentUpdates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	results := make(chan error, 4)
	for range cap(results) {
		go func() {
			_, err := w.cdn(w.unusable("rush")).Up(within(t))
			results <- err
		}()
	}
	for range cap(results) {
		err := <-results
		assert.True(t, errors.Is(err, automation.ErrConcurrentUpdate) || errors.Is(err, automation.ErrBadSpec), "%v", err)
		assert.NotErrorIs(t, err, automation.ErrFailed)
	}
}

func TestAHomeWithoutPluginsIsNotTheSpecsFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := w.spec("bare")
	spec.Engine.Home = t.TempDir()
	spec.Engine.Env = map[string]string{"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"}
	_, err := w.cdn(spec).Preview(within(t))
	require.ErrorIs(t, err, automation.ErrFailed)
	require.NotErrorIs(t, err, automation.ErrBadSpec)
	assert.Contains(t, err.Error(), "next step: install the plugin")
}

func TestACancellationWhileProvidersStartIsACancellation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(within(t))
	_, err := w.cdn(w.spec("early"), automation.OnEvent(func(automation.Event) { cancel() })).Preview(ctx)
	require.ErrorIs(t, err, automation.ErrCancelled)
	require.NotErrorIs(t, err, automation.ErrBadSpec)
}
