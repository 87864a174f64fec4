package automation

import (
	"fmt"
	"strings"

	"imagecdn/internal/causes"
)

// FailedError is what went wrong on AWS or in the engine, resource by resource.
type FailedError struct {
	// Failures has at least one entry.
	Failures []Failure
}

// Failure is one resource's.
type Failure struct {
	// Resource is the resource's name, such as "cdn-distribution"; "" for the stack.
	Resource string
	// Message is what AWS or the engine said.
	Message string
	// Cause is the likely cause, and Cure what to do; "" where neither is known.
	Cause, Cure string
}

// Error lists the failures with cause and cure.
func (e *FailedError) Error() string {
	var lines []string
	for _, f := range e.Failures {
		line := f.Message
		if f.Resource != "" {
			line = f.Resource + ": " + line
		}
		if f.Cause != "" {
			line += fmt.Sprintf("\n  likely cause: %s\n  next step: %s", f.Cause, f.Cure)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Is makes errors.Is find ErrFailed.
func (e *FailedError) Is(target error) bool { return target == ErrFailed }

// newFailure adds what is known of a message.
func newFailure(resource, message string) Failure {
	known := causes.Of(message)
	return Failure{Resource: resource, Message: message, Cause: known.Cause, Cure: known.Cure}
}
