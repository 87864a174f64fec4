package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"imagecdn/internal/adopt"
)

const adoptHelp = `Finds the CDN that serves a domain and was made by hand: distribution, certificate,
records, origin access control, web ACL and grant. Shows what a stack takes over of it,
what changes in place, what the CDN loses by it, and what is left to you. It is a
preview with the option adopt.distributionId, and changes nothing, neither on AWS nor in the stack.

In the project's folder, with a stack that has the bucket's name in its configuration:

  imagecdn adopt cdn.example.com --stack prod
  imagecdn adopt cdn.example.com --stack prod --yes
  pulumi up --stack prod

With --yes the options adopt.distributionId and domain are written into the stack's
configuration.
The up that follows imports what is there, and changes it in place. To take that back
before the up, run pulumi config rm adopt; docs/adopt.md has the way back after it.

The exit status is 0 when the CDN can be taken over, 1 when not, 2 for wrong flags.`

// adoptFlags are what the flags of the command fill.
type adoptFlags struct {
	domain       string
	distribution string
	stack        string
	configFile   string
	yes, json    bool
}

// pulumi runs Pulumi's CLI; what it says besides its output goes to the person.
type pulumi func(ctx context.Context, notes io.Writer, args ...string) (output []byte, err error)

func newAdoptCommand(std stdio, run pulumi) *cobra.Command {
	flags := &adoptFlags{}
	cmd := &cobra.Command{
		Use:   "adopt DOMAIN",
		Short: "Take over a CDN that was made by hand, without a gap",
		Long:  adoptHelp,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("%s takes one argument, the domain of the CDN", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			flags.domain = args[0]
			return runAdopt(cmd.Context(), std, run, flags)
		},
	}
	set := cmd.Flags()
	set.StringVar(&flags.stack, "stack", "", "`name` of the stack (default: the selected one)")
	set.StringVar(&flags.distribution, "distribution", "", "`id` of the distribution (default: the one that has the domain)")
	set.StringVar(&flags.configFile, "config-file", "", "`file` of the stack's configuration (default: Pulumi.STACK.yaml here)")
	set.BoolVar(&flags.yes, "yes", false, "write the take-over into the stack's configuration, for the next pulumi up")
	set.BoolVar(&flags.json, "json", false, "print one JSON document instead of lines")
	return cmd
}

// runPulumi is the CLI on PATH.
func runPulumi(ctx context.Context, notes io.Writer, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "pulumi", append(args, "--non-interactive")...) //nolint:gosec // arguments of the user's own
	cmd.Stderr = notes
	return cmd.Output() //nolint:wrapcheck // the callers say what they did
}

func runAdopt(ctx context.Context, std stdio, run pulumi, flags *adoptFlags) error {
	if err := flags.complete(ctx, std, run); err != nil {
		return err
	}
	plan, err := flags.preview(ctx, std, run)
	if err != nil {
		return err
	}
	if flags.json {
		err = printJSON(std.out, flags.domain, plan)
	} else {
		printPlan(std.out, flags.domain, plan)
	}
	switch {
	case err != nil:
		return err
	case len(plan.Refused) > 0:
		return errReplaced
	case plan.DistributionID == "" || !flags.yes:
		return nil
	}
	if err := flags.configure(ctx, std, run, flags.configFile, plan.DistributionID); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(std.err, "Written into %s. Now run: pulumi up --stack %s\n", flags.configFile, flags.stack)
	return nil
}

var errReplaced = errors.New("nothing is written: what is replaced or deleted is no take-over. Change the configuration so that it stays, and repeat this")

// complete finds out which stack is meant, and where its configuration is.
func (f *adoptFlags) complete(ctx context.Context, std stdio, run pulumi) error {
	if f.stack == "" {
		name, err := run(ctx, std.err, "stack", "--show-name")
		if err != nil {
			return fmt.Errorf("finding the selected stack: %w. Give --stack", err)
		}
		f.stack = strings.TrimSpace(string(name))
	}
	if f.configFile == "" {
		f.configFile = "Pulumi." + f.stack[strings.LastIndex(f.stack, "/")+1:] + ".yaml"
	}
	return nil
}

