// Command localaws is the embedded AWS as a program: an API endpoint, a
// CloudFront edge and a DNS server on this machine, for trying the stack without
// an account. See localaws/README.md.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{
		Use:           "localaws",
		Short:         "A small, strict AWS on this machine: ACM, Route 53, S3, CloudFront, WAFv2, STS",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(serveCommand(), startCommand(), stopCommand(), endpointsCommand(), seedCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "localaws:", err)
		return 1
	}
	return 0
}
