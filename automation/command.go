package automation

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/blang/semver"
)

// gracePeriod is how long a cancelled engine may take to stop by itself. It
// breaks off what it can, waits for what it cannot, and writes the state: killed
// earlier, it would leave a locked stack and resources nobody knows of. The
// SDK's own command kills after ten seconds.
const gracePeriod = 10 * time.Minute

// command is an auto.PulumiCommand: it runs the Pulumi CLI as the SDK's own does, but patiently when cancelled.
type command struct {
	path        string
	version     semver.Version
	environment []string  // of this process, as far as it is inherited
	output      io.Writer // gets all that it writes; nil for nobody
}

// oldestPulumi is the oldest CLI the program runs under; Pulumi.yaml says the same.
var oldestPulumi = semver.MustParse("3.256.0")

func newCommand(ctx context.Context, e Engine, output io.Writer) (*command, error) {
	name := "pulumi"
	if e.Root != "" {
		name = filepath.Join(e.Root, "bin", "pulumi")
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w: install it from https://www.pulumi.com/docs/install/ or set Engine.Root", ErrNoPulumi, err)
	}
	c := &command{path: path, environment: inherited(os.Environ(), e.Inherit)}
	var env []string
	if e.Home != "" {
		env = []string{"PULUMI_HOME=" + e.Home} // even to say its version, the CLI writes there
	}
	out, stderr, _, err := c.Run(ctx, "", nil, nil, nil, env, "version")
	if err != nil {
		return nil, fmt.Errorf("%w: asking %s for its version: %w: %s", ErrNoPulumi, path, err, stderr)
	}
	if c.version, err = semver.ParseTolerant(strings.TrimSpace(out)); err != nil {
		return nil, fmt.Errorf("%w: the version of %s: %w", ErrNoPulumi, path, err)
	}
	if c.version.LT(oldestPulumi) {
		return nil, fmt.Errorf("%w: %s is version %s, at least %s is needed", ErrNoPulumi, path, c.version, oldestPulumi)
	}
	if output != nil {
		c.output = &lockedWriter{to: output}
	}
	return c, nil
}

// Version implements auto.PulumiCommand.
func (c *command) Version() semver.Version { return c.version }

// Run implements auto.PulumiCommand.
func (c *command) Run(
	ctx context.Context, workdir string, stdin io.Reader, outputs, errorOutputs []io.Writer, env []string, args ...string,
) (stdout, stderr string, code int, err error) {
	if !slices.Contains(args, "--non-interactive") {
		args = append([]string{"--non-interactive"}, args...) // fail instead of asking
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, c.path, args...) //nolint:gosec // the CLI the caller chose
	cmd.Dir = workdir
	cmd.Env = slices.Concat(c.environment, env, []string{"PULUMI_AUTOMATION_API=true", withPath(filepath.Dir(c.path))})
	cmd.Stdin = stdin
	if c.output != nil {
		outputs, errorOutputs = append(slices.Clip(outputs), c.output), append(slices.Clip(errorOutputs), c.output)
	}
	cmd.Stdout = io.MultiWriter(append(outputs, &out)...)
	cmd.Stderr = io.MultiWriter(append(errorOutputs, &errs)...)
	ownProcessGroup(cmd) // an interrupt at the terminal is for the caller to turn into a cancellation
	cmd.Cancel = func() error { return interrupt(cmd.Process) }
	cmd.WaitDelay = gracePeriod
	err = cmd.Run()
	code = cmd.ProcessState.ExitCode() // -1 if it never ran
	return out.String(), errs.String(), code, err
}

// lockedWriter takes standard output and error, which are written side by side.
type lockedWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (w *lockedWriter) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(text) //nolint:wrapcheck // the caller's own writer
}
