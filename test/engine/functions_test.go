package engine

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
)

// A CDN with every part of what can run at the edge, from its up over a change to its
// destroy, as a user who has just the published policies.
func TestFunctionsRunAtTheEdge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.moveViewers("DE")
	before := w.inventory()
	spec := w.spec("functions")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Functions = components.FunctionsArgs{
		ContentTypes: true, LowerCase: true, Robots: pulumi.String("User-agent: *\n"), Referers: []string{"*.example.org"},
		Redirects: map[string]pulumi.StringInput{
			"/logo.png": pulumi.String("/brand/logo.png"), "/old/*": pulumi.String("/photos/*"),
			"/old/far/*": pulumi.String("https://archive.example.com/*"),
		},
		Request: pulumi.String(`function handler(event) {
			if (event.request.headers['x-teapot']) { return {statusCode: 418}; }
			return event.request;
		}`),
		Response: pulumi.String(`function handler(event) {
			event.response.headers['x-own'] = {value: 'yes'};
			return event.response;
		}`),
	}
	spec.Config.Protection.AllowCountries = []string{"FR", "DE"}
	spec.Config.Paths = []components.PathArgs{{Pattern: "/daily/*", Cache: components.CacheArgs{Preset: "daily"}}}
	w.permit(&spec, bucketName, "Every stack", "An existing bucket", "Response headers", "Functions")

	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, created(planned), created(made))
	w.assertContentTypes()
	w.assertRedirects()
	w.assertReferers()
	robots, text := w.get("https://cdn." + zoneName + "/robots.txt")
	assert.Equal(t, http.StatusOK, robots.StatusCode)
	assert.Equal(t, "User-agent: *\n", string(text))
	assert.Equal(t, http.StatusOK, w.status(strings.ToUpper(imagePath)), "asked for in lower case")
	own, _ := w.get(image(), "X-Teapot", "yes")
	assert.Equal(t, http.StatusTeapot, own.StatusCode)

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	w.moveViewers("GB")
	refused, text := w.get(image())
	assert.Equal(t, http.StatusForbidden, refused.StatusCode)
	assert.Contains(t, string(text), "block access from your country")
	spec.Config.Protection.AllowCountries, spec.Config.Protection.BlockCountries = nil, []string{"FR"}
	spec.Config.Functions.Robots = pulumi.String("User-agent: none\n")
	spec.Config.Functions.ContentTypes, spec.Config.Functions.Response = false, nil
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	_, text = w.get("https://cdn." + zoneName + "/robots.txt")
	assert.Equal(t, "User-agent: none\n", string(text))
	plain, _ := w.get(image())
	assert.Empty(t, plain.Header.Get("X-Own"))
	spec.Config.Functions = components.FunctionsArgs{}
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, w.status(imagePath))
	objects := w.inventory().Objects
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	before.Objects = objects
	assert.Equal(t, before, w.inventory(), "nothing of the stack is left")
}

// moveViewers has all viewers be somewhere else.
func (w *world) moveViewers(country string) {
	w.t.Helper()
	require.NoError(w.t, w.aws.Close())
	w.options.ViewerCountry = country
	w.start()
}

// assertContentTypes uploads as careless programs do.
func (w *world) assertContentTypes() {
	w.t.Helper()
	for key, want := range map[string][2]string{
		"bare.webp": {"binary/octet-stream", "image/webp"}, "put.png": {"application/octet-stream", "image/png"}, "daily/bare.JPG": {"binary/octet-stream", ""}, "said.webp": {"image/avif", "image/avif"},
		"bare.zip": {"binary/octet-stream", "binary/octet-stream"},
	} {
		_, err := w.s3().PutObject(w.t.Context(), &s3.PutObjectInput{
			Bucket: aws.String(bucketName), Key: aws.String(key), Body: strings.NewReader("a picture"), ContentType: aws.String(want[0]),
		})
		require.NoError(w.t, err)
		answer, _ := w.get("https://cdn." + zoneName + "/" + key)
		if key == "daily/bare.JPG" {
			assert.Equal(w.t, http.StatusForbidden, answer.StatusCode, "its key is not in lower case")
			continue
		}
		assert.Equal(w.t, want[1], answer.Header.Get("Content-Type"), key)
		assert.Equal(w.t, "yes", answer.Header.Get("X-Own"), key)
	}
}

func (w *world) assertRedirects() {
	w.t.Helper()
	client := w.viewer()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for from, to := range map[string]string{
		"/logo.png": "/brand/logo.png", "/old/2025/a%20b.jpg?v=1": "/photos/2025/a%20b.jpg?v=1", "/old/far/a.jpg": "https://archive.example.com/a.jpg",
	} {
		request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, "https://cdn."+zoneName+from, nil)
		require.NoError(w.t, err)
		answer, err := client.Do(request)
		require.NoError(w.t, err)
		require.NoError(w.t, answer.Body.Close())
		assert.Equal(w.t, http.StatusMovedPermanently, answer.StatusCode, from)
		assert.Equal(w.t, to, answer.Header.Get("Location"), from)
	}
}

func (w *world) assertReferers() {
	w.t.Helper()
	for referer, status := range map[string]int{
		"": http.StatusOK, "https://cdn." + zoneName + "/gallery": http.StatusOK, "https://shop.example.org/": http.StatusOK,
		"https://example.org/": http.StatusForbidden, "https://thief.example/": http.StatusForbidden, "https://example.org.thief.example/": http.StatusForbidden,
	} {
		answer, _ := w.get(image(), "Referer", referer)
		assert.Equal(w.t, status, answer.StatusCode, referer)
	}
}
