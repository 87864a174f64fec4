package s3

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"imagecdn/localaws/api"
)

// dechunk takes a body apart that was sent with content encoding aws-chunked:
// chunks of "<length in hex>[;chunk-signature=...]", an empty one at the end, and
// then the trailing headers, if any. See "Signature calculations: transferring
// payload in multiple chunks" in the S3 API Reference. Signatures are not
// verified, as no signature is here.
func dechunk(framed []byte) (body []byte, trailer http.Header, err error) {
	body = make([]byte, 0, len(framed))
	for {
		line, rest, found := bytes.Cut(framed, []byte("\r\n"))
		if !found {
			return nil, nil, badChunk("a chunk has no header")
		}
		size, _, _ := strings.Cut(string(line), ";")
		n, err := strconv.ParseUint(size, 16, 31)
		if err != nil {
			return nil, nil, badChunk("a chunk's length is not a number")
		}
		if n == 0 {
			trailer, err = readTrailer(rest)
			return body, trailer, err
		}
		length := int(n)
		if len(rest) < length+2 || rest[length] != '\r' || rest[length+1] != '\n' {
			return nil, nil, badChunk("a chunk is shorter or longer than its header says")
		}
		body = append(body, rest[:length]...)
		framed = rest[length+2:]
	}
}

// readTrailer reads the header lines after the last chunk. Some clients end
// lines with a newline alone, some leave out the empty line at the end.
func readTrailer(text []byte) (http.Header, error) {
	trailer := http.Header{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		name, value, found := strings.Cut(line, ":")
		if !found {
			return nil, api.Refuse("MalformedTrailerError",
				"The request contained trailing data that was not well-formed or did not conform to our published schema.")
		}
		trailer.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return trailer, nil
}

func badChunk(why string) error {
	return api.Refuse("IncompleteBody", "The request body terminated unexpectedly: %s", why)
}
