package api_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// seen is a world whose S3 and STS answer everything, and what they were asked.
func seen(t *testing.T) (world, *api.Request) {
	t.Helper()
	last := &api.Request{}
	note := func(r *api.Request) (*api.Response, error) {
		*last = *r
		return &api.Response{}, nil
	}
	operations := map[string]api.Operation{"GET /images/a.jpg": note, "GET /": note, "POST /": note, "AssumeRoleWithWebIdentity": note}
	return newWorld(t,
		&service{name: "s3", protocol: api.S3XML, operations: operations},
		&service{name: "sts", protocol: api.Query, operations: operations},
	), last
}

func TestServiceAndRegionAreReadFromTheCredentialScope(t *testing.T) {
	t.Parallel()
	credential := func(scope string) string {
		return "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0"
	}
	for sentence, test := range map[string]struct {
		authorization, query    string
		service, region, caller string
		signed                  bool
	}{
		"in a header": {authorization: credential("AKIA/20261101/eu-west-1/s3/aws4_request"), service: "s3", region: "eu-west-1", signed: true},
		"in a header without spaces": {
			authorization: "AWS4-HMAC-SHA256 Credential=AKIA/20261101/eu-west-1/sts/aws4_request,SignedHeaders=host,Signature=0",
			service:       "sts", region: "eu-west-1", signed: true,
		},
		"with an access key that has slashes": {
			authorization: credential("team/key/20261101/us-east-1/s3/aws4_request"), service: "s3", region: "us-east-1", signed: true,
		},
		"in the query of a presigned URL": {
			query: "AKIA/20261101/ap-south-1/s3/aws4_request", service: "s3", region: "ap-south-1", signed: true,
		},
		"in the header rather than in the query": {
			authorization: credential("AKIA/20261101/eu-west-1/s3/aws4_request"), query: "AKIA/20261101/ap-south-1/sts/aws4_request",
			service: "s3", region: "eu-west-1", signed: true,
		},
		"of another scheme: the call is anonymous": {authorization: "Bearer token", service: "s3"},
		"too short: the call is anonymous":         {authorization: credential("AKIA/20261101"), service: "s3"},
		"of another version: the call is anonymous": {
			authorization: credential("AKIA/20261101/eu-west-1/s3/aws5_request"), service: "s3",
		},
		"absent: the call is anonymous": {service: "s3"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			w, last := seen(t)
			headers, path := map[string]string{}, "/"
			if test.authorization != "" {
				headers["Authorization"] = test.authorization
			}
			if test.query != "" {
				path += "?X-Amz-Credential=" + url.QueryEscape(test.query)
			}
			require.Equal(t, http.StatusOK, w.must(t, http.MethodGet, path, "", headers).status)
			assert.Equal(t, test.service, last.Service)
			assert.Equal(t, test.region, last.Region)
			assert.Equal(t, test.signed, last.Signed)
		})
	}
}

func TestAPresignedURLOfTheSDKIsASignedCall(t *testing.T) {
	t.Parallel()
	w, last := seen(t)
	client := s3.NewFromConfig(w.config("eu-west-1"), func(o *s3.Options) { o.UsePathStyle = true })
	presigned, err := s3.NewPresignClient(client).PresignGetObject(t.Context(), &s3.GetObjectInput{
		Bucket: aws.String("images"), Key: aws.String("a.jpg"),
	})
	require.NoError(t, err)
	at, err := url.Parse(presigned.URL)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, w.must(t, http.MethodGet, at.RequestURI(), "", nil).status)
	assert.True(t, last.Signed)
	assert.Equal(t, "s3", last.Service)
	assert.Equal(t, "eu-west-1", last.Region)
}

func TestAWebIdentityNeedsNoSignature(t *testing.T) {
	t.Parallel()
	w, last := seen(t)
	got := w.must(t, http.MethodPost, "/", "Action=AssumeRoleWithWebIdentity", map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	require.Equal(t, http.StatusOK, got.status)
	assert.Equal(t, "sts", last.Service)
	assert.False(t, last.Signed)
}

func TestOnlyS3AndSTSAnswerAnonymousCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t,
		&service{name: "s3", protocol: api.S3XML},
		&service{name: "sts", protocol: api.Query},
		&service{name: "cloudfront", protocol: api.RESTXML, operations: map[string]api.Operation{
			"GET /2020-05-31/distribution": answers(""), "POST /2020-05-31/distribution": answers(""),
		}},
		&service{name: "route53", protocol: api.RESTXML, operations: map[string]api.Operation{"GET /2013-04-01/hostedzone": answers("")}},
		acm(map[string]api.Operation{"ListCertificates": answers("{}")}),
		&service{name: "wafv2", protocol: api.JSON, operations: map[string]api.Operation{"ListWebACLs": answers("{}")}},
	)
	for sentence, test := range map[string]struct {
		method, path, target string
		service, operation   string
		want                 string
	}{
		"CloudFront's path":             {http.MethodGet, "/2020-05-31/distribution", "", "cloudfront", "GET /2020-05-31/distribution", "<Code>MissingAuthenticationToken</Code>"},
		"CloudFront's path, by POST":    {http.MethodPost, "/2020-05-31/distribution", "", "cloudfront", "POST /2020-05-31/distribution", "<Code>MissingAuthenticationToken</Code>"},
		"Route 53's path":               {http.MethodGet, "/2013-04-01/hostedzone", "", "route53", "GET /2013-04-01/hostedzone", "<Code>MissingAuthenticationToken</Code>"},
		"an operation that no one has":  {http.MethodGet, "/2013-04-01/nothing", "", "route53", "GET /2013-04-01/nothing", "<Code>MissingAuthenticationToken</Code>"},
		"ACM's target":                  {http.MethodPost, "/", "CertificateManager.ListCertificates", "acm", "ListCertificates", `"__type":"MissingAuthenticationToken"`},
		"WAFv2's target":                {http.MethodPost, "/", "AWSWAF_20190729.ListWebACLs", "wafv2", "ListWebACLs", `"__type":"MissingAuthenticationToken"`},
		"WAFv2's target at a long path": {http.MethodPost, "/waf/", "AWSWAF_20190729.ListWebACLs", "wafv2", "ListWebACLs", `"__type":"MissingAuthenticationToken"`},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			headers := map[string]string{"User-Agent": sentence}
			if test.target != "" {
				headers["X-Amz-Target"] = test.target
			}
			got := w.must(t, test.method, test.path, "", headers)
			assert.Equal(t, http.StatusForbidden, got.status)
			assert.Contains(t, got.body, test.want)
			entry := called(t, w, sentence)
			assert.Equal(t, test.service, entry.Service)
			assert.Equal(t, test.operation, entry.Operation)
			assert.Equal(t, "MissingAuthenticationToken", entry.Error)
		})
	}
	t.Run("a service that is not served is still named", func(t *testing.T) {
		t.Parallel()
		got := w.must(t, http.MethodPost, "/", "{}", map[string]string{"X-Amz-Target": "DynamoDB_20120810.ListTables"})
		assert.Equal(t, http.StatusNotImplemented, got.status)
		assert.Contains(t, got.body, "DynamoDB_20120810 (ListTables)")
	})
}

// called is the one journal entry of a user agent.
func called(t *testing.T, w world, userAgent string) api.Entry {
	t.Helper()
	var found []api.Entry
	for _, entry := range w.Journal().Entries() {
		if entry.UserAgent == userAgent {
			found = append(found, entry)
		}
	}
	require.Len(t, found, 1)
	return found[0]
}
