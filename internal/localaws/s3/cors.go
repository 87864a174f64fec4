package s3

import (
	"encoding/xml"
	"net/http"
	"slices"

	"imagecdn/internal/localaws/api"
)

// corsConfiguration is kept and given back. The answers to preflights are the
// business of the edge, through which browsers come.
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
