package components

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
	// DefaultFreshTtl is how old an image may be with the preset "fresh".
	DefaultFreshTtl = 60
	// DefaultErrorTtl keeps a missing image missing for 5 seconds after its upload.
	DefaultErrorTtl = 5
)

// maxTTL is the longest time CloudFront keeps anything: 100 years.
// Source: CloudFront API reference, CachePolicyConfig.
const maxTTL = 3_153_600_000

// cachePreset is what a name stands for: times at the edge, in seconds, and what browsers
// are told of images without Cache-Control.
type cachePreset struct {
	minimum, standard, maximum int
	browser                    string
}

// cachePresets are the meanings of [CacheArgs].Preset.
var cachePresets = map[string]cachePreset{
	"immutable": {DefaultMinTtl, DefaultMaxTtl, DefaultMaxTtl, "public, max-age=31536000, immutable"},
	"daily":     {DefaultMinTtl, DefaultDefaultTtl, DefaultMaxTtl, "public, max-age=86400"},
	"fresh":     {DefaultMinTtl, DefaultFreshTtl, DefaultFreshTtl, "public, no-cache"},
}

// CacheArgs say how long the edge and browsers keep images.
type CacheArgs struct {
	// Preset is a name for times that go together. "immutable": another name for other
	// content, kept for a year by edge and browsers. "daily": at most a day old in both,
	// unless the image says otherwise. "fresh": at most 60 seconds old, whatever the image
	// says; then the edge asks S3 by ETag, and browsers ask the edge each time. The times
	// below, where given, take the place of the preset's. Default: none.
	Preset string `pulumi:"preset"`
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
	// BrowserTtl is how long, in seconds, browsers keep an image without Cache-Control of
	// its own; with 0 they ask each time. Errors have it, too: a browser keeps a missing
	// image missing for so long. Default: not said, and a browser guesses.
	BrowserTtl pulumi.IntInput `pulumi:"browserTtl"`
	// QueryParameters are names of query parameters that are in the cache key, and reach
	// S3, at most 10. All others are ignored. Default: none.
	QueryParameters []string `pulumi:"queryParameters"`
	// PolicyId is an existing cache policy to use instead of making one from minTtl,
	// defaultTtl, maxTtl and queryParameters. An account has 20 of its own unless raised:
	// hundreds of CDNs share one.
	PolicyId pulumi.StringInput `pulumi:"policyId"`
}

// resolved has the times of the preset where none were given.
func (args CacheArgs) resolved() CacheArgs {
	preset, named := cachePresets[args.Preset]
	if !named {
		preset = cachePreset{minimum: DefaultMinTtl, standard: DefaultDefaultTtl, maximum: DefaultMaxTtl}
	}
	if args.Preset == "fresh" && args.DefaultTtl == nil && args.MaxTtl != nil {
		args.DefaultTtl = args.MaxTtl // the bound is the bound for all images
	}
	args.MinTtl = intOr(args.MinTtl, preset.minimum)
	args.DefaultTtl = intOr(args.DefaultTtl, preset.standard)
	args.MaxTtl = intOr(args.MaxTtl, preset.maximum)
	args.ErrorTtl = intOr(args.ErrorTtl, DefaultErrorTtl)
	return args
}

// browserControl is the Cache-Control of images that have none, nil to leave it so.
func (args CacheArgs) browserControl() pulumi.StringInput {
	preset, named := cachePresets[args.Preset]
	switch {
	case args.BrowserTtl != nil:
		return pulumi.Sprintf("public, max-age=%d", args.BrowserTtl)
	case named:
		return pulumi.String(preset.browser)
	}
	return nil
}

