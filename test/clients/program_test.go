package clients

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// program is a client program in an environment of its own: nothing of the
// caller's configuration reaches it, and what it writes is gone with the test.
type program struct {
	path        string
	dir         string
	environment []string
}

// outcome is how a run of a program ended.
type outcome struct {
	code           int
	stdout, stderr string
}

// newProgram finds a program; the cure is what to do where it is missing.
func newProgram(t *testing.T, name, cure string, environment []string) program {
	t.Helper()
	path, err := exec.LookPath(name)
	require.NoError(t, err, "%s is needed: %s", name, cure)
	dir := t.TempDir()
	return program{path: path, dir: dir, environment: append(environment,
		"PATH="+os.Getenv("PATH"), "HOME="+dir, "TMPDIR="+dir, "LC_ALL=C.UTF-8",
	)}
}

// within is the context of a test that may take so long and no longer.
func within(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

// run runs the program to its end, whatever that is. When the context ends first
// the program may clean up, but not for long.
func (p program) run(ctx context.Context, t *testing.T, arguments ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, p.path, arguments...)
	command.Dir, command.Env, command.Stdout, command.Stderr = p.dir, p.environment, &stdout, &stderr
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 20 * time.Second
	err := command.Run()
	require.NoError(t, context.Cause(ctx), "%s %s did not end in time:\n%s%s", p.path, arguments, &stdout, &stderr)
	if err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "%s %s", p.path, arguments)
	}
	return outcome{code: command.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
}

// succeed requires a run to succeed and returns what it printed.
func (p program) succeed(ctx context.Context, t *testing.T, arguments ...string) string {
	t.Helper()
	result := p.run(ctx, t, arguments...)
	require.Zero(t, result.code, "%s\n%s", strings.Join(arguments, " "), result)
	return strings.TrimSpace(result.stdout)
}

// String is what there is to read when an outcome is not the expected one.
func (o outcome) String() string {
	return fmt.Sprintf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
}
