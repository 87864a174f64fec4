package automation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
)

// What an engine writes to its standard error.
const (
	lockedHere  = "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`."
	lockedCloud = "error: [409] Conflict: Another update is currently in progress."
	noStack     = "error: no stack named 'organization/imagecdn/dev' found"
)

// complaining is a CLI that fails at everything in the same words.
type complaining string

func (c complaining) Run(
	context.Context, string, io.Reader, []io.Writer, []io.Writer, []string, ...string,
) (stdout, stderr string, code int, err error) {
	return "", string(c), 255, errors.New("exit status 255")
}

func (complaining) Version() semver.Version { return semver.MustParse("3.256.0") }

// fromSDK is the SDK's own error for what the engine wrote.
func fromSDK(t *testing.T, stderr string) error {
	t.Helper()
	w, err := auto.NewLocalWorkspace(t.Context(), auto.WorkDir(t.TempDir()), auto.Pulumi(complaining(stderr)))
	require.NoError(t, err)
	err = w.SelectStack(t.Context(), "dev")
	require.Error(t, err)
	return err
}

// explanation is what the certificate component logs when its wait is over.
const explanation = components.ValidationFailed + ` within 45m0s (timeout while waiting for state).
  cdn.example.com: the record _a.cdn.example.com. CNAME _x.acm-validations.aws. is MISSING from zone example.com (Z1). Run ` + "`pulumi refresh`" + `, so that the next up puts it back.
  *.img.example.com: the record _b.img.example.com. CNAME _y.acm-validations.aws. is MISSING from zone example.com (Z1). Run ` + "`pulumi refresh`" + `, so that the next up puts it back.
  cdn.example.net: the record _c.cdn.example.net. CNAME _z.acm-validations.aws. is in zone example.net (Z2). If ACM still cannot resolve it, the parent zone delegates elsewhere: compare ` + "`dig +short NS example.net`" + ` with the zone's name servers; or a CAA record forbids amazon.com.
  cdn.example.org: ACM has named no validation record yet. Try again in a minute.
Then run the same command again: it goes on where this one stopped.`

var sentinels = []error{
	ErrBadSpec, ErrConcurrentUpdate, ErrValidationTimedOut, ErrCancelled, ErrNoStack, ErrNoPulumi, ErrFailed,
}

func TestAFailureIsExactlyOneOfWhatACallerBranchesOn(t *testing.T) {
	t.Parallel()
	invalid := &components.InvalidArgsError{Faults: []components.Fault{{Field: "domain", Problem: "it is missing", Cure: "Set it."}}}
	broken := errors.New("boom")
	running, cancelled := t.Context(), cancelledFor(t, nil)
	for sentence, test := range map[string]struct {
		ctx  context.Context
		of   failure
		want error
		says string
	}{
		"the program refuses the spec": {running, failure{err: broken, program: invalid}, ErrBadSpec, "it is missing"},
		"the program wraps the refusal": {
			running, failure{err: broken, program: fmt.Errorf("making it: %w", invalid)}, ErrBadSpec, "it is missing",
		},
		"the stack is locked in a backend of one's own": {running, failure{err: fromSDK(t, lockedHere)}, ErrConcurrentUpdate, "locked by"},
		"the stack is locked in the cloud":              {running, failure{err: fromSDK(t, lockedCloud)}, ErrConcurrentUpdate, "409"},
		"there is no stack":                             {running, failure{err: fromSDK(t, noStack)}, ErrNoStack, "no stack named"},
		"the context was cancelled":                     {cancelled, failure{err: broken}, ErrCancelled, "context canceled"},
		"the certificate was not validated": {
			running, failure{err: broken, diagnostics: said("something else", explanation)}, ErrValidationTimedOut, "is MISSING from zone",
		},
		"the engine says why": {
			running, failure{err: broken, diagnostics: said("AccessDenied: no", "update failed")}, ErrFailed, "AccessDenied: no\n  likely cause: the credentials do not allow the call",
		},
		"the engine does not say why":                      {running, failure{err: broken}, ErrFailed, "boom"},
		"the program fails in another way":                 {running, failure{err: broken, program: errors.New("oops")}, ErrFailed, "boom"},
		"a cancellation before the faults found meanwhile": {cancelled, failure{err: broken, program: invalid}, ErrCancelled, "context canceled"},
		"a provider is not installed": {
			running, failure{err: broken, program: invalid, diagnostics: said("no resource plugin 'pulumi-resource-aws' found")}, ErrFailed,
			"next step: install the plugin",
		},
		"a lock before a cancellation":         {cancelled, failure{err: fromSDK(t, lockedHere)}, ErrConcurrentUpdate, "locked"},
		"a missing stack before what was said": {running, failure{err: fromSDK(t, noStack), diagnostics: said(explanation)}, ErrNoStack, ""},
		"a cancellation before what it broke": {
			cancelled, failure{err: broken, diagnostics: said(explanation, "update cancelled")}, ErrCancelled, "context canceled",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			test.of.operation = "up of stack dev"
			err := test.of.classify(test.ctx)
			for _, sentinel := range sentinels {
				assert.Equal(t, errors.Is(test.want, sentinel), errors.Is(err, sentinel), sentinel)
			}
			assert.Contains(t, err.Error(), test.says)
			var engine *EngineError
			require.ErrorAs(t, err, &engine)
			assert.Equal(t, test.of.err, engine.Err, "the SDK's own checks still know it")
			assert.True(t, strings.HasPrefix(err.Error(), "up of stack dev: "), err)
		})
	}
}

