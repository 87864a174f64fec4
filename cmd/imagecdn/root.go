package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// usageError says that the command was called wrongly.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, a ...any) error { return &usageError{fmt.Errorf(format, a...)} }

// newRootCommand is the tree of all commands.
func newRootCommand(std stdio) *cobra.Command {
	root := &cobra.Command{
		Use:           "imagecdn",
		Short:         "CloudFront in front of an S3 bucket of images",
		Args:          noArguments,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage:  true, // run says how to get it
		SilenceErrors: true, // run prints them

		SuggestionsMinimumDistance: 2, // noArguments asks for them, and cobra sets no default then
	}
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(newVerifyCommand(std), newAdoptCommand(std, runPulumi), newSwitchCommand(std), newReportCommand(std), newSignCommand(std))
	return root
}

// noArguments refuses arguments, which on a command with others below it are misspelt ones.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usagef("there is no command %q; did you mean %q?", args[0], near[0])
	}
	return usagef("%s takes no argument %q", cmd.CommandPath(), args[0])
}
