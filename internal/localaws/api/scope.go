package api

import (
	"net/http"
	"strings"
)

// scope reads service and region from the SigV4 credential scope of a call, in
// its Authorization header or, presigned, its query. An unsigned call has
// neither: signed is false.
func scope(r *http.Request) (service, region string, signed bool) {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if _, rest, found := strings.Cut(r.Header.Get("Authorization"), "Credential="); found {
		credential, _, _ = strings.Cut(rest, ",")
	}
	// <access key>/<date>/<region>/<service>/aws4_request
	parts := strings.Split(strings.TrimSpace(credential), "/")
	if len(parts) < 5 || parts[len(parts)-1] != "aws4_request" {
		return "", "", false
	}
	return parts[len(parts)-2], parts[len(parts)-3], true
}
