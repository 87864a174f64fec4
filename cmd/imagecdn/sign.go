package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"imagecdn/signing"
)

const signHelp = `Signs the addresses of images that only some viewers may see (signing.publicKeys).

  imagecdn sign https://cdn.example.com/photos/cat.jpg --key-id K2JCJMDEHXQW5F --private-key private.pem

--key-id is the id that CloudFront gave the public key: the stack's output signingKeyIds
has it. With --under a signature counts for all that a pattern covers, and what it adds
to one address may be added to every other one:

  imagecdn sign https://cdn.example.com/albums/7/a.jpg --under 'https://cdn.example.com/albums/7/*' ...

With --cookies the values of three cookies are printed, for the pattern in the place of
the address. Programs do the same by the Go package signing, or by AWS's SDK for their
language: docs/signing.md.`

// keyFlags name a private key, and what CloudFront calls its public one.
type keyFlags struct{ id, file string }

func (k *keyFlags) add(set *pflag.FlagSet, why string) {
	set.StringVar(&k.id, "key-id", "", "`id` of the public key in CloudFront"+why)
	set.StringVar(&k.file, "private-key", "", "PEM `file` of the private key"+why)
}

func (k *keyFlags) signer() (*signing.Signer, error) {
	if k.id == "" || k.file == "" {
		return nil, usagef("a signature needs both --key-id and --private-key")
	}
	text, err := os.ReadFile(k.file)
	if err != nil {
		return nil, fmt.Errorf("reading the private key: %w", err)
	}
	signer, err := signing.New(k.id, text)
	if err != nil {
		return nil, usagef("--private-key %s: %w", k.file, err)
	}
	return signer, nil
}

// signFlags are what the flags of the command fill.
type signFlags struct {
	key     keyFlags
	until   time.Duration
	under   string
	cookies bool
}

func newSignCommand(std stdio) *cobra.Command {
	flags := &signFlags{}
	cmd := &cobra.Command{
		Use:   "sign ADDRESS",
		Short: "Sign the address of an image that only some viewers may see",
		Long:  signHelp,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("give one address to sign, such as https://cdn.example.com/a.jpg")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runSign(cmd.Context(), std, flags, args[0]) },
	}
	set := cmd.Flags()
	flags.key.add(set, "")
	set.DurationVar(&flags.until, "for", time.Hour, "for how long the signature counts")
	set.StringVar(&flags.under, "under", "", "`pattern` of the addresses that the signature counts for, with * and ?")
	set.BoolVar(&flags.cookies, "cookies", false, "print cookies for a pattern instead of an address")
	return cmd
}

func runSign(_ context.Context, std stdio, flags *signFlags, address string) error {
	signer, err := flags.key.signer()
	if err != nil {
		return err
	}
	if flags.until <= 0 {
		return usagef("--for %s: a signature must count for some time, such as 1h", flags.until)
	}
	if flags.cookies && flags.under != "" {
		return usagef("give --cookies or --under, not both: the pattern takes the place of the address")
	}
	until := time.Now().Add(flags.until)
	lines := []string{""}
	switch {
	case flags.cookies:
		cookies, cookieErr := signer.Cookies(address, until)
		lines, err = lines[:0], cookieErr
		for _, c := range cookies {
			lines = append(lines, c.Name+"="+c.Value)
		}
	case flags.under != "":
		lines[0], err = signer.URLUnder(address, flags.under, until)
	default:
		lines[0], err = signer.URL(address, until)
	}
	if err != nil {
		return &usageError{err}
	}
	_, _ = fmt.Fprintln(std.out, strings.Join(lines, "\n"))
	return nil
}