// checkCache reports what cannot be; what is not known yet CloudFront checks.
func checkCache(args CacheArgs, fs *faults) {
	if _, named := cachePresets[args.Preset]; args.Preset != "" && !named {
		names := slices.Sorted(maps.Keys(cachePresets))
		fs.add("cache.preset", args.Preset, "there is no such preset", "Give "+strings.Join(names, ", "))
		return
	}
	if args.PolicyId != nil {
		checkBesidePolicy(args, fs)
	}
	times, resolved := map[string]int{}, args.resolved()
	for _, ttl := range []struct {
		field string
		given pulumi.IntInput
	}{
		{"minTtl", resolved.MinTtl}, {"defaultTtl", resolved.DefaultTtl}, {"maxTtl", resolved.MaxTtl}, {"errorTtl", resolved.ErrorTtl},
		{"browserTtl", args.BrowserTtl},
	} {
		seconds, plain := plainInt(ttl.given, 0)
		switch {
		case !plain || args.PolicyId != nil && ttl.field != "errorTtl" && ttl.field != "browserTtl":
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
	checkQueryParameters(args.QueryParameters, fs)
}

// checkBesidePolicy reports what an existing cache policy makes useless.
func checkBesidePolicy(args CacheArgs, fs *faults) {
	useless := func(field, value, what string) {
		fs.add("cache."+field, value, "it would have no effect beside cache.policyId: the policy has "+what+" of its own", "Leave out one of the two")
	}
	if args.Preset != "" {
		useless("preset", args.Preset, "times")
	}
	for _, ttl := range []struct {
		field string
		given pulumi.IntInput
	}{{"minTtl", args.MinTtl}, {"defaultTtl", args.DefaultTtl}, {"maxTtl", args.MaxTtl}} {
		if seconds, _ := plainInt(ttl.given, 0); ttl.given != nil {
			useless(ttl.field, strconv.Itoa(seconds), "times")
		}
	}
	if len(args.QueryParameters) > 0 {
		useless("queryParameters", strings.Join(args.QueryParameters, ", "), "a cache key")
	}
}

// maxQueryParameters is how many names a cache policy takes. Source: CloudFront quotas.
const maxQueryParameters = 10

// queryParameter is a name that needs no encoding, so that everybody writes it alike.
var queryParameter = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,128}$`)

// s3Parameters are names that S3 acts on: a viewer would ask the bucket, in CloudFront's
// name, for something else than the image. Source: Amazon S3 API reference.
var s3Parameters = regexp.MustCompile(`(?i)^(x-amz-.*|x-id|response-.*|list-type|accelerate|acl|analytics|attributes|continuation-token|cors|delete|` +
	`delimiter|encoding-type|encryption|fetch-owner|intelligent-tiering|inventory|key-marker|legal-hold|lifecycle|location|logging|marker|max-keys|` +
	`max-parts|max-uploads|metadata.*|metrics|notification|object-lock|ownershipcontrols|part-?number.*|policy.*|prefix|publicaccessblock|renameobject|` +
	`replication|requestpayment|restore|retention|select.*|session|start-after|tagging|torrent|upload.*|version.*|website)$`)

func checkQueryParameters(names []string, fs *faults) {
	for i, name := range names {
		field := fmt.Sprintf("cache.queryParameters[%d]", i)
		switch {
		case !queryParameter.MatchString(name):
			fs.add(field, name, "this is not the name of a query parameter", "Give 1 to 128 letters, digits, dots, hyphens, underscores and tildes; no wildcard")
		case s3Parameters.MatchString(name):
			fs.add(field, name, "S3 acts on a parameter of that name, and viewers could ask the bucket for something else than the image", "Use another name in the URLs")
		case slices.Contains(names[:i], name):
			fs.add(field, name, "it is there twice", "Leave out one of the two")
		}
	}
	if len(names) > maxQueryParameters {
		fs.add("cache.queryParameters", strconv.Itoa(len(names)), fmt.Sprintf("CloudFront takes at most %d names", maxQueryParameters), "Leave some out")
	}
}

// policyID is what CloudFront's ids of policies look like.
var policyID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// policyQuestion asks whether an existing policy exists.
type policyQuestion struct {
	field      string
	id         pulumi.StringInput
	what       string
	list       string // the command that lists them
	permission string
	query      func(id string) edgeQuery
	found      func(foundEdge) *foundPart
}

// checkPolicy sees to it that an existing policy exists.
func checkPolicy(ctx *pulumi.Context, plugin *pluginProvider, asked policyQuestion, fs *faults) {
	cure := "Give one of aws cloudfront " + asked.list + ", or leave it out to have one made"
	text, plain := plainString(asked.id)
	if !plain || text == "" {
		return
	}
	if !policyID.MatchString(text) {
		fs.add(asked.field, text, "this is not the id of a "+asked.what, cure)
		return
	}
	found, err := plugin.getEdge(ctx, asked.query(text))
	switch part := asked.found(found); {
	case err != nil:
		fs.add(asked.field, text, "the "+asked.what+" cannot be looked up: "+err.Error(), "Check that the credentials allow "+asked.permission)
	case part != nil && !part.Found:
		fs.add(asked.field, text, "the account has no such "+asked.what, cure)
	}
}

// checkCachePolicy sees to it that an existing cache policy exists.
func checkCachePolicy(ctx *pulumi.Context, plugin *pluginProvider, id pulumi.StringInput, fs *faults) {
	checkPolicy(ctx, plugin, policyQuestion{
		field: "cache.policyId", id: id, what: "cache policy", list: "list-cache-policies", permission: "cloudfront:GetCachePolicy",
		query: func(id string) edgeQuery { return edgeQuery{CachePolicyID: id} },
		found: func(e foundEdge) *foundPart { return e.CachePolicy },
	}, fs)
}

// cachePolicy is the cache policy of a behavior: the one that was given, or one that is made.
func (c *ImageCdn) cachePolicy(ctx *pulumi.Context, plan imagePlan, b behavior) (pulumi.StringPtrInput, error) {
	if !b.makesCachePolicy() {
		return b.cache.PolicyId.ToStringOutput(), nil
	}
	policy, err := newCachePolicy(ctx, b.name, plan.domains[0], b.cache, plan.mark, c.inUsEast1(plan)...)
	if err != nil {
		return nil, err
	}
	c.CachePolicies = append(c.CachePolicies, policy)
	return policy.ID().ToStringOutput(), nil
}

// newCachePolicy makes the cache policy for images: nothing of a request but its path, and
// the query parameters that were named, decides what is served. S3 ignores query strings,
// cookies and Accept, so that each of them in the key would only be a miss.
func newCachePolicy(ctx *pulumi.Context, name, domain string, args CacheArgs, mark *mark, opts ...pulumi.ResourceOption) (*cloudfront.CachePolicy, error) {
	policy, err := cloudfront.NewCachePolicy(ctx, name+"-cache", &cloudfront.CachePolicyArgs{
		Comment:    describe(comment(ctx, name, domain), mark.text),
		MinTtl:     args.MinTtl.ToIntOutput(),
		DefaultTtl: args.DefaultTtl.ToIntOutput(),
		MaxTtl:     args.MaxTtl.ToIntOutput(),
		ParametersInCacheKeyAndForwardedToOrigin: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs{
			CookiesConfig: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs{
				CookieBehavior: pulumi.String("none"),
			},
			HeadersConfig: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs{
				HeaderBehavior: pulumi.String("none"),
			},
			QueryStringsConfig: queryStrings(args.QueryParameters),
			// Images are compressed already: no encoding in the key, none at the edge.
			EnableAcceptEncodingBrotli: pulumi.Bool(false),
			EnableAcceptEncodingGzip:   pulumi.Bool(false),
		},
	}, append(opts, replacedPolicy(mark, name+"-cache")...)...)
	if err != nil {
		return nil, fmt.Errorf("making the cache policy of %q: %w", name, err)
	}
	return policy, nil
}

// replacedPolicy has a changed policy made anew, and the old one deleted after the distribution
// is off it. The AWS provider changes and deletes it by the version that the state knows: once
// an interrupted change has left another one on AWS, neither would go through any more.
// The comment names the stack and the component: it stays, so that a rename replaces nothing.
func replacedPolicy(mark *mark, name string) []pulumi.ResourceOption {
	return []pulumi.ResourceOption{mark.renewals.of(name), pulumi.ReplaceOnChanges([]string{"*"}), pulumi.IgnoreChanges([]string{"comment"})}
}

func queryStrings(names []string) cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs {
	if len(names) == 0 {
		return cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs{QueryStringBehavior: pulumi.String("none")}
	}
	return cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs{
		QueryStringBehavior: pulumi.String("whitelist"),
		QueryStrings: cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigQueryStringsArgs{
			Items: pulumi.ToStringArray(names),
		},
	}
}
