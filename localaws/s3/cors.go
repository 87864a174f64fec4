package s3

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"imagecdn/localaws/api"
)

// corsConfiguration says which origins' pages may use the bucket.
type corsConfiguration struct {
	XMLName xml.Name   `xml:"CORSConfiguration" json:"-"`
	Rules   []corsRule `xml:"CORSRule" json:"rules"`
}

type corsRule struct {
	ID            string   `xml:"ID,omitempty" json:"id,omitempty"`
	AllowedOrigin []string `json:"allowedOrigins"`
	AllowedMethod []string `json:"allowedMethods"`
	AllowedHeader []string `xml:",omitempty" json:"allowedHeaders,omitempty"`
	ExposeHeader  []string `xml:",omitempty" json:"exposeHeaders,omitempty"`
	MaxAgeSeconds *int     `xml:",omitempty" json:"maxAgeSeconds,omitempty"`
}

func (s *Service) getCORS(c *call) (*api.Response, error) {
	if c.bucket.CORS == nil {
		return nil, refuse(http.StatusNotFound, "NoSuchCORSConfiguration", "The CORS configuration does not exist", "BucketName", c.name)
	}
	return api.XML(http.StatusOK, c.bucket.CORS, nil)
}

func (s *Service) putCORS(c *call) (*api.Response, error) {
	in := &corsConfiguration{}
	if err := c.decode(in); err != nil {
		return nil, err
	}
	if len(in.Rules) == 0 || len(in.Rules) > 100 {
		return nil, malformedXML()
	}
	for _, rule := range in.Rules {
		if len(rule.AllowedOrigin) == 0 || len(rule.AllowedMethod) == 0 {
			return nil, malformedXML()
		}
		for _, m := range rule.AllowedMethod {
			if !slices.Contains([]string{get, put, post, del, head}, m) {
				return nil, api.Refuse("InvalidRequest", "Found unsupported HTTP method in CORS config. Unsupported method is %s", m)
			}
		}
	}
	in.XMLName = xml.Name{}
	c.bucket.CORS = in
	return &api.Response{}, nil
}

func (s *Service) deleteCORS(c *call) (*api.Response, error) {
	c.bucket.CORS = nil
	return noContent(), nil
}

// allows says whether the rule is for a request of an origin's page: its method,
// and the headers a preflight announces.
func (r *corsRule) allows(origin, method, headers string) bool {
	if !slices.Contains(r.AllowedMethod, method) || r.origin(origin) == "" {
		return false
	}
	for h := range strings.SplitSeq(headers, ",") {
		name := strings.ToLower(strings.TrimSpace(h))
		matches := func(pattern string) bool { return oneStar(strings.ToLower(pattern), name) }
		if name != "" && !slices.ContainsFunc(r.AllowedHeader, matches) {
			return false
		}
	}
	return true
}

// origin is what the rule answers to an origin: itself, * where all may, or ""
// if it may not.
func (r *corsRule) origin(origin string) string {
	for _, allowed := range r.AllowedOrigin {
		if allowed == "*" {
			return "*"
		}
		if oneStar(allowed, origin) {
			return origin
		}
	}
	return ""
}

// oneStar matches a pattern in which at most one star stands for anything.
func oneStar(pattern, text string) bool {
	before, after, found := strings.Cut(pattern, "*")
	if !found {
		return pattern == text
	}
	return len(text) >= len(before)+len(after) && strings.HasPrefix(text, before) && strings.HasSuffix(text, after)
}

// share adds to an answer what the first rule that fits lets the page of the
// request's origin do with it. It reports whether there was one.
func (b *bucket) share(request http.Header, method string, answer http.Header) bool {
	origin, headers := request.Get("Origin"), request.Get("Access-Control-Request-Headers")
	if origin == "" || b.CORS == nil {
		return false
	}
	i := slices.IndexFunc(b.CORS.Rules, func(r corsRule) bool { return r.allows(origin, method, headers) })
	if i < 0 {
		return false
	}
	rule := b.CORS.Rules[i]
	answer.Set("Access-Control-Allow-Origin", rule.origin(origin))
	if rule.origin(origin) != "*" {
		answer.Set("Access-Control-Allow-Credentials", "true")
	}
	answer.Set("Access-Control-Allow-Methods", strings.Join(rule.AllowedMethod, ", "))
	if headers != "" {
		answer.Set("Access-Control-Allow-Headers", strings.ToLower(headers))
	}
	if len(rule.ExposeHeader) > 0 {
		answer.Set("Access-Control-Expose-Headers", strings.Join(rule.ExposeHeader, ", "))
	}
	if rule.MaxAgeSeconds != nil {
		answer.Set("Access-Control-Max-Age", strconv.Itoa(*rule.MaxAgeSeconds))
	}
	answer.Set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
	return true
}

// preflight answers a browser's question whether a page may make a request. It
// needs no permission, as browsers send it without credentials.
func (b *bucket) preflight(request http.Header) (http.Header, error) {
	if request.Get("Origin") == "" {
		return nil, api.Refuse("BadRequest", "Insufficient information. Origin request header needed.")
	}
	if b.CORS == nil {
		return nil, api.RefuseStatus(http.StatusForbidden, "AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.")
	}
	answer := http.Header{}
	if !b.share(request, request.Get("Access-Control-Request-Method"), answer) {
		return nil, api.RefuseStatus(http.StatusForbidden, "AccessForbidden",
			"CORSResponse: This CORS request is not allowed. This is usually because the evaluation of Origin, request method / "+
				"Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.")
	}
	return answer, nil
}

func (s *Service) preflightObject(c *call) (*api.Response, error) {
	header, err := c.bucket.preflight(c.HTTP.Header)
	if err != nil {
		return nil, err
	}
	return &api.Response{Header: header}, nil
}
