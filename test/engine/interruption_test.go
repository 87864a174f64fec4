package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// A killed engine writes no state of what it was doing: the records it had asked
// for are in the zone, and the stack is locked.
func TestAnUpThatWasKilledIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	for _, during := range []struct {
		name, resource string
		after          time.Duration // AWS has it, the provider still waits
	}{
		{"while the certificate is waited for", "cdn-certificate-validated", 200 * time.Millisecond},
		{"while the domain is pointed at the distribution", "cdn-alias-cdn.example.com-a", 4 * time.Second},
	} {
		t.Run(during.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			before := w.inventory()
			spec := w.spec("killed")
			spec.Config.Protection.WebAcl = "none"
			started := make(chan struct{}, 1)
			_, err := w.cdn(spec, automation.OnEvent(func(e automation.Event) {
				if e.Kind == automation.ResourceStarted && e.Resource == during.resource {
					started <- struct{}{}
					go func() {
						time.Sleep(during.after)
						killEngine(t, w)
					}()
				}
			})).Up(within(t))
			require.Error(t, err)
			require.Len(t, started, 1, "the engine was killed where it was meant to be")

			_, err = w.cdn(spec).Up(within(t))
			require.ErrorIs(t, err, automation.ErrConcurrentUpdate, "a killed engine leaves its lock")
			require.NoError(t, w.cdn(spec).Unlock(within(t)))
			_, err = w.cdn(spec).Up(within(t))
			require.NoError(t, err)
			w.assertServed()
			_, err = w.cdn(spec).Destroy(within(t))
			require.NoError(t, err)
			assert.Equal(t, before, w.inventory(), "nothing of the stack is left")
		})
	}
}

// killEngine kills the engine of this world.
func killEngine(t *testing.T, w *world) {
	if pid := enginePID(t, w); pid != 0 {
		assert.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	}
}

// enginePID is the process that holds the lock of this world's stack, 0 if there is none.
func enginePID(t *testing.T, w *world) int {
	locks, err := filepath.Glob(filepath.Join(strings.TrimPrefix(w.backend, "file://"), ".pulumi", "locks", "*", "*", "*", "*.json"))
	if !assert.NoError(t, err) || !assert.Len(t, locks, 1) {
		return 0
	}
	content, err := os.ReadFile(locks[0])
	if !assert.NoError(t, err) {
		return 0
	}
	_, rest, _ := strings.Cut(string(content), `"pid":`)
	digits, _, _ := strings.Cut(rest, ",")
	pid, err := strconv.Atoi(strings.TrimSpace(digits))
	assert.NoError(t, err)
	return pid
}

func TestAnUpThatWasCancelledIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("cancelled")
	spec.Config.Protection.WebAcl = "none"
	reason := errors.New("the tenant has left")
	ctx, cancel := context.WithCancelCause(within(t))
	_, err := w.cdn(spec, automation.OnEvent(func(e automation.Event) {
		if e.Kind == automation.ResourceStarted && e.Resource == "cdn-certificate-validated" {
			cancel(reason)
		}
	})).Up(ctx)
	require.ErrorIs(t, err, automation.ErrCancelled)
	require.ErrorIs(t, err, reason)

	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err, "a cancelled engine releases its lock")
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory(), "nothing of the stack is left")
}

func TestASecondOperationOnAStackIsRefusedWhileOneRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := w.spec("busy")
	spec.Config.Protection.WebAcl = "none"
	busy := make(chan error, 1)
	_, err := w.cdn(spec, automation.OnEvent(func(e automation.Event) {
		if e.Kind == automation.ResourceStarted && e.Resource == "cdn-certificate-validated" {
			go func() {
				_, err := w.cdn(spec).Up(within(t))
				busy <- err
			}()
		}
	})).Up(within(t))
	require.NoError(t, err)
	require.ErrorIs(t, <-busy, automation.ErrConcurrentUpdate)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
}
