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
	path    string
	version semver.Version
}

// oldestPulumi is the oldest CLI the program runs under; Pulumi.yaml says the same.
var oldestPulumi = semver.MustParse("3.256.0")

func newCommand(ctx context.Context, e Engine) (*command, error) {
	name := "pulumi"
	if e.Root != "" {
		name = filepath.Join(e.Root, "bin", "pulumi")
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w: install it from https://www.pulumi.com/docs/install/ or set Engine.Root", ErrNoPulumi, err)
	}
	c := &command{path: path}
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
	// The language host and the plugins bundled with a CLI are beside it.
	cmd.Env = append(append(os.Environ(), env...), "PULUMI_AUTOMATION_API=true",
		"PATH="+filepath.Dir(c.path)+string(os.PathListSeparator)+os.Getenv("PATH"))
	cmd.Stdin = stdin
	cmd.Stdout = io.MultiWriter(append(outputs, &out)...)
	cmd.Stderr = io.MultiWriter(append(errorOutputs, &errs)...)
	ownProcessGroup(cmd) // an interrupt at the terminal is for the caller to turn into a cancellation
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = gracePeriod
	err = cmd.Run()
	code = cmd.ProcessState.ExitCode() // -1 if it never ran
	return out.String(), errs.String(), code, err
}
