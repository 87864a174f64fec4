package edge_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/cloudfront"
	"imagecdn/localaws/edge"
)

// aging is an edge with an image of some Cache-Control, whose origin then fails.
func aging(t *testing.T, control string) *world {
	t.Helper()
	w := start(t, func(w *world) { w.answer = object("an image", http.Header{"Cache-Control": {control}}) })
	w.get(t, "/a.webp")
	w.change(func() { w.answer = status(http.StatusInternalServerError, nil) })
	return w
}

func (w *world) after(t *testing.T, wait time.Duration) int {
	t.Helper()
	w.change(func() { w.now = w.now.Add(wait) })
	return w.get(t, "/a.webp").StatusCode
}

func TestStaleIfErrorBoundsHowLongAnOldImageStandsIn(t *testing.T) {
	t.Parallel()
	w := aging(t, "max-age=60, stale-if-error=100")
	assert.Equal(t, http.StatusOK, w.after(t, 61*time.Second))
	assert.Equal(t, http.StatusOK, w.after(t, 60*time.Second), "counted from when it expired, not from the last error")
	assert.Equal(t, http.StatusOK, w.after(t, 38*time.Second))
	assert.Equal(t, http.StatusInternalServerError, w.after(t, 12*time.Second))
}

func TestStaleIfErrorOfZeroPassesTheErrorOn(t *testing.T) {
	t.Parallel()
	assert.Equal(t, http.StatusInternalServerError, aging(t, "max-age=60, stale-if-error=0").after(t, 61*time.Second))
	assert.Equal(t, http.StatusOK, aging(t, "max-age=60").after(t, 24*time.Hour), "without it there is no bound")
}

func TestAnOldImageStandsInOnlyUntilTheErrorIsAskedForAgain(t *testing.T) {
	t.Parallel()
	w := aging(t, "max-age=60")
	assert.Equal(t, http.StatusOK, w.after(t, 61*time.Second))
	asked := len(w.requests())
	w.after(t, 9*time.Second)
	assert.Len(t, w.requests(), asked)
	w.after(t, time.Second)
	assert.Len(t, w.requests(), asked+1)
}

func TestExpiresIsHeededWhereThereIsNoMaxAge(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		w.answer = object("an image", http.Header{"Expires": {w.now.Add(time.Minute).Format(http.TimeFormat)}})
	})
	w.get(t, "/a.webp")
	w.change(func() { w.now = w.now.Add(59 * time.Second) })
	assert.Equal(t, "Hit from cloudfront", w.get(t, "/a.webp").cache())
	w.change(func() { w.now = w.now.Add(time.Second) })
	assert.Equal(t, "RefreshHit from cloudfront", w.get(t, "/a.webp").cache())
}

// "How CloudFront caches HTTP 4xx and 5xx status codes from your origin".
func TestWhatAnErrorSaysOfItsCaching(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		header  http.Header
		errors  []cloudfront.ErrorResponse
		seconds int
	}{
		"s-maxage before max-age":            {404, http.Header{"Cache-Control": {"max-age=20, s-maxage=40"}}, nil, 40},
		"a 403 with s-maxage":                {403, http.Header{"Cache-Control": {"s-maxage=40"}}, nil, 40},
		"a 403 with Expires only":            {403, http.Header{"Expires": {"Sun, 01 Nov 2026 12:01:00 GMT"}}, nil, 0},
		"a 405 without":                      {405, nil, nil, 0},
		"a 403 with a minimum but no header": {403, nil, []cloudfront.ErrorResponse{{Status: 403, MinTTL: 30 * time.Second}}, 0},
		"no-store does not matter":           {404, http.Header{"Cache-Control": {"no-store"}}, nil, 10},
		"more than the longest":              {404, http.Header{"Cache-Control": {"max-age=999"}}, nil, 300},
		"a minimum above the header":         {404, http.Header{"Cache-Control": {"max-age=5"}}, []cloudfront.ErrorResponse{{Status: 404, MinTTL: 30 * time.Second}}, 30},
		"a 503":                              {503, nil, nil, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, func(w *world) {
				w.answer, w.view.Errors = status(c.status, c.header), c.errors
				b := &w.view.Behaviors[0]
				b.DefaultTTL, b.MaxTTL = 200*time.Second, 300*time.Second
			})
			w.get(t, "/a.webp")
			if c.seconds > 0 {
				w.after(t, time.Duration(c.seconds)*time.Second-time.Millisecond)
				assert.Len(t, w.requests(), 1, "still cached")
				w.after(t, time.Millisecond)
			} else {
				w.after(t, 0)
			}
			assert.Len(t, w.requests(), 2, "asked again")
		})
	}
}

func TestAPanicInTheBackgroundDoesNotEndTheServer(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		w.answer = object("an image", http.Header{"Cache-Control": {"max-age=60, stale-while-revalidate=600"}})
	})
	w.get(t, "/a.webp")
	w.change(func() {
		w.now = w.now.Add(90 * time.Second)
		w.answer = func(edge.OriginRequest) (int, http.Header, string) { panic("an origin that fails") }
	})
	assert.Equal(t, "Hit from cloudfront", w.get(t, "/a.webp").cache())
	require.Eventually(t, func() bool { return len(w.requests()) == 2 }, 5*time.Second, time.Millisecond)
	assert.Equal(t, "Hit from cloudfront", w.get(t, "/a.webp").cache())
}
