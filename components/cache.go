package components

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Defaults of [CacheArgs], in seconds.
const (
	// DefaultMinTtl lets an image's own Cache-Control shorten its stay at the edge to nothing.
	DefaultMinTtl = 0
	// DefaultDefaultTtl is a day, for images without Cache-Control: most have none.
	DefaultDefaultTtl = 86_400
	// DefaultMaxTtl is a year, for images that say they never change.
	DefaultMaxTtl = 31_536_000
	// DefaultErrorTtl keeps a missing image missing for 5 seconds after its upload.
	DefaultErrorTtl = 5
)

// maxTTL is the longest time CloudFront keeps anything: 100 years.
// Source: CloudFront API reference, CachePolicyConfig.
const maxTTL = 3_153_600_000

// CacheArgs say how long the edge keeps images.
type CacheArgs struct {
	// MinTtl is the shortest time, in seconds, the edge keeps an image, whatever
	// its Cache-Control says. Default: [DefaultMinTtl].
	MinTtl pulumi.IntInput `pulumi:"minTtl"`
	// DefaultTtl is how long, in seconds, the edge keeps an image without
	// Cache-Control. Default: [DefaultDefaultTtl].
	DefaultTtl pulumi.IntInput `pulumi:"defaultTtl"`
	// MaxTtl is the longest time, in seconds, the edge keeps an image, whatever
	// its Cache-Control says. Default: [DefaultMaxTtl].
	MaxTtl pulumi.IntInput `pulumi:"maxTtl"`
	// ErrorTtl is how long, in seconds, the edge keeps an answer that is an
	// error, such as that of an image not yet uploaded. Default: [DefaultErrorTtl].
	ErrorTtl pulumi.IntInput `pulumi:"errorTtl"`
	// PolicyId is an existing cache policy to use instead of making one from
	// minTtl, defaultTtl and maxTtl. An account has 20 of its own unless raised:
	// hundreds of CDNs share one.
	PolicyId pulumi.StringInput `pulumi:"policyId"`
}

// checkCache reports what cannot be; what is not known yet CloudFront checks.
func checkCache(args CacheArgs, fs *faults) {
	times := map[string]int{}
	for _, ttl := range []struct {
		field string
		given pulumi.IntInput
		unset int
	}{
		{"minTtl", args.MinTtl, DefaultMinTtl}, {"defaultTtl", args.DefaultTtl, DefaultDefaultTtl},
		{"maxTtl", args.MaxTtl, DefaultMaxTtl}, {"errorTtl", args.ErrorTtl, DefaultErrorTtl},
	} {
		seconds, plain := plainInt(ttl.given, ttl.unset)
		if args.PolicyId != nil && ttl.given != nil && ttl.field != "errorTtl" {
			fs.add("cache."+ttl.field, strconv.Itoa(seconds), "it would have no effect beside cache.policyId: the policy has times of its own",
				"Leave out one of the two")
			continue
		}
		switch {
		case !plain:
		case seconds < 0 || seconds > maxTTL:
			fs.add("cache."+ttl.field, strconv.Itoa(seconds), "CloudFront takes 0 to "+strconv.Itoa(maxTTL)+" seconds", "Give a number of seconds in that range")
		default:
			times[ttl.field] = seconds
		}
	}
	lowest, knowsLowest := times["minTtl"]
	standard, knowsStandard := times["defaultTtl"]
	highest, knowsHighest := times["maxTtl"]
	if knowsLowest && knowsStandard && knowsHighest && (lowest > standard || standard > highest) {
		fs.add("cache.defaultTtl", strconv.Itoa(standard),
			fmt.Sprintf("the order cannot be: minTtl %d, defaultTtl %d, maxTtl %d", lowest, standard, highest),
			"Choose them so that minTtl <= defaultTtl <= maxTtl")
	}
}

// policyID is what CloudFront's ids of cache policies look like.
var policyID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// checkCachePolicy sees to it that an existing policy exists.
func checkCachePolicy(ctx *pulumi.Context, plugin *pluginProvider, id pulumi.StringInput, fs *faults) {
	const field, cure = "cache.policyId", "Give one of aws cloudfront list-cache-policies, or leave it out to have one made"
	text, plain := plainString(id)
	if !plain || text == "" {
		return
	}
	if !policyID.MatchString(text) {
		fs.add(field, text, "this is not the id of a cache policy", cure)
		return
	}
	found, err := plugin.getEdge(ctx, edgeQuery{CachePolicyID: text})
	switch {
	case err != nil:
		fs.add(field, text, "the cache policy cannot be looked up: "+err.Error(), "Check that the credentials allow cloudfront:GetCachePolicy")
	case found.CachePolicy != nil && !found.CachePolicy.Found:
		fs.add(field, text, "the account has no such cache policy", cure)
	}
}

// newCachePolicy makes the cache policy for images: nothing of a request but its
// path decides what is served. S3 ignores query strings, cookies and Accept, so
// that each of them in the key would only be a miss.
func newCachePolicy(ctx *pulumi.Context, name, domain string, args CacheArgs, mark pulumi.StringInput, opts ...pulumi.ResourceOption) (*cloudfront.CachePolicy, error) {
	policy, err := cloudfront.NewCachePolicy(ctx, name+"-cache", &cloudfront.CachePolicyArgs{
		Comment:    describe(comment(ctx, name, domain), mark),
		MinTtl:     intOr(args.MinTtl, DefaultMinTtl).ToIntOutput(),
		DefaultTtl: intOr(args.DefaultTtl, DefaultDefaultTtl).ToIntOutput(),
		MaxTtl:     intOr(args.MaxTtl, DefaultMaxTtl).ToIntOutput(),
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
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("making the cache policy of %q: %w", name, err)
	}
	return policy, nil
}

// errorResponses keep failures at the edge for a short time only, so that an
// image that was asked for before its upload is there soon after it. 403 is what
// S3 says of a missing key to those who may not list the bucket.
func errorResponses(ttl pulumi.IntInput) cloudfront.DistributionCustomErrorResponseArray {
	var responses cloudfront.DistributionCustomErrorResponseArray
	for _, code := range []int{403, 404, 500, 502, 503, 504} {
		responses = append(responses, cloudfront.DistributionCustomErrorResponseArgs{
			ErrorCode: pulumi.Int(code), ErrorCachingMinTtl: ttl.ToIntOutput(),
		})
	}
	return responses
}
