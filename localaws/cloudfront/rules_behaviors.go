package cloudfront

import (
	"slices"

	"imagecdn/localaws/api"
)

func (s *Service) checkBehaviors(account string, c *distributionConfig) error {
	if len(c.CacheBehaviors.Items) > maximumBehaviors {
		return api.Refuse("TooManyCacheBehaviors", "You cannot create more cache behaviors for the distribution.")
	}
	targets, groups := map[string]bool{}, map[string]bool{}
	for _, o := range c.Origins.Items {
		targets[o.Id] = true
	}
	for _, g := range c.OriginGroups.Items {
		targets[g.Id], groups[g.Id] = true, true
	}
	if c.DefaultCacheBehavior.PathPattern != "" {
		return api.Refuse("MalformedInput", "Unexpected element %q in DistributionConfig.DefaultCacheBehavior.", "PathPattern")
	}
	patterns := map[string]bool{}
	for _, b := range c.CacheBehaviors.Items {
		if b.PathPattern == "" || patterns[b.PathPattern] {
			return api.Refuse("InvalidArgument", "The parameter PathPattern is missing or not unique: %q.", b.PathPattern)
		}
		if err := checkPathPattern(b.PathPattern); err != nil {
			return err
		}
		patterns[b.PathPattern] = true
	}
	for _, b := range c.behaviors() {
		if !targets[b.TargetOriginId] {
			return noSuchOrigin()
		}
		if err := s.checkBehavior(account, b); err != nil {
			return err
		}
		if groups[b.TargetOriginId] && slices.Contains(b.AllowedMethods.Items, "POST") {
			return api.Refuse("InvalidArgument",
				"The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group.")
		}
	}
	return nil
}

func (s *Service) checkBehavior(account string, b *cacheBehavior) error {
	if err := oneOf("ViewerProtocolPolicy", b.ViewerProtocolPolicy, "allow-all", "https-only", "redirect-to-https"); err != nil {
		return err
	}
	if err := checkMethods(b.AllowedMethods); err != nil {
		return err
	}
	if err := s.checkPolicies(account, b); err != nil {
		return err
	}
	if err := s.checkTrusted(account, b); err != nil {
		return err
	}
	if err := s.checkFunctions(account, b); err != nil {
		return err
	}
	if b.FieldLevelEncryptionId != "" { // none can be made here
		return notFound("NoSuchFieldLevelEncryptionConfig", "The specified configuration for field-level encryption doesn't exist.")
	}
	if b.CachePolicyId != "" {
		return checkNoLegacyCaching(b)
	}
	return checkLegacyCaching(b)
}

// checkMethods admits AWS's three sets of allowed methods, and its two of cached ones.
func checkMethods(m *allowedMethods) error {
	if !sameSet(m.Items, "GET", "HEAD") && !sameSet(m.Items, "GET", "HEAD", "OPTIONS") &&
		!sameSet(m.Items, "GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE") {
		return api.Refuse("InvalidArgument", "The parameter AllowedMethods is invalid.")
	}
	if !sameSet(m.CachedMethods.Items, "GET", "HEAD") && !sameSet(m.CachedMethods.Items, "GET", "HEAD", "OPTIONS") {
		return api.Refuse("InvalidArgument", "The parameter CachedMethods is invalid.")
	}
	for _, cached := range m.CachedMethods.Items {
		if !slices.Contains(m.Items, cached) {
			return api.Refuse("InvalidArgument", "The parameter CachedMethods has %s, which is not allowed.", cached)
		}
	}
	return nil
}

func sameSet(items []string, set ...string) bool {
	if len(items) != len(set) {
		return false
	}
	for _, member := range set {
		if !slices.Contains(items, member) {
			return false
		}
	}
	return true
}

func (s *Service) checkPolicies(account string, b *cacheBehavior) error {
	if b.CachePolicyId != "" && s.cachePolicies.config(account, b.CachePolicyId) == nil {
		return s.cachePolicies.noSuch()
	}
	if b.OriginRequestPolicyId != "" && s.originRequestPolicies.config(account, b.OriginRequestPolicyId) == nil {
		return s.originRequestPolicies.noSuch()
	}
	if b.ResponseHeadersPolicyId != "" && s.responsePolicies.config(account, b.ResponseHeadersPolicyId) == nil {
		return s.responsePolicies.noSuch()
	}
	return nil
}

func checkNoLegacyCaching(b *cacheBehavior) error {
	for _, legacy := range []struct {
		name  string
		given bool
	}{
		{"ForwardedValues", b.ForwardedValues != nil},
		{"MinTTL", b.MinTTL != nil},
		{"DefaultTTL", b.DefaultTTL != nil},
		{"MaxTTL", b.MaxTTL != nil},
	} {
		if legacy.given {
			return api.Refuse("InvalidArgument",
				"The parameter %s cannot be used when a cache policy is associated to the cache behavior.", legacy.name)
		}
	}
	return nil
}

func checkLegacyCaching(b *cacheBehavior) error {
	if b.ForwardedValues == nil {
		return api.Refuse("InvalidArgument", "The parameter ForwardedValues is required when no cache policy is associated to the cache behavior.")
	}
	if b.OriginRequestPolicyId != "" {
		return api.Refuse("InvalidArgument", "The parameter OriginRequestPolicyId cannot be used without a cache policy.")
	}
	if *b.MinTTL < 0 || *b.DefaultTTL < *b.MinTTL || *b.MaxTTL < *b.DefaultTTL {
		return api.Refuse("InvalidTTLOrder", "The TTL order specified is not valid: MinTTL, DefaultTTL, MaxTTL must ascend.")
	}
	f := b.ForwardedValues.Cookies
	if f.Forward == "whitelist" && (f.WhitelistedNames == nil || len(f.WhitelistedNames.Items) == 0) {
		return api.Refuse("InvalidForwardCookies", "Your request contains forward cookies option which doesn't match with the expectation for the whitelisted list of cookie names.")
	}
	return oneOf("Forward", f.Forward, "none", "whitelist", "all")
}
