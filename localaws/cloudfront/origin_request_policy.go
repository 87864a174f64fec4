package cloudfront

import "imagecdn/localaws/api"

// originRequestPolicyConfig is OriginRequestPolicyConfig.
type originRequestPolicyConfig struct {
	Comment            string
	Name               string
	HeadersConfig      *headersConfig
	CookiesConfig      *cookiesConfig
	QueryStringsConfig *queryStringsConfig
}

func (s *Service) newOriginRequestPolicies() *catalogue[originRequestPolicyConfig] {
	return &catalogue[originRequestPolicyConfig]{
		kind: kind{
			name: "OriginRequestPolicy", plural: "OriginRequestPolicies", words: "origin request policy",
			path: "/origin-request-policy", newID: newUUID, quota: 20, tooMany: "TooManyOriginRequestPolicies",
		},
		now:     s.now,
		items:   map[string]*item[originRequestPolicyConfig]{},
		managed: managedOriginRequestPolicies(),
		nameOf:  func(c *originRequestPolicyConfig) string { return c.Name },
		check:   checkOriginRequestPolicy,
		inUse:   s.anyBehavior(func(b *cacheBehavior) string { return b.OriginRequestPolicyId }),
		element: policyElement[originRequestPolicyConfig],
		list:    policyList[originRequestPolicyConfig],
	}
}

func checkOriginRequestPolicy(c *originRequestPolicyConfig) error {
	if c.HeadersConfig == nil || c.CookiesConfig == nil || c.QueryStringsConfig == nil {
		return api.Refuse("InvalidArgument", "The parameters HeadersConfig, CookiesConfig and QueryStringsConfig are required.")
	}
	if err := checkSelection("HeaderBehavior", c.HeadersConfig.HeaderBehavior, c.HeadersConfig.Headers,
		"none", "whitelist", "allViewer", "allViewerAndWhitelistCloudFront", "allExcept"); err != nil {
		return err
	}
	if err := checkSelection("CookieBehavior", c.CookiesConfig.CookieBehavior, c.CookiesConfig.Cookies,
		"none", "whitelist", "all", "allExcept"); err != nil {
		return err
	}
	return checkSelection("QueryStringBehavior", c.QueryStringsConfig.QueryStringBehavior, c.QueryStringsConfig.QueryStrings,
		"none", "whitelist", "all", "allExcept")
}
