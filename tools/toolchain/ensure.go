package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// toolchain makes a checkout's tools ready.
type toolchain struct {
	checkout checkout
	// compile builds a program from the directory of its module.
	compile func(ctx context.Context, module string, p program) error
	// goCommand runs the Go command in a directory, and returns what it prints.
	goCommand func(ctx context.Context, dir string, args ...string) (string, error)
	// run runs a program with settings added to the environment, and passes on what it prints.
	run func(ctx context.Context, out io.Writer, settings []string, name string, args ...string) error
	// out is where progress is told.
	out io.Writer
}

// ensure makes the Pulumi CLI, the Go language host and the AWS plugin ready.
func (t toolchain) ensure(ctx context.Context) error {
	unlock, err := t.lock()
	if err != nil {
		return err
	}
	defer unlock()
	cli, err := t.pulumi(ctx)
	if err != nil {
		return err
	}

	return t.awsPlugin(ctx, cli)
}

// lint makes golangci-lint ready and returns its path.
func (t toolchain) lint(ctx context.Context) (string, error) {
	unlock, err := t.lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	path := filepath.Join(t.checkout.bin(), "golangci-lint")

	return path, t.build(ctx, program{module: "golangci-lint", pkg: "tool", target: path, about: "about 3 minutes"})
}

// lock keeps two runs in one checkout from building the same thing.
func (t toolchain) lock() (unlock func(), err error) {
	dir := filepath.Dir(t.checkout.bin())
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("making %s: %w", dir, err)
	}

	return lockFile(filepath.Join(dir, "lock"))
}
