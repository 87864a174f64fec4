// Command toolchain sees to it that this checkout has a Pulumi CLI, a Go language host, an AWS plugin and a linter. It
// takes what the machine has, fetches what can be fetched, builds the rest from Go modules, and writes nothing outside
// the checkout's .tools directory but Go's own caches.
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

const usage = `usage: toolchain [-root <checkout>] <command>

  ensure     make ready: the Pulumi CLI, the Go language host and the AWS plugin
  languages  make ready: the language hosts for YAML and Node.js
  plugin     print which AWS plugin is in use
  env        print what a shell evaluates to use them
  program    build the Pulumi program of the checkout as the language host does
  lint       make golangci-lint ready and print its path
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "toolchain:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("toolchain", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage) }
	root := flags.String("root", filepath.Join("..", ".."), "the checkout")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("reading the command line: %w", err)
	}
	checkout, err := newCheckout(*root)
	if err != nil {
		return err
	}
	t := toolchain{checkout: checkout, compile: buildTool, goCommand: runGo, run: runCommand, out: stderr}
	switch flags.Arg(0) {
	case "ensure":
		return t.ensure(ctx)
	case "languages":
		return t.languages(ctx)
	case "env":
		_, err := fmt.Fprint(stdout, checkout.environment())
		return err
	case "plugin":
		_, err := fmt.Fprintln(stdout, checkout.described())
		return err
	case "program":
		return t.pulumiProgram(ctx)
	case "lint":
		path, err := t.lint(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(stdout, path)

		return err
	default:
		flags.Usage()
		return errors.New("say what to do: ensure, languages, plugin, env, program or lint")
	}
}
