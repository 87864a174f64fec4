// Command pulumi-language-go is what the Pulumi CLI starts for Go programs. It becomes the language host of Pulumi's
// SDK v3.65.0, which takes a project's runtime options as flags; today's CLI passes none and leaves reading them to
// the host.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// hostFile is the language host, beside this program.
const hostFile = "go-language-host"

// hostGoFlags are what today's host builds a program with, but for -trimpath: it changes file names in stack traces
// only, and would have everything compiled a second time beside `go test` and `go build`.
const hostGoFlags = "-buildvcs=false '-ldflags=-w -s'"

func main() {
	err := become(os.Args[1:])
	fmt.Fprintln(os.Stderr, "pulumi-language-go:", err)
	os.Exit(1)
}

// become replaces this process with the host, so that whoever ends the one ends the other. It returns on failure only.
func become(args []string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("finding the program's directory: %w", err)
	}
	options, err := projectOptions(dir)
	if err != nil {
		return err
	}
	host := filepath.Join(filepath.Dir(self), hostFile)
	argv := append([]string{host}, append(options.flags(), args...)...)
	environment := append(os.Environ(), "GOFLAGS="+goFlags(usersGoFlags()))
	if err := syscall.Exec(host, argv, environment); err != nil { //nolint:gosec // the host beside this program
		return fmt.Errorf("becoming %s: %w", host, err)
	}

	return nil
}

// usersGoFlags are those of the environment or of `go env -w`. Without a Go command the host says so itself.
func usersGoFlags() string {
	out, err := exec.Command("go", "env", "GOFLAGS").Output()
	if err != nil {
		return os.Getenv("GOFLAGS")
	}

	return strings.TrimSpace(string(out))
}

// goFlags puts the host's flags after the user's: the last one counts, as it does for today's host.
func goFlags(users string) string { return strings.TrimSpace(users + " " + hostGoFlags) }
