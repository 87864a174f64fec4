package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// program is a program that is built from one of the tools' modules.
type program struct {
	module string // the module's directory under tools
	pkg    string // what is built: "tool" is what the module's tool directive names
	target string // the file that is made
	about  string // how long it takes, for whoever waits
	stamp  bool   // whether the Pulumi SDK's version is linked in, as Pulumi's releases have it
}

// build makes the program unless it is there and was made from the same sources.
func (t toolchain) build(ctx context.Context, p program) error {
	module := t.checkout.module(p.module)
	sources, err := fingerprint(module)
	if err != nil {
		return err
	}
	stamp := t.checkout.stamp(p.target)
	if made, err := os.ReadFile(stamp); err == nil && string(made) == sources && exists(p.target) {
		return nil
	}
	for _, dir := range []string{filepath.Dir(p.target), filepath.Dir(stamp)} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("making room for %s: %w", p.target, err)
		}
	}
	label := "building " + filepath.Base(p.target) + " (" + p.about + ", once)"
	err = t.progress(label, func() error { return t.compile(ctx, module, p) })
	if err != nil {
		return err
	}
	if err := os.WriteFile(stamp, []byte(sources), 0o600); err != nil {
		return fmt.Errorf("noting what %s was built from: %w", p.target, err)
	}

	return nil
}

// buildTool runs the Go command. The program takes its place only when it is whole.
func buildTool(ctx context.Context, module string, p program) error {
	unfinished := p.target + ".unfinished"
	args := []string{"build", "-o", unfinished}
	if p.stamp {
		version, err := runGo(ctx, module, "list", "-m", "-f", "{{.Version}}", pulumiSDK)
		if err != nil {
			return fmt.Errorf("reading the version of %s: %w", filepath.Base(p.target), err)
		}
		args = append(args, "-ldflags", "-X "+pulumiSDK+"/go/common/version.Version="+version)
	}
	if _, err := runGo(ctx, module, append(args, p.pkg)...); err != nil {
		return fmt.Errorf("building %s: %w", filepath.Base(p.target), err)
	}
	if err := os.Rename(unfinished, p.target); err != nil {
		return fmt.Errorf("putting %s in place: %w", filepath.Base(p.target), err)
	}

	return nil
}

// pulumiSDK is the module whose version is Pulumi's.
const pulumiSDK = "github.com/pulumi/pulumi/sdk/v3"

// runGo runs the Go command in a module, for this machine and by the module alone.
func runGo(ctx context.Context, module string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the tools' own modules
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOOS=", "GOARCH=")
	out, err := cmd.CombinedOutput()
	text := strings.TrimSpace(string(out))
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, text)
	}

	return text, nil
}

// progressInterval is how often a long piece of work says that it is still going on.
const progressInterval = 15 * time.Second

// progress does the work and says what it is, that it goes on, and how long it took.
func (t toolchain) progress(label string, work func() error) error {
	began := time.Now()
	fmt.Fprintf(t.out, "%s ...\n", label)
	done := make(chan error, 1)
	go func() { done <- work() }()
	tick := time.NewTicker(progressInterval)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			if err == nil {
				fmt.Fprintf(t.out, "%s: done in %s\n", label, time.Since(began).Round(time.Second))
			}

			return err
		case <-tick.C:
			fmt.Fprintf(t.out, "%s: %s so far\n", label, time.Since(began).Round(time.Second))
		}
	}
}
