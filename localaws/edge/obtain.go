package edge

import (
	"context"
	"net/http"
	"sync"
)

// Results of a request, as in X-Cache.
const (
	hit        = "Hit"
	miss       = "Miss"
	refreshHit = "RefreshHit"
	failure    = "Error"
	redirect   = "Redirect"
)

// shieldHit is a request that an Origin Shield has answered from its cache: a hit in
// X-Cache, with a name of its own in the detailed result of logs.
const shieldHit = "OriginShieldHit"

// flights are the fetches under way, by key, so that identical misses at the
// same time are one request to the origin.
type flights struct {
	mu    sync.Mutex
	under map[string]*flight
}

// flight is one fetch. Its entry is set before done is closed, and only if it
// could be stored: nothing else is for those who waited, too.
type flight struct {
	done  chan struct{}
	entry *entry
}

// join returns the fetch under way for a key, or starts one: leading is true
// for the caller that must land it.
func (f *flights) join(key string) (fl *flight, leading bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl, ok := f.under[key]; ok {
		return fl, false
	}
	if f.under == nil {
		f.under = map[string]*flight{}
	}
	fl = &flight{done: make(chan struct{})}
	f.under[key] = fl
	return fl, true
}

// land ends a fetch, even one that panicked.
func (f *flights) land(key string, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.under, key)
	close(fl.done)
}

// cached is the entry for a request that no invalidation has removed. A HEAD
// may be answered from what a GET has cached.
func (s *Server) cached(rq request) *entry {
	keys := []string{rq.storeKey()}
	if rq.method == http.MethodHead {
		keys = []string{rq.keyOf(http.MethodGet), rq.storeKey()}
	}
	for _, key := range keys {
		if e := s.cache.get(key); e != nil && !e.purged(rq.view.Purges, rq.object) {
			return e
		}
	}
	return nil
}

// storeKey is where the answer to this very method goes.
func (rq request) storeKey() string { return rq.keyOf(rq.method) }

func (rq request) keyOf(method string) string { return rq.cache + "\x00" + method + "\x00" + rq.key }

// obtain answers a request of a cached method from the cache or the origin.
func (s *Server) obtain(ctx context.Context, rq request) (e *entry, result string) {
	now := s.options.Now()
	old := s.cached(rq)
	if old != nil && now.Before(old.fresh) {
		return old, hit
	}
	if old != nil && old.status == http.StatusOK {
		if window, ok := parseCacheControl(old.header).seconds("stale-while-revalidate"); ok && now.Before(old.expires.Add(window)) {
			s.running.Go(func() { s.revalidate(rq, old) })
			return old, hit
		}
	}
	return s.fetchTogether(ctx, rq, old)
}

// revalidate asks the origin while a viewer is answered already. net/http keeps
// a panic in a handler from ending the server; nobody does so here.
func (s *Server) revalidate(rq request, old *entry) {
	defer func() { _ = recover() }() // the old answer stays
	s.fetchTogether(context.Background(), rq, old)
}

// fetchTogether asks the origin once for all who ask for the same at the same
// time. Without caching there is nothing to share, and each asks for itself.
// A request after an invalidation never joins one from before it.
func (s *Server) fetchTogether(ctx context.Context, rq request, old *entry) (*entry, string) {
	if rq.behavior.MaxTTL == 0 {
		e, result, _ := s.fetchAndStore(rq, old)
		return e, result
	}
	key := flightKey(rq)
	fl, leading := s.flights.join(key)
	if leading {
		defer s.flights.land(key, fl)
		e, result, stored := s.fetchAndStore(rq, old)
		if stored {
			fl.entry = e
		}
		return e, result
	}
	select {
	case <-fl.done:
	case <-ctx.Done():
		return s.explain(http.StatusGatewayTimeout, "The viewer did not wait."), failure
	}
	if fl.entry != nil {
		return fl.entry, hit
	}
	e, result, _ := s.fetchAndStore(rq, old)
	return e, result
}

// fetchAndStore asks the origin, conditionally if there is an old answer, and
// stores what may be stored.
func (s *Server) fetchAndStore(rq request, old *entry) (e *entry, result string, stored bool) {
	now := s.options.Now()
	e = s.fetch(rq, old)
	if e.shield != "" {
		return s.storeShielded(rq, old, e)
	}
	e.stored, e.purges, result = now, len(rq.view.Purges), miss
	switch {
	case e.status == http.StatusNotModified && old != nil:
		e, result = old.confirmed(e, rq, now), refreshHit
	case e.status >= http.StatusInternalServerError && old.standsIn(now):
		// "How CloudFront processes HTTP 4xx and 5xx status codes from your
		// origin": what has expired is still answered, and asked for again later.
		stale := *old
		stale.fresh = now.Add(errorMinimum(e.status, rq.view))
		s.cache.put(rq.storeKey(), &stale)
		return &stale, hit, true
	case e.status >= http.StatusBadRequest:
		e.fresh = now.Add(errorLifetime(e.status, e.header, rq))
		stored = e.fresh.After(now)
	default:
		e.fresh = now.Add(lifetime(e.header, rq.behavior, now))
		e.expires = e.fresh
	}
	if e.status < http.StatusBadRequest {
		stored = storable(e.header, rq.behavior)
	}
	if stored {
		s.cache.put(rq.storeKey(), e)
	}
	return e, result, stored
}
