package components

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// PathArgs say what is different for the images under one path pattern.
type PathArgs struct {
	// Pattern is a path pattern such as "/new/*": "*" is any characters, "?" is one, and
	// case counts. At most 255 characters. Required.
	Pattern string `pulumi:"pattern"`
	// Cache takes the place of the whole group cache for these images; errorTtl is the
	// same for all. Default: as for all other images.
	Cache CacheArgs `pulumi:"cache"`
	// Headers take the place of the whole group headers for these images. Default: as for
	// all other images.
	Headers HeadersArgs `pulumi:"headers"`
	// Signed says whether these images need a signed URL or signed cookies. Default: as
	// signing.everywhere says.
	Signed *bool `pulumi:"signed"`
}

// maxPaths is CloudFront's quota of cache behaviors, less the default one's.
const maxPaths = 74

// maxPattern is CloudFront's limit for a path pattern, in characters.
const maxPattern = 255

// pathPattern has the characters that CloudFront takes. Source: CloudFront Developer
// Guide, "Path pattern".
var pathPattern = regexp.MustCompile(`^[A-Za-z0-9_\-.*$/~"'@:+?&]+$`)

// behavior is how requests are answered: by the arguments of the CDN, or by those of a path.
type behavior struct {
	name    string // of the resources that are made for it
	pattern string // "" for all that no path has
	cache   CacheArgs
	headers HeadersArgs
	signed  bool
	origin  string // id of the origin, or of the group of origins
	// Whether the default behavior's policies serve it.
	sharesCache, sharesHeaders bool
}

// makesCachePolicy says whether a cache policy is made for it.
func (b behavior) makesCachePolicy() bool { return !b.sharesCache && b.cache.PolicyId == nil }

// makesHeadersPolicy says whether a response headers policy is made for it.
func (b behavior) makesHeadersPolicy() bool {
	return !b.sharesHeaders && b.headers.PolicyId == nil && (b.headers.made() || b.cache.browserControl() != nil)
}

// behaviors are the default one, then those of mounts and paths in the order in which they
// are tried.
func (args ImageCdnArgs) behaviors(name string) []behavior {
	usual := behavior{name: name, cache: args.Cache.resolved(), headers: args.Headers, signed: args.Signing.everywhere(), origin: args.Origin.target()}
	var paths []behavior
	for _, path := range args.Paths {
		b := usual
		b.name, b.pattern = name+"-"+pathName(path.Pattern), path.Pattern
		b.signed = args.Signing.signers() && valueOr(path.Signed, usual.signed)
		ownCache, ownHeaders := given(path.Cache), given(path.Headers)
		if ownCache {
			b.cache = path.Cache.resolved()
		}
		if ownHeaders {
			b.headers = path.Headers
		}
		b.sharesCache = !ownCache
		// Cache-Control for browsers is a header.
		b.sharesHeaders = !ownHeaders && (!ownCache || b.cache.browserControl() == nil && usual.cache.browserControl() == nil)
		paths = append(paths, b)
	}
	return append([]behavior{usual}, args.Origin.withMounts(usual, paths)...)
}

// withoutEmpty has what is set to nothing left out.
func withoutEmpty(paths []PathArgs) []PathArgs {
	paths = slices.Clone(paths)
	for i := range paths {
		path := &paths[i]
		path.Cache.PolicyId, path.Headers.PolicyId = unlessEmpty(path.Cache.PolicyId), unlessEmpty(path.Headers.PolicyId)
		path.Headers.ContentSecurityPolicy = unlessEmpty(path.Headers.ContentSecurityPolicy)
	}
	return paths
}

func given(group any) bool { return !reflect.ValueOf(group).IsZero() }

// noName are the characters that the names of CloudFront's policies do not take.
var noName = regexp.MustCompile(`[^A-Za-z0-9]+`)

// pathName is a name for a path pattern that stays the same when others come and go.
func pathName(pattern string) string {
	sum := sha256.Sum256([]byte(wholePattern(pattern)))
	words := strings.Trim(noName.ReplaceAllString(pattern, "-"), "-")
	return strings.TrimPrefix(shorten(words, 40)+"-"+hex.EncodeToString(sum[:4]), "-")
}

// wholePattern has the leading slash, which may be left out.
func wholePattern(pattern string) string { return "/" + strings.TrimPrefix(pattern, "/") }

