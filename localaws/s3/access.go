package s3

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/api"
	"imagecdn/localaws/s3/policy"
)

// serve is what happens to every call before its handler: the bucket is found,
// the region and the permission checked, the payload taken out of its framing.
func (s *Service) serve(c *call) (*api.Response, error) {
	c.Resource = resource(c.name, c.key)
	if err := c.verifySignature(); err != nil {
		return nil, err
	}
	if c.route.name != "CreateBucket" && c.route.level != onService {
		answer, err := s.enter(c)
		if answer != nil || err != nil {
			return answer, err
		}
	} else if !c.Signed {
		return nil, accessDenied()
	}
	if err := c.readBody(); err != nil {
		return nil, err
	}
	return c.route.handle(s, c)
}

// verifySignature refuses what AWS no longer takes: signatures of version 2, for
// buckets made after June 2020, and presigned URLs that have expired. Signatures
// themselves are not computed, as any credentials are good here.
func (c *call) verifySignature() error {
	if c.query.Has("AWSAccessKeyId") || strings.HasPrefix(c.header("Authorization"), "AWS ") {
		return api.Refuse("InvalidRequest",
			"The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
	}
	if !c.query.Has("X-Amz-Expires") {
		return nil
	}
	from, errDate := time.Parse("20060102T150405Z", c.query.Get("X-Amz-Date"))
	seconds, errExpires := strconv.Atoi(c.query.Get("X-Amz-Expires"))
	if errDate != nil || errExpires != nil || seconds < 0 || seconds > 7*24*60*60 {
		return api.Refuse("AuthorizationQueryParametersError",
			"X-Amz-Date must be in the ISO8601 Long Format and X-Amz-Expires at most a week (in seconds) that is 604800")
	}
	if c.now.After(from.Add(time.Duration(seconds) * time.Second)) {
		return api.RefuseStatus(http.StatusForbidden, "AccessDenied", "Request has expired")
	}
	return nil
}

// enter finds the bucket and decides whether the caller may go on. An answer is
// one that the SDKs read headers from, which an error cannot carry.
func (s *Service) enter(c *call) (*api.Response, error) {
	b := s.buckets[c.name]
	if c.HTTP.Method == http.MethodGet || c.HTTP.Method == http.MethodHead {
		b = s.seen(c.name)
	}
	if b == nil {
		return nil, noSuchBucket(c.name)
	}
	c.bucket = b
	if c.Signed && c.Region != b.Region && c.route.name != "GetBucketLocation" {
		return wrongRegion(c)
	}
	if expected := c.header("X-Amz-Expected-Bucket-Owner"); expected != "" && expected != b.Account {
		return nil, accessDenied()
	}
	if c.route.name == preflightRoute || c.permitted() {
		return nil, c.ownersOnly()
	}
	if c.HTTP.Method == http.MethodHead {
		// The region of a bucket is no secret: GetBucketRegion of the SDKs asks
		// for it without credentials.
		return &api.Response{Status: http.StatusForbidden, Header: http.Header{"X-Amz-Bucket-Region": {b.Region}}}, nil
	}
	return nil, accessDenied()
}

// wrongRegion answers a call signed for another region as the endpoint of that
// region would: path style is redirected; virtual-hosted style, which on AWS
// reaches the bucket's own region by DNS, is told that its signature is wrong.
func wrongRegion(c *call) (*api.Response, error) {
	region := c.bucket.Region
	if bucketOfHost(c.HTTP.Host) != "" && c.HTTP.Method != http.MethodHead {
		return nil, refuse(http.StatusBadRequest, "AuthorizationHeaderMalformed",
			"The authorization header is malformed; the region '"+c.Region+"' is wrong; expecting '"+region+"'", "Region", region)
	}
	body, err := xml.Marshal(errorDocument{
		Code: "PermanentRedirect",
		Message: "The bucket you are attempting to access must be addressed using the specified endpoint. " +
			"Please send all future requests to this endpoint.",
		Bucket: c.name, Endpoint: "s3." + region + ".amazonaws.com", RequestID: c.ID,
	})
	if err != nil {
		return nil, fmt.Errorf("writing the redirect to %s: %w", region, err)
	}
	return &api.Response{
		Status: http.StatusMovedPermanently,
		Header: http.Header{"X-Amz-Bucket-Region": {region}, "Content-Type": {"application/xml"}},
		Body:   body,
	}, nil
}

// permitted says whether the caller may do what the call asks for. The account
// that owns the bucket can always get at its policy, as the root user can on
// AWS, or a bucket could be lost.
func (c *call) permitted() bool {
	action := c.route.permission()
	if c.query.Has("versionId") {
		action = versioned(action)
	}
	owners := c.Signed && c.Caller.Account == c.bucket.Account
	if owners && aboutPolicy(action) || c.Signed && c.route.name == "DeleteObjects" {
		return true // DeleteObjects asks for each key
	}
	return c.may(action, c.Resource)
}

func aboutPolicy(action string) bool { return strings.HasSuffix(action, "BucketPolicy") }

// ownersOnly keeps a bucket's policy to its account, whatever it says itself
// ("Adding a bucket policy by using the Amazon S3 console", permissions).
func (c *call) ownersOnly() error {
	if aboutPolicy(c.route.permission()) && c.Caller.Account != c.bucket.Account {
		return api.RefuseStatus(http.StatusMethodNotAllowed, "MethodNotAllowed",
			"The specified method is not allowed against this resource.")
	}
	return nil
}

// may says whether the caller has a permission for the bucket or an object in
// it. Who is of the bucket's account has, unless the policy denies it: IAM's
// part is not imitated. Anybody else has only what the policy allows.
func (c *call) may(action, resource string) bool {
	r := policy.Request{Caller: c.principal(), Action: action, Resource: resource, Context: c.context()}
	if c.Signed && c.Caller.Account == c.bucket.Account {
		return c.bucket.evaluate(r) != policy.Deny
	}
	return c.bucket.letsIn(r)
}

// principal is the caller as a policy names him: of a role's session the role.
func (c *call) principal() policy.Caller {
	if !c.Signed {
		return policy.Caller{}
	}
	return policy.Caller{
		Kind: "AWS", Value: cmp.Or(c.Caller.Role(), c.Caller.ARN), Session: c.Caller.ARN, Account: c.Caller.Account,
	}
}

// versioned is the permission for a given version of an object.
func versioned(action string) string {
	switch action {
	case "s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectAttributes", "s3:GetObjectTagging",
		"s3:PutObjectAcl", "s3:PutObjectTagging", "s3:DeleteObject", "s3:DeleteObjectTagging":
		return strings.Replace(action, "Object", "ObjectVersion", 1)
	}
	return action
}

func (b *bucket) evaluate(r policy.Request) policy.Decision {
	d := b.document()
	if d == nil {
		return policy.NoMatch
	}
	return d.Evaluate(r)
}

// letsIn says whether the policy lets in a caller who has no permission of his
// own: an anonymous one or a service.
func (b *bucket) letsIn(r policy.Request) bool {
	d := b.document()
	if d == nil || d.Evaluate(r) != policy.Allow {
		return false
	}
	// "RestrictPublicBuckets": only AWS services and the owner's account are
	// left in where the policy is public.
	restricted := b.PublicAccess != nil && b.PublicAccess.RestrictPublicBuckets
	return r.Caller.Kind == "Service" || !restricted || !d.Public()
}

// context are the condition keys of an API call. On AWS it would have come by
// TLS; that the loopback is plain HTTP must not lock out whoever demands TLS.
func (c *call) context() map[string][]string {
	context := surroundings(c.now)
	if host, _, err := net.SplitHostPort(c.HTTP.RemoteAddr); err == nil {
		context["aws:sourceip"] = []string{host}
	}
	if agent := c.header("User-Agent"); agent != "" {
		context["aws:useragent"] = []string{agent}
	}
	if c.Signed {
		context["aws:principalaccount"] = []string{c.Caller.Account}
		context["aws:principalarn"] = []string{c.principal().Value}
		context["aws:principaltype"] = []string{"User"}
		if c.Caller.Role() != "" {
			context["aws:principaltype"] = []string{"AssumedRole"}
		}
		context["aws:userid"] = []string{c.Caller.UserID}
		context["aws:requestedregion"] = []string{c.Region}
		context["aws:principalisawsservice"] = []string{"false"}
		context["s3:resourceaccount"] = []string{c.bucket.Account}
	}
	for _, name := range []string{"prefix", "delimiter", "max-keys", "versionId"} {
		if c.query.Has(name) {
			context["s3:"+strings.ToLower(name)] = []string{c.query.Get(name)}
		}
	}
	for _, name := range []string{
		"x-amz-acl", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
		"x-amz-copy-source", "x-amz-storage-class", "x-amz-metadata-directive", "x-amz-content-sha256",
	} {
		if v := c.header(name); v != "" {
			context["s3:"+name] = []string{v}
		}
	}
	return context
}

// surroundings are the condition keys that every request has.
func surroundings(now time.Time) map[string][]string {
	return map[string][]string{
		"aws:securetransport": {"true"},
		"aws:currenttime":     {now.UTC().Format(time.RFC3339)},
		"aws:epochtime":       {strconv.FormatInt(now.Unix(), 10)},
	}
}

// resource is the ARN of a bucket or object; "" for neither.
func resource(bucket, key string) string {
	switch {
	case bucket == "":
		return ""
	case key == "":
		return "arn:aws:s3:::" + bucket
	}
	return "arn:aws:s3:::" + bucket + "/" + key
}
