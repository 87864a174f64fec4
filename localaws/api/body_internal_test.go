package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// uploads is a service that takes payloads.
type uploads struct{}

func (uploads) Name() string                       { return "s3" }
func (uploads) Protocol() Protocol                 { return S3XML }
func (uploads) Operations() []string               { return nil }
func (uploads) Snapshot() (json.RawMessage, error) { return nil, nil }
func (uploads) Restore(json.RawMessage) error      { return nil }

func (uploads) Route(*Request) (string, Operation) {
	return "PutObject", func(*Request) (*Response, error) { return &Response{}, nil }
}

func serveUploads(t *testing.T, pause time.Duration) (*Front, *httptest.Server) {
	t.Helper()
	front, err := NewFront(FrontOptions{Services: []Service{uploads{}}, Environment: Environment{Now: time.Now, Delays: &Delays{}}})
	require.NoError(t, err)
	front.pause = pause
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	return front, server
}

// beginUpload sends the head of an upload, and as much of its body as is given.
func beginUpload(t *testing.T, server *httptest.Server, length int, body string) net.Conn {
	t.Helper()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	_, err = fmt.Fprintf(connection, "PUT /b/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n"+
		"Authorization: AWS4-HMAC-SHA256 Credential=A/20261101/us-east-1/s3/aws4_request\r\n\r\n%s", length, body)
	require.NoError(t, err)
	return connection
}

func TestACallerWhoStallsIsCutOff(t *testing.T) {
	t.Parallel()
	_, server := serveUploads(t, 50*time.Millisecond)
	answer, err := http.ReadResponse(bufio.NewReader(beginUpload(t, server, 10, "half")), nil)
	require.NoError(t, err)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusBadRequest, answer.StatusCode)
	assert.Contains(t, string(body), "<Code>RequestTimeout</Code>")
}

func TestPayloadsAreBoundedTogether(t *testing.T) {
	t.Parallel()
	front, server := serveUploads(t, time.Minute)
	for range largeBodies / MaxBody {
		beginUpload(t, server, MaxBody, "a")
	}
	full := func() bool {
		if front.bodies.large.TryAcquire(1) {
			front.bodies.large.Release(1)
			return false
		}
		return true
	}
	require.Eventually(t, full, 10*time.Second, time.Millisecond)
	var waiting sync.WaitGroup
	done := make(chan int, 1)
	waiting.Go(func() {
		connection := beginUpload(t, server, largeBody, strings.Repeat("a", largeBody))
		if answer, err := http.ReadResponse(bufio.NewReader(connection), nil); assert.NoError(t, err) {
			done <- answer.StatusCode
			assert.NoError(t, answer.Body.Close())
		}
	})
	small, err := http.ReadResponse(bufio.NewReader(beginUpload(t, server, 1, "a")), nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, small.StatusCode, "small ones do not wait")
	require.NoError(t, small.Body.Close())
	assert.Empty(t, done)
	front.bodies.large.Release(MaxBody) // as if one of them had ended
	assert.Equal(t, http.StatusOK, <-done)
	waiting.Wait()
	require.True(t, front.bodies.large.TryAcquire(MaxBody), "its room was given back") // as is that of the one that ended
}

func TestSmallPayloadsAreBoundedToo(t *testing.T) {
	t.Parallel()
	b := newBodies()
	request := func(length int64) *http.Request {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/", http.NoBody)
		r.ContentLength = length
		return r
	}
	for range smallBodies / (largeBody / 2) {
		_, err := b.admit(request(largeBody / 2))
		require.NoError(t, err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	_, err := b.admit(request(1).WithContext(gone))
	require.ErrorIs(t, err, context.Canceled, "it would have waited")
	release, err := b.admit(request(-1))
	require.NoError(t, err)
	assert.False(t, b.large.TryAcquire(largeBodies-MaxBody+1), "one of unknown length may have any")
	release()
	assert.True(t, b.large.TryAcquire(largeBodies))
}
