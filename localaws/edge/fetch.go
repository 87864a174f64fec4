package edge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/cloudfront"
)

// flightKey tells fetches apart that must not be shared.
func flightKey(rq request) string {
	return rq.storeKey() + "\x00" + strconv.Itoa(len(rq.view.Purges))
}

// fetch asks the behaviour's origin; in an origin group the next one is asked
// when the one before answers with a status that calls for it, 504 where it does not
// answer in time.
func (s *Server) fetch(rq request, old *entry) *entry {
	var e *entry
	for _, origin := range rq.behavior.Origins {
		if origin.Shield == "" {
			e = s.fetchFrom(origin, rq, old)
		} else {
			e = s.throughShield(origin, rq)
		}
		if !slices.Contains(rq.behavior.FailoverOn, e.status) {
			break
		}
	}
	if e == nil {
		return s.explain(http.StatusBadGateway, "The behavior has no origin.")
	}
	return e
}

func (s *Server) fetchFrom(origin cloudfront.Origin, rq request, old *entry) *entry {
	if origin.Bucket == "" {
		return s.explain(http.StatusBadGateway, fmt.Sprintf(
			"The origin %s is not an S3 bucket. The edge of the embedded AWS fetches from S3 only.", origin.Domain))
	}
	path, err := url.QueryUnescape(origin.Path + rq.path) // a plus is a space to S3
	if err != nil {
		return s.explain(http.StatusBadRequest, "The path is not correctly encoded.")
	}
	header := s.originHeader(origin, rq, old)
	own := origin.KeepAuthorization && header.Get("Authorization") != ""
	signed := origin.AccessIdentity != "" || origin.Sign && !own
	if signed {
		header.Del("Authorization")
	}
	return s.ask(origin, rq, OriginRequest{
		Bucket: origin.Bucket, Region: origin.Region, Key: strings.TrimPrefix(path, "/"), Method: rq.method,
		Header: header, DistributionARN: rq.view.ARN, Signed: signed, Identity: origin.AccessIdentity,
		Query: rq.query,
	})
}

// defaultReadTimeout is how long an origin is waited for unless it is said.
const defaultReadTimeout = 30 * time.Second

// ask waits for the origin as long, and as often, as the origin's settings say.
// What changes something is asked for once ("Request and response behavior for
// Amazon S3 origins", origin response timeout).
func (s *Server) ask(origin cloudfront.Origin, rq request, r OriginRequest) *entry {
	attempts := max(1, origin.Attempts)
	if rq.method != http.MethodGet && rq.method != http.MethodHead {
		attempts = 1
	}
	for range attempts {
		ctx, cancel := context.WithTimeout(s.working, cmp.Or(origin.ReadTimeout, defaultReadTimeout))
		status, answered, body := s.options.Origin.Fetch(ctx, r)
		e := s.read(rq, status, answered, body)
		late := errors.Is(ctx.Err(), context.DeadlineExceeded)
		cancel()
		if !late {
			return e
		}
	}
	return s.explain(http.StatusGatewayTimeout, "The origin did not answer in time.")
}

// originHeader is what the origin is sent.
func (s *Server) originHeader(origin cloudfront.Origin, rq request, old *entry) http.Header {
	h := rq.header.Clone()
	h.Del("Host") // S3 finds the bucket by it
	if h.Get("User-Agent") == "" {
		h.Set("User-Agent", "Amazon CloudFront")
	}
	h.Set("Via", s.via())
	for name, value := range origin.Headers {
		h.Set(name, value)
	}
	if old != nil && old.status == http.StatusOK {
		if old.etag != "" {
			h.Set("If-None-Match", old.etag)
		} else if modified := old.header.Get("Last-Modified"); modified != "" {
			h.Set("If-Modified-Since", modified)
		}
	}
	return h
}

// hopHeaders are between origin and edge.
var hopHeaders = []string{"Connection", "Keep-Alive", "Transfer-Encoding", "Trailer", "Upgrade", "Age", "Via"}

func (s *Server) read(rq request, status int, header http.Header, body io.ReadCloser) *entry {
	e := &entry{status: status, header: header.Clone(), etag: header.Get("ETag"), head: rq.method == http.MethodHead}
	if e.header == nil {
		e.header = http.Header{}
	}
	for _, name := range hopHeaders {
		e.header.Del(name)
	}
	if body == nil {
		return e
	}
	content, err := io.ReadAll(body)
	if closeErr := body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return s.explain(http.StatusBadGateway, "The origin closed the connection before the answer was complete.")
	}
	e.body = content
	e.compress(rq)
	return e
}

// confirmed is an entry that the origin has said is still right, with the
// headers of that answer.
func (e *entry) confirmed(by *entry, rq request, now time.Time) *entry {
	again := *e
	again.header = e.header.Clone()
	for _, name := range []string{"Cache-Control", "Expires", "Date"} {
		if values := by.header.Values(name); len(values) > 0 {
			again.header[name] = slices.Clone(values)
		}
	}
	again.stored, again.purges = now, by.purges
	again.fresh = now.Add(lifetime(again.header, rq.behavior, now))
	again.expires = again.fresh
	return &again
}

// explain is an error that the edge itself has to report.
func (s *Server) explain(status int, why string) *entry {
	e := &entry{status: status, header: http.Header{}, body: errorPage(status, why)}
	maps.Copy(e.header, http.Header{"Content-Type": {"text/html"}, "Server": {"CloudFront"}})
	return e
}
