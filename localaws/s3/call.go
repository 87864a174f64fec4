package s3

import (
	"encoding/base64"
	"encoding/xml"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/paging"
	"imagecdn/localaws/policy"
)

// call is one request, with what S3 must know of it taken out.
type call struct {
	*api.Request

	now    time.Time
	route  *route
	name   string // the bucket addressed
	key    string // the object addressed
	query  url.Values
	bucket *bucket // nil where the operation needs none
	decide func(api.Caller, policy.Request) policy.Decision
	keys   Keys
	judged bool   // whether permissions of IAM's are evaluated
	body   []byte // the payload, without the framing of a streaming upload
	sums   checksums
}

func (c *call) header(name string) string { return c.HTTP.Header.Get(name) }

// decode reads an XML payload.
func (c *call) decode(into any) error {
	if err := xml.Unmarshal(c.body, into); err != nil {
		return malformedXML()
	}
	return nil
}

// limit reads a number such as max-keys, at most and by default ceiling.
func (c *call) limit(parameter string, ceiling int) (int, error) {
	text := c.query.Get(parameter)
	size, ok := paging.Size(text, 0, ceiling)
	if !ok {
		return 0, invalidArgument("Provided "+parameter+" not an integer or within integer range", parameter, text)
	}
	return size, nil
}

// address finds bucket and key: virtual-hosted style if the host begins with a
// bucket's name, path style otherwise.
func address(r *http.Request) (bucket, key string) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/")
	if b := bucketOfHost(r.Host); b != "" {
		return b, unescape(path)
	}
	bucket, key, _ = strings.Cut(path, "/")
	return unescape(bucket), unescape(key)
}

// unescape reads a path as S3 does, to which a plus is a space: that is why the
// SDKs write %2B for a plus.
func unescape(path string) string {
	plain, err := url.QueryUnescape(path)
	if err != nil {
		return path // net/http has refused a malformed path already
	}
	return plain
}

// bucketOfHost is the bucket in hosts such as b.s3.eu-west-1.amazonaws.com,
// b.s3.localhost and b.localhost; "" if the host names none.
func bucketOfHost(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	for _, mark := range []string{".s3.", ".s3-", ".localhost"} {
		at := strings.LastIndex(host, mark)
		if at > 0 && host[:at] != "s3" {
			return host[:at]
		}
	}
	return ""
}

func noContent() *api.Response { return &api.Response{Status: http.StatusNoContent} }

// timestamp is a time as S3 writes it in XML.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// Continuation tokens are opaque to clients: the last key, in base 64.
func encodeToken(key string) string { return base64.URLEncoding.EncodeToString([]byte(key)) }

func decodeToken(token string) (string, error) {
	key, err := base64.URLEncoding.DecodeString(token)
	if err != nil {
		return "", invalidArgument("The continuation token provided is incorrect", "continuation-token", token)
	}
	return string(key), nil
}
