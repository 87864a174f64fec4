package verify

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// noImage is why most later checks cannot be made.
const noImage = "no image was served"

func (s *session) checkImage(ctx context.Context) finding {
	if s.secure == nil {
		return skipped("there is no connection to ask over: TLS failed")
	}
	if f := s.checkUnsigned(ctx); f.status == Failed {
		return f
	}
	got, err := s.ask(ctx, nil)
	if err != nil {
		return failed(requestFailed, oneLine(err))
	}
	if got.status != http.StatusOK {
		return s.notServed(got)
	}
	s.image = got
	return ok(fmt.Sprintf("%s, %d bytes", s.target.URL(), got.size))
}

// checkUnsigned asks without a signature where one is needed.
func (s *session) checkUnsigned(ctx context.Context) finding {
	if s.target.Sign == nil {
		return ok("")
	}
	got, err := get(ctx, s.secure, s.target.URL(), nil)
	switch {
	case err != nil:
		return failed(requestFailed, oneLine(err))
	case got.status == http.StatusOK:
		return failed(signatureIgnored, "without a signature: "+got.summary())
	}
	return ok("")
}

// notServed also tells of a key with a plus, where its URL reads as one with a space.
func (s *session) notServed(got *answer) finding {
	p := statusProblem(got)
	if (p == bucketForbids || p == imageMissing) && strings.Contains(s.target.Path, "+") {
		p = plusIsSpace
	}
	return failed(p, got.summary())
}

// signatureCodes are what CloudFront says of a request that is not signed as it should be.
var signatureCodes = []string{"MissingKey", "InvalidKey", "AccessDenied"}

func statusProblem(got *answer) problem {
	if got.fromKMS() {
		return keyForbids
	}
	switch got.status {
	case http.StatusForbidden:
		if slices.Contains(signatureCodes, got.errorCode()) && !got.fromS3() {
			return signatureRefused
		}
		if got.fromS3() || got.errorCode() != "" {
			return bucketForbids
		}
		return edgeForbids
	case http.StatusNotFound:
		return imageMissing
	case http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		// the global name of a new bucket outside us-east-1 redirects for a day
		http.StatusTemporaryRedirect:
		return originFailed
	}
	return statusUnexpected
}

func (s *session) checkContentType(context.Context) finding {
	if s.image == nil {
		return skipped(noImage)
	}
	sent := s.image.header.Get("Content-Type")
	if kind, _, err := mime.ParseMediaType(sent); err != nil || !strings.HasPrefix(kind, "image/") {
		return failed(contentNotImage, "Content-Type: "+orElse(sent, "none"))
	}
	return ok(sent)
}

// checkFirstRequest expects the edge to have fetched the image from the bucket, unless
// somebody was there before: the cache key is the path alone, so no request is sure to
// be the first.
func (s *session) checkFirstRequest(context.Context) finding {
	if s.image == nil {
		return skipped(noImage)
	}
	sent := s.image.header.Get("X-Cache")
	switch s.image.cacheResult() {
	case "Miss":
		return ok(sent)
	case "Hit", "RefreshHit":
		detail := "already cached: " + sent
		if age := s.image.header.Get("Age"); age != "" {
			detail += ", for " + age + " s"
		}
		if s.target.RequireMiss {
			return failed(alreadyCached, detail)
		}
		return ok(detail)
	}
	return failed(notCloudFront, "X-Cache: "+orElse(sent, "none"))
}
