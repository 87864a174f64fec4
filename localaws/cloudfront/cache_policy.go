package cloudfront

import (
	"imagecdn/localaws/api"
)

// cachePolicyConfig is CachePolicyConfig.
type cachePolicyConfig struct {
	Comment                                  string
	Name                                     string
	DefaultTTL                               *int64
	MaxTTL                                   *int64
	MinTTL                                   *int64
	ParametersInCacheKeyAndForwardedToOrigin *cacheKeyParameters
}

type cacheKeyParameters struct {
	EnableAcceptEncodingGzip   bool
	EnableAcceptEncodingBrotli bool
	HeadersConfig              *headersConfig
	CookiesConfig              *cookiesConfig
	QueryStringsConfig         *queryStringsConfig
}

type headersConfig struct {
	HeaderBehavior string
	Headers        *names `xml:",omitempty"`
}

type cookiesConfig struct {
	CookieBehavior string
	Cookies        *names `xml:",omitempty"`
}

type queryStringsConfig struct {
	QueryStringBehavior string
	QueryStrings        *names `xml:",omitempty"`
}

// The TTLs AWS fills in, in seconds.
const (
	usualDefaultTTL = 86400
	usualMaximumTTL = 31536000
)

func (s *Service) newCachePolicies() *catalogue[cachePolicyConfig] {
	return &catalogue[cachePolicyConfig]{
		kind: kind{
			name: "CachePolicy", plural: "CachePolicies", words: "cache policy",
			path: "/cache-policy", newID: newUUID, quota: 20, tooMany: "TooManyCachePolicies",
		},
		now:     s.now,
		items:   map[string]*item[cachePolicyConfig]{},
		managed: managedCachePolicies(),
		nameOf:  func(c *cachePolicyConfig) string { return c.Name },
		check:   checkCachePolicy,
		inUse:   s.anyBehavior(func(b *cacheBehavior) string { return b.CachePolicyId }),
		element: policyElement[cachePolicyConfig],
		list:    policyList[cachePolicyConfig],
	}
}

func checkCachePolicy(c *cachePolicyConfig) error {
	if c.MinTTL == nil {
		return api.Refuse("InvalidArgument", "The parameter MinTTL is required.")
	}
	if c.DefaultTTL == nil {
		c.DefaultTTL = new(max(usualDefaultTTL, *c.MinTTL))
	}
	if c.MaxTTL == nil {
		c.MaxTTL = new(max(usualMaximumTTL, *c.DefaultTTL))
	}
	if *c.MinTTL < 0 || *c.DefaultTTL < *c.MinTTL || *c.MaxTTL < *c.DefaultTTL {
		return api.Refuse("InvalidArgument", "The parameters MinTTL, DefaultTTL and MaxTTL must be in ascending order.")
	}
	p := c.ParametersInCacheKeyAndForwardedToOrigin
	if p == nil {
		p = &cacheKeyParameters{}
		c.ParametersInCacheKeyAndForwardedToOrigin = p
	}
	p.fillDefaults()
	if err := p.check(); err != nil {
		return err
	}
	if *c.MaxTTL == 0 {
		return p.checkUncached()
	}
	return nil
}

func (p *cacheKeyParameters) fillDefaults() {
	if p.HeadersConfig == nil {
		p.HeadersConfig = &headersConfig{HeaderBehavior: "none"}
	}
	if p.CookiesConfig == nil {
		p.CookiesConfig = &cookiesConfig{CookieBehavior: "none"}
	}
	if p.QueryStringsConfig == nil {
		p.QueryStringsConfig = &queryStringsConfig{QueryStringBehavior: "none"}
	}
}

func (p *cacheKeyParameters) check() error {
	if err := checkSelection("HeaderBehavior", p.HeadersConfig.HeaderBehavior, p.HeadersConfig.Headers,
		"none", "whitelist"); err != nil {
		return err
	}
	if err := checkSelection("CookieBehavior", p.CookiesConfig.CookieBehavior, p.CookiesConfig.Cookies,
		"none", "whitelist", "allExcept", "all"); err != nil {
		return err
	}
	return checkSelection("QueryStringBehavior", p.QueryStringsConfig.QueryStringBehavior, p.QueryStringsConfig.QueryStrings,
		"none", "whitelist", "allExcept", "all")
}

// checkUncached refuses a cache key for a policy that caches nothing.
func (p *cacheKeyParameters) checkUncached() error {
	for parameter, set := range map[string]bool{
		"HeaderBehavior":             p.HeadersConfig.HeaderBehavior != "none",
		"CookieBehavior":             p.CookiesConfig.CookieBehavior != "none",
		"QueryStringBehavior":        p.QueryStringsConfig.QueryStringBehavior != "none",
		"EnableAcceptEncodingGzip":   p.EnableAcceptEncodingGzip,
		"EnableAcceptEncodingBrotli": p.EnableAcceptEncodingBrotli,
	} {
		if set {
			return api.Refuse("InvalidArgument", "The parameter %s is invalid for policy with caching disabled.", parameter)
		}
	}
	return nil
}

// checkSelection holds a behavior and the names it selects against each other.
func checkSelection(parameter, behavior string, selected *names, known ...string) error {
	if err := oneOf(parameter, behavior, known...); err != nil {
		return err
	}
	named := selected != nil && len(selected.Items) > 0
	selects := behavior == "whitelist" || behavior == "allExcept" || behavior == "allViewerAndWhitelistCloudFront"
	if named != selects {
		return api.Refuse("InvalidArgument", "The parameter %s is invalid: %q goes with names exactly if it selects by name.", parameter, behavior)
	}
	return nil
}
