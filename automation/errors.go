package automation

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"imagecdn/components"
	"imagecdn/internal/causes"
)

// What a caller branches on with errors.Is.
var (
	// ErrBadSpec: the spec, or what it leads to on AWS, does not allow the CDN;
	// nothing was made on AWS. errors.As to *components.InvalidArgsError has the faults.
	ErrBadSpec = errors.New("bad spec")
	// ErrConcurrentUpdate: another operation holds the stack's lock. If that one was
	// killed, [CDN.Unlock] takes the lock away.
	ErrConcurrentUpdate = errors.New("another operation is running on the stack")
	// ErrValidationTimedOut: ACM did not issue the certificate within the bound.
	// errors.As to *ValidationError has the records that are missing.
	ErrValidationTimedOut = errors.New("the certificate was not validated in time")
	// ErrCancelled: the context ended; the state is whole and the next run goes on.
	// errors.Is with context.Canceled or DeadlineExceeded tells which.
	ErrCancelled = errors.New("cancelled")
	// ErrNoStack: there is no such stack.
	ErrNoStack = errors.New("no such stack")
	// ErrNoPulumi: the Pulumi CLI is missing or cannot run.
	ErrNoPulumi = errors.New("no usable Pulumi CLI")
	// ErrFailed: AWS or the engine refused; the message says what and why. errors.As
	// to *FailedError has it resource by resource, with cause and cure where known.
	ErrFailed = errors.New("the operation failed")
)

// ValidationError says why a certificate was not issued in time.
type ValidationError struct {
	// Explanation is what a person should read: each domain, its record, the cure.
	Explanation string
	// Missing are the validation records that were not in their zones.
	Missing []MissingRecord
}

// MissingRecord is a validation record that is not in its zone.
type MissingRecord struct {
	// Domain is the name on the certificate.
	Domain string
	// Record is the missing record, as "name CNAME value".
	Record string
}

// Error implements error.
func (e *ValidationError) Error() string { return e.Explanation }

// Is makes errors.Is find ErrValidationTimedOut.
func (e *ValidationError) Is(target error) bool { return target == ErrValidationTimedOut }

var missingRecord = regexp.MustCompile(`(?m)^\s*(\S+): the record (\S+ CNAME \S+) is MISSING`)

// newValidationError reads the explanation the certificate component logs.
func newValidationError(explanation string) *ValidationError {
	e := &ValidationError{Explanation: explanation}
	for _, match := range missingRecord.FindAllStringSubmatch(explanation, -1) {
		e.Missing = append(e.Missing, MissingRecord{Domain: match[1], Record: match[2]})
	}
	return e
}

// failure is what is known of an operation that failed.
type failure struct {
	operation   string
	err         error   // the SDK's
	program     error   // the inline program's own, where it returned one
	diagnostics []Event // the errors the engine reported
}

// cancelled says why: the context's own reason, and the caller's where there is one.
func cancelled(ctx context.Context, operation string) error {
	if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
		return fmt.Errorf("%s: %w: %w: %w", operation, ErrCancelled, ctx.Err(), cause)
	}
	return fmt.Errorf("%s: %w: %w", operation, ErrCancelled, context.Cause(ctx))
}

// EngineError is what Pulumi itself said of an operation that failed. Every error of an
// operation has one in its chain (errors.As), beside what a caller branches on.
type EngineError struct {
	// Err is the error of Pulumi's SDK, for its own checks such as
	// auto.IsUnexpectedEngineError. Its text has all that the CLI printed.
	Err error
}

// Error implements error.
func (e *EngineError) Error() string { return e.Err.Error() }

// Unwrap is the error of Pulumi's SDK.
func (e *EngineError) Unwrap() error { return e.Err }

// explained reads as its first error, and has the second in its chain as well.
type explained struct {
	error
	engine *EngineError
}

func (e explained) Unwrap() []error { return []error{e.error, e.engine} }

// classify makes the error a caller can branch on, and keeps the SDK's in its chain.
func (f failure) classify(ctx context.Context) error {
	err := f.kind(ctx)
	if f.err == nil {
		return err
	}
	return explained{error: err, engine: &EngineError{Err: f.err}}
}

// kind is the error as a person reads it. The SDK's checks look at its own error type
// only, so they come before any wrapping. What the program found wrong while it was
// cancelled, or could not look up for lack of a plugin, is no fault of the spec.
func (f failure) kind(ctx context.Context) error {
	var invalid *components.InvalidArgsError
	switch {
	case auto.IsConcurrentUpdateError(f.err):
		return fmt.Errorf("%s: %w: %w", f.operation, ErrConcurrentUpdate, f.err)
	case auto.IsSelectStack404Error(f.err):
		return fmt.Errorf("%s: %w: %w", f.operation, ErrNoStack, f.err)
	case ctx.Err() != nil:
		return cancelled(ctx, f.operation)
	case f.lacksPlugin():
	case errors.As(f.program, &invalid):
		return fmt.Errorf("%s: %w: %w", f.operation, ErrBadSpec, invalid)
	}
	failed := &FailedError{}
	for _, event := range f.diagnostics {
		if strings.Contains(event.Text, components.ValidationFailed) {
			return fmt.Errorf("%s: %w", f.operation, newValidationError(strings.TrimSpace(event.Text)))
		}
		failed.Failures = append(failed.Failures, newFailure(event.Resource, event.Text))
	}
	if len(failed.Failures) > 0 {
		return fmt.Errorf("%s: %w", f.operation, failed)
	}
	return fmt.Errorf("%s: %w: %w", f.operation, ErrFailed, f.err)
}

// lacksPlugin says whether the engine could not start a provider at all.
func (f failure) lacksPlugin() bool {
	return slices.ContainsFunc(f.diagnostics, func(e Event) bool { return strings.Contains(e.Text, causes.PluginMissing) })
}
