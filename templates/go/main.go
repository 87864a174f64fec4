// A CDN for a bucket of images, on a domain of your own.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"imagecdn/components"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		cdn, err := components.NewImageCdn(ctx, "cdn", &components.ImageCdnArgs{
			Domain: settings.Require("domain"),
			Bucket: pulumi.String(settings.Require("bucket")),
		})
		if err != nil {
			return err
		}
		ctx.Export("cdnUrl", cdn.CdnUrl)
		ctx.Export("distributionId", cdn.DistributionId)
		return nil
	})
}
