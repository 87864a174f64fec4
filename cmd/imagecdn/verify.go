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

The image is named by --path, its URL path, or by --key, its key in the bucket. They
differ in what is escaped: the key "a+b 100%.jpg" has the path /a%2Bb%20100%25.jpg.
What cannot stand in a URL, such as a space, may be written as it is in a path too; a
plus is read as a space by S3. Without either an image is looked for in the bucket,
with the AWS credentials of this shell.

The exit status is 0 when nothing failed, 1 when something did, 2 for wrong flags.`

// verifyFlags are what the flags of the command fill.
type verifyFlags struct {
	target  verify.Target
	key     string
	signer  keyFlags
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
	set.StringVar(&flags.key, "key", "", "`key` of an image in the bucket, as aws s3 ls shows it, instead of --path")
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
	flags.signer.add(set, ", for a CDN that serves signed URLs only")
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
		if err := fillFromOutputs(&t, &f.signer, f.outputs, std.in); err != nil {
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
	if err := f.signAddresses(&t); err != nil {
		return verify.Target{}, err
	}
	if err := f.chooseImage(ctx, &t); err != nil {
		return verify.Target{}, err
	}
	return t, nil
}

// chooseImage sets the path to that of the image named, or of one in the bucket.
func (f *verifyFlags) chooseImage(ctx context.Context, t *verify.Target) error {
	switch {
	case t.Path != "" && f.key != "":
		return usagef("give --path or --key, not both")
	case f.key != "":
		t.Path = verify.PathOf(f.key)
	case t.Path == "" && t.Bucket == "":
		return usagef("no image: give --path or --key, or --bucket to have one found in it")
	case t.Path == "":
		path, err := findImage(ctx, *t)
		if err != nil {
			return fmt.Errorf("%w; name an image with --path or --key", err)
		}
		t.Path = path
	}
	if !strings.HasPrefix(t.Path, "/") {
		t.Path = "/" + t.Path
	}
	return nil
}

// signedFor is how long a signature of a verification counts.
const signedFor = time.Hour

// signAddresses has the requests signed where a private key is given.
func (f *verifyFlags) signAddresses(t *verify.Target) error {
	if f.signer == (keyFlags{}) {
		return nil
	}
	signer, err := f.signer.signer()
	if err != nil {
		return err
	}
	t.Sign = func(image string) (string, error) { return signer.URL(image, time.Now().Add(signedFor)) }
	return nil
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
