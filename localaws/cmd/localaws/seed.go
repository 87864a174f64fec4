package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"imagecdn/localaws"
	"imagecdn/localaws/seed"
)

func seedCommand() *cobra.Command {
	var o seed.Options
	command := &cobra.Command{
		Use:   "seed",
		Short: "Fill it with what a team has already: a hosted zone, and a bucket of images with a policy",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := seed.Fill(command.Context(), o); err != nil {
				return err
			}
			_, err := fmt.Fprintf(command.OutOrStdout(), "hosted zone %s and bucket %s (%s) are there\n", o.Zone, o.Bucket, o.Region)
			return err
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.Endpoint, "endpoint", "http://"+localaws.DefaultAPIAddress, "URL of the AWS API")
	flags.StringVar(&o.Region, "region", "eu-central-1", "region of the bucket")
	flags.StringVar(&o.Zone, "zone", "example.com", "name of the hosted zone")
	flags.BoolVar(&o.Undelegated, "undelegated", false, "no registry delegates to the zone: nobody's questions come to it")
	flags.StringVar(&o.Account, "account", "", "account whose they are, 12 digits; empty: the account of any credentials")
	flags.StringVar(&o.Bucket, "bucket", "example-images", "name of the bucket")
	return command
}
