package edge

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/cloudfront"
)

func TestTheLifetimeIsTheOriginsWithinTheBehaviorsBounds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name                  string
		minimum, usual, limit int
		header                http.Header
		want                  int
		kept                  bool
	}{
		{"nothing said: the default", 1, 86400, 31536000, http.Header{}, 86400, true},
		{"a default below the minimum", 100, 0, 200, http.Header{}, 100, true},
		{"max-age", 1, 86400, 31536000, cacheControl("max-age=60"), 60, true},
		{"s-maxage before max-age", 1, 86400, 31536000, cacheControl("max-age=60, s-maxage=120"), 120, true},
		{"max-age before Expires", 1, 86400, 31536000, http.Header{"Cache-Control": {"max-age=60"}, "Expires": {"Sun, 01 Nov 2026 13:00:00 GMT"}}, 60, true},
		{"Expires", 1, 86400, 31536000, http.Header{"Expires": {"Sun, 01 Nov 2026 13:00:00 GMT"}}, 3600, true},
		{"Expires in the past", 1, 86400, 31536000, http.Header{"Expires": {"0"}}, 1, true},
		{"below the minimum", 100, 200, 300, cacheControl("max-age=60"), 100, true},
		{"above the maximum", 1, 200, 300, cacheControl("max-age=600, immutable"), 300, true},
		{"no-store with a minimum", 5, 200, 300, cacheControl("no-store"), 5, true},
		{"private with a minimum", 5, 200, 300, cacheControl("private, max-age=60"), 5, true},
		{"no-store without a minimum", 0, 200, 300, cacheControl("no-store"), 0, false},
		{"private without a minimum", 0, 200, 300, cacheControl("private"), 0, false},
		{"no-cache without a minimum is asked for again", 0, 200, 300, cacheControl("no-cache"), 0, true},
		{"caching disabled", 0, 0, 0, cacheControl("max-age=60"), 0, false},
		{"a max-age that is no number", 1, 200, 300, cacheControl("max-age=soon"), 200, true},
	} {
		b := cloudfront.Behavior{
			MinTTL: time.Duration(c.minimum) * time.Second, DefaultTTL: time.Duration(c.usual) * time.Second, MaxTTL: time.Duration(c.limit) * time.Second,
		}
		assert.Equal(t, time.Duration(c.want)*time.Second, lifetime(c.header, b, now), c.name)
		assert.Equal(t, c.kept, storable(c.header, b), c.name)
	}
}

func cacheControl(value string) http.Header { return http.Header{"Cache-Control": {value}} }

func TestPathPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"*", "/a/b", true},
		{"/images/*", "/images/a/b.jpg", true},
		{"images/*.jpg", "/images/a/b.jpg", true},
		{"images/*.jpg", "/images/a.JPG", false},
		{"*.jpg", "/a/b.jpg", true},
		{"/a??.jpg", "/a12.jpg", true},
		{"/a??.jpg", "/a1.jpg", false},
		{"/a*b*c", "/a1b2b3c", true},
		{"/a*b*c", "/a1b2b3", false},
		{"/a", "/a", true},
		{"/a", "/ab", false},
	} {
		assert.Equal(t, c.want, matches(c.pattern, c.path), "%s on %s", c.pattern, c.path)
	}
}

func TestTheCacheForgetsWhatWasNotUsedForLongest(t *testing.T) {
	t.Parallel()
	c := newCache(4 * (overhead + 2))
	for _, key := range []string{"a", "b", "c", "d"} {
		c.put(key, &entry{body: []byte("1")})
	}
	c.get("a")
	c.put("e", &entry{body: []byte("1")})
	assert.NotNil(t, c.get("a"))
	assert.Nil(t, c.get("b"))
	assert.NotNil(t, c.get("e"))
	c.put("e", &entry{body: []byte(strings.Repeat("1", 4*overhead))})
	assert.Nil(t, c.get("e"), "too large to be kept, and the old one is gone")
	assert.LessOrEqual(t, c.used, c.limit)
}

func FuzzPatternsAndHeadersNeverPanic(f *testing.F) {
	f.Add("/a*?", "/abc", `max-age=1, s-maxage="2"`)
	f.Fuzz(func(t *testing.T, pattern, path, control string) {
		_ = matches(pattern, path)
		invalidates(pattern, path)
		if !matches("*", path) {
			t.Errorf("* does not match %q", path)
		}
		lifetime(cacheControl(control), cloudfront.Behavior{}, time.Time{})
	})
}
