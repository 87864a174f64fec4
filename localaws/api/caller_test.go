package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/api"
)

// keys is an STS that knows two access keys, and refuses them.
type keys struct{ *service }

func (keys) Identify(accessKey string) (api.Caller, error) {
	switch accessKey {
	case "expired":
		return api.Caller{}, api.ErrExpired
	case "unknown":
		return api.Caller{}, api.ErrUnknownKey
	}
	return api.User(), nil
}

func (keys) Snapshot() (json.RawMessage, error) { return nil, nil }

func TestCredentialsAreRefusedInTheWordsOfEachProtocol(t *testing.T) {
	t.Parallel()
	operations := map[string]api.Operation{"ListThings": answers("{}"), "GET /b": answers("")}
	w := serve(t, keys{&service{name: "sts", protocol: api.Query, operations: operations}}, acm(operations),
		&service{name: "route53", protocol: api.RESTXML, operations: operations},
		&service{name: "s3", protocol: api.S3XML, operations: operations})
	for _, test := range []struct {
		service, key, code string
		status             int
	}{
		{"acm", "expired", `"ExpiredTokenException"`, http.StatusForbidden},
		{"acm", "unknown", `"UnrecognizedClientException"`, http.StatusForbidden},
		{"route53", "expired", "<Code>ExpiredToken</Code>", http.StatusForbidden},
		{"route53", "unknown", "<Code>InvalidClientTokenId</Code>", http.StatusForbidden},
		{"s3", "expired", "<Code>ExpiredToken</Code>", http.StatusBadRequest},
		{"s3", "unknown", "<Code>InvalidAccessKeyId</Code>", http.StatusForbidden},
		{"s3", "any", "", http.StatusOK},
	} {
		headers := map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=" + test.key + "/20261101/us-east-1/" + test.service +
			"/aws4_request, SignedHeaders=host, Signature=0"}
		method, path := http.MethodGet, "/b"
		if test.service == "acm" {
			headers["X-Amz-Target"], method, path = "CertificateManager.ListThings", http.MethodPost, "/"
		}
		got := w.must(t, method, path, "", headers)
		assert.Equal(t, test.status, got.status, test)
		assert.Contains(t, got.body, test.code, test)
	}
}

func TestTheRoleBehindASessionIsNamed(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "arn:aws:iam::111122223333:role/images",
		api.Caller{Account: "111122223333", ARN: "arn:aws:sts::111122223333:assumed-role/images/ci"}.Role())
	assert.Empty(t, api.User().Role())
	assert.Empty(t, api.AccountOf("not an ARN"))
}
