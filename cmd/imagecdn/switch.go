package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/spf13/cobra"

	"imagecdn/internal/switchover"
)

const switchHelp = `Moves live domains to a CDN that was prepared for them, without a request that fails.

Prepare the CDN beside whatever serves the domains today, and try it at its own name:

  pulumi config set --path operation.live false
  pulumi up
  pulumi stack output --json | imagecdn verify --outputs -

Then see what would move, and move it:

  pulumi stack output --json | imagecdn switch --outputs -
  pulumi stack output --json | imagecdn switch --outputs - --yes

CloudFront moves the domains from the distribution that has them now, if one has, and
then all their records change at once. What was before is kept in a file, which takes it
all back:

  imagecdn switch --back switch-cdn.example.com.json --yes

When it is good, the stack takes the domains and their records over:

  pulumi config rm --path operation.live
  pulumi up

Nothing of what served the domains before is deleted. The AWS credentials are those of
this shell.`

// switchFlags are what the flags of the command fill.
type switchFlags struct {
	outputs string
	back    string
	file    string
	yes     bool
}

func newSwitchCommand(std stdio) *cobra.Command {
	flags := &switchFlags{}
	cmd := &cobra.Command{
		Use:   "switch",
		Short: "Move live domains to a prepared CDN, and back",
		Long:  switchHelp,
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runSwitch(cmd.Context(), std, flags)
		},
	}
	set := cmd.Flags()
	set.StringVar(&flags.outputs, "outputs", "", "`file` of the prepared stack's outputs as JSON, - for standard input")
	set.StringVar(&flags.back, "back", "", "`file` that an earlier switch wrote: give the domains back")
	set.StringVar(&flags.file, "file", "", "`file` for the way back (default: switch-DOMAIN.json); never overwritten")
	set.BoolVar(&flags.yes, "yes", false, "do it; without it the plan is printed and nothing is changed")
	return cmd
}

func runSwitch(ctx context.Context, std stdio, flags *switchFlags) error {
	if (flags.outputs == "") == (flags.back == "") {
		return usagef("give --outputs, to move domains, or --back, to give them back")
	}
	loaded, err := config.LoadDefaultConfig(ctx, config.WithDefaultRegion(searchRegion))
	if err != nil {
		return fmt.Errorf("finding AWS credentials: %w", err)
	}
	clients := switchover.Clients{CloudFront: cloudfront.NewFromConfig(loaded), Route53: route53.NewFromConfig(loaded)}
	say := func(line string) { _, _ = fmt.Fprintln(std.err, line) }
	if flags.back != "" {
		return giveBack(ctx, std, flags, clients, say)
	}
	outputs, err := readOutputs(flags.outputs, std.in)
	if err != nil {
		return err
	}
	if outputs.DistributionID == "" || len(outputs.Domains) == 0 {
		return usagef("the outputs name no distributionId or no domains: they are not those of a stack that is up")
	}
	plan, err := switchover.Find(ctx, clients, outputs.DistributionID, outputs.Domains)
	if err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	printMoves(std, plan)
	if !flags.yes {
		_, _ = fmt.Fprintln(std.out, "Nothing was changed. Move them with --yes.")
		return nil
	}
	return move(ctx, std, flags, plan, clients, say)
}

func printMoves(std stdio, plan switchover.Plan) {
	_, _ = fmt.Fprintf(std.out, "To distribution %s (%s):\n", plan.To.ID, plan.To.Domain)
	for _, move := range plan.Moves {
		_, _ = fmt.Fprintf(std.out, "  %s\n    now: %s\n", move.Domain, move.Describe())
	}
}

func move(
	ctx context.Context, std stdio, flags *switchFlags, plan switchover.Plan, clients switchover.Clients, say func(string),
) error {
	file := flags.file
	if file == "" {
		file = "switch-" + strings.TrimPrefix(plan.Moves[0].Domain, "*.") + ".json"
	}
	if err := save(file, plan); err != nil {
		return err
	}
	say("what was before is in " + file)
	if err := plan.Do(ctx, clients, say); err != nil {
		return fmt.Errorf("%w\nGo on with the same command and another --file, or go back with `imagecdn switch --back %s --yes`", err, file)
	}
	_, _ = fmt.Fprintf(std.out, "Moved. Resolvers may give the old answer for up to %d seconds; leave what served it before as it is until then.\n"+
		"Back: imagecdn switch --back %s --yes\n", plan.OldestAnswer(), file)
	return nil
}

// save writes the way back, and never over one that is there: it may be of the state before.
func save(file string, plan switchover.Plan) (err error) {
	text, err := json.MarshalIndent(plan, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the way back: %w", err)
	}
	opened, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing the way back, nothing was changed: %w; give another --file", err)
	}
	defer func() {
		if closed := opened.Close(); err == nil && closed != nil {
			err = fmt.Errorf("writing the way back: %w", closed)
		}
	}()
	if _, err := opened.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("writing the way back: %w", err)
	}
	return nil
}

func giveBack(ctx context.Context, std stdio, flags *switchFlags, clients switchover.Clients, say func(string)) error {
	text, err := os.ReadFile(flags.back)
	if err != nil {
		return fmt.Errorf("reading the way back: %w", err)
	}
	var plan switchover.Plan
	if err := json.Unmarshal(text, &plan); err != nil || len(plan.Moves) == 0 {
		return usagef("%s is no file that `imagecdn switch` wrote", flags.back)
	}
	_, _ = fmt.Fprintln(std.out, "Back to:")
	for _, move := range plan.Moves {
		_, _ = fmt.Fprintf(std.out, "  %s\n    %s\n", move.Domain, move.Describe())
	}
	if !flags.yes {
		_, _ = fmt.Fprintln(std.out, "Nothing was changed. Give them back with --yes.")
		return nil
	}
	if err := plan.Back(ctx, clients, say); err != nil {
		return fmt.Errorf("%w\nRun the same command again", err)
	}
	_, _ = fmt.Fprintln(std.out, "The domains are where they were.")
	return nil
}
