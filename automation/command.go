package automation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// gracePeriod is how long a cancelled engine may take to stop by itself. It
// breaks off what it can, waits for what it cannot, and writes the state: killed
// earlier, it would leave a locked stack and resources nobody knows of. The
// SDK's own command kills after ten seconds.
const gracePeriod = 10 * time.Minute

// command runs the Pulumi CLI as the SDK's does, but patiently when cancelled.
type command struct {
	auto.PulumiCommand // for the version
	path               string
}

func newCommand(e Engine) (auto.PulumiCommand, error) {
	found, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: e.Root})
	if err != nil {
		return nil, fmt.Errorf("%w: %w: install it from https://www.pulumi.com/docs/install/ or set Engine.Root", ErrNoPulumi, err)
	}
	path := "pulumi"
	if e.Root != "" {
		path = filepath.Join(e.Root, "bin", "pulumi")
	}
	if path, err = exec.LookPath(path); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoPulumi, err)
	}
	return &command{PulumiCommand: found, path: path}, nil
}

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
	code = cmd.ProcessState.ExitCode()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && cmd.ProcessState == nil {
		code = -1
	}
	return out.String(), errs.String(), code, err
}
