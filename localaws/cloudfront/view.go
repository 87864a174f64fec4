package cloudfront

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// View is what an edge knows of a distribution: the deployed configuration with
// its policies resolved. It shares nothing that changes, and may be kept and
// read without the lock.
type View struct {
	// ID and ARN identify the distribution.
	ID, ARN string
	// Domain is its own name, under cloudfront.net.
	Domain string
	// CertificateARN is the ACM certificate for viewers, "" for CloudFront's own.
	CertificateARN string
	// MinimumProtocol is the security policy, such as TLSv1.2_2021.
	MinimumProtocol string
	// HTTP2 says whether viewers may use HTTP/2.
	HTTP2 bool
	// DefaultRootObject is what a request for / gets; "" for nothing special.
	DefaultRootObject string
	// Allowed are the countries that alone are answered, Blocked those that are not; nil
	// for no such list.
	Allowed, Blocked []string
	// Behaviors are in the order they are tried; the last matches everything.
	Behaviors []Behavior
	// Errors are the custom error responses.
	Errors []ErrorResponse
	// Purges are the paths of all completed invalidations, in their order. It
	// only grows: what was cached when it had length n is subject to Purges[n:].
	Purges []string
}

// Behavior is how requests for a path pattern are treated.
type Behavior struct {
	// PathPattern has the wildcards * and ?; the default behaviour's is *.
	PathPattern string
	// ViewerProtocol is allow-all, https-only or redirect-to-https.
	ViewerProtocol string
	// Methods are allowed, CachedMethods answered from the cache.
	Methods, CachedMethods []string
	// Origins are tried in order; more than one in an origin group.
	Origins []Origin
	// FailoverOn are the statuses upon which the next origin is tried.
	FailoverOn []int
	// Key is what of a request distinguishes cached answers.
	Key CacheKey
	// ForwardHeaders are headers sent to the origin that are not in the key.
	ForwardHeaders Selection
	// ForwardCookies and ForwardQueries are sent to the origin likewise.
	ForwardCookies, ForwardQueries Selection
	// MinTTL, DefaultTTL and MaxTTL bound how long an answer is fresh.
	MinTTL, DefaultTTL, MaxTTL time.Duration
	// Compress says whether the edge compresses what the key allows it to.
	Compress bool
	// ResponseHeaders are changes to the answer's headers; nil for none.
	ResponseHeaders *ResponseHeaders
	// Signed says that only viewers with a signed URL or cookie are answered, and
	// SigningKeys whose signatures count: public keys in PEM, by id.
	Signed      bool
	SigningKeys map[string]string
	// RequestFunction and ResponseFunction are the code that runs when a viewer asks and
	// before he is answered, "" for none.
	RequestFunction, ResponseFunction string
	// Lambda says that a Lambda function is to run, which no edge here can.
	Lambda bool
}

// Origin is where answers come from.
type Origin struct {
	// Domain is the configured name, Path what is put before a request's path.
	Domain, Path string
	// Bucket and Region are those of an S3 origin; Region is "" in a global name.
	Bucket, Region string
	// Sign says whether requests are signed for the origin access control;
	// KeepAuthorization that a viewer's own Authorization goes first.
	Sign, KeepAuthorization bool
	// AccessIdentity is the id of the origin access identity that requests are
	// signed for, "" for none. It takes the place of Sign in older distributions.
	AccessIdentity string
	// Attempts is how often the origin is asked, ReadTimeout how long it is
	// waited for each time; 0 is once, and 30 seconds.
	Attempts    int
	ReadTimeout time.Duration
	// Headers are added to every request.
	Headers map[string]string
	// Shield is the region of the Origin Shield in front of it, "" for none.
	Shield string
}

// CacheKey is what of a request is in the cache key beside host and path.
type CacheKey struct {
	// Headers, Cookies and Queries select by name.
	Headers, Cookies, Queries Selection
	// Gzip and Brotli say which encodings a normalised Accept-Encoding keeps.
	Gzip, Brotli bool
}

// Selection selects by name. Its mode is none, whitelist, allExcept or all.
type Selection struct {
	// Mode is none, whitelist, allExcept or all.
	Mode string
	// Names are those of the modes whitelist and allExcept.
	Names []string
}

// Has says whether a header is selected, in any case.
func (s Selection) Has(name string) bool {
	return s.selects(slices.ContainsFunc(s.Names, func(n string) bool { return strings.EqualFold(n, name) }))
}

