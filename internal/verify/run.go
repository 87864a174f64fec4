package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ErrFailed is wrapped by the error of [Run] when a check failed.
var ErrFailed = errors.New("the CDN does not work as it should")

// Run makes all checks in order and reports each result as it is known, preceded by
// those of status [Waiting] where something is waited for. It returns nil when
// nothing failed, an [ErrTarget] before any check, an [ErrFailed] after the last, and
// the cause of the context's end when that came first.
func Run(ctx context.Context, target Target, report func(Result)) error {
	target, err := target.normalized()
	if err != nil {
		return err
	}
	s := &session{target: target, deadline: time.Now().Add(target.Wait), report: report}
	defer s.close()
	failures := 0
	for _, c := range checks() {
		result := s.perform(ctx, c)
		if ctx.Err() != nil {
			return fmt.Errorf("verifying %s: %w", target.URL(), context.Cause(ctx))
		}
		if result.Status == Failed {
			failures++
		}
		report(result)
	}
	if failures > 0 {
		return fmt.Errorf("%s: %w: %d of %d checks failed", target.URL(), ErrFailed, failures, len(checks()))
	}
	return nil
}

// check is one thing that must hold. Whether those before it held is in the session.
type check struct {
	name string
	try  func(*session, context.Context) finding
}

// checks are in the order in which a viewer would come across a failure.
func checks() []check {
	return []check{
		{"DNS A", (*session).checkA},
		{"DNS AAAA", (*session).checkAAAA},
		{"DNS HTTPS", (*session).checkHTTPS},
		{"TLS", (*session).checkTLS},
		{"image", (*session).checkImage},
		{"content type", (*session).checkContentType},
		{"first request", (*session).checkFirstRequest},
		{"cache hit", (*session).checkHit},
		{"query string", (*session).checkQueryString},
		{"cookie", (*session).checkCookie},
		{"Accept header", (*session).checkAccept},
		{"HTTP redirect", (*session).checkRedirect},
		{"private bucket", (*session).checkBucket},
		{"IPv6", (*session).checkIPv6},
	}
}

// session is what the checks of one run have in common.
type session struct {
	target   Target
	deadline time.Time // of all waiting
	report   func(Result)

	noName     bool         // DNS failed for the domain, not only for one type
	ipv4, ipv6 []string     // addresses of the domain, once known
	edge       string       // host:port where HTTPS was reached, "" until then
	secure     *http.Client // to the edge, nil until TLS works
	disabled   bool         // the edge does not know the distribution
	image      *answer      // the first that was served with 200, nil until then
	hit        bool         // the image was served from the cache
}

func (s *session) close() {
	if s.secure != nil {
		s.secure.CloseIdleConnections()
	}
}

// perform repeats a check while it fails in a way that passes by itself, and there is
// time. Each new reason to wait is reported.
func (s *session) perform(ctx context.Context, c check) Result {
	started, waitingFor := time.Now(), problem("")
	for {
		f := c.try(s, ctx)
		result := s.result(c.name, f, time.Since(started))
		if f.status != Failed || !diagnoses[f.problem].passes || time.Until(s.deadline) < s.target.Pause {
			return result
		}
		if f.problem != waitingFor {
			waitingFor = f.problem
			result.Status = Waiting
			s.report(result)
		}
		if !sleep(ctx, s.target.Pause) {
			return result
		}
	}
}

func (s *session) result(name string, f finding, took time.Duration) Result {
	cause, cure := s.target.explain(f.problem)
	return Result{Name: name, Status: f.status, Detail: f.detail, Cause: cause, Cure: cure, Duration: took}
}

// sleep reports whether the time passed before the context ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