// checkPaths reports what is wrong with paths.
func checkPaths(ctx *pulumi.Context, plugin *pluginProvider, args ImageCdnArgs, fs *faults) {
	if len(args.Paths) > maxPaths {
		fs.add("paths", strconv.Itoa(len(args.Paths)), fmt.Sprintf("CloudFront takes at most %d", maxPaths), "Have patterns that hold for more images")
	}
	for i, path := range args.Paths {
		field := fmt.Sprintf("paths[%d]", i)
		checkPattern(field+".pattern", path.Pattern, args.Paths[:i], fs)
		if !given(path.Cache) && !given(path.Headers) && path.Signed == nil {
			fs.add(field, path.Pattern, "nothing is different for these images", "Say what is, in cache, headers or signed; or leave it out")
		}
		var own faults
		checkPathGroups(ctx, plugin, path, args, &own)
		for _, fault := range own {
			fs.add(field+"."+fault.Field, fault.Value, fault.Problem, fault.Cure)
		}
	}
}

// checkPathGroups reports faults by the fields of one path.
func checkPathGroups(ctx *pulumi.Context, plugin *pluginProvider, path PathArgs, args ImageCdnArgs, fs *faults) {
	if path.Cache.ErrorTtl != nil {
		seconds, _ := plainInt(path.Cache.ErrorTtl, 0)
		fs.add("cache.errorTtl", strconv.Itoa(seconds), "CloudFront keeps errors alike for all paths", "Set it as cache.errorTtl of the CDN")
	}
	if given(path.Cache) {
		checkCache(path.Cache, fs)
		checkCachePolicy(ctx, plugin, path.Cache.PolicyId, fs)
	}
	switch {
	case given(path.Headers):
		cache := path.Cache
		if !given(cache) {
			cache = args.Cache
		}
		checkHeaders(ctx, plugin, path.Headers, cache, fs)
	case args.Headers.PolicyId != nil:
		checkBesideHeadersPolicy(HeadersArgs{}, path.Cache, fs)
	}
}

func checkPattern(field, pattern string, before []PathArgs, fs *faults) {
	whole := wholePattern(pattern)
	switch {
	case len(pattern) > maxPattern || !pathPattern.MatchString(pattern):
		fs.add(field, pattern, "CloudFront takes no such path pattern",
			`Give 1 to 255 letters, digits and _-.*$/~"'@:+?&, such as /new/*; ? stands for a character that is none of them`)
		return
	case whole == "/*":
		fs.add(field, pattern, "it is for all images", "Leave it out, and set cache and headers of the CDN")
		return
	}
	for _, earlier := range before {
		if matchesPattern(earlier.Pattern, whole) {
			fs.add(field, pattern, "all its images are those of "+earlier.Pattern+", which comes before it", "Put it first, or leave it out")
			return
		}
	}
}

// matchesPattern says whether a path pattern matches all that another one does. The other's
// wildcards are taken for the characters that they are.
func matchesPattern(pattern, other string) bool {
	expression := regexp.QuoteMeta(wholePattern(pattern))
	expression = strings.NewReplacer(`\*`, `.*`, `\?`, `[^*]`).Replace(expression)
	return regexp.MustCompile(`^` + expression + `$`).MatchString(other)
}

// usePolicies makes the policies of all behaviors, or takes those that were given, and
// returns their ids in the order of the behaviors.
func (c *ImageCdn) usePolicies(ctx *pulumi.Context, plan imagePlan) ([]policies, error) {
	var all []policies
	for _, b := range plan.behaviors {
		var used policies
		if len(all) > 0 {
			used = all[0]
		}
		var err error
		if !b.sharesCache {
			used.cache, err = c.cachePolicy(ctx, plan, b)
		}
		if err == nil && !b.sharesHeaders {
			used.headers, err = c.responseHeaders(ctx, plan, b)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, used)
	}
	return all, nil
}

// policies are the ids of a behavior's policies; headers may be nil.
type policies struct{ cache, headers pulumi.StringPtrInput }

// orderedBehaviors are those of the paths.
func (c *ImageCdn) orderedBehaviors(plan imagePlan, used []policies, signers pulumi.StringArrayInput) cloudfront.DistributionOrderedCacheBehaviorArray {
	var ordered cloudfront.DistributionOrderedCacheBehaviorArray
	for i, b := range plan.behaviors[1:] {
		usual := c.requestsOf(b, used[i+1], signers)
		ordered = append(ordered, cloudfront.DistributionOrderedCacheBehaviorArgs{
			PathPattern:             pulumi.String(b.pattern),
			TargetOriginId:          usual.TargetOriginId,
			ViewerProtocolPolicy:    usual.ViewerProtocolPolicy,
			AllowedMethods:          usual.AllowedMethods,
			CachedMethods:           usual.CachedMethods,
			CachePolicyId:           usual.CachePolicyId,
			OriginRequestPolicyId:   usual.OriginRequestPolicyId,
			ResponseHeadersPolicyId: usual.ResponseHeadersPolicyId,
			TrustedKeyGroups:        usual.TrustedKeyGroups,
			FunctionAssociations:    orderedAssociations(c.associations),
			Compress:                usual.Compress,
		})
	}
	return ordered
}
