package api

import (
	"net/http"
	"sync"
	"time"
)

// Gate lets calls through to a handler until it is closed, and then waits for
// those that are inside.
type Gate struct {
	handler http.Handler
	mu      sync.Mutex
	inside  int
	closed  bool
	empty   chan struct{}
}

// NewGate returns an open gate in front of a handler.
func NewGate(handler http.Handler) *Gate { return &Gate{handler: handler, empty: make(chan struct{})} }

// ServeHTTP implements http.Handler.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.enter() {
		http.Error(w, "the embedded AWS is being closed", http.StatusServiceUnavailable)
		return
	}
	defer g.leave()
	g.handler.ServeHTTP(w, r)
}

func (g *Gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.inside++
	return true
}

func (g *Gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if g.closed && g.inside == 0 {
		close(g.empty)
	}
}

// Close lets nobody in any more. It is called once.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	if g.inside == 0 {
		close(g.empty)
	}
}

// Wait waits until the closed gate has nobody inside, and says whether that came
// about in time.
func (g *Gate) Wait(patience time.Duration) bool {
	select {
	case <-g.empty:
		return true
	case <-time.After(patience):
		return false
	}
}
