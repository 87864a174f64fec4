package api

import (
	"cmp"
	"net/http"
	"strings"
)

// scope reads service, region and access key from the SigV4 credential scope of
// a call, in its Authorization header or, presigned, its query. An unsigned call
// has none of them: signed is false.
func scope(r *http.Request) (service, region, accessKey string, signed bool) {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if _, rest, found := strings.Cut(r.Header.Get("Authorization"), "Credential="); found {
		credential, _, _ = strings.Cut(rest, ",")
	}
	// <access key>/<date>/<region>/<service>/aws4_request
	parts := strings.Split(strings.TrimSpace(credential), "/")
	if len(parts) < 5 || parts[len(parts)-1] != "aws4_request" {
		return "", "", "", false
	}
	scope := len(parts) - 4 // an access key may have slashes
	return parts[scope+2], parts[scope+1], strings.Join(parts[:scope], "/"), true
}

// targets are the services of the JSON protocol, by what their X-Amz-Target begins with.
var targets = map[string]string{"CertificateManager": "acm", "AWSWAF_20190729": "wafv2", "Logs_20140328": "logs", "TrentService": "kms"}

// unsignedService is the service of a call without credentials. A target, or a
// path that begins with an API version, is none of S3's; a bucket could be
// called like a version, but none that a client of these services meets.
func unsignedService(r *http.Request) string {
	prefix, _, targeted := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch {
	case targeted:
		return cmp.Or(targets[prefix], prefix)
	case strings.HasPrefix(r.URL.Path, "/2020-05-31/"):
		return "cloudfront"
	case strings.HasPrefix(r.URL.Path, "/2013-04-01/"):
		return "route53"
	case r.Method == http.MethodPost && r.URL.Path == "/":
		return "sts" // AssumeRoleWithWebIdentity carries no signature
	}
	return "s3"
}

// takesUnsigned says whether a service sees calls without credentials: S3 and STS
// have operations that anybody may call, and refuse the others themselves.
func (p Protocol) takesUnsigned() bool { return p == S3XML || p == Query }
