package edge

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io"
	"log"
	"net/http"
	"regexp"
)

// usualLocation is the point of presence where viewers are answered who ask for no other,
// in the form of CloudFront's.
const usualLocation = "LCL50-C1"

// LocationHeader is the header by which a viewer chooses the edge location that answers,
// by any name of the form that X-Amz-Cf-Pop has. Nothing of CloudFront's is like it: there
// DNS chooses. Each location has a cache of its own.
const LocationHeader = "X-Localaws-Edge-Location"

var locationName = regexp.MustCompile(`^[A-Z]{3}[0-9]{1,3}-[A-Z][0-9]{1,2}$`)

// locationOf is where a request is answered. It takes the header off it: what comes after
// knows of it as little as CloudFront does.
func locationOf(r *http.Request) string {
	given := r.Header.Get(LocationHeader)
	r.Header.Del(LocationHeader)
	if !locationName.MatchString(given) {
		return usualLocation
	}
	return given
}

// newName is the host name in Via.
func newName() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand does not fail
	return hex.EncodeToString(b[:]) + ".cloudfront.net"
}

// newRequestID is an id as X-Amz-Cf-Id has it.
func newRequestID() string {
	var b [40]byte
	_, _ = rand.Read(b[:]) // as above
	return base64.URLEncoding.EncodeToString(b[:])
}

// via is the Via header of requests and answers that went through this edge.
func (s *Server) via() string { return "1.1 " + s.name + " (CloudFront)" }

// identify marks an answer as this edge's.
func (a *answer) identify(h http.Header, result string) {
	h.Set("X-Cache", result+" from cloudfront")
	h.Set("Via", a.server.via())
	h.Set("X-Amz-Cf-Pop", a.location)
	h.Set("X-Amz-Cf-Id", a.id)
}

// discard is a log for what viewers do wrong, such as failed handshakes.
func discard() *log.Logger { return log.New(io.Discard, "", 0) }
