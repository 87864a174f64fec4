// Command bench runs the stack's operations and Terraform's on the embedded AWS, in
// turn, and prints what they take beside each other: time, memory, calls of AWS.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"imagecdn/localaws"
	"imagecdn/localaws/api"
	"imagecdn/localaws/seed"
)

// What both find in AWS, and what they make: the dev stack's.
const (
	zone   = "example.com"
	domain = "cdn." + zone
	bucket = "example-images"
	region = "eu-central-1"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	rounds := flag.Int("rounds", 3, "how often both go through all operations")
	root := flag.String("root", "..", "the checkout")
	flag.Parse()
	checkout, err := filepath.Abs(*root)
	if err != nil {
		return fmt.Errorf("finding the checkout: %w", err)
	}
	// A short path, because there are sockets in it.
	scratch, err := os.MkdirTemp("", "b")
	if err != nil {
		return fmt.Errorf("making a scratch directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	var all []round
	for i := range *rounds {
		var r round
		for _, c := range []struct {
			contestant
			into *figures
		}{{pulumi{checkout}, &r.project}, {terraform{checkout}, &r.terraform}} {
			dir := filepath.Join(scratch, fmt.Sprintf("%s%d", c.name(), i))
			if *c.into, err = goThrough(ctx, c, dir); err != nil {
				return fmt.Errorf("%s, round %d: %w", c.name(), i+1, err)
			}
		}
		all = append(all, r)
	}
	_, err = fmt.Print(table(all, time.Now()))
	return err
}

// contestant is a tool that provisions the stack.
type contestant interface {
	name() string
	// prepare makes it ready in a directory of its own, unmeasured, and returns the
	// command of each operation.
	prepare(ctx context.Context, dir, endpoint string) (commands map[operation]command, err error)
}

// goThrough has a contestant do all operations on an AWS of its own.
func goThrough(ctx context.Context, c contestant, dir string) (figures, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making room: %w", err)
	}
	server, err := localaws.Start(localaws.Options{
		APIAddress: "127.0.0.1:0", HTTPSAddress: "127.0.0.1:0", HTTPAddress: "127.0.0.1:0", DNSAddress: "127.0.0.1:0",
		Delays: api.Delays{
			CertificateIssue: 2 * time.Second, ValidationOptions: time.Second, Deploy: 2 * time.Second, RecordChange: time.Second,
		},
	})
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close() }()
	if err := seed.Fill(ctx, seed.Options{Endpoint: server.APIURL(), Region: region, Zone: zone, Bucket: bucket}); err != nil {
		return nil, err
	}
	commands, err := c.prepare(ctx, dir, server.APIURL())
	if err != nil {
		return nil, err
	}
	done := figures{}
	for _, o := range operations {
		journal := server.Front().Journal()
		journal.Clear()
		f, err := commands[o].measure(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o, err)
		}
		for _, entry := range journal.Entries() {
			f.calls++
			if !entry.ReadOnly() {
				f.writes++
			}
		}
		fmt.Fprintf(os.Stderr, "%-10s %-18s %6.1f s %6d MB %4d calls\n", c.name(), o, f.wall.Seconds(), f.peak>>20, f.calls)
		done[o] = f
	}
	return done, nil
}
