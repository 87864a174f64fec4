// A bucket, a picture, a hosted zone, a web ACL and the CDN of it all, in one program.
package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"imagecdn/components"
)

const circle = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><circle cx="1" cy="1" r="1"/></svg>`

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	settings := config.New(ctx, "")
	zoneName := settings.Require("zoneName")
	zone, err := route53.NewZone(ctx, "zone", &route53.ZoneArgs{Name: pulumi.String(zoneName)})
	if err != nil {
		return err
	}
	bucket, err := s3.NewBucketV2(ctx, "bucket", nil)
	if err != nil {
		return err
	}
	picture, err := s3.NewBucketObjectv2(ctx, "picture", &s3.BucketObjectv2Args{
		Bucket:      bucket.Bucket,
		Key:         pulumi.String("circle.svg"),
		ContentType: pulumi.String("image/svg+xml"),
		Content:     pulumi.String(circle),
	})
	if err != nil {
		return err
	}
	firewall, err := newFirewall(ctx)
	if err != nil {
		return err
	}
	images, err := components.NewImageCdn(ctx, "images", &components.ImageCdnArgs{
		Domain:     "images." + zoneName,
		Bucket:     bucket.Bucket,
		Dns:        components.DnsArgs{ZoneId: zone.ZoneId},
		Protection: components.ProtectionArgs{WebAclArn: firewall.Arn},
		Cache:      components.CacheArgs{DefaultTtl: pulumi.Int(settings.RequireInt("defaultTtl"))},
	})
	if err != nil {
		return err
	}
	ctx.Export("url", pulumi.Sprintf("%s/%s", images.CdnUrl, picture.Key))
	ctx.Export("nameServers", zone.NameServers) // for the zone's registrar
	return nil
}

// newFirewall lets everybody in who does not ask too often.
func newFirewall(ctx *pulumi.Context) (*wafv2.WebAcl, error) {
	return wafv2.NewWebAcl(ctx, "firewall", &wafv2.WebAclArgs{
		Scope:         pulumi.String("CLOUDFRONT"),
		DefaultAction: wafv2.WebAclDefaultActionArgs{Allow: wafv2.WebAclDefaultActionAllowArgs{}},
		VisibilityConfig: wafv2.WebAclVisibilityConfigArgs{
			CloudwatchMetricsEnabled: pulumi.Bool(true), MetricName: pulumi.String("images"), SampledRequestsEnabled: pulumi.Bool(true),
		},
		Rules: wafv2.WebAclRuleArray{wafv2.WebAclRuleArgs{
			Name:     pulumi.String("flood"),
			Priority: pulumi.Int(0),
			Action:   wafv2.WebAclRuleActionArgs{Block: wafv2.WebAclRuleActionBlockArgs{}},
			Statement: wafv2.WebAclRuleStatementArgs{
				RateBasedStatement: wafv2.WebAclRuleStatementRateBasedStatementArgs{Limit: pulumi.Int(2000)},
			},
			VisibilityConfig: wafv2.WebAclRuleVisibilityConfigArgs{
				CloudwatchMetricsEnabled: pulumi.Bool(true), MetricName: pulumi.String("flood"), SampledRequestsEnabled: pulumi.Bool(true),
			},
		}},
	})
}
