package s3

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
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
	} else if err := c.mayWithoutBucket(); err != nil {
		return nil, err
	}
	if err := c.readBody(); err != nil {
		return nil, err
	}
	return c.route.handle(s, c)
}

// mayWithoutBucket is the permission for what is not about a bucket that exists.
func (c *call) mayWithoutBucket() error {
	if !c.Signed {
		return accessDenied()
	}
	r := policy.Request{Caller: c.principal(), Action: c.action(), Resource: cmp.Or(c.Resource, "*"), Context: map[string][]string{}}
	c.identityKeys(func(key, value string) {
		if value != "" {
			r.Context[key] = []string{value}
		}
	})
	if c.own(r) != policy.Allow {
		return c.lacks(r)
	}
	return nil
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
	from, errDate := time.Parse(signatureTime, c.query.Get("X-Amz-Date"))
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
		c.Denied = c.action()
		return &api.Response{Status: http.StatusForbidden, Header: http.Header{"X-Amz-Bucket-Region": {b.Region}}}, nil
	}
	return nil, c.refusal(append(c.alsoNeeds(), c.action()), c.Resource)
}

// refusal says which of some permissions the caller lacks, where his own policies
// are why, or else that the bucket does not let him.
func (c *call) refusal(actions []string, resource string) error {
	for _, action := range actions {
		if r := c.policyRequest(action, resource); c.own(r) != policy.Allow {
			return c.lacks(r)
		}
	}
	return c.bucket.refused(c.policyRequest(actions[len(actions)-1], resource))
}

// own is what the caller's own policies say: everything is allowed to who is not
// judged by them.
func (c *call) own(r policy.Request) policy.Decision {
	if c.decide == nil || !c.Signed {
		return policy.Allow
	}
	return c.decide(c.Caller, r)
}

// lacks refuses a caller whose own policies do not let him.
func (c *call) lacks(r policy.Request) error {
	c.Denied = r.Action
	why := "because no identity-based policy allows the " + r.Action + " action"
	if c.own(r) == policy.Deny {
		why = "with an explicit deny in an identity-based policy"
	}
	return api.NotAuthorized(c.Caller, api.Need{Action: r.Action, Resource: `"` + r.Resource + `"`}, why)
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
	action := c.action()
	owners := c.Signed && c.Caller.Account == c.bucket.Account && (!c.judged || !c.Caller.Judged)
	if owners && aboutPolicy(action) || c.Signed && c.route.name == "DeleteObjects" {
		return true // DeleteObjects asks for each key
	}
	for _, also := range c.alsoNeeds() {
		if !c.may(also, c.Resource) {
			return false
		}
	}
	return c.may(action, c.Resource)
}

// alsoNeeds are the permissions that an upload needs for its tags and its ACL.
func (c *call) alsoNeeds() (actions []string) {
	if !c.route.creates && c.route.name != "CreateMultipartUpload" {
		return nil
	}
	if c.header("X-Amz-Tagging") != "" {
		actions = append(actions, "s3:PutObjectTagging")
	}
	if c.header("X-Amz-Acl") != "" {
		actions = append(actions, "s3:PutObjectAcl")
	}
	return actions
}

// action is the permission that the call needs.
func (c *call) action() string {
	if c.query.Has("versionId") {
		return versioned(c.route.permission())
	}
	return c.route.permission()
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
// it. Within the bucket's account his own policies are enough, and so is a bucket
// policy that names him; from another account it takes both. A Deny in either wins.
func (c *call) may(action, resource string) bool {
	r := c.policyRequest(action, resource)
	own := c.own(r)
	switch {
	case own == policy.Deny:
		return false
	case c.Signed && c.Caller.Account == c.bucket.Account:
		theirs := c.bucket.evaluate(r)
		return theirs != policy.Deny && (own == policy.Allow || c.bucket.evaluate(r.Direct()) == policy.Allow)
	}
	return own == policy.Allow && c.bucket.letsIn(r)
}

func (c *call) policyRequest(action, resource string) policy.Request {
	r := policy.Request{
		Caller: c.principal(), Action: action, Resource: resource, Context: c.context(action, resource),
	}
	if c.Caller.Role() != "" {
		r.Unjudged = policy.SessionKeys
	}
	return r
}

// refused is the refusal of a request that the policy does not let pass. It
// names the condition keys that could not be judged: on AWS the answer may differ.
func (b *bucket) refused(r policy.Request) error {
	refusal := accessDenied()
	if d := b.document(); d != nil {
		for _, key := range d.Unjudged(r) {
			refusal.Message += "; the embedded AWS cannot judge the condition key " + key
		}
	}
	return refusal
}

// principal is the caller as a policy names him: of a role's session the role.
func (c *call) principal() policy.Caller {
	if !c.Signed {
		return policy.Caller{}
	}
	return policy.Caller{
		Kind: "AWS", Value: cmp.Or(c.Caller.Role(), c.Caller.ARN), Session: c.Caller.ARN, Account: c.Caller.Account,
		CanonicalUser: ownerOf(c.Caller.Account).ID,
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

// letsIn says whether policy or ACL let in a caller who has no permission of his
// own: an anonymous one, a service, or another account.
func (b *bucket) letsIn(r policy.Request) bool {
	decision := b.evaluate(r)
	if decision != policy.Allow {
		return decision != policy.Deny && b.granted(r)
	}
	d := b.document()
	// "RestrictPublicBuckets": only AWS services and the owner's account are
	// left in where the policy is public.
	restricted := b.PublicAccess != nil && b.PublicAccess.RestrictPublicBuckets
	return r.Caller.Kind == "Service" || !restricted || !d.Public()
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
