package s3

import (
	"net"
	"strconv"
	"strings"
	"time"
)

// keyHeaders are the headers of a request whose values are condition keys; most
// keys are called as the header.
var keyHeaders = map[string]string{
	"x-amz-object-lock-mode": "object-lock-mode", "x-amz-object-lock-legal-hold": "object-lock-legal-hold",
	"x-amz-object-lock-retain-until-date": "object-lock-retain-until-date", "if-match": "if-match", "if-none-match": "if-none-match",
	"x-amz-acl": "x-amz-acl", "x-amz-grant-full-control": "x-amz-grant-full-control", "x-amz-grant-read": "x-amz-grant-read",
	"x-amz-grant-read-acp": "x-amz-grant-read-acp", "x-amz-grant-write": "x-amz-grant-write",
	"x-amz-grant-write-acp": "x-amz-grant-write-acp", "x-amz-server-side-encryption": "x-amz-server-side-encryption",
	"x-amz-server-side-encryption-aws-kms-key-id":     "x-amz-server-side-encryption-aws-kms-key-id",
	"x-amz-server-side-encryption-customer-algorithm": "x-amz-server-side-encryption-customer-algorithm",
	"x-amz-copy-source":                               "x-amz-copy-source", "x-amz-storage-class": "x-amz-storage-class",
	"x-amz-metadata-directive": "x-amz-metadata-directive", "x-amz-content-sha256": "x-amz-content-sha256",
	"x-amz-website-redirect-location": "x-amz-website-redirect-location", "x-amz-object-ownership": "x-amz-object-ownership",
}

// context are the condition keys of an API call. On AWS it would have come by
// TLS; that the loopback is plain HTTP must not lock out whoever demands TLS.
// No account here is in an organization, or calls from a VPC.
func (c *call) context(action, resource string) map[string][]string {
	context := c.bucket.surroundings(c.now)
	set := func(key, value string) {
		if value != "" {
			context[key] = []string{value}
		}
	}
	set("s3:tlsversion", "1.3")
	if host, _, err := net.SplitHostPort(c.HTTP.RemoteAddr); err == nil {
		set("aws:sourceip", host)
	}
	set("aws:useragent", c.header("User-Agent"))
	set("aws:referer", c.header("Referer"))
	for _, name := range []string{"prefix", "delimiter", "max-keys", "versionId"} {
		if c.query.Has(name) {
			context["s3:"+strings.ToLower(name)] = []string{c.query.Get(name)}
		}
	}
	for header, key := range keyHeaders {
		set("s3:"+key, c.header(header))
	}
	if c.route.creates {
		set("s3:objectcreationoperation", "true")
	}
	if c.Signed {
		c.identityKeys(set)
	}
	if tags, err := c.headerTags(); err == nil {
		for _, t := range tags {
			set("s3:requestobjecttag/"+strings.ToLower(t.Key), t.Value)
			context["s3:requestobjecttagkeys"] = append(context["s3:requestobjecttagkeys"], t.Key)
		}
	}
	key, _ := strings.CutPrefix(resource, c.bucket.arn()+"/")
	c.bucket.tagKeys(context, action, key, c.query.Get("versionId"))
	return context
}

// identityKeys are the keys that who signs a call brings along.
func (c *call) identityKeys(set func(key, value string)) {
	set("aws:principalaccount", c.Caller.Account)
	set("aws:principalarn", c.principal().Value)
	set("aws:principaltype", c.Caller.Kind())
	set("aws:username", c.Caller.UserName())
	set("aws:userid", c.Caller.UserID)
	set("aws:principalisawsservice", "false")
	set("s3:signatureversion", "AWS4-HMAC-SHA256")
	set("s3:authtype", "REST-HEADER")
	signed := c.header("X-Amz-Date")
	if c.query.Has("X-Amz-Credential") {
		set("s3:authtype", "REST-QUERY-STRING")
		signed = c.query.Get("X-Amz-Date")
	}
	if from, err := time.Parse(signatureTime, signed); err == nil {
		set("s3:signatureage", strconv.FormatInt(c.now.Sub(from).Milliseconds(), 10))
	}
}

// signatureTime is how X-Amz-Date is written.
const signatureTime = "20060102T150405Z"

// surroundings are the condition keys that every request for a bucket has.
func (b *bucket) surroundings(now time.Time) map[string][]string {
	return map[string][]string{
		"aws:securetransport": {"true"},
		"aws:currenttime":     {now.UTC().Format(time.RFC3339)},
		"aws:epochtime":       {strconv.FormatInt(now.Unix(), 10)},
		"aws:requestedregion": {b.Region},
		"aws:resourceaccount": {b.Account},
		"s3:resourceaccount":  {b.Account},
		"aws:viaawsservice":   {"false"},
	}
}

// tagKeys adds the tags of the object that is asked for, for the actions that
// the Service Authorization Reference gives s3:ExistingObjectTag to.
func (b *bucket) tagKeys(context map[string][]string, action, key, versionID string) {
	reads := strings.HasPrefix(action, "s3:GetObject")
	if !reads && !strings.HasSuffix(action, "Tagging") && !strings.HasSuffix(action, "Acl") {
		return
	}
	v := b.current(key)
	for _, other := range b.Objects[key] {
		if versionID != "" && other.ID == versionID {
			v = other
		}
	}
	if v == nil {
		return
	}
	for _, t := range v.Tags {
		context["s3:existingobjecttag/"+strings.ToLower(t.Key)] = []string{t.Value}
	}
}

// cloudFrontAddress is one that CloudFront asks origins from, of the ranges that
// AWS publishes for CLOUDFRONT_ORIGIN_FACING.
const cloudFrontAddress = "130.176.0.1"

// cloudFrontKeys are the condition keys of a request that CloudFront signs.
func cloudFrontKeys(context map[string][]string, f FetchRequest) {
	for key, value := range map[string]string{
		"aws:sourceip": cloudFrontAddress, "aws:useragent": f.Header.Get("User-Agent"), "aws:referer": f.Header.Get("Referer"),
		"s3:tlsversion": "1.2", "s3:authtype": "REST-HEADER", "s3:signatureversion": "AWS4-HMAC-SHA256", "s3:signatureage": "0",
		"s3:if-match": f.Header.Get("If-Match"), "s3:if-none-match": f.Header.Get("If-None-Match"),
	} {
		if value != "" {
			context[key] = []string{value}
		}
	}
}
