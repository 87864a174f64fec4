package components

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Defaults of [HeadersArgs].
const (
	// DefaultHstsMaxAge is a year, in seconds.
	DefaultHstsMaxAge = 31_536_000
	// DefaultContentSecurityPolicy lets an SVG that is opened by itself draw, and run no script.
	DefaultContentSecurityPolicy = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; sandbox"
)

// maxContentSecurityPolicy is CloudFront's limit, in characters. Source: CloudFront
// Developer Guide, "Understand response headers policies".
const maxContentSecurityPolicy = 1783

// corsMaxAge is how long, in seconds, a browser may rely on a preflight. None does for
// longer than a day, Chromium not for more than these two hours.
const corsMaxAge = 7_200

// corsS3Origin is AWS's managed origin request policy CORS-S3Origin: it sends S3 what S3
// answers a preflight by, and adds nothing to the cache key.
const corsS3Origin = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf"

// HeadersArgs say which headers the edge adds to every answer.
type HeadersArgs struct {
	// CorsOrigins are the origins whose scripts may read images, each as
	// "https://www.example.com" or "https://*.example.com", or "*" alone for all. The
	// edge answers each viewer by the viewer's own origin, from one cached image.
	// Default: none.
	CorsOrigins []string `pulumi:"corsOrigins"`
	// Preflights lets the scripts of corsOrigins send headers of their own, such as
	// X-Request-Id. Browsers ask before they do, and S3 answers by a CORS rule that is put
	// behind those that the bucket has. Plain requests need none. Default: false.
	Preflights bool `pulumi:"preflights"`
	// Security adds X-Content-Type-Options, Strict-Transport-Security,
	// Content-Security-Policy, X-Frame-Options, Referrer-Policy and
	// Cross-Origin-Resource-Policy. Default: false.
	Security bool `pulumi:"security"`
	// HstsMaxAge is for how long, in seconds, browsers use nothing but HTTPS for the
	// domain, where security is true; 0 ends it. It is not said of subdomains.
	// Default: [DefaultHstsMaxAge].
	HstsMaxAge pulumi.IntInput `pulumi:"hstsMaxAge"`
	// ContentSecurityPolicy is the header of that name, where security is true; at most
	// 1783 characters. Default: an SVG that is opened by itself runs no script.
	ContentSecurityPolicy pulumi.StringInput `pulumi:"contentSecurityPolicy"`
	// ServerTiming is in how many percent of the answers Server-Timing says how the edge
	// came by the image; with 0, in the answer to whoever asks by the header
	// "Pragma: server-timing". Default: never.
	ServerTiming pulumi.IntInput `pulumi:"serverTiming"`
	// PolicyId is an existing response headers policy to use instead of making one. An
	// account has 20 of its own unless raised.
	PolicyId pulumi.StringInput `pulumi:"policyId"`
}

// made says whether a policy is to be made for these options alone.
func (args HeadersArgs) made() bool {
	return len(args.CorsOrigins) > 0 || args.Security || args.ServerTiming != nil
}

// checkHeaders reports what cannot be.
func checkHeaders(ctx *pulumi.Context, plugin *pluginProvider, args HeadersArgs, cache CacheArgs, fs *faults) {
	checkOrigins(args.CorsOrigins, fs)
	if args.Preflights && len(args.CorsOrigins) == 0 {
		fs.add("headers.preflights", "true", "it has no effect without headers.corsOrigins", "Give the origins, or leave it out")
	}
	checkSecurity(args, fs)
	if percent, plain := plainInt(args.ServerTiming, 0); plain && (percent < 0 || percent > 100) {
		fs.add("headers.serverTiming", strconv.Itoa(percent), "it is a percentage", "Give 0 to 100")
	}
	if args.PolicyId == nil {
		return
	}
	checkBesideHeadersPolicy(args, cache, fs)
	checkPolicy(ctx, plugin, policyQuestion{
		field: "headers.policyId", id: args.PolicyId, what: "response headers policy", list: "list-response-headers-policies",
		permission: "cloudfront:GetResponseHeadersPolicy",
		query:      func(id string) edgeQuery { return edgeQuery{HeadersPolicyID: id} },
		found:      func(e foundEdge) *foundPart { return e.HeadersPolicy },
	}, fs)
}

