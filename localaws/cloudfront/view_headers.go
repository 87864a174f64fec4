package cloudfront

import (
	"fmt"
	"slices"
	"strings"
)

// ResponseHeaders is a response headers policy, ready to be applied.
type ResponseHeaders struct {
	// Cors answers requests with an Origin; nil for none.
	Cors *Cors
	// Set are the security and custom headers.
	Set []HeaderValue
	// Remove are the origin's headers that viewers do not get.
	Remove []string
	// ServerTiming says whether the answer tells how the edge came by it;
	// ServerTimingRate is in how many percent of the answers.
	ServerTiming     bool
	ServerTimingRate float64
}

// HeaderValue is a header that the policy sets.
type HeaderValue struct {
	// Name and Value are the header's.
	Name, Value string
	// Override says whether it replaces what the origin sent.
	Override bool
}

// Cors is how cross-origin requests are answered.
type Cors struct {
	// Origins are the origins allowed, `*` for all, with `*` for a label.
	Origins []string
	// Headers, Methods and Expose are lists of the answer's headers.
	Headers, Methods, Expose []string
	// Credentials allows requests with credentials.
	Credentials bool
	// MaxAge is how long a preflight holds, in seconds; nil to leave it open.
	MaxAge *int
	// Override says whether the origin's own CORS headers are replaced.
	Override bool
}

func responseHeaders(p *responseHeadersPolicyConfig) *ResponseHeaders {
	v := &ResponseHeaders{Set: securityHeaders(p.SecurityHeadersConfig)}
	if c := p.CorsConfig; c != nil {
		v.Cors = &Cors{
			Origins: c.AccessControlAllowOrigins.Items, Headers: c.AccessControlAllowHeaders.Items,
			Methods: c.AccessControlAllowMethods.Items, Credentials: c.AccessControlAllowCredentials,
			MaxAge: c.AccessControlMaxAgeSec, Override: c.OriginOverride,
		}
		if slices.Contains(v.Cors.Methods, "ALL") {
			v.Cors.Methods = []string{"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}
		}
		if c.AccessControlExposeHeaders != nil {
			v.Cors.Expose = c.AccessControlExposeHeaders.Items
		}
	}
	if c := p.CustomHeadersConfig; c != nil {
		for _, h := range c.Items {
			v.Set = append(v.Set, HeaderValue{h.Header, h.Value, h.Override})
		}
	}
	if c := p.RemoveHeadersConfig; c != nil {
		for _, h := range c.Items {
			v.Remove = append(v.Remove, h.Header)
		}
	}
	if t := p.ServerTimingHeadersConfig; t != nil {
		v.ServerTiming = t.Enabled
		if t.SamplingRate != nil {
			v.ServerTimingRate = *t.SamplingRate
		}
	}
	return v
}

func securityHeaders(c *securityHeadersConfig) []HeaderValue {
	if c == nil {
		return nil
	}
	var set []HeaderValue
	add := func(name, value string, override bool) { set = append(set, HeaderValue{name, value, override}) }
	if x := c.XSSProtection; x != nil {
		add("X-Xss-Protection", x.value(), x.Override)
	}
	if f := c.FrameOptions; f != nil {
		add("X-Frame-Options", f.FrameOption, f.Override)
	}
	if p := c.ReferrerPolicy; p != nil {
		add("Referrer-Policy", p.ReferrerPolicy, p.Override)
	}
	if p := c.ContentSecurityPolicy; p != nil {
		add("Content-Security-Policy", p.ContentSecurityPolicy, p.Override)
	}
	if o := c.ContentTypeOptions; o != nil {
		add("X-Content-Type-Options", "nosniff", o.Override)
	}
	if t := c.StrictTransportSecurity; t != nil {
		add("Strict-Transport-Security", t.value(), t.Override)
	}
	return set
}

func (x *xssProtection) value() string {
	switch {
	case !x.Protection:
		return "0"
	case x.ModeBlock:
		return "1; mode=block"
	case x.ReportUri != "":
		return "1; report=" + x.ReportUri
	}
	return "1"
}

func (t *strictTransportSecurity) value() string {
	parts := []string{fmt.Sprintf("max-age=%d", t.AccessControlMaxAgeSec)}
	if t.IncludeSubdomains {
		parts = append(parts, "includeSubDomains")
	}
	if t.Preload {
		parts = append(parts, "preload")
	}
	return strings.Join(parts, "; ")
}
