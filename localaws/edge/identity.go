package edge

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io"
	"log"
	"net/http"
)

// pop is the point of presence of this edge, in the form of CloudFront's.
const pop = "LCL50-C1"

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
func (s *Server) identify(h http.Header, requestID, result string) {
	h.Set("X-Cache", result+" from cloudfront")
	h.Set("Via", s.via())
	h.Set("X-Amz-Cf-Pop", pop)
	h.Set("X-Amz-Cf-Id", requestID)
}

// discard is a log for what viewers do wrong, such as failed handshakes.
func discard() *log.Logger { return log.New(io.Discard, "", 0) }
