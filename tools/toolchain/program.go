package main

import (
	"context"
	"path/filepath"
)

// programTarget is the buildTarget of Pulumi.yaml.
const programTarget = ".local/bin/program"

// pulumiProgram builds the checkout's Pulumi program as the language host does, so that the host finds nothing left to
// do: the first build takes minutes, of which `pulumi up` says nothing.
func (t toolchain) pulumiProgram(ctx context.Context) error {
	args := append([]string{"build"}, t.hostFlags()...)
	args = append(args, "-o", filepath.FromSlash(programTarget), ".")

	return t.progress("building the Pulumi program (minutes the first time, else seconds)", func() error {
		_, err := t.goCommand(ctx, string(t.checkout), args...)
		return err
	})
}

// hostFlags are those of the host in use: the one that is built here, else the machine's own.
func (t toolchain) hostFlags() []string {
	flags := []string{"-buildvcs=false", "-ldflags", "-w -s"}
	if exists(filepath.Join(t.checkout.bin(), hostFile)) {
		return flags
	}

	return append(flags, "-trimpath")
}