// preview runs with a copy of the stack's configuration, so that nothing is left of it.
func (f *adoptFlags) preview(ctx context.Context, std stdio, run pulumi) (adopt.Plan, error) {
	content, err := os.ReadFile(f.configFile)
	if err != nil {
		return adopt.Plan{}, usagef("reading the stack's configuration: %w. Give --config-file, or run this in the project's folder", err)
	}
	dir, err := os.MkdirTemp("", "imagecdn")
	if err != nil {
		return adopt.Plan{}, fmt.Errorf("making a directory for a copy of the configuration: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // it is the system's to clean up otherwise
	trial := filepath.Join(dir, filepath.Base(f.configFile))
	if err := os.WriteFile(trial, content, 0o600); err != nil {
		return adopt.Plan{}, fmt.Errorf("copying the configuration: %w", err)
	}
	wanted := f.distribution
	if wanted == "" {
		wanted = f.domain
	}
	if err := f.configure(ctx, std, run, trial, wanted); err != nil {
		return adopt.Plan{}, err
	}
	_, _ = fmt.Fprintln(std.err, "Previewing the take-over; nothing is changed by that.")
	var notes bytes.Buffer
	output, failed := run(ctx, &notes, "preview", "--json", "--stack", f.stack, "--config-file", trial)
	if failed != nil && len(output) == 0 {
		return adopt.Plan{}, fmt.Errorf("previewing stack %s: %w\n%s", f.stack, failed, strings.TrimSpace(notes.String()))
	}
	plan, err := adopt.Read(output)
	if err == nil && failed != nil {
		err = fmt.Errorf("previewing stack %s: %w\n%s", f.stack, failed, strings.TrimSpace(notes.String()))
	}
	return plan, err
}

// configure sets what the take-over needs. A domain that is set stays: others may have come before it.
func (f *adoptFlags) configure(ctx context.Context, std stdio, run pulumi, file, distribution string) error {
	if _, err := run(ctx, io.Discard, "config", "get", "domain", "--stack", f.stack, "--config-file", file); err != nil {
		if _, err := run(ctx, std.err, "config", "set", "domain", f.domain, "--stack", f.stack, "--config-file", file); err != nil {
			return fmt.Errorf("setting the domain in %s: %w", file, err)
		}
	}
	if _, err := run(ctx, std.err, "config", "set", "--path", "adopt.distributionId", distribution, "--stack", f.stack, "--config-file", file); err != nil {
		return fmt.Errorf("setting adopt.distributionId in %s: %w", file, err)
	}
	return nil
}

func printPlan(out io.Writer, domain string, plan adopt.Plan) {
	line := func(format string, parts ...any) { _, _ = fmt.Fprintf(out, format+"\n", parts...) }
	if plan.DistributionID == "" {
		line("The stack has the distribution of %s already: there is nothing to take over.", domain)
	} else {
		line("Distribution %s serves %s. With adopt.distributionId, the next pulumi up", plan.DistributionID, domain)
	}
	heading := func(text string, any bool) {
		if any {
			line("\n%s", text)
		}
	}
	heading("takes over, and changes in place:", len(plan.TakenOver) > 0)
	for _, r := range plan.TakenOver {
		line("  %s  %s", r.Name, r.ID)
		for _, change := range r.Changes {
			line("      %s: %s -> %s", change.Property, orNone(change.Before), orNone(change.After))
		}
	}
	heading("makes beside them:", len(plan.Made) > 0)
	for _, r := range plan.Made {
		line("  %s  %s", r.Name, r.Type)
	}
	heading("Beware:", len(plan.Warnings) > 0)
	for _, text := range plan.Warnings {
		line("  %s", text)
	}
	heading("To know:", len(plan.Notes) > 0)
	for _, text := range plan.Notes {
		line("  %s", text)
	}
	heading("WOULD BE REPLACED OR DELETED:", len(plan.Refused) > 0)
	for _, r := range plan.Refused {
		line("  %s  %s", r.Name, r.ID)
	}
}

func orNone(text string) string {
	if text == "" {
		return "(none)"
	}
	return text
}

func printJSON(out io.Writer, domain string, plan adopt.Plan) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(struct {
		Domain string `json:"domain"`
		adopt.Plan
	}{domain, plan})
	if err != nil {
		return fmt.Errorf("printing the plan: %w", err)
	}
	return nil
}
