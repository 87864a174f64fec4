package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// largeBody is the size from which on payloads wait for each other, and not
	// small ones for them.
	largeBody = 1 << 20
	// largeBodies and smallBodies are how many bytes of each kind are held in
	// memory at the same time.
	largeBodies = 128 << 20
	smallBodies = 64 << 20
	// bodyPause is the longest a caller may take to send anything more.
	bodyPause = 20 * time.Second
)

// bodies bounds what payloads take of the memory together.
type bodies struct{ large, small *semaphore.Weighted }

func newBodies() bodies {
	return bodies{large: semaphore.NewWeighted(largeBodies), small: semaphore.NewWeighted(smallBodies)}
}

// admit waits for room for a payload, to be given back with release. One that
// doesn't say its length may have any.
func (b bodies) admit(r *http.Request) (release func(), err error) {
	size, room := min(r.ContentLength, MaxBody), b.small
	if size < 0 {
		size = MaxBody
	}
	if size >= largeBody {
		room = b.large
	}
	if err := room.Acquire(r.Context(), size); err != nil {
		return func() {}, err //nolint:wrapcheck // the caller left
	}
	return func() { room.Release(size) }, nil
}

// readBody reads the payload of a call. It waits for room in memory, and a caller
// who stalls is cut off, so that many uploads can neither fill the memory nor keep
// others out.
func (f *Front) readBody(w http.ResponseWriter, req *Request) (release func(), err error) {
	release, err = f.bodies.admit(req.HTTP)
	if err != nil {
		return release, err
	}
	connection := http.NewResponseController(w)
	body := &patient{Reader: http.MaxBytesReader(w, req.HTTP.Body, MaxBody), connection: connection, pause: f.pause}
	content := bytes.NewBuffer(make([]byte, 0, bytes.MinRead+max(0, min(req.HTTP.ContentLength, MaxBody))))
	_, err = content.ReadFrom(body)
	req.Body = content.Bytes()
	if err != nil {
		// The deadline stays, or net/http would wait for the rest.
		w.Header().Set("Connection", "close")
	} else {
		_ = connection.SetReadDeadline(time.Time{}) // one that cannot had none
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		err = Refuse("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size: the payload is larger than %d bytes", MaxBody)
	case err != nil:
		err = Refuse("RequestTimeout", "Your socket connection to the server was not read from or written to within the timeout period. "+
			"Idle connections will be closed.")
	}
	return release, err
}

// patient reads with a deadline for each piece rather than for all.
type patient struct {
	io.Reader
	connection *http.ResponseController
	pause      time.Duration
}

// Read implements io.Reader.
func (p *patient) Read(b []byte) (int, error) {
	_ = p.connection.SetReadDeadline(time.Now().Add(p.pause)) // one that cannot waits for ever, as a test's
	return p.Reader.Read(b)                                   //nolint:wrapcheck // the caller looks at it
}
