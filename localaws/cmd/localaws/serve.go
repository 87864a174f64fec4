package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"imagecdn/localaws"
)

func serveCommand() *cobra.Command {
	var options localaws.Options
	command := &cobra.Command{
		Use:   "serve",
		Short: "Run in the foreground until interrupted",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			options.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
			return serve(command, options)
		},
	}
	addServerFlags(command.Flags(), &options)
	return command
}

func serve(command *cobra.Command, options localaws.Options) (err error) {
	server, err := localaws.Start(options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	if options.StateDir != "" {
		if err := announce(server, options.StateDir); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.Remove(runningFile(options.StateDir))) }()
	}
	_, _ = fmt.Fprintf(command.OutOrStdout(), "API    %s\nedge   https://%s and http://%s\nDNS    %s\nCA     %s\n",
		server.APIURL(), server.HTTPSAddr(), server.HTTPAddr(), server.DNSAddr(), server.RootCAFile())
	<-command.Context().Done()
	return nil
}

// addServerFlags are the flags of a server, the same for serve and start.
func addServerFlags(flags *pflag.FlagSet, o *localaws.Options) {
	flags.StringVar(&o.APIAddress, "api", "", "address of the AWS API; "+orNextFree(localaws.DefaultAPIAddress))
	flags.StringVar(&o.HTTPSAddress, "https", "", "address of the edge's HTTPS; "+orNextFree(localaws.DefaultHTTPSAddress))
	flags.StringVar(&o.HTTPAddress, "http", "", "address of the edge's HTTP; "+orNextFree(localaws.DefaultHTTPAddress))
	flags.StringVar(&o.DNSAddress, "dns", "", "address of the DNS server, UDP and TCP; "+orNextFree(localaws.DefaultDNSAddress))
	flags.StringVar(&o.StateDir, "state", "", "directory that keeps the state over restarts; empty keeps it in memory")
	flags.DurationVar(&o.Delays.CertificateIssue, "issue-delay", 2*time.Second,
		"from a resolvable validation record to an issued certificate (on AWS 5m to 30m)")
	flags.DurationVar(&o.Delays.ValidationOptions, "options-delay", time.Second,
		"until a new certificate names its validation records (on AWS several seconds)")
	flags.DurationVar(&o.Delays.Deploy, "deploy-delay", 2*time.Second,
		"until a distribution's change is deployed (on AWS 3m to 15m)")
	flags.DurationVar(&o.Delays.RecordChange, "record-delay", time.Second,
		"until a DNS change is seen (on AWS up to 1m)")
	flags.DurationVar(&o.Delays.ReadLag, "read-lag", 0,
		"reads may answer as before a write for so long, where AWS is eventually consistent")
	flags.DurationVar(&o.Delays.Release, "release-delay", 0,
		"until what a distribution no longer uses can be deleted (on AWS minutes)")
	flags.DurationVar(&o.Delays.LogDelivery, "log-delay", 2*time.Second,
		"until log records of requests are delivered as a file (on AWS minutes to an hour)")
	flags.StringVar(&o.ViewerCountry, "viewer-country", "", "country that the edge takes its viewers to be in, such as DE")
	flags.BoolVar(&o.Limits.Rates, "rates", false, "refuse more calls a second than AWS answers")
	flags.BoolVar(&o.Limits.Permissions, "permissions", false, "let users and roles of IAM do only what their policies allow")
	flags.IntVar(&o.Limits.CertificateNames, "certificate-names", 0, "names a certificate may have; 0 is AWS's 10")
	flags.IntVar(&o.Limits.Certificates, "certificates", 0, "certificates of an account in a region; 0 is AWS's 2500")
	flags.IntVar(&o.Limits.Distributions, "distributions", 0, "distributions of an account; 0 is AWS's 500")
}

// orNextFree says what a flag that is not given stands for.
func orNextFree(address string) string { return "else " + address + " or the next port that is free" }
