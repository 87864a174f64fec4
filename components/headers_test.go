package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

func TestHeadersThatNobodyAskedForAreNotThere(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(one())
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{
		"defaultCacheBehavior.responseHeadersPolicyId": nil,
		"defaultCacheBehavior.originRequestPolicyId":   nil,
		"defaultCacheBehavior.allowedMethods":          []any{"GET", "HEAD"},
	})
	assert.NotContains(t, c.resource("cdn-mark").input("kinds"), "responseHeadersPolicy")
}

func TestThePolicyOfHeadersSaysWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Headers = HeadersArgs{
			CorsOrigins: []string{"https://www.example.com", "https://*.example.org"}, Security: true,
			HstsMaxAge: pulumi.Int(600), ServerTiming: pulumi.Int(0),
		}
		a.Cache.Preset = "immutable"
	}))
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{
		"defaultCacheBehavior.responseHeadersPolicyId": "cdn-headers-id",
		"defaultCacheBehavior.originRequestPolicyId":   "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
		"defaultCacheBehavior.allowedMethods":          []any{"GET", "HEAD", "OPTIONS"},
		"defaultCacheBehavior.cachedMethods":           []any{"GET", "HEAD"},
	})
	expectInputs(t, c.resource("cdn-headers"), map[string]any{
		"name": nil,

		"corsConfig.accessControlAllowOrigins.items": []any{"https://www.example.com", "https://*.example.org"},
		"corsConfig.accessControlAllowMethods.items": []any{"GET", "HEAD"},
		"corsConfig.accessControlAllowCredentials":   false,
		"corsConfig.originOverride":                  true,
		"removeHeadersConfig.items[0].header":        "Access-Control-Allow-Origin",

		"securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec": 600.0,
		"securityHeadersConfig.strictTransportSecurity.includeSubdomains":      nil,
		"securityHeadersConfig.contentTypeOptions.override":                    true,
		"securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy":    DefaultContentSecurityPolicy,
		"securityHeadersConfig.frameOptions.frameOption":                       "SAMEORIGIN",

		"customHeadersConfig.items[0].header":   "Cross-Origin-Resource-Policy",
		"customHeadersConfig.items[1].header":   "Cache-Control",
		"customHeadersConfig.items[1].value":    "public, max-age=31536000, immutable",
		"customHeadersConfig.items[1].override": false,

		"serverTimingHeadersConfig.enabled":      true,
		"serverTimingHeadersConfig.samplingRate": 0.0,
	})
	assert.Contains(t, c.resource("cdn-headers").input("comment"), theMark, "a destroy finds it if its answer was lost")
	assert.Contains(t, c.resource("cdn-mark").input("kinds"), "responseHeadersPolicy")
}

func TestAnExistingResponseHeadersPolicyIsUsedAsItIs(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Headers.PolicyId = pulumi.String(sharedPolicy) }))
	assert.Equal(t, sharedPolicy, c.resource("cdn-distribution").input("defaultCacheBehavior.responseHeadersPolicyId"))
	assert.Equal(t, []string{sharedPolicy}, c.asked("responseHeadersPolicyId"))
}

func TestAPresetIsItsTimesAndWhatBrowsersAreTold(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		cache                      CacheArgs
		minimum, standard, maximum float64
		browser                    any
	}{
		"none":                              {CacheArgs{}, 0, 86_400, 31_536_000, nil},
		"immutable":                         {CacheArgs{Preset: "immutable"}, 0, 31_536_000, 31_536_000, "public, max-age=31536000, immutable"},
		"daily":                             {CacheArgs{Preset: "daily"}, 0, 86_400, 31_536_000, "public, max-age=86400"},
		"fresh":                             {CacheArgs{Preset: "fresh"}, 0, 60, 60, "public, no-cache"},
		"fresh with a bound of its own":     {CacheArgs{Preset: "fresh", MaxTtl: pulumi.Int(5)}, 0, 5, 5, "public, no-cache"},
		"a number for browsers alone":       {CacheArgs{BrowserTtl: pulumi.Int(300)}, 0, 86_400, 31_536_000, "public, max-age=300"},
		"a preset with a number of its own": {CacheArgs{Preset: "daily", BrowserTtl: pulumi.Int(0)}, 0, 86_400, 31_536_000, "public, max-age=0"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Cache = test.cache }))
			expectInputs(t, c.resource("cdn-cache"), map[string]any{
				"minTtl": test.minimum, "defaultTtl": test.standard, "maxTtl": test.maximum,
			})
			if test.browser != nil {
				assert.Equal(t, test.browser, c.resource("cdn-headers").input("customHeadersConfig.items[0].value"))
			}
		})
	}
}

func TestOnlyNamedQueryParametersAreInTheCacheKey(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Cache.QueryParameters = []string{"v", "w"} }))
	const queries = "parametersInCacheKeyAndForwardedToOrigin.queryStringsConfig"
	expectInputs(t, c.resource("cdn-cache"), map[string]any{
		queries + ".queryStringBehavior": "whitelist", queries + ".queryStrings.items": []any{"v", "w"},
	})
}

func TestOneRuleOfTheBucketIsForThePreflightsOfAllPaths(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		general, special HeadersArgs
		want             []any
	}{
		"each origin once": {
			HeadersArgs{CorsOrigins: []string{"https://b.example", "https://a.example"}, Preflights: true},
			HeadersArgs{CorsOrigins: []string{"https://*.example.org", "https://a.example"}, Preflights: true},
			[]any{"https://*.example.org", "https://a.example", "https://b.example"},
		},
		"those that were asked for": {
			HeadersArgs{CorsOrigins: []string{"https://b.example"}},
			HeadersArgs{CorsOrigins: []string{"https://a.example"}, Preflights: true}, []any{"https://a.example"},
		},
		"all, if one path is for all": {
			HeadersArgs{CorsOrigins: []string{"https://b.example"}, Preflights: true},
			HeadersArgs{CorsOrigins: []string{"*"}, Preflights: true}, []any{"*"},
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(one(), func(a *ImageCdnArgs) {
				a.Headers, a.Paths = test.general, []PathArgs{{Pattern: "/new/*", Headers: test.special}}
			}))
			expectInputs(t, c.resource("cdn-cors"), map[string]any{"bucket": "images", "origins": test.want, "mark": theMark})
			assert.Contains(t, dependants(c, "cdn-mark"), "cdn-cors")
		})
	}
}
