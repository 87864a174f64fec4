package verify

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
)

const (
	// hitAttempts is how often the second request is made: an edge location is many
	// machines, and one that has not seen the image yet answers with a miss.
	hitAttempts = 5
	// keyAttempts is how often a request is made that must not matter to the cache,
	// each time with a new value.
	keyAttempts = 3
)

func (s *session) checkHit(ctx context.Context) finding {
	if s.image == nil {
		return skipped(noImage)
	}
	f := s.secondRequest(ctx)
	for attempt := 1; attempt < hitAttempts && f.status == Failed && sleep(ctx, s.target.Pause); attempt++ {
		f = s.secondRequest(ctx)
	}
	s.hit = f.status == OK
	return f
}

func (s *session) secondRequest(ctx context.Context) finding {
	got, err := s.ask(ctx, nil)
	if err != nil {
		return failed(requestFailed, oneLine(err))
	}
	xCache, age := got.header.Get("X-Cache"), got.header.Get("Age")
	result := got.cacheResult()
	switch {
	case got.status != http.StatusOK:
		return failed(statusProblem(got), got.summary())
	case got.digest != s.image.digest:
		return failed(bytesDiffer, fmt.Sprintf("%d bytes, then %d others", s.image.size, got.size))
	case result == "RefreshHit":
		return failed(alwaysRevalidated, lifetime(xCache, got))
	case result == "Miss" && forbidsCaching(got):
		return failed(cachingRefused, lifetime(xCache, got))
	case result == "Miss":
		return failed(neverCached, lifetime(xCache, got))
	case result != "Hit":
		return failed(notCloudFront, "X-Cache: "+orElse(xCache, "none"))
	case age == "":
		return failed(ageMissing, xCache+", without Age")
	}
	return ok(fmt.Sprintf("%s, Age %s s, the same %d bytes", xCache, age, got.size))
}

func lifetime(xCache string, got *answer) string {
	return fmt.Sprintf("%s each time; Cache-Control: %s", xCache, orElse(got.header.Get("Cache-Control"), "none"))
}

// forbidsCaching says whether the object's own header keeps it out of shared caches.
func forbidsCaching(got *answer) bool {
	for directive := range strings.SplitSeq(strings.ToLower(got.header.Get("Cache-Control")), ",") {
		switch strings.TrimSpace(directive) {
		case "no-store", "no-cache", "private", "max-age=0", "s-maxage=0":
			return true
		}
	}
	return false
}

// The values are new in each request: were one in the cache key, it could not hit.

func (s *session) checkQueryString(ctx context.Context) finding {
	return s.checkKey(ctx, querySplits, "?utm_source=...", func(r *http.Request, unique string) {
		r.URL.RawQuery = "utm_source=" + unique
	})
}

func (s *session) checkCookie(ctx context.Context) finding {
	return s.checkKey(ctx, cookieSplits, "a cookie", func(r *http.Request, unique string) {
		r.Header.Set("Cookie", "session="+unique)
	})
}

func (s *session) checkAccept(ctx context.Context) finding {
	return s.checkKey(ctx, acceptSplits, "another Accept", func(r *http.Request, unique string) {
		r.Header.Set("Accept", "image/x-"+unique+",image/*;q=0.8")
	})
}

// checkKey makes a request that differs from those before in one thing, which must
// not turn the hit into a miss.
func (s *session) checkKey(
	ctx context.Context, p problem, what string, differ func(r *http.Request, unique string),
) finding {
	if !s.hit {
		return skipped("the image is not served from the cache")
	}
	var f finding
	for attempt := range keyAttempts {
		if attempt > 0 && !sleep(ctx, s.target.Pause) {
			break
		}
		if f = s.requestWith(ctx, p, what, differ); f.status == OK {
			break
		}
	}
	return f
}

func (s *session) requestWith(
	ctx context.Context, p problem, what string, differ func(r *http.Request, unique string),
) finding {
	got, err := s.ask(ctx, func(r *http.Request) { differ(r, strings.ToLower(rand.Text())) })
	if err != nil {
		return failed(requestFailed, oneLine(err))
	}
	if got.status != http.StatusOK {
		return failed(statusProblem(got), "with "+what+": "+got.summary())
	}
	detail := fmt.Sprintf("with %s: %s", what, orElse(got.header.Get("X-Cache"), "no X-Cache"))
	if result := got.cacheResult(); result != "Hit" && result != "RefreshHit" {
		return failed(p, detail)
	}
	return ok(detail)
}
