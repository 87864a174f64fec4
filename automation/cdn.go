// Package automation drives the stack from Go: the same program as `pulumi up`,
// run in-process through Pulumi's Automation API. A typed [Spec] goes in, typed
// [Outputs] and a stream of [Event]s come out.
//
// Nothing is process-wide: each operation has a private work directory, its own
// engine process and its own environment, so that any number of stacks can be
// driven side by side. What `pulumi up` and this package do to a stack is
// interchangeable.
package automation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/infra"
)

// CDN is one stack. Its methods may be called from any goroutine; the backend
// lets one operation at a time change the stack.
type CDN struct {
	spec   Spec
	notify func(Event)
	output io.Writer
}

// Option changes how a CDN is driven.
type Option func(*CDN)

// OnEvent has f called with each event, one at a time and in order. An operation
// returns only after its last event.
func OnEvent(f func(Event)) Option { return func(c *CDN) { c.notify = f } }

// Output has everything that the Pulumi CLI prints written to w as it comes, for a log
// beside the events. Calls of w come one at a time within an operation; operations side
// by side call it side by side.
func Output(w io.Writer) Option { return func(c *CDN) { c.output = w } }

// New returns the CDN of a spec. Nothing is run yet. An unusable spec is an [ErrBadSpec].
func New(spec Spec, options ...Option) (*CDN, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	c := &CDN{spec: spec}
	for _, option := range options {
		option(c)
	}
	return c, nil
}

// Step is what the engine does, or would do, to one resource.
type Step struct {
	// Operation is the engine's: "create", "update", "delete", "replace", "same" ...
	Operation string
	// Type is the resource's type token.
	Type string
	// Resource is the resource's name.
	Resource string
}

// Result is what an operation did, or would do.
type Result struct {
	// Outputs are the stack's outputs after it; empty after a preview or a destroy.
	Outputs Outputs
	// Changes counts the resources by operation, "same" included.
	Changes map[string]int
	// Steps are the single steps, "same" included, in the engine's order.
	Steps []Step
}

// Changed says whether any resource was, or would be, touched. A provider that is given
// other settings touches nothing.
func (r Result) Changed() bool {
	for operation, count := range r.Changes {
		for _, step := range r.Steps {
			if step.Operation == operation && strings.HasPrefix(step.Type, "pulumi:providers:") {
				count--
			}
		}
		if operation != "same" && operation != "read" && count > 0 {
			return true
		}
	}
	return false
}

// Preview says what Up would do. It creates the stack, empty, if there is none.
func (c *CDN) Preview(ctx context.Context) (Result, error) {
	return c.run(ctx, "preview", create, func(ctx context.Context, s *session) (Result, error) {
		done, err := s.stack.Preview(ctx, optpreview.EventStreams(s.listener.channel), optpreview.SuppressProgress())
		changes := map[string]int{}
		for operation, count := range done.ChangeSummary {
			changes[string(operation)] = count
		}
		return Result{Changes: changes}, err
	})
}

// Up makes the CDN what the spec says.
func (c *CDN) Up(ctx context.Context) (Result, error) {
	return c.run(ctx, "up", create, func(ctx context.Context, s *session) (Result, error) {
		done, err := s.stack.Up(ctx, optup.EventStreams(s.listener.channel), optup.SuppressProgress())
		if err != nil {
			return Result{}, err
		}
		outputs, err := newOutputs(done.Outputs)
		return Result{Outputs: outputs, Changes: changesOf(done.Summary)}, err
	})
}

// Refresh makes the state what AWS says. It calls AWS as the spec says, whatever the last
// Up used.
func (c *CDN) Refresh(ctx context.Context) (Result, error) {
	return c.run(ctx, "refresh", mustExist, func(ctx context.Context, s *session) (Result, error) {
		if err := s.withProviders(ctx); err != nil {
			return Result{}, err
		}
		done, err := s.stack.Refresh(ctx, optrefresh.EventStreams(s.listener.channel), optrefresh.SuppressProgress(), optrefresh.RunProgram(true))
		return Result{Changes: changesOf(done.Summary)}, err
	})
}