// checkBesideHeadersPolicy reports what an existing response headers policy makes useless.
func checkBesideHeadersPolicy(args HeadersArgs, cache CacheArgs, fs *faults) {
	browser, _ := plainInt(cache.BrowserTtl, 0)
	percent, _ := plainInt(args.ServerTiming, 0)
	for _, other := range []struct {
		field, value string
		given        bool
	}{
		{"headers.corsOrigins", strings.Join(args.CorsOrigins, ", "), len(args.CorsOrigins) > 0},
		{"headers.security", "true", args.Security},
		{"headers.serverTiming", strconv.Itoa(percent), args.ServerTiming != nil},
		{"cache.preset", cache.Preset, cache.Preset != ""},
		{"cache.browserTtl", strconv.Itoa(browser), cache.BrowserTtl != nil},
	} {
		if other.given {
			fs.add(other.field, other.value, "it would have no effect beside headers.policyId: the policy has headers of its own", "Leave out one of the two")
		}
	}
}

// corsOrigin is an origin as browsers write it. A wildcard stands for the first label
// alone. Source: CloudFront Developer Guide, "Understand response headers policies".
var corsOrigin = regexp.MustCompile(`^https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?$`)

func checkOrigins(origins []string, fs *faults) {
	for i, origin := range origins {
		field := fmt.Sprintf("headers.corsOrigins[%d]", i)
		switch {
		case origin == "*" && len(origins) > 1:
			fs.add(field, origin, "it allows all origins, so that the others would have no effect", "Leave out one of the two")
		case origin != "*" && !corsOrigin.MatchString(origin):
			fs.add(field, origin, "this is no origin as browsers write it",
				"Give scheme and host, in lower case and without a path, such as https://www.example.com or https://*.example.com; or * for all")
		case slices.Contains(origins[:i], origin):
			fs.add(field, origin, "it is there twice", "Leave out one of the two")
		}
	}
}

func checkSecurity(args HeadersArgs, fs *faults) {
	const field = "headers.contentSecurityPolicy"
	seconds, plain := plainInt(args.HstsMaxAge, DefaultHstsMaxAge)
	policy, _ := plainString(args.ContentSecurityPolicy)
	switch {
	case !args.Security && args.HstsMaxAge != nil:
		fs.add("headers.hstsMaxAge", strconv.Itoa(seconds), "it has no effect while headers.security is false", "Set headers.security to true, or leave it out")
	case plain && (seconds < 0 || seconds > maxTTL):
		fs.add("headers.hstsMaxAge", strconv.Itoa(seconds), "CloudFront takes 0 to "+strconv.Itoa(maxTTL)+" seconds", "Give a number of seconds in that range")
	}
	switch {
	case !args.Security && args.ContentSecurityPolicy != nil:
		fs.add(field, policy, "it has no effect while headers.security is false", "Set headers.security to true, or leave it out")
	case len([]rune(policy)) > maxContentSecurityPolicy:
		fs.add(field, policy, fmt.Sprintf("CloudFront takes at most %d characters", maxContentSecurityPolicy), "Give a shorter one")
	}
}

// responseHeaders is the response headers policy of a behavior: the one that was given, or
// one that is made; nil where no option asks for any header.
func (c *ImageCdn) responseHeaders(ctx *pulumi.Context, plan imagePlan, b behavior) (pulumi.StringPtrInput, error) {
	switch {
	case b.headers.PolicyId != nil:
		return b.headers.PolicyId.ToStringOutput(), nil
	case !b.makesHeadersPolicy():
		return nil, nil
	}
	policy, err := newHeadersPolicy(ctx, plan, b, c.inUsEast1(plan)...)
	if err != nil {
		return nil, err
	}
	c.HeadersPolicies = append(c.HeadersPolicies, policy)
	return policy.ID().ToStringOutput(), nil
}

func newHeadersPolicy(ctx *pulumi.Context, plan imagePlan, b behavior, opts ...pulumi.ResourceOption) (*cloudfront.ResponseHeadersPolicy, error) {
	args := &cloudfront.ResponseHeadersPolicyArgs{
		Comment:             describe(comment(ctx, b.name, plan.domains[0]), plan.mark.text),
		CustomHeadersConfig: customHeaders(b.headers, b.cache),
	}
	if len(b.headers.CorsOrigins) > 0 {
		args.CorsConfig, args.RemoveHeadersConfig = corsConfig(b.headers.CorsOrigins), withoutS3Cors()
	}
	if b.headers.Security {
		args.SecurityHeadersConfig = securityHeaders(b.headers)
	}
	if rate := b.headers.ServerTiming; rate != nil {
		args.ServerTimingHeadersConfig = cloudfront.ResponseHeadersPolicyServerTimingHeadersConfigArgs{
			Enabled:      pulumi.Bool(true),
			SamplingRate: rate.ToIntOutput().ApplyT(func(percent int) float64 { return float64(percent) }).(pulumi.Float64Output),
		}
	}
	policy, err := cloudfront.NewResponseHeadersPolicy(ctx, b.name+"-headers", args, append(opts, replacedPolicy(plan.mark, b.name+"-headers")...)...)
	if err != nil {
		return nil, fmt.Errorf("making the response headers policy of %q: %w", b.name, err)
	}
	return policy, nil
}

