// Command imagecdn is for the people who run a CDN of images: it proves that one
// works, and takes over one that was made by hand.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"imagecdn/internal/verify"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], stdio{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// stdio is where a command reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// run is the whole command: arguments in, exit status out.
func run(ctx context.Context, args []string, std stdio) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRootCommand(std)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage), errors.Is(err, verify.ErrTarget):
		_, _ = fmt.Fprintf(std.err, "imagecdn: %v\nSee `imagecdn --help`.\n", err)
		return exitUsage
	default:
		_, _ = fmt.Fprintf(std.err, "imagecdn: %v\n", err)
		return exitFailed
	}
}
