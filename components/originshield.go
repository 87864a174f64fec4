package components

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// nearestShields are the regions of S3 for which AWS names an Origin Shield, and the region
// of that: the same one where it has one. Source: CloudFront Developer Guide, "Choose the
// AWS Region for Origin Shield".
var nearestShields = map[string]string{
	"us-east-1": "us-east-1", "us-east-2": "us-east-2", "us-west-2": "us-west-2",
	"ap-south-1": "ap-south-1", "ap-northeast-1": "ap-northeast-1", "ap-northeast-2": "ap-northeast-2",
	"ap-southeast-1": "ap-southeast-1", "ap-southeast-2": "ap-southeast-2",
	"eu-central-1": "eu-central-1", "eu-west-1": "eu-west-1", "eu-west-2": "eu-west-2",
	"sa-east-1": "sa-east-1", "me-central-1": "me-central-1",

	"us-west-1": "us-west-2", "ca-central-1": "us-east-1", "af-south-1": "eu-west-1",
	"ap-east-1": "ap-southeast-1", "eu-south-1": "eu-central-1", "eu-west-3": "eu-west-2",
	"eu-north-1": "eu-west-2", "me-south-1": "ap-south-1",
}

// hasShield says whether a region has an Origin Shield.
func hasShield(region string) bool { return nearestShields[region] == region }

// shieldRegions are those that have one.
func shieldRegions() string {
	return strings.Join(slices.DeleteFunc(slices.Sorted(maps.Keys(nearestShields)), func(region string) bool { return !hasShield(region) }), ", ")
}

// shielded says whether there is an Origin Shield.
func (args OriginArgs) shielded() bool { return args.Shield != "" && args.Shield != None }

// checkShield reports a region without an Origin Shield, and a bucket for which none is known.
func checkShield(plan bucketPlan, fs *faults) {
	switch {
	case !plan.shielded():
	case plan.Shield != Auto && !hasShield(plan.Shield):
		cure := "Give one of " + shieldRegions() + "; or auto"
		if nearest := nearestShields[plan.Shield]; nearest != "" {
			cure = "Give " + nearest + ", which is the nearest one; or auto"
		}
		fs.add("origin.shield", plan.Shield, "this region has no Origin Shield", cure)
	case plan.Shield == Auto:
		if region, known := plan.plainRegion(); known && nearestShields[region] == "" {
			noShieldFor(region, fs)
		}
	}
}

// noShieldFor reports that "auto" has no answer for a region.
func noShieldFor(region string, fs *faults) {
	fs.add("origin.shield", Auto, "AWS names no Origin Shield for a bucket in "+textOr(region, "a region that cannot be told"),
		"Give the nearest one of "+shieldRegions())
}

// regionOfOrigin is the region in the regional domain name of a bucket, "" for none.
func regionOfOrigin(domainName string) string {
	if parts := regionalHost.FindStringSubmatch(domainName); parts != nil {
		return parts[1]
	}
	return ""
}

var regionalHost = regexp.MustCompile(`\.s3[.-](?:dualstack\.)?([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$`)

// plainRegion is the bucket's region where it is known before anything is made.
func (plan bucketPlan) plainRegion() (string, bool) {
	domainName, plain := plainString(plan.DomainName)
	switch {
	case plan.CreateBucket:
		return plan.providers.homeRegion, plan.providers.homeRegion != ""
	case plan.DomainName != nil:
		return regionOfOrigin(domainName), plain
	}
	return plan.found.Region, plan.found.Status == bucketFound
}

// shield is the Origin Shield in front of a bucket, nil for none.
func (args OriginArgs) shield(bucket located) cloudfront.DistributionOriginOriginShieldPtrInput {
	if !args.shielded() {
		return nil
	}
	region := pulumi.String(args.Shield).ToStringOutput()
	if args.Shield == Auto {
		region = pulumi.All(bucket.region, bucket.domainName).ApplyT(func(known []any) (string, error) {
			home := textOr(known[0].(string), regionOfOrigin(known[1].(string)))
			if nearest := nearestShields[home]; nearest != "" {
				return nearest, nil
			}
			var fs faults
			noShieldFor(home, &fs)
			return "", fs.err()
		}).(pulumi.StringOutput)
	}
	return cloudfront.DistributionOriginOriginShieldArgs{Enabled: pulumi.Bool(true), OriginShieldRegion: region}
}
