package edge_test

import (
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/edge"
)

// slow is an origin that does not answer so many times, and then does.
func slow(times int) func(edge.OriginRequest) (int, http.Header, string) {
	return func(r edge.OriginRequest) (int, http.Header, string) {
		if times > 0 {
			times--
			return stall, nil, ""
		}
		return object("an image", nil)(r)
	}
}

// hurried is an edge whose origin is given little time, and so many attempts.
func hurried(t *testing.T, attempts, stalls int) *world {
	t.Helper()
	return start(t, func(w *world) {
		w.view.Behaviors[0].Origins[0].ReadTimeout = 300 * time.Millisecond
		w.view.Behaviors[0].Origins[0].Attempts = attempts
		w.answer = slow(stalls)
	})
}

func TestAnOriginThatDoesNotAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	w := hurried(t, 2, 2)
	answer := w.get(t, "/a.webp")
	assert.Equal(t, http.StatusGatewayTimeout, answer.StatusCode)
	assert.Equal(t, "Error from cloudfront", answer.Header.Get("X-Cache"))
	assert.Len(t, w.requests(), 2)
}

func TestAnOriginThatDoesNotAnswerIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := hurried(t, 3, 2)
	assert.Equal(t, http.StatusOK, w.get(t, "/a.webp").StatusCode)
	assert.Len(t, w.requests(), 3)
}

func TestAnOldImageStandsInForAnOriginThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	w := hurried(t, 1, 0)
	w.get(t, "/a.webp")
	w.change(func() { w.answer, w.now = slow(1), w.now.Add(25*time.Hour) })
	answer := w.get(t, "/a.webp")
	assert.Equal(t, http.StatusOK, answer.StatusCode)
}

func TestCloseDoesNotWaitForAnOrigin(t *testing.T) {
	t.Parallel()
	w := start(t, func(w *world) { w.answer = slow(100) })
	go func() { _, _ = w.client(t, &tls.Config{}).Get("https://" + host + "/a.webp") }()
	assert.Eventually(t, func() bool { return len(w.requests()) == 1 }, 10*time.Second, time.Millisecond)
	started := time.Now()
	_ = w.Close() // it says that a request was cut off
	assert.Less(t, time.Since(started), 15*time.Second)
}
