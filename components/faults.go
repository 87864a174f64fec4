package components

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with an argument or a configuration value.
type Fault struct {
	// Field is the argument's path, such as "cache.defaultTtl". It is the same in Go
	// arguments, in the package and in stack configuration.
	Field string
	// Value is the value that was given, as text; "" where none was.
	Value string
	// Problem says what is wrong with it.
	Problem string
	// Cure says what to do about it.
	Cure string
}

// String is the fault as one line: field, value, problem, cure.
func (f Fault) String() string {
	line := fmt.Sprintf("%s %q: %s. %s", f.Field, f.Value, f.Problem, f.Cure)
	if strings.HasSuffix(line, "?") {
		return line
	}
	return line + "."
}

// InvalidArgsError is everything that is wrong with what a component or the
// stack was given. Nothing has been registered when it is returned.
type InvalidArgsError struct {
	// Faults has at least one entry.
	Faults []Fault
}

// Error lists the faults, one a line.
func (e *InvalidArgsError) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = "  - " + f.String()
	}
	noun := "values"
	if len(lines) == 1 {
		noun = "value"
	}
	return fmt.Sprintf("%d invalid %s, nothing was made on AWS:\n%s", len(lines), noun, strings.Join(lines, "\n"))
}

// faults collects what is wrong until everything has been looked at.
type faults []Fault

func (fs *faults) add(field, value, problem, cure string) {
	fault := Fault{Field: field, Value: value, Problem: problem, Cure: cure}
	if !slices.Contains(*fs, fault) { // a zone id may be wrong for each domain in the same way
		*fs = append(*fs, fault)
	}
}

// err is nil when nothing is wrong.
func (fs faults) err() error {
	if len(fs) == 0 {
		return nil
	}
	return &InvalidArgsError{Faults: fs}
}
