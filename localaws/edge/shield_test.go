package edge_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/cloudfront"
	"imagecdn/localaws/edge"
)

// at asks at another edge location.
func (w *world) at(t *testing.T, location, path string) response {
	t.Helper()
	return w.do(t, http.MethodGet, "https://"+host+path, http.Header{edge.LocationHeader: {location}})
}

func shielded(w *world) { w.view.Behaviors[0].Origins[0].Shield = "eu-central-1" }

func TestEachEdgeLocationHasACacheOfItsOwn(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	assert.Equal(t, "Miss from cloudfront", w.get(t, "/a.webp").cache())
	other := w.at(t, "FRA56-P1", "/a.webp")
	assert.Equal(t, "Miss from cloudfront", other.cache())
	assert.Equal(t, "FRA56-P1", other.Header.Get("X-Amz-Cf-Pop"))
	assert.Equal(t, "Hit from cloudfront", w.at(t, "FRA56-P1", "/a.webp").cache())
	assert.Len(t, w.requests(), 2)
	assert.Empty(t, w.requests()[1].Header.Get(edge.LocationHeader))
}

func TestAnOriginShieldAnswersWhatAnotherLocationHasAskedFor(t *testing.T) {
	t.Parallel()
	w := start(t, shielded)
	assert.Equal(t, "Miss from cloudfront", w.get(t, "/a.webp").cache())
	w.change(func() { w.now = w.now.Add(time.Minute) })
	second := w.at(t, "FRA56-P1", "/a.webp")
	assert.Equal(t, "Hit from cloudfront", second.cache())
	assert.Equal(t, "an image", second.body)
	assert.Equal(t, "60", second.Header.Get("Age"), "the time counts from when the origin was asked")
	assert.Equal(t, "Hit from cloudfront", w.at(t, "FRA56-P1", "/a.webp").cache())
	assert.Len(t, w.requests(), 1, "S3 was asked once")
	assert.EventuallyWithT(t, func(c *assert.CollectT) { // a request is noted after its answer
		assert.Equal(c, []string{"Miss/Miss", "Hit/OriginShieldHit", "Hit/Hit"}, w.recorded())
	}, time.Minute, time.Millisecond)
}

func TestAnInvalidationReachesTheOriginShieldToo(t *testing.T) {
	t.Parallel()
	w := start(t, shielded)
	w.get(t, "/a.webp")
	w.change(func() {
		w.view.Purges, w.answer = []string{"/a.webp"}, object("another image", http.Header{"Etag": {`"2"`}})
	})
	assert.Equal(t, "another image", w.at(t, "FRA56-P1", "/a.webp").body)
	assert.Equal(t, "another image", w.get(t, "/a.webp").body)
	assert.Len(t, w.requests(), 2)
}

func TestWhatHasExpiredIsAskedForOnceAndIsNotFresherAtTheEdge(t *testing.T) {
	t.Parallel()
	w := start(t, shielded)
	w.get(t, "/a.webp")
	w.change(func() { w.now = w.now.Add(25 * time.Hour) })
	assert.Equal(t, "RefreshHit from cloudfront", w.get(t, "/a.webp").cache())
	assert.Equal(t, "Hit from cloudfront", w.at(t, "FRA56-P1", "/a.webp").cache())
	asked := w.requests()
	assert.Len(t, asked, 2)
	assert.Equal(t, `"1"`, asked[1].Header.Get("If-None-Match"))
}

func TestShieldsOfTwoDistributionsOrOriginsShareNothing(t *testing.T) {
	t.Parallel()
	w := start(t, shielded)
	w.get(t, "/a.webp")
	w.change(func() { w.view.ID = "E2" })
	w.get(t, "/a.webp")
	w.change(func() {
		w.view.Behaviors[0].Origins = []cloudfront.Origin{{Domain: "others.s3.us-east-1.amazonaws.com", Bucket: "others", Shield: "eu-central-1"}}
	})
	w.at(t, "FRA56-P1", "/a.webp")
	assert.Len(t, w.requests(), 3)
}

func TestAnErrorIsKeptByTheShieldAsLongAsByTheEdge(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) {
		shielded(w)
		w.answer = status(http.StatusNotFound, nil)
	})
	assert.Equal(t, "Error from cloudfront", w.get(t, "/a.webp").cache())
	assert.Equal(t, "Error from cloudfront", w.at(t, "FRA56-P1", "/a.webp").cache())
	assert.Len(t, w.requests(), 1)
	w.change(func() { w.now, w.answer = w.now.Add(11*time.Second), object("an image", nil) })
	assert.Equal(t, http.StatusOK, w.at(t, "FRA56-P1", "/a.webp").StatusCode)
	assert.Len(t, w.requests(), 2)
}
