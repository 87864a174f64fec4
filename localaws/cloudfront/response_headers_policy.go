package cloudfront

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"imagecdn/localaws/api"
)

// responseHeadersPolicyConfig is ResponseHeadersPolicyConfig.
type responseHeadersPolicyConfig struct {
	Comment                   string
	Name                      string
	CorsConfig                *corsConfig
	SecurityHeadersConfig     *securityHeadersConfig
	ServerTimingHeadersConfig *serverTimingHeadersConfig
	CustomHeadersConfig       *responseCustomHeaders
	RemoveHeadersConfig       *removeHeaders
}

type corsConfig struct {
	AccessControlAllowOrigins     *corsOrigins
	AccessControlAllowHeaders     *corsHeaders
	AccessControlAllowMethods     *methods
	AccessControlAllowCredentials bool
	AccessControlExposeHeaders    *corsHeaders
	AccessControlMaxAgeSec        *int
	OriginOverride                bool
}

type corsOrigins struct {
	Quantity int
	Items    []string `xml:"Items>Origin,omitempty"`
}

type corsHeaders struct {
	Quantity int
	Items    []string `xml:"Items>Header,omitempty"`
}

type securityHeadersConfig struct {
	XSSProtection           *xssProtection
	FrameOptions            *frameOptions
	ReferrerPolicy          *referrerPolicy
	ContentSecurityPolicy   *contentSecurityPolicy
	ContentTypeOptions      *contentTypeOptions
	StrictTransportSecurity *strictTransportSecurity
}

type xssProtection struct {
	Override   bool
	Protection bool
	ModeBlock  bool
	ReportUri  string `xml:",omitempty"`
}

type frameOptions struct {
	Override    bool
	FrameOption string
}

type referrerPolicy struct {
	Override       bool
	ReferrerPolicy string
}

type contentSecurityPolicy struct {
	Override              bool
	ContentSecurityPolicy string
}

type contentTypeOptions struct {
	Override bool
}

type strictTransportSecurity struct {
	Override               bool
	IncludeSubdomains      bool
	Preload                bool
	AccessControlMaxAgeSec int
}

type serverTimingHeadersConfig struct {
	Enabled      bool
	SamplingRate *float64
}

type responseCustomHeaders struct {
	Quantity int
	Items    []responseCustomHeader `xml:"Items>ResponseHeadersPolicyCustomHeader,omitempty"`
}

type responseCustomHeader struct {
	Header   string
	Value    string
	Override bool
}

type removeHeaders struct {
	Quantity int
	Items    []removeHeader `xml:"Items>ResponseHeadersPolicyRemoveHeader,omitempty"`
}

type removeHeader struct {
	Header string
}

func (s *Service) newResponseHeadersPolicies() *catalogue[responseHeadersPolicyConfig] {
	return &catalogue[responseHeadersPolicyConfig]{
		kind: kind{
			name: "ResponseHeadersPolicy", plural: "ResponseHeadersPolicies", words: "response headers policy",
			path: "/response-headers-policy", newID: newUUID, quota: 20, tooMany: "TooManyResponseHeadersPolicies",
		},
		now:     s.now,
		items:   map[string]*item[responseHeadersPolicyConfig]{},
		managed: managedResponseHeadersPolicies(),
		nameOf:  func(c *responseHeadersPolicyConfig) string { return c.Name },
		check:   checkResponseHeadersPolicy,
		inUse:   s.anyBehavior(func(b *cacheBehavior) string { return b.ResponseHeadersPolicyId }),
		element: policyElement[responseHeadersPolicyConfig],
		list:    policyList[responseHeadersPolicyConfig],
	}
}