// corsConfig answers by the viewer's own origin, after the cache: one entry serves all.
func corsConfig(origins []string) cloudfront.ResponseHeadersPolicyCorsConfigArgs {
	return cloudfront.ResponseHeadersPolicyCorsConfigArgs{
		AccessControlAllowOrigins: cloudfront.ResponseHeadersPolicyCorsConfigAccessControlAllowOriginsArgs{Items: pulumi.ToStringArray(origins)},
		AccessControlAllowMethods: cloudfront.ResponseHeadersPolicyCorsConfigAccessControlAllowMethodsArgs{
			Items: pulumi.ToStringArray([]string{http.MethodGet, http.MethodHead}),
		},
		AccessControlAllowHeaders: cloudfront.ResponseHeadersPolicyCorsConfigAccessControlAllowHeadersArgs{
			Items: pulumi.ToStringArray([]string{"*"}),
		},
		AccessControlExposeHeaders: cloudfront.ResponseHeadersPolicyCorsConfigAccessControlExposeHeadersArgs{
			Items: pulumi.ToStringArray([]string{"*"}),
		},
		AccessControlAllowCredentials: pulumi.Bool(false),
		AccessControlMaxAgeSec:        pulumi.Int(corsMaxAge),
		OriginOverride:                pulumi.Bool(true),
	}
}

// withoutS3Cors takes off what the bucket's own CORS rules say of an image: it was said to
// the first viewer, and is cached with the image.
func withoutS3Cors() cloudfront.ResponseHeadersPolicyRemoveHeadersConfigArgs {
	var items cloudfront.ResponseHeadersPolicyRemoveHeadersConfigItemArray
	for _, name := range []string{"Origin", "Credentials", "Methods", "Headers"} {
		items = append(items, cloudfront.ResponseHeadersPolicyRemoveHeadersConfigItemArgs{Header: pulumi.String("Access-Control-Allow-" + name)})
	}
	return cloudfront.ResponseHeadersPolicyRemoveHeadersConfigArgs{Items: items}
}

func securityHeaders(args HeadersArgs) cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs {
	return cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs{
		ContentTypeOptions: cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs{Override: pulumi.Bool(true)},
		StrictTransportSecurity: cloudfront.ResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurityArgs{
			AccessControlMaxAgeSec: intOr(args.HstsMaxAge, DefaultHstsMaxAge).ToIntOutput(), Override: pulumi.Bool(true),
		},
		ContentSecurityPolicy: cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicyArgs{
			ContentSecurityPolicy: stringOr(args.ContentSecurityPolicy, DefaultContentSecurityPolicy).ToStringOutput(), Override: pulumi.Bool(true),
		},
		FrameOptions: cloudfront.ResponseHeadersPolicySecurityHeadersConfigFrameOptionsArgs{
			FrameOption: pulumi.String("SAMEORIGIN"), Override: pulumi.Bool(true),
		},
		ReferrerPolicy: cloudfront.ResponseHeadersPolicySecurityHeadersConfigReferrerPolicyArgs{
			ReferrerPolicy: pulumi.String("strict-origin-when-cross-origin"), Override: pulumi.Bool(true),
		},
	}
}

// customHeaders are those that have no place of their own in a policy; nil for none.
func customHeaders(headers HeadersArgs, cache CacheArgs) cloudfront.ResponseHeadersPolicyCustomHeadersConfigPtrInput {
	var items cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArray
	if headers.Security {
		items = append(items, cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArgs{
			// Images are for other sites' pages: without it, those that isolate themselves
			// (Cross-Origin-Embedder-Policy) could not show them.
			Header: pulumi.String("Cross-Origin-Resource-Policy"), Value: pulumi.String("cross-origin"), Override: pulumi.Bool(true),
		})
	}
	if control := cache.browserControl(); control != nil {
		items = append(items, cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArgs{
			Header: pulumi.String("Cache-Control"), Value: control.ToStringOutput(), Override: pulumi.Bool(false),
		})
	}
	if len(items) == 0 {
		return nil
	}
	return cloudfront.ResponseHeadersPolicyCustomHeadersConfigArgs{Items: items}
}
