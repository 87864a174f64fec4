package s3

import (
	"encoding/xml"
	"net/http"

	"imagecdn/localaws/api"
	"imagecdn/localaws/s3/policy"
)

func (s *Service) getBucketPolicy(c *call) (*api.Response, error) {
	text := c.bucket.policy()
	if text == "" {
		return nil, noSuchBucketPolicy(c.name)
	}
	return &api.Response{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(text)}, nil
}

func noSuchBucketPolicy(bucket string) error {
	return refuse(http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist", "BucketName", bucket)
}

func (s *Service) putBucketPolicy(c *call) (*api.Response, error) {
	d, err := policy.Parse(c.body)
	if err == nil {
		err = d.Validate(c.name)
	}
	if err != nil {
		return nil, api.Refuse("MalformedPolicy", "%v", err)
	}
	if d.Public() && c.bucket.PublicAccess != nil && c.bucket.PublicAccess.BlockPublicPolicy {
		return nil, api.RefuseStatus(http.StatusForbidden, "AccessDenied",
			"User: %s is not authorized to perform: s3:PutBucketPolicy on resource: %q because public policies are blocked"+
				" by the BlockPublicPolicy block public access setting.", c.Caller.ARN, c.bucket.arn())
	}
	c.bucket.setPolicy(string(c.body))
	return noContent(), nil
}

func (s *Service) deleteBucketPolicy(c *call) (*api.Response, error) {
	c.bucket.setPolicy("")
	return noContent(), nil
}

func (s *Service) getBucketPolicyStatus(c *call) (*api.Response, error) {
	d := c.bucket.document()
	if d == nil {
		return nil, noSuchBucketPolicy(c.name)
	}
	return api.XML(http.StatusOK, struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ PolicyStatus"`
		IsPublic string
	}{IsPublic: map[bool]string{true: "TRUE", false: "FALSE"}[d.Public()]}, nil)
}
