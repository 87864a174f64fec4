package s3_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/s3"
)

func TestPagesOfOtherOriginsMayDoWhatCORSAllows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	require.NoError(t, w.putPolicy(t, grant))
	ask := func(method, origin, headers string) (int, http.Header, string) {
		return w.fetch(t, func(f *s3.FetchRequest) {
			f.Method = method
			f.Header.Set("Origin", origin)
			if method == http.MethodOptions {
				f.Header.Set("Access-Control-Request-Method", http.MethodGet)
				f.Header.Set("Access-Control-Request-Headers", headers)
			}
		})
	}
	status, _, body := ask(http.MethodOptions, "https://a.example", "")
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "CORS is not enabled")

	_, err := w.client.PutBucketCors(t.Context(), &sdk.PutBucketCorsInput{Bucket: bucket, CORSConfiguration: &types.CORSConfiguration{
		CORSRules: []types.CORSRule{
			{
				AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"https://*.example"}, AllowedHeaders: []string{"x-*"},
				ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: aws.Int32(60),
			},
			{AllowedMethods: []string{"HEAD"}, AllowedOrigins: []string{"*"}},
		},
	}})
	require.NoError(t, err)

	status, header, _ := ask(http.MethodGet, "https://a.example", "")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "https://a.example", header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "ETag", header.Get("Access-Control-Expose-Headers"))
	assert.Contains(t, header.Get("Vary"), "Origin")
	_, header, body = ask(http.MethodGet, "https://a.test", "")
	assert.Empty(t, header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "hello", body, "the browser refuses, not S3")
	_, header, _ = ask(http.MethodHead, "https://a.test", "")
	assert.Equal(t, "*", header.Get("Access-Control-Allow-Origin"))
	assert.Empty(t, header.Get("Access-Control-Allow-Credentials"))

	status, header, _ = ask(http.MethodOptions, "https://a.example", "X-One, x-two")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "x-one, x-two", header.Get("Access-Control-Allow-Headers"))
	assert.Equal(t, "60", header.Get("Access-Control-Max-Age"))
	status, _, _ = ask(http.MethodOptions, "https://a.example", "cookie")
	assert.Equal(t, http.StatusForbidden, status)

	direct, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, w.url+"/pictures/a", nil)
	require.NoError(t, err)
	direct.Header.Set("Origin", "https://a.example")
	direct.Header.Set("Access-Control-Request-Method", http.MethodGet)
	answer, err := http.DefaultClient.Do(direct)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	assert.Equal(t, "https://a.example", answer.Header.Get("Access-Control-Allow-Origin"))
}