// HasExactly says whether a cookie or a query parameter is selected, whose case counts
// ("Cache content based on query string parameters").
func (s Selection) HasExactly(name string) bool { return s.selects(slices.Contains(s.Names, name)) }

func (s Selection) selects(named bool) bool {
	return s.Mode == "all" || s.Mode == "whitelist" && named || s.Mode == "allExcept" && !named
}

// ErrorResponse is what a viewer gets for an error of the origin.
type ErrorResponse struct {
	// Status is the origin's.
	Status int
	// PagePath and PageStatus replace it; "" and 0 to pass it on.
	PagePath   string
	PageStatus int
	// MinTTL is how long the error is cached at least.
	MinTTL time.Duration
}

// defaultErrorTTL is how long errors are cached when nothing else is said.
const defaultErrorTTL = 10 * time.Second

// ForHost finds the enabled distribution that answers for a host: the one with
// that very alias, else the one with a wildcard in place of its first label,
// else the one whose own domain name it is.
func (s *Service) ForHost(host string) (View, bool) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	_, parent, _ := strings.Cut(host, ".")
	now := s.now()
	for _, name := range []string{host, "*." + parent} {
		for _, d := range s.distributions {
			c := d.serving(now)
			has := slices.ContainsFunc(c.Aliases.Items, func(a string) bool { return strings.EqualFold(a, name) })
			if c.Enabled && (has || d.Domain == name) {
				d.settle(now)
				return s.view(d, c), true
			}
		}
	}
	return View{}, false
}

func (s *Service) view(d *distribution, c *distributionConfig) View {
	v := View{
		ID: d.ID, ARN: d.arn(), Domain: d.Domain,
		CertificateARN:    c.ViewerCertificate.ACMCertificateArn,
		MinimumProtocol:   c.ViewerCertificate.MinimumProtocolVersion,
		HTTP2:             c.HttpVersion == "http2" || c.HttpVersion == "http2and3",
		DefaultRootObject: c.DefaultRootObject,
		Purges:            slices.Clip(d.purges),
	}
	switch g := c.Restrictions.GeoRestriction; g.RestrictionType {
	case "whitelist":
		v.Allowed = g.Items
	case "blacklist":
		v.Blocked = g.Items
	}
	for _, b := range c.behaviors() {
		v.Behaviors = append(v.Behaviors, s.viewBehavior(d.Account, c, b))
	}
	for _, r := range c.CustomErrorResponses.Items {
		e := ErrorResponse{Status: r.ErrorCode, PagePath: r.ResponsePagePath, MinTTL: defaultErrorTTL}
		for _, digit := range r.ResponseCode {
			e.PageStatus = e.PageStatus*10 + int(digit-'0')
		}
		if r.ErrorCachingMinTTL != nil {
			e.MinTTL = time.Duration(*r.ErrorCachingMinTTL) * time.Second
		}
		v.Errors = append(v.Errors, e)
	}
	return v
}

func (s *Service) viewBehavior(account string, c *distributionConfig, b *cacheBehavior) Behavior {
	v := Behavior{
		PathPattern:    cmp.Or(b.PathPattern, "*"),
		ViewerProtocol: b.ViewerProtocolPolicy,
		Methods:        b.AllowedMethods.Items,
		CachedMethods:  b.AllowedMethods.CachedMethods.Items,
		Compress:       b.Compress,
		Signed:         b.TrustedKeyGroups.Enabled || b.TrustedSigners.Enabled,
		SigningKeys:    s.signingKeys(account, b),
		Lambda:         len(b.LambdaFunctionAssociations.Items) > 0,

		RequestFunction: s.published(b, "viewer-request"), ResponseFunction: s.published(b, "viewer-response"),
	}
	v.Origins, v.FailoverOn = s.viewOrigins(account, c, b.TargetOriginId)
	if p := s.cachePolicies.config(account, b.CachePolicyId); p != nil {
		v.cacheBy(p)
	} else {
		v.cacheByForwardedValues(b)
	}
	if p := s.originRequestPolicies.config(account, b.OriginRequestPolicyId); p != nil {
		v.ForwardHeaders = selection(p.HeadersConfig.HeaderBehavior, p.HeadersConfig.Headers)
		v.ForwardCookies = selection(p.CookiesConfig.CookieBehavior, p.CookiesConfig.Cookies)
		v.ForwardQueries = selection(p.QueryStringsConfig.QueryStringBehavior, p.QueryStringsConfig.QueryStrings)
	}
	if p := s.responsePolicies.config(account, b.ResponseHeadersPolicyId); p != nil {
		v.ResponseHeaders = responseHeaders(p)
	}
	return v
}

