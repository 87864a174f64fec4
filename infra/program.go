// Package infra is the stack: it reads the configuration, makes one ImageCdn, and
// exports the outputs. `pulumi up` runs it by way of main.go, package automation runs
// it in-process.
package infra

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/components"
)

// cdnName is the name of the stack's ImageCdn. It is part of the state: another
// name comes with an alias.
const cdnName = "cdn"

// Program is the Pulumi program. It returns a *components.InvalidArgsError, with
// all that is wrong, before it registers anything of the CDN.
func Program(ctx *pulumi.Context) error {
	args, faults := readConfig(ctx)
	if len(faults) > 0 {
		return withFaultsOf(args.Validate(ctx, cdnName), faults)
	}
	cdn, err := components.NewImageCdn(ctx, cdnName, &args)
	if err != nil {
		return err
	}
	export(ctx, cdn)
	return nil
}

// withFaultsOf reports the configuration's faults together with the component's.
func withFaultsOf(err error, faults []components.Fault) error {
	var invalid *components.InvalidArgsError
	if errors.As(err, &invalid) {
		faults = append(faults, invalid.Faults...)
	} else if err != nil {
		return err
	}
	return &components.InvalidArgsError{Faults: faults}
}

// export is the stack's outputs; the table in README.md is checked against it.
func export(ctx *pulumi.Context, cdn *components.ImageCdn) {
	ctx.Export("cdnDomain", cdn.CdnDomain)
	ctx.Export("cdnUrl", cdn.CdnUrl)
	ctx.Export("domains", cdn.Domains)
	ctx.Export("distributionId", cdn.DistributionId)
	ctx.Export("distributionArn", cdn.DistributionArn)
	ctx.Export("distributionDomain", cdn.DistributionDomain)
	ctx.Export("certificateArn", cdn.CertificateArn)
	ctx.Export("bucketName", cdn.BucketName)
	ctx.Export("bucketPrefix", cdn.BucketPrefix)
	ctx.Export("webAclArn", cdn.WebAclArn)
	ctx.Export("signingKeyIds", cdn.SigningKeyIds)
	ctx.Export("dnsRecords", cdn.DnsRecords)
	ctx.Export("grantStatement", cdn.GrantStatement)
	ctx.Export("grantStatements", cdn.GrantStatements)
	ctx.Export("keyGrantStatement", cdn.KeyGrantStatement)
	ctx.Export("logsUri", cdn.LogsUri)
	ctx.Export("alarmTopicArn", cdn.AlarmTopicArn)
	ctx.Export("invalidateCommand", pulumi.Sprintf(
		"aws cloudfront create-invalidation --distribution-id %s --paths '/*'", cdn.DistributionId))
}