func checkResponseHeadersPolicy(c *responseHeadersPolicyConfig) error {
	if c.CorsConfig == nil && c.SecurityHeadersConfig == nil && c.ServerTimingHeadersConfig == nil &&
		c.CustomHeadersConfig == nil && c.RemoveHeadersConfig == nil {
		return api.Refuse("InvalidArgument", "The response headers policy must have at least one header configured.")
	}
	if err := checkCors(c.CorsConfig); err != nil {
		return err
	}
	if err := checkSecurityHeaders(c.SecurityHeadersConfig); err != nil {
		return err
	}
	if t := c.ServerTimingHeadersConfig; t != nil && t.SamplingRate != nil && (*t.SamplingRate < 0 || *t.SamplingRate > 100) {
		return api.Refuse("InvalidArgument", "The parameter SamplingRate must be a number between 0 and 100.")
	}
	if h := c.CustomHeadersConfig; h != nil && len(h.Items) > 10 {
		return api.Refuse("TooManyCustomHeadersInResponseHeadersPolicy", "The number of custom headers in the response headers policy exceeds the maximum.")
	}
	if h := c.RemoveHeadersConfig; h != nil && len(h.Items) > 10 {
		return api.Refuse("TooManyRemoveHeadersInResponseHeadersPolicy", "The number of headers in RemoveHeadersConfig in the response headers policy exceeds the maximum.")
	}
	if err := checkRemovals(c.RemoveHeadersConfig); err != nil {
		return err
	}
	return checkCustomHeaders(c.CustomHeadersConfig)
}

// checkRemovals refuses to remove what CloudFront or HTTP itself needs.
func checkRemovals(c *removeHeaders) error {
	if c == nil {
		return nil
	}
	for _, h := range c.Items {
		if !headerName.MatchString(h.Header) || among(keptHeaders, h.Header) {
			return api.Refuse("InvalidArgument", "The parameter RemoveHeadersConfig contains %q, which can't be removed.", h.Header)
		}
	}
	return nil
}

// allowedOrigin has a wildcard alone, or as the leftmost part of the domain
// ("Understand response headers policies").
var allowedOrigin = regexp.MustCompile(`^(\*|(https?://)?(\*\.)?[^*/?#\s]+)$`)

func checkCors(c *corsConfig) error {
	if c == nil {
		return nil
	}
	if c.AccessControlAllowOrigins == nil || c.AccessControlAllowHeaders == nil || c.AccessControlAllowMethods == nil {
		return api.Refuse("InvalidArgument", "The parameters AccessControlAllowOrigins, AccessControlAllowHeaders and AccessControlAllowMethods are required in CorsConfig.")
	}
	for _, origin := range c.AccessControlAllowOrigins.Items {
		if !allowedOrigin.MatchString(origin) {
			return api.Refuse("InvalidArgument", "The parameter Access-Control-Allow-Origin contains %q, which is not valid.", origin)
		}
	}
	for _, m := range c.AccessControlAllowMethods.Items {
		if err := oneOf("AccessControlAllowMethods", m, "GET", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "HEAD", "ALL"); err != nil {
			return err
		}
	}
	return nil
}

// longestCSP is in characters ("Understand response headers policies").
const longestCSP = 1783

func checkSecurityHeaders(c *securityHeadersConfig) error {
	if c == nil {
		return nil
	}
	if f := c.FrameOptions; f != nil {
		if err := oneOf("FrameOption", f.FrameOption, "DENY", "SAMEORIGIN"); err != nil {
			return err
		}
	}
	if x := c.XSSProtection; x != nil && x.ModeBlock && x.ReportUri != "" {
		return api.Refuse("InvalidArgument", "You can't specify a ReportUri when ModeBlock is true.")
	}
	if p := c.ContentSecurityPolicy; p != nil && utf8.RuneCountInString(p.ContentSecurityPolicy) > longestCSP {
		return api.Refuse("TooLongCSPInResponseHeadersPolicy", "The length of the Content-Security-Policy header value exceeds the maximum.")
	}
	if p := c.ReferrerPolicy; p != nil {
		return oneOf("ReferrerPolicy", p.ReferrerPolicy, "no-referrer", "no-referrer-when-downgrade", "origin",
			"origin-when-cross-origin", "same-origin", "strict-origin", "strict-origin-when-cross-origin", "unsafe-url")
	}
	return nil
}

// checkCustomHeaders refuses headers that have a place of their own in the policy.
func checkCustomHeaders(c *responseCustomHeaders) error {
	if c == nil {
		return nil
	}
	for _, h := range c.Items {
		switch name := strings.ToLower(h.Header); {
		case name == "":
			return api.Refuse("InvalidArgument", "The parameter CustomHeader contains an empty header name.")
		case strings.HasPrefix(name, "access-control-"), name == "strict-transport-security",
			name == "content-security-policy", name == "x-content-type-options", name == "x-frame-options",
			name == "x-xss-protection", name == "referrer-policy":
			return api.Refuse("InvalidArgument", "The parameter CustomHeader contains %s that is a security header and cannot be set as custom header.", h.Header)
		}
	}
	return nil
}