func cancelledFor(t *testing.T, cause error) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	return ctx
}

// said are the engine's errors, about no resource.
func said(texts ...string) []Event {
	events := make([]Event, len(texts))
	for i, text := range texts {
		events[i] = Event{Kind: Message, Severity: "error", Text: text}
	}
	return events
}

func TestAFailureNamesResourceCauseAndNextStep(t *testing.T) {
	t.Parallel()
	refused := Event{Resource: "cdn-distribution", Text: "creating CloudFront Distribution: api error CNAMEAlreadyExists: taken"}
	err := failure{operation: "up of stack a", diagnostics: []Event{refused, {Text: "update failed"}}}.classify(t.Context())
	require.ErrorIs(t, err, ErrFailed)
	var failed *FailedError
	require.ErrorAs(t, err, &failed)
	require.Len(t, failed.Failures, 2)
	assert.Equal(t, "cdn-distribution", failed.Failures[0].Resource)
	assert.Contains(t, failed.Failures[0].Cause, "another distribution")
	assert.Contains(t, failed.Failures[0].Cure, "list-conflicting-aliases")
	assert.Empty(t, failed.Failures[1].Cause)
	for _, part := range []string{"up of stack a", "cdn-distribution", "CNAMEAlreadyExists", "likely cause", "next step"} {
		assert.Contains(t, err.Error(), part)
	}
}

func TestACancellationTellsItsCause(t *testing.T) {
	t.Parallel()
	of := failure{operation: "up", err: errors.New("signal: interrupt")}
	assert.ErrorIs(t, of.classify(cancelledFor(t, nil)), context.Canceled)
	shutdown := errors.New("the service shuts down")
	assert.ErrorIs(t, of.classify(cancelledFor(t, shutdown)), shutdown)
	expired, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Hour))
	defer cancel()
	err := of.classify(expired)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.NotErrorIs(t, err, context.Canceled)
}

func TestABadSpecHasItsFaults(t *testing.T) {
	t.Parallel()
	want := []components.Fault{{Field: "domain", Problem: "a"}, {Field: "bucket", Problem: "b"}}
	err := failure{operation: "up", program: fmt.Errorf("wrapped: %w", &components.InvalidArgsError{Faults: want})}.classify(t.Context())
	var invalid *components.InvalidArgsError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, want, invalid.Faults)
}

func TestAValidationErrorNamesTheMissingRecords(t *testing.T) {
	t.Parallel()
	err := failure{operation: "up", diagnostics: said("\n" + explanation + "\n")}.classify(t.Context())
	var validation *ValidationError
	require.ErrorAs(t, err, &validation)
	assert.Equal(t, explanation, validation.Explanation)
	assert.Equal(t, []MissingRecord{
		{Domain: "cdn.example.com", Record: "_a.cdn.example.com. CNAME _x.acm-validations.aws."},
		{Domain: "*.img.example.com", Record: "_b.img.example.com. CNAME _y.acm-validations.aws."},
	}, validation.Missing, "a record that is there is not missing")
	assert.Equal(t, explanation, validation.Error())
	assert.NotErrorIs(t, validation, ErrFailed)

	nothing := newValidationError(components.ValidationFailed + " within 1s (failed).\n  cdn.example.com: ACM has named no validation record yet.")
	assert.Empty(t, nothing.Missing)
}

func TestACancellationHasTheContextsReasonAndTheCallers(t *testing.T) {
	t.Parallel()
	reason := errors.New("the tenant has left")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	err := failure{operation: "up", err: errors.New("exit status 1")}.classify(ctx)
	require.ErrorIs(t, err, ErrCancelled)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, reason)
}

func TestAContextThatEndedBeforeIsACancellation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cdn, err := New(Spec{Stack: "late"})
	require.NoError(t, err)
	_, err = cdn.Up(ctx)
	require.ErrorIs(t, err, ErrCancelled)
	require.NotErrorIs(t, err, ErrNoPulumi)
}
