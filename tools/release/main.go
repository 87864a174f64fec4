// Command release makes the plugin's archives as goreleaser does, from goreleaser's own
// configuration, for a machine without goreleaser.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	root := flags.String("root", filepath.Join("..", ".."), "the checkout")
	target := flags.String("out", "", "where the archives go; default: dist, in the checkout")
	only := flags.String("platform", "", "one platform, such as linux-amd64; default: all")
	built := flags.String("built", "", "a plugin to pack, with -platform, instead of building one")
	expect := flags.String("expect", "", "make nothing, but fail unless this is the version of the source")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("reading the command line: %w", err)
	}
	r, err := newRelease(*root)
	if err != nil {
		return err
	}
	if *expect != "" {
		return r.is(*expect)
	}
	if *built != "" && *only == "" {
		return errors.New("say with -platform what the plugin was built for") //nolint:err113 // for people
	}
	r.built = *built
	if *target == "" {
		*target = filepath.Join(*root, "dist")
	}
	made, err := r.archives(ctx, *target, *only)
	for _, file := range made {
		fmt.Fprintln(out, file)
	}

	return err
}