// Destroy takes away all that the stack made, and then the stack. A bucket it
// did not make, and a bucket it made that holds objects, stay. It calls AWS as the spec
// says, whatever the last Up used.
func (c *CDN) Destroy(ctx context.Context) (Result, error) {
	return c.run(ctx, "destroy", mustExist, func(ctx context.Context, s *session) (Result, error) {
		if err := s.withProviders(ctx); err != nil {
			return Result{}, err
		}
		done, err := s.stack.Destroy(ctx, optdestroy.EventStreams(s.listener.channel), optdestroy.SuppressProgress(), optdestroy.RunProgram(true))
		if err != nil {
			return Result{}, err
		}
		err = s.stack.Workspace().RemoveStack(ctx, s.stack.Name())
		return Result{Changes: changesOf(done.Summary)}, err
	})
}

// Outputs are the outputs of the last Up.
func (c *CDN) Outputs(ctx context.Context) (Outputs, error) {
	result, err := c.run(ctx, "outputs", mustExist, func(ctx context.Context, s *session) (Result, error) {
		values, err := s.stack.Outputs(ctx)
		if err != nil {
			return Result{}, err
		}
		outputs, err := newOutputs(values)
		return Result{Outputs: outputs}, err
	})
	return result.Outputs, err
}

// Unlock takes the stack's lock away from an operation that was killed. Taken
// from one that still runs, the state is no longer to be relied on.
func (c *CDN) Unlock(ctx context.Context) error {
	_, err := c.run(ctx, "unlock", mustExist, func(ctx context.Context, s *session) (Result, error) {
		return Result{}, s.stack.Cancel(ctx)
	})
	return err
}

// withProviders makes the stack's program one that registers the providers alone. By
// itself, the engine calls AWS with the settings that are in the state.
func (s *session) withProviders(ctx context.Context) error {
	last, err := s.stack.Outputs(ctx)
	if err != nil {
		return err //nolint:wrapcheck // the SDK's checks know its own error type only
	}
	outputs := pulumi.Map{}
	for name, output := range last {
		outputs[name] = pulumi.Any(output.Value)
		if output.Secret {
			outputs[name] = pulumi.ToSecret(output.Value)
		}
	}
	s.program.run = func(ctx *pulumi.Context) error { return infra.Providers(ctx, outputs) }
	return nil
}

func changesOf(summary auto.UpdateSummary) map[string]int {
	if summary.ResourceChanges == nil {
		return map[string]int{}
	}
	return *summary.ResourceChanges
}

// session is one operation on a stack.
type session struct {
	stack    auto.Stack
	listener *listener
	program  *program
}

// run does one operation in a workspace of its own.
func (c *CDN) run(
	ctx context.Context, operation string, selection selection,
	do func(context.Context, *session) (Result, error),
) (Result, error) {
	program := &program{run: infra.Program}
	failed := failure{operation: operation + " of stack " + c.spec.Stack}
	w, err := openWorkspace(ctx, c.spec, selection, program, c.output)
	if err != nil {
		if errors.Is(err, ErrNoPulumi) {
			return Result{}, noPulumi(ctx, failed.operation, err)
		}
		failed.err = err
		return Result{}, failed.classify(ctx)
	}
	l := listen(c.notify)
	result, err := do(ctx, &session{stack: w.stack, listener: l, program: program})
	l.wait()
	result.Steps = l.steps
	if closeErr := w.close(); closeErr != nil && err == nil {
		return result, fmt.Errorf("%s: tidying up: %w", failed.operation, closeErr)
	}
	if err != nil {
		failed.err, failed.program, failed.diagnostics = err, program.err, l.errors
		return result, failed.classify(ctx)
	}
	return result, nil
}

// noPulumi is the error without a usable CLI, unless that is because the context ended.
func noPulumi(ctx context.Context, operation string, err error) error {
	if ctx.Err() != nil {
		return cancelled(ctx, operation)
	}
	return err
}

// removePatience is how long what a plugin writes to the work directory while it ends
// is waited for.
const removePatience = 5 * time.Second

// removeAll is os.RemoveAll, again while somebody still writes to the directory.
func removeAll(dir string) error {
	deadline := time.Now().Add(removePatience)
	for {
		err := os.RemoveAll(dir)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("removing work directory: %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
