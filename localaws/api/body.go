package api

import (
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	// largeBody is the size from which on payloads wait for each other.
	largeBody = 1 << 20
	// largeBodies is how many of those are held in memory at the same time.
	largeBodies = 4
	// bodyPause is the longest a caller may take to send anything more.
	bodyPause = 20 * time.Second
)

// readBody reads the payload of a call. Large ones wait for one of a few places,
// to be given back with release, and a caller who stalls is cut off, so that many
// uploads can neither fill the memory nor keep others out.
func (f *Front) readBody(w http.ResponseWriter, req *Request) (release func(), err error) {
	release = func() {}
	if length := req.HTTP.ContentLength; length < 0 || length >= largeBody {
		select {
		case f.bodies <- struct{}{}:
			release = func() { <-f.bodies }
		case <-req.Context().Done():
			return release, req.Context().Err()
		}
	}
	connection := http.NewResponseController(w)
	body := &patient{Reader: http.MaxBytesReader(w, req.HTTP.Body, MaxBody), connection: connection, pause: f.pause}
	req.Body, err = io.ReadAll(body)
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
