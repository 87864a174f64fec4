package cloudfront

import "time"

// managedSince is the modification time of AWS's own policies.
var managedSince = time.Date(2020, time.July, 16, 0, 0, 0, 0, time.UTC)

func managedItem[C any](id string, config *C) *item[C] {
	return &item[C]{ID: id, ETag: "E23ZP02F085DFQ", Modified: managedSince, Config: config}
}

func listNames(items ...string) *names { return &names{Quantity: len(items), Items: items} }

// managedCachePolicies are those of the guide's page "Use managed cache policies".
func managedCachePolicies() map[string]*item[cachePolicyConfig] {
	m := map[string]*item[cachePolicyConfig]{}
	add := func(id, name string, minimum, usual, maximum int64, key cacheKeyParameters) {
		key.fillDefaults()
		m[id] = managedItem(id, &cachePolicyConfig{
			Name: "Managed-" + name, MinTTL: &minimum, DefaultTTL: &usual, MaxTTL: &maximum,
			ParametersInCacheKeyAndForwardedToOrigin: &key,
		})
	}
	compressed := cacheKeyParameters{EnableAcceptEncodingGzip: true, EnableAcceptEncodingBrotli: true}
	add("658327ea-f89d-4fab-a63d-7e88639e58f6", "CachingOptimized", 1, usualDefaultTTL, usualMaximumTTL, compressed)
	add("b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "CachingOptimizedForUncompressedObjects",
		1, usualDefaultTTL, usualMaximumTTL, cacheKeyParameters{})
	add("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "CachingDisabled", 0, 0, 0, cacheKeyParameters{})

	byOrigin := compressed
	byOrigin.HeadersConfig = &headersConfig{HeaderBehavior: "whitelist", Headers: listNames(
		"host", "origin", "x-http-method-override", "x-http-method", "x-method-override")}
	byOrigin.CookiesConfig = &cookiesConfig{CookieBehavior: "all"}
	add("83da9c7e-98b4-4e11-a168-04f0df8e2c65", "UseOriginCacheControlHeaders", 0, 0, usualMaximumTTL, byOrigin)
	byOrigin.QueryStringsConfig = &queryStringsConfig{QueryStringBehavior: "all"}
	add("4cc15a8a-d715-48a4-82b8-cc0b614638fe", "UseOriginCacheControlHeaders-QueryStrings", 0, 0, usualMaximumTTL, byOrigin)
	return m
}

// managedOriginRequestPolicies are those of "Use managed origin request policies"
// that need nothing of CloudFront's own headers.
func managedOriginRequestPolicies() map[string]*item[originRequestPolicyConfig] {
	m := map[string]*item[originRequestPolicyConfig]{}
	add := func(id, name string, headers headersConfig, rest string) {
		m[id] = managedItem(id, &originRequestPolicyConfig{
			Name: "Managed-" + name, HeadersConfig: &headers,
			CookiesConfig:      &cookiesConfig{CookieBehavior: rest},
			QueryStringsConfig: &queryStringsConfig{QueryStringBehavior: rest},
		})
	}
	add("216adef6-5c7f-47e4-b989-5492eafa07d3", "AllViewer", headersConfig{HeaderBehavior: "allViewer"}, "all")
	add("b689b0a8-53d0-40ab-baf2-68738e2966ac", "AllViewerExceptHostHeader",
		headersConfig{HeaderBehavior: "allExcept", Headers: listNames("host")}, "all")
	add("59781a5b-3903-41f3-afcb-af62929ccde1", "CORS-CustomOrigin",
		headersConfig{HeaderBehavior: "whitelist", Headers: listNames("origin")}, "none")
	add("88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", "CORS-S3Origin", headersConfig{HeaderBehavior: "whitelist",
		Headers: listNames("origin", "access-control-request-headers", "access-control-request-method")}, "none")
	add("acba4595-bd28-49b8-b9fe-13317c0390fa", "UserAgentRefererHeaders",
		headersConfig{HeaderBehavior: "whitelist", Headers: listNames("user-agent", "referer")}, "none")
	return m
}

// managedResponseHeadersPolicies are those of "Use managed response headers policies".
func managedResponseHeadersPolicies() map[string]*item[responseHeadersPolicyConfig] {
	m := map[string]*item[responseHeadersPolicyConfig]{}
	add := func(id, name string, cors *corsConfig, security *securityHeadersConfig) {
		m[id] = managedItem(id, &responseHeadersPolicyConfig{
			Name: "Managed-" + name, CorsConfig: cors, SecurityHeadersConfig: security,
		})
	}
	simple, preflight, security := simpleCors(), preflightCors(), usualSecurityHeaders()
	add("60669652-455b-4ae9-85a4-c4c02393f86c", "SimpleCORS", simple, nil)
	add("5cc3b908-e619-4b99-88e5-2cf7f45965bd", "CORS-With-Preflight", preflight, nil)
	add("67f7725c-6f97-4210-82d7-5512b31e9d03", "SecurityHeadersPolicy", nil, security)
	add("e61eb60c-9c35-4d20-a928-2b84e02af89c", "CORS-and-SecurityHeadersPolicy", simple, security)
	add("eaab4381-ed33-4a86-88ca-d9558dc6cd63", "CORS-with-preflight-and-SecurityHeadersPolicy", preflight, security)
	return m
}

func simpleCors() *corsConfig {
	return &corsConfig{
		AccessControlAllowOrigins: &corsOrigins{Quantity: 1, Items: []string{"*"}},
		AccessControlAllowHeaders: &corsHeaders{Quantity: 1, Items: []string{"*"}},
		AccessControlAllowMethods: &methods{Quantity: 2, Items: []string{"GET", "HEAD"}},
	}
}

func preflightCors() *corsConfig {
	c := simpleCors()
	c.AccessControlAllowMethods = &methods{
		Quantity: 7, Items: []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"},
	}
	c.AccessControlExposeHeaders = &corsHeaders{Quantity: 1, Items: []string{"*"}}
	return c
}

func usualSecurityHeaders() *securityHeadersConfig {
	return &securityHeadersConfig{
		XSSProtection:           &xssProtection{Protection: true, ModeBlock: true},
		FrameOptions:            &frameOptions{FrameOption: "SAMEORIGIN"},
		ReferrerPolicy:          &referrerPolicy{ReferrerPolicy: "strict-origin-when-cross-origin"},
		ContentTypeOptions:      &contentTypeOptions{Override: true},
		StrictTransportSecurity: &strictTransportSecurity{AccessControlMaxAgeSec: 31536000},
	}
}
