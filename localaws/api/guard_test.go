package api_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// sent is the status of a request as a browser or a client may send it.
func (w world) sent(t *testing.T, method, path, host string, headers map[string]string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, w.url+path, http.NoBody)
	require.NoError(t, err)
	request.Host = host
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

func guarded(t *testing.T) world {
	t.Helper()
	operations := map[string]api.Operation{
		"ListThings": answers("{}"), "GET /b": answers(""), "PUT /b": answers(""), "POST /b": answers(""), "GET /": answers(""),
	}
	return newWorld(t, acm(operations), &service{name: "s3", protocol: api.S3XML, operations: operations})
}

func TestAHostThatIsNotThisMachinesIsRefused(t *testing.T) {
	t.Parallel()
	w := guarded(t)
	for host, want := range map[string]int{
		"127.0.0.1:4566": http.StatusOK, "localhost:4566": http.StatusOK, "localhost": http.StatusOK, "[::1]:4566": http.StatusOK,
		"127.8.8.8": http.StatusOK, "bucket.localhost:4566": http.StatusOK, "bucket.s3.localhost": http.StatusOK,
		"s3.eu-west-1.amazonaws.com": http.StatusOK, "bucket.s3.eu-west-1.amazonaws.com": http.StatusOK,
		"evil.example:4566": http.StatusForbidden, "bucket.s3.evil.example": http.StatusForbidden, "192.0.2.1": http.StatusForbidden,
		"localhost.evil.example": http.StatusForbidden, "amazonaws.com.evil.example": http.StatusForbidden,
		"notlocalhost": http.StatusForbidden,
	} {
		assert.Equal(t, want, w.sent(t, http.MethodGet, "/b", host, signed("s3", "us-east-1")), host)
		assert.Equal(t, want, w.sent(t, http.MethodGet, "/_localaws/health", host, nil), host)
	}
	for _, entry := range w.Journal().Entries() {
		assert.Equal(t, entry.Status == http.StatusForbidden, entry.Error == "AccessDenied")
	}
}

func TestAWebPageOfAnotherOriginIsRefused(t *testing.T) {
	t.Parallel()
	w := guarded(t)
	from := func(headers map[string]string, origin string) map[string]string {
		with := map[string]string{"Origin": origin}
		maps.Copy(with, headers)
		return with
	}
	const page, own = "https://evil.example", "http://localhost:3000"
	acm, s3 := targeted("acm", "CertificateManager.ListThings"), signed("s3", "us-east-1")
	for _, test := range []struct {
		sentence, method, path string
		headers                map[string]string
		want                   int
	}{
		{"another page calls a service", http.MethodPost, "/", from(acm, page), http.StatusForbidden},
		{"a page without an origin calls a service", http.MethodPost, "/", from(acm, "null"), http.StatusForbidden},
		{"a page under an AWS name calls a service", http.MethodPost, "/", from(acm, "https://b.s3.amazonaws.com"), http.StatusForbidden},
		{"a page of this machine calls a service", http.MethodPost, "/", from(acm, own), http.StatusOK},
		{"another page reads a bucket", http.MethodGet, "/b", from(s3, page), http.StatusOK},
		{"another page reads a bucket without credentials", http.MethodGet, "/b", from(nil, page), http.StatusOK},
		{"another page puts what it was let to by a preflight", http.MethodPut, "/b", from(s3, page), http.StatusOK},
		{"another page posts", http.MethodPost, "/b", from(s3, page), http.StatusForbidden},
		{"another page reads the journal", http.MethodGet, "/_localaws/journal", from(nil, page), http.StatusForbidden},
		{"another page forgets the journal", http.MethodDelete, "/_localaws/journal", from(nil, page), http.StatusForbidden},
		{"a page of this machine reads the journal", http.MethodGet, "/_localaws/journal", from(nil, own), http.StatusOK},
	} {
		assert.Equal(t, test.want, w.sent(t, test.method, test.path, "127.0.0.1", test.headers), test.sentence)
	}
}
