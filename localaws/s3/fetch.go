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
	"imagecdn/localaws/policy"
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
	// Query is the query that is forwarded, as it was written; "" for none.
	Query string
	// Signed says whether an origin access control or identity signs the
	// request. Unsigned, CloudFront is as anonymous as anybody.
	Signed bool
	// Identity is the id of the origin access identity that signs; "" for an
	// origin access control.
	Identity string
}

func (f FetchRequest) query() url.Values {
	query, _ := url.ParseQuery(f.Query) // what is malformed in it names no parameter
	return query
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
	switch r := f.route(); r.name {
	case "GetObject", "HeadObject":
		return s.fetchObject(b, f)
	case "ListObjects", "ListObjectsV2", "HeadBucket":
		return s.fetchList(b, f)
	default:
		// A forwarded query asks S3 for whatever it can be asked for.
		if !s.lets(b, f, r.permission()) {
			return 0, nil, nil, b.refused(s.fetchPolicyRequest(b, f, r.permission()))
		}
		return 0, nil, nil, notImplemented(r.name + " through CloudFront")
	}
}

// route is the operation that a request is for.
func (f FetchRequest) route() *route {
	c := &call{Request: &api.Request{HTTP: &http.Request{Header: f.Header}}, query: f.query()}
	l := onObject
	if f.Key == "" {
		l = onBucket
	}
	for i := range routes {
		if routes[i].matches(f.Method, l, c) {
			return &routes[i]
		}
	}
	return &route{name: f.Method}
}

func (s *Service) fetchObject(b *bucket, f FetchRequest) (int, http.Header, io.ReadCloser, error) {
	query := f.query()
	action := "s3:GetObject"
	if query.Has("versionId") {
		action = versioned(action)
	}
	switch {
	case f.Signed && query.Has("X-Amz-Algorithm"):
		return 0, nil, nil, invalidArgument("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "+
			"Signature query string parameter or the Authorization header should be specified", "Authorization", "")
	case !s.lets(b, f, action):
		return 0, nil, nil, b.refused(s.fetchPolicyRequest(b, f, action))
	}
	c := &call{key: f.Key, bucket: b, query: query}
	v, err := c.find()
	switch {
	case err == nil && v == nil && s.lets(b, f, "s3:ListBucket"):
		return 0, nil, nil, noSuchKey(f.Key)
	case err == nil && v == nil:
		return 0, nil, nil, accessDenied()
	case err != nil:
		return 0, nil, nil, err
	case usesKMS(v.SSE):
		if err := s.decrypt(b, v, f); err != nil {
			return 0, nil, nil, err
		}
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
	part, err := v.choose(f.Header, f.query().Get("partNumber"))
	if err != nil {
		return 0, nil, nil, err
	}
	header := http.Header{"Server": {"AmazonS3"}}
	v.describe(header)
	v.announce(part, header)
	b.identify(v, header)
	b.share(f.Header, f.Method, header)
	if err := override(header, f.query(), f.Signed); err != nil {
		return 0, nil, nil, err
	}
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
		return 0, nil, nil, b.refused(s.fetchPolicyRequest(b, f, "s3:ListBucket"))
	}
	c := &call{name: b.Name, bucket: b, query: f.query()}
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
	// An origin access control works only where the bucket's owner owns every
	// object ("Restrict access to an Amazon S3 origin").
	control := f.Signed && f.Identity == ""
	if control && b.Ownership != bucketOwnerEnforced && b.Ownership != bucketOwnerPreferred {
		return false
	}
	return b.letsIn(s.fetchPolicyRequest(b, f, action))
}

func (s *Service) fetchPolicyRequest(b *bucket, f FetchRequest, action string) policy.Request {
	r := policy.Request{Action: action, Resource: b.arn(), Context: b.surroundings(s.env.Now())}
	if f.Key != "" && action != "s3:ListBucket" {
		r.Resource = resource(b.Name, f.Key)
		b.tagKeys(r.Context, action, f.Key, f.query().Get("versionId"))
	}
	switch {
	case !f.Signed:
	case f.Identity != "":
		s.asIdentity(&r, f)
	default:
		asService(&r, f)
	}
	return r
}

// asService is a request that an origin access control signs.
func asService(r *policy.Request, f FetchRequest) {
	r.Caller = policy.Caller{Kind: "Service", Value: cloudFrontService}
	r.Unjudged = []string{"s3:x-amz-content-sha256", "aws:principaltype", "aws:userid"}
	cloudFrontKeys(r.Context, f)
	for key, value := range map[string]string{
		"aws:sourcearn": f.DistributionARN, "aws:sourceaccount": api.AccountOf(f.DistributionARN),
		"aws:principalisawsservice": "true", "aws:principalservicename": cloudFrontService,
		"aws:principalservicenameslist": cloudFrontService,
	} {
		r.Context[key] = []string{value}
	}
}

const cloudFrontService = "cloudfront.amazonaws.com"

// asIdentity is a request that an origin access identity signs.
func (s *Service) asIdentity(r *policy.Request, f FetchRequest) {
	r.Caller = policy.Caller{Kind: "AWS", Value: identityARN(f.Identity), CanonicalUser: s.identities()[f.Identity]}
	r.Unjudged = []string{"s3:x-amz-content-sha256", "aws:principaltype", "aws:userid", "aws:principalaccount", "aws:username"}
	cloudFrontKeys(r.Context, f)
	r.Context["aws:principalarn"] = []string{r.Caller.Value}
	r.Context["aws:principalisawsservice"] = []string{"false"}
}

// identityARN is how a policy names an origin access identity.
func identityARN(id string) string {
	return "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity " + id
}

// decrypt refuses an object under a key that the distribution may not use. An origin
// access identity may use none ("Restrict access to an Amazon S3 origin").
func (s *Service) decrypt(b *bucket, v *version, f FetchRequest) error {
	if !f.Signed || f.Identity != "" {
		return unsignedKey()
	}
	r := s.fetchPolicyRequest(b, f, "kms:Decrypt")
	return useKey(s.keys, b, f.Key, v, r, func(policy.Request) policy.Decision { return policy.NoMatch })
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