func (v *Behavior) cacheBy(p *cachePolicyConfig) {
	k := p.ParametersInCacheKeyAndForwardedToOrigin
	v.Key = CacheKey{
		Headers: selection(k.HeadersConfig.HeaderBehavior, k.HeadersConfig.Headers),
		Cookies: selection(k.CookiesConfig.CookieBehavior, k.CookiesConfig.Cookies),
		Queries: selection(k.QueryStringsConfig.QueryStringBehavior, k.QueryStringsConfig.QueryStrings),
		Gzip:    k.EnableAcceptEncodingGzip, Brotli: k.EnableAcceptEncodingBrotli,
	}
	v.MinTTL, v.DefaultTTL, v.MaxTTL = seconds(p.MinTTL), seconds(p.DefaultTTL), seconds(p.MaxTTL)
}

// cacheByForwardedValues is caching as it was before there were policies. All
// headers in the key (`*`) means that nothing is cached.
func (v *Behavior) cacheByForwardedValues(b *cacheBehavior) {
	f := b.ForwardedValues
	v.Key = CacheKey{Cookies: selection(f.Cookies.Forward, f.Cookies.WhitelistedNames), Gzip: b.Compress}
	if f.QueryString {
		v.Key.Queries, v.ForwardQueries = selection("all", nil), selection("all", nil)
		if len(f.QueryStringCacheKeys.Items) > 0 {
			v.Key.Queries = selection("whitelist", f.QueryStringCacheKeys)
		}
	}
	v.MinTTL, v.DefaultTTL, v.MaxTTL = seconds(b.MinTTL), seconds(b.DefaultTTL), seconds(b.MaxTTL)
	switch {
	case slices.Contains(f.Headers.Items, "*"):
		v.ForwardHeaders = selection("all", nil)
		v.MinTTL, v.DefaultTTL, v.MaxTTL = 0, 0, 0
	case len(f.Headers.Items) > 0:
		v.Key.Headers = selection("whitelist", f.Headers)
	}
}

// viewOrigins resolves a target: an origin, or the members of an origin group.
func (s *Service) viewOrigins(account string, c *distributionConfig, target string) (found []Origin, failoverOn []int) {
	ids := []string{target}
	for _, g := range c.OriginGroups.Items {
		if g.Id == target {
			ids = nil
			for _, member := range g.Members.Items {
				ids = append(ids, member.OriginId)
			}
			failoverOn = g.FailoverCriteria.StatusCodes.Items
		}
	}
	for _, id := range ids {
		for _, o := range c.Origins.Items {
			if o.Id == id {
				found = append(found, s.viewOrigin(account, o))
			}
		}
	}
	return found, failoverOn
}

func (s *Service) viewOrigin(account string, o *origin) Origin {
	v := Origin{Domain: o.DomainName, Path: o.OriginPath, AccessIdentity: o.accessIdentity(), Headers: map[string]string{}}
	v.Bucket, v.Region, _ = bucketOf(o.DomainName)
	v.Attempts, v.ReadTimeout = *o.ConnectionAttempts, time.Duration(o.readTimeout())*time.Second
	if control := s.accessControls.config(account, o.OriginAccessControlId); control != nil {
		v.Sign = control.SigningBehavior != "never"
		v.KeepAuthorization = control.SigningBehavior == "no-override"
	}
	if o.OriginShield.Enabled {
		v.Shield = o.OriginShield.OriginShieldRegion
	}
	for _, h := range o.CustomHeaders.Items {
		v.Headers[h.HeaderName] = h.HeaderValue
	}
	return v
}

// selection brings the API's several spellings of a selection into one.
func selection(behavior string, selected *names) Selection {
	s := Selection{Mode: behavior}
	if selected != nil {
		s.Names = selected.Items
	}
	if behavior == "allViewer" || behavior == "allViewerAndWhitelistCloudFront" {
		s.Mode = "all"
	}
	return s
}

func seconds(n *int64) time.Duration { return time.Duration(*n) * time.Second }
