package s3

import (
	"encoding/xml"
	"net/http"

	"imagecdn/localaws/api"
)

// empty answers with an empty document, as S3 does where a setting was never made.
func empty(document string) handler {
	return func(*Service, *call) (*api.Response, error) {
		return api.XML(http.StatusOK, struct{ XMLName xml.Name }{xml.Name{Space: namespace, Local: document}}, nil)
	}
}

// absent answers 404 with the error S3 has for a setting that was never made.
func absent(code, message string) handler {
	return func(_ *Service, c *call) (*api.Response, error) {
		return nil, refuse(http.StatusNotFound, code, message, "BucketName", c.name)
	}
}

// nothingToDelete answers the deletion of a setting that cannot have been made.
func nothingToDelete(*Service, *call) (*api.Response, error) { return noContent(), nil }

func requestPayment(*Service, *call) (*api.Response, error) {
	return api.XML(http.StatusOK, struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ RequestPaymentConfiguration"`
		Payer   string
	}{Payer: "BucketOwner"}, nil)
}

func noLock(*Service, *call) (*api.Response, error) {
	return nil, api.Refuse("InvalidRequest", "Bucket is missing Object Lock Configuration")
}
