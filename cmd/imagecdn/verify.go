package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"imagecdn/internal/verify"
)

const verifyHelp = `Asks for an image the way a viewer does, from DNS to the second, cached answer, and
says of each thing that does not work what the cause is likely to be, and the cure.

After an up, in the project's folder:

  pulumi stack output --json | imagecdn verify --outputs -

Without --path an image is looked for in the bucket, with the AWS credentials of this
shell. The exit status is 0 when nothing failed, 1 when something did, 2 for wrong flags.`

// verifyFlags are what the flags of the command fill.
type verifyFlags struct {
	target  verify.Target
	outputs string
	caFile  string
	json    bool
}

func newVerifyCommand(std stdio) *cobra.Command {
	flags := &verifyFlags{}
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that a CDN works, from DNS to a cached pixel",
		Long:  verifyHelp,
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runVerify(cmd.Context(), std, flags)
		},
	}
	set, t := cmd.Flags(), &flags.target
	set.StringVar(&flags.outputs, "outputs", "", "`file` of the stack's outputs as JSON, - for standard input; other flags win over it")
	set.StringVar(&t.Domain, "domain", "", "`domain` of the CDN")
	set.StringVar(&t.Path, "path", "", "URL `path` of an image, such as /photos/cat.jpg (default: the first image of the bucket)")
	set.StringVar(&t.Bucket, "bucket", "", "`name` of the bucket of images")
	set.StringVar(&t.DistributionDomain, "distribution-domain", "", "CloudFront's own `domain` of the distribution")
	set.StringVar(&t.DNSServer, "dns", "", "DNS server to ask, `host[:port]` (default: those of this machine)")
	set.StringVar(&t.HTTPSAddress, "https-address", "", "where to connect for HTTPS, `[host]:port` (default: what the domain resolves to)")
	set.StringVar(&t.HTTPAddress, "http-address", "", "where to connect for HTTP, `[host]:port` (default: port 80 where HTTPS is)")
	set.StringVar(&flags.caFile, "ca-file", "", "PEM `file` of roots to trust besides those of this machine")
	set.StringVar(&t.S3Endpoint, "s3-endpoint", "", "`URL` of the S3 API, used path-style (default: Amazon's)")
	set.StringVar(&t.BucketRegion, "region", "", "`region` of the bucket (default: what S3 says)")
	set.DurationVar(&t.Wait, "wait", time.Minute, "how long, in all, to wait for what takes its time on a fresh deployment")
	set.BoolVar(&t.RequireMiss, "require-miss", false, "fail if the image is in the cache already")
	set.BoolVar(&flags.json, "json", false, "print one JSON document instead of lines")
	return cmd
}

func runVerify(ctx context.Context, std stdio, flags *verifyFlags) error {
	target, err := flags.completeTarget(ctx, std)
	if err != nil {
		return err
	}
	show := newLinePrinter(std)
	if flags.json {
		show = newJSONPrinter(std, target)
	}
	return show.end(verify.Run(ctx, target, show.result))
}

// completeTarget is the target of the flags, with what they leave to be found.
func (f *verifyFlags) completeTarget(ctx context.Context, std stdio) (verify.Target, error) {
	t := f.target
	if f.outputs != "" {
		if err := fillFromOutputs(&t, f.outputs, std.in); err != nil {
			return verify.Target{}, err
		}
	}
	if t.Domain == "" {
		return verify.Target{}, usagef("no domain: give --domain, or --outputs with the outputs of a stack that is up")
	}
	if strings.HasPrefix(t.Domain, "*.") {
		return verify.Target{}, usagef("%s stands for many hosts: name one of them with --domain", t.Domain)
	}
	if err := f.trustRoots(&t); err != nil {
		return verify.Target{}, err
	}
	if t.Path == "" {
		if t.Bucket == "" {
			return verify.Target{}, usagef("no image: give --path, or --bucket to have one found in it")
		}
		path, err := findImage(ctx, t)
		if err != nil {
			return verify.Target{}, fmt.Errorf("%w; name an image with --path", err)
		}
		t.Path = path
	}
	if !strings.HasPrefix(t.Path, "/") {
		t.Path = "/" + t.Path
	}
	return t, nil
}

// trustRoots adds the roots of --ca-file to those of the machine.
func (f *verifyFlags) trustRoots(t *verify.Target) error {
	if f.caFile == "" {
		return nil
	}
	pem, err := os.ReadFile(f.caFile)
	if err != nil {
		return fmt.Errorf("reading the roots of --ca-file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // a machine without roots of its own
	}
	if !roots.AppendCertsFromPEM(pem) {
		return usagef("--ca-file %s holds no certificate in PEM form", f.caFile)
	}
	t.RootCAs = roots
	return nil
}
