package components

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// originID names the bucket within the distribution.
const originID = "bucket"

// maxTTL is the longest time CloudFront keeps anything: 100 years.
// Source: CloudFront API reference, CachePolicyConfig.
const maxTTL = 3_153_600_000

// Price classes. Source: "Choosing the price class for a CloudFront distribution".
var priceClasses = []string{"PriceClass_All", "PriceClass_200", "PriceClass_100"}

// ttls are how long the edge keeps images, in seconds.
type ttls struct{ lowest, standard, highest, failure int }

func checkTTLs(t ttls, fs *faults) {
	inRange := true
	for _, ttl := range []struct {
		field   string
		seconds int
	}{{"minTtl", t.lowest}, {"defaultTtl", t.standard}, {"maxTtl", t.highest}, {"errorTtl", t.failure}} {
		if ttl.seconds < 0 || ttl.seconds > maxTTL {
			inRange = false
			fs.add(ttl.field, strconv.Itoa(ttl.seconds), "CloudFront takes 0 to "+strconv.Itoa(maxTTL)+" seconds", "Give a number of seconds in that range")
		}
	}
	if inRange && (t.lowest > t.standard || t.standard > t.highest) {
		fs.add("defaultTtl", strconv.Itoa(t.standard),
			fmt.Sprintf("the order cannot be: minTtl %d, defaultTtl %d, maxTtl %d", t.lowest, t.standard, t.highest),
			"Choose them so that minTtl <= defaultTtl <= maxTtl")
	}
}

func checkPriceClass(class string, fs *faults) {
	if !slices.Contains(priceClasses, class) {
		fs.add("priceClass", class, "CloudFront has no such price class", "Give PriceClass_All, PriceClass_200 or PriceClass_100")
	}
}

// newCachePolicy makes the cache policy for images: nothing of a request but its
// path decides what is served. S3 ignores query strings, cookies and Accept, so
// that each of them in the key would only be a miss.
func newCachePolicy(ctx *pulumi.Context, name, domain string, t ttls, parent pulumi.Resource) (*cloudfront.CachePolicy, error) {
	policy, err := cloudfront.NewCachePolicy(ctx, name+"-cache", &cloudfront.CachePolicyArgs{
		Name:       pulumi.String(accountName(ctx, name)),
		Comment:    pulumi.String(comment(ctx, name, domain)),
		MinTtl:     pulumi.Int(t.lowest),
		DefaultTtl: pulumi.Int(t.standard),
		MaxTtl:     pulumi.Int(t.highest),
		ParametersInCacheKeyAndForwardedToOrigin: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs{
			CookiesConfig: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs{
				CookieBehavior: pulumi.String("none"),
			},
			HeadersConfig: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs{
				HeaderBehavior: pulumi.String("none"),
			},
			QueryStringsConfig: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs{
				QueryStringBehavior: pulumi.String("none"),
			},
			// Images are compressed already: no encoding in the key, none at the edge.
			EnableAcceptEncodingBrotli: pulumi.Bool(false),
			EnableAcceptEncodingGzip:   pulumi.Bool(false),
		},
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("making the cache policy of %q: %w", name, err)
	}
	return policy, nil
}

// newDistribution makes the distribution. It does not let the provider wait for
// Deployed: an up killed in that wait would leave a distribution that no state
// knows of, and the next up could not take its domains. See awaitDeployed.
func newDistribution(
	ctx *pulumi.Context, c *ImageCdn, plan imagePlan, cachePolicyID, webACL pulumi.StringPtrInput,
) (*cloudfront.Distribution, error) {
	distribution, err := cloudfront.NewDistribution(ctx, plan.name+"-distribution", &cloudfront.DistributionArgs{
		Enabled:           pulumi.Bool(true),
		Comment:           pulumi.String(comment(ctx, plan.name, plan.certificate.domains[0])),
		Aliases:           pulumi.ToStringArray(plan.certificate.domains),
		HttpVersion:       pulumi.String("http2and3"),
		IsIpv6Enabled:     pulumi.Bool(true),
		PriceClass:        pulumi.String(plan.PriceClass),
		WebAclId:          webACL,
		WaitForDeployment: pulumi.Bool(false),
		Origins: cloudfront.DistributionOriginArray{cloudfront.DistributionOriginArgs{
			OriginId:              pulumi.String(originID),
			DomainName:            c.Origin.DomainName,
			OriginAccessControlId: c.Origin.OriginAccessControlId,
		}},
		DefaultCacheBehavior: cloudfront.DistributionDefaultCacheBehaviorArgs{
			TargetOriginId:       pulumi.String(originID),
			ViewerProtocolPolicy: pulumi.String("redirect-to-https"),
			AllowedMethods:       pulumi.ToStringArray([]string{http.MethodGet, http.MethodHead}),
			CachedMethods:        pulumi.ToStringArray([]string{http.MethodGet, http.MethodHead}),
			CachePolicyId:        cachePolicyID,
			Compress:             pulumi.Bool(false),
		},
		CustomErrorResponses: errorResponses(plan.ttls.failure),
		Restrictions: cloudfront.DistributionRestrictionsArgs{
			GeoRestriction: cloudfront.DistributionRestrictionsGeoRestrictionArgs{RestrictionType: pulumi.String("none")},
		},
		ViewerCertificate: cloudfront.DistributionViewerCertificateArgs{
			AcmCertificateArn:      c.Certificate.Arn,
			MinimumProtocolVersion: pulumi.String("TLSv1.2_2021"), // the newest pulumi-aws v6 knows
			SslSupportMethod:       pulumi.String("sni-only"),
		},
		Tags: plan.Tags,
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("making the distribution of %q: %w", plan.name, err)
	}
	return distribution, nil
}

// errorResponses keep failures at the edge for a short time only, so that an
// image that was asked for before its upload is there soon after it. 403 is what
// S3 says of a missing key to those who may not list the bucket.
func errorResponses(ttl int) cloudfront.DistributionCustomErrorResponseArray {
	var responses cloudfront.DistributionCustomErrorResponseArray
	for _, code := range []int{403, 404, 500, 502, 503, 504} {
		responses = append(responses, cloudfront.DistributionCustomErrorResponseArgs{
			ErrorCode: pulumi.Int(code), ErrorCachingMinTtl: pulumi.Int(ttl),
		})
	}
	return responses
}
