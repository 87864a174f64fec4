package s3

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/s3/policy"
)

// FetchRequest is what CloudFront asks of a bucket that is its origin.
type FetchRequest struct {
	Bucket string
	// Region is the one in the name of the endpoint; "" is the global name.
	Region string
	// Key is the object's key, decoded and without the slash before it; "" asks
	// for a list of the bucket.
	Key string
	// Method is GET, HEAD or OPTIONS.
	Method string
	// Header are the request's headers: Range, conditions, Origin and those of a
	// preflight matter.
	Header http.Header
	// DistributionARN is the distribution that fetches.
	DistributionARN string
	// Signed says whether an origin access control signs the request. Unsigned,
	// CloudFront is as anonymous as anybody.
	Signed bool
}

// Fetch answers a request of CloudFront by the rules that S3 applies to it. Call
// it with the world's lock held; the body may be read, and must be closed, after.
//
// See "Restrict access to an Amazon S3 origin" in the CloudFront Developer Guide.
func (s *Service) Fetch(f FetchRequest) (status int, header http.Header, body io.ReadCloser) {
	status, header, body, err := s.fetch(f)
	if err != nil {
		status, header, body = errorAnswer(f, err)
	}
	if f.Method == http.MethodHead {
		_ = body.Close() // nothing was written
		body = http.NoBody
	}
	return status, header, body
}

func (s *Service) fetch(f FetchRequest) (int, http.Header, io.ReadCloser, error) {
	b := s.seen(f.Bucket)
	if b == nil {
		return 0, nil, nil, noSuchBucket(f.Bucket)
	}
	if status := s.misdirected(b, f.Region); status != 0 {
		header := http.Header{"X-Amz-Bucket-Region": {b.Region}, "Content-Type": {"application/xml"}, "Server": {"AmazonS3"}}
		if status == http.StatusTemporaryRedirect {
			header.Set("Location", "https://"+b.Name+".s3."+b.Region+".amazonaws.com/"+(&url.URL{Path: f.Key}).EscapedPath())
		}
		return status, header, http.NoBody, nil
	}
	if f.Method == http.MethodOptions {
		header, err := b.preflight(f.Header)
		return http.StatusOK, header, http.NoBody, err
	}
	if f.Method != http.MethodGet && f.Method != http.MethodHead {
		return 0, nil, nil, api.RefuseStatus(http.StatusMethodNotAllowed, "MethodNotAllowed",
			"The specified method is not allowed against this resource.")
	}
	if f.Key == "" {
		return s.fetchList(b, f)
	}
	if !s.lets(b, f, "s3:GetObject") {
		return 0, nil, nil, accessDenied()
	}
	v := b.current(f.Key)
	if v == nil {
		if s.lets(b, f, "s3:ListBucket") {
			return 0, nil, nil, noSuchKey(f.Key)
		}
		return 0, nil, nil, accessDenied()
	}
	if usesKMS(v.SSE) {
		return 0, nil, nil, withoutKey(f, v)
	}
	return s.fetchVersion(b, v, f)
}

// misdirected is the status of the redirect that a bucket called by another
// region's name is answered with, or by the global name while the world does not
// know of it yet ("Making requests", "Request redirection"); 0 is none.
func (s *Service) misdirected(b *bucket, region string) int {
	switch {
	case region != "" && region != b.Region:
		return http.StatusMovedPermanently
	case region == "" && b.Region != homeRegion && s.env.Now().Before(b.Created.Add(s.env.Delays.GlobalName)):
		return http.StatusTemporaryRedirect
	}
	return 0
}

func (s *Service) fetchVersion(b *bucket, v *version, f FetchRequest) (int, http.Header, io.ReadCloser, error) {
	part, err := v.choose(f.Header)
	if err != nil {
		return 0, nil, nil, err
	}
	header := http.Header{"Server": {"AmazonS3"}}
	v.describe(header)
	v.announce(part, header)
	b.identify(v, header)
	b.share(f.Header, f.Method, header)
	if part.length == 0 {
		return part.status, header, http.NoBody, nil
	}
	body, err := s.blobs.open(v.Blob, part.from, part.length)
	return part.status, header, body, err
}

// fetchList answers for the bucket itself: whoever grants s3:ListBucket to
// CloudFront shows everyone its list, unless a default root object hides it.
func (s *Service) fetchList(b *bucket, f FetchRequest) (int, http.Header, io.ReadCloser, error) {
	if !s.lets(b, f, "s3:ListBucket") {
		return 0, nil, nil, accessDenied()
	}
	c := &call{name: b.Name, bucket: b}
	l, err := c.newListing("")
	if err != nil {
		return 0, nil, nil, err
	}
	l.fill(b)
	text, err := xml.Marshal(l.result(c, false))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("writing the list of %s: %w", b.Name, err)
	}
	header := http.Header{"Server": {"AmazonS3"}, "Content-Type": {"application/xml"}}
	return http.StatusOK, header, io.NopCloser(strings.NewReader(xml.Header + string(text))), nil
}

// lets says whether the policy lets CloudFront do something.
func (s *Service) lets(b *bucket, f FetchRequest, action string) bool {
	r := policy.Request{Action: action, Resource: b.arn(), Context: surroundings(s.env.Now())}
	if action == "s3:GetObject" {
		r.Resource += "/" + f.Key
	}
	if !f.Signed {
		return b.letsIn(r)
	}
	// An origin access control works only where the bucket's owner owns every object.
	if b.Ownership != bucketOwnerEnforced && b.Ownership != bucketOwnerPreferred {
		return false
	}
	r.Caller = policy.Caller{Kind: "Service", Value: "cloudfront.amazonaws.com"}
	r.Context["aws:sourcearn"] = []string{f.DistributionARN}
	r.Context["aws:sourceaccount"] = []string{api.AccountOf(f.DistributionARN)}
	r.Context["aws:principalisawsservice"] = []string{"true"}
	r.Context["aws:principalservicename"] = []string{"cloudfront.amazonaws.com"}
	return b.letsIn(r)
}

// withoutKey refuses an object that is encrypted with a KMS key: there is no KMS
// here whose key policy could let CloudFront decrypt.
func withoutKey(f FetchRequest, v *version) error {
	if !f.Signed {
		return invalidArgument("Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
			"Authorization", "null")
	}
	return api.RefuseStatus(http.StatusForbidden, "AccessDenied",
		"User: cloudfront.amazonaws.com is not authorized to perform: kms:Decrypt on resource: %s "+
			"because no resource-based policy allows the kms:Decrypt action", v.KMSKey)
}

// errorAnswer is a refusal as S3 puts it.
func errorAnswer(f FetchRequest, err error) (int, http.Header, io.ReadCloser) {
	document := errorDocument{Code: "InternalError", Message: "We encountered an internal error. Please try again."}
	status := http.StatusInternalServerError
	var refusal *api.Error
	if errors.As(err, &refusal) {
		document, status = errorDocument{Code: refusal.Code, Message: refusal.Message}, refusal.Status
		switch refusal.Code {
		case "NoSuchKey":
			document.Key = f.Key
		case "NoSuchBucket":
			document.Bucket = f.Bucket
		}
	}
	if status == 0 {
		status = http.StatusBadRequest
	}
	text, err := xml.Marshal(document)
	if err != nil {
		text = nil // cannot happen with a struct of strings
	}
	header := http.Header{"Content-Type": {"application/xml"}, "Server": {"AmazonS3"}}
	return status, header, io.NopCloser(strings.NewReader(xml.Header + string(text)))
}
