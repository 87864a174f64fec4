package edge

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// malformedPath marks a request of HTTP/2 whose path no URL can have.
const malformedPath = "localaws-malformed-path"

// serveHTTP2 makes a server answer malformed paths. Go's HTTP/2 resets their
// streams before any handler hears of them; CloudFront answers 400, as over HTTP/1.1.
func serveHTTP2(server *http.Server) error {
	config := &http2.Server{IdleTimeout: idleTimeout}
	if err := http2.ConfigureServer(server, config); err != nil {
		return err //nolint:wrapcheck // it says what is wrong
	}
	server.TLSNextProto["h2"] = func(server *http.Server, connection *tls.Conn, handler http.Handler) {
		config.ServeConn(newPathFilter(connection), &http2.ServeConnOpts{Handler: handler, BaseConfig: server})
	}
	return nil
}

// maxHeaderBlock bounds the header block of a request.
const maxHeaderBlock = 1 << 20

var errHeaderBlock = errors.New("the header block of a request is too large")

// pathFilter is a connection that is read with malformed paths replaced by a
// mark. Header blocks are written anew for that; every other frame passes.
type pathFilter struct {
	*tls.Conn

	greeted bool
	decoder *hpack.Decoder
	encoder *hpack.Encoder
	block   bytes.Buffer // what the encoder writes
	pending bytes.Buffer // what is not read yet
	frames  *http2.Framer
}

func newPathFilter(connection *tls.Conn) *pathFilter {
	const table = 4096 // unless settings say otherwise, and Go's do not
	f := &pathFilter{Conn: connection, decoder: hpack.NewDecoder(table, nil)}
	f.encoder = hpack.NewEncoder(&f.block)
	f.frames = http2.NewFramer(&f.pending, nil)
	return f
}

// Read implements net.Conn.
func (f *pathFilter) Read(p []byte) (int, error) {
	for f.pending.Len() == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	return f.pending.Read(p) //nolint:wrapcheck // a buffer that is not empty
}

// next reads the preface, a frame, or a header block of several frames.
func (f *pathFilter) next() error {
	if !f.greeted {
		f.greeted = true
		return f.pass(int64(len(http2.ClientPreface)))
	}
	header, payload, err := f.frame()
	if err != nil {
		return err
	}
	if header.Type != http2.FrameHeaders {
		return f.frames.WriteRawFrame(header.Type, header.Flags, header.StreamID, payload) //nolint:wrapcheck // into a buffer
	}
	fragment, ok := fragmentOf(header, payload)
	for last := header; ok && !last.Flags.Has(http2.FlagHeadersEndHeaders); {
		var more []byte
		if last, more, err = f.frame(); err != nil {
			return err
		}
		if fragment = append(fragment, more...); len(fragment) > maxHeaderBlock {
			return errHeaderBlock
		}
	}
	return f.rewrite(header, fragment)
}

func (f *pathFilter) pass(n int64) error {
	_, err := io.CopyN(&f.pending, f.Conn, n)
	return err //nolint:wrapcheck // the connection's own, as if it were read directly
}

// frame reads one frame.
func (f *pathFilter) frame() (http2.FrameHeader, []byte, error) {
	header, err := http2.ReadFrameHeader(f.Conn)
	if err != nil {
		return header, nil, err //nolint:wrapcheck // as above
	}
	if header.Length > maxHeaderBlock {
		return header, nil, errHeaderBlock
	}
	payload := make([]byte, header.Length)
	_, err = io.ReadFull(f.Conn, payload)
	return header, payload, err //nolint:wrapcheck // as above
}

// fragmentOf takes padding and priority off a HEADERS frame (RFC 9113, 6.2).
func fragmentOf(header http2.FrameHeader, payload []byte) ([]byte, bool) {
	padding := 0
	if header.Flags.Has(http2.FlagHeadersPadded) && len(payload) > 0 {
		padding, payload = int(payload[0]), payload[1:]
	}
	const priority = 5
	if header.Flags.Has(http2.FlagHeadersPriority) && len(payload) >= priority {
		payload = payload[priority:]
	}
	if padding > len(payload) {
		return nil, false
	}
	return payload[:len(payload)-padding], true
}

// rewrite passes a header block on with its path checked.
func (f *pathFilter) rewrite(header http2.FrameHeader, fragment []byte) error {
	fields, err := f.decoder.DecodeFull(fragment)
	if err != nil {
		return err //nolint:wrapcheck // the connection cannot be used any more
	}
	f.block.Reset()
	malformed := false
	for _, field := range fields {
		if field.Name == ":path" && !validPath(field.Value) {
			field.Value, malformed = "/", true
		}
		if field.Name != malformedPath {
			_ = f.encoder.WriteField(field) // into a buffer
		}
	}
	if malformed {
		_ = f.encoder.WriteField(hpack.HeaderField{Name: malformedPath, Value: "1"}) // as above
	}
	return f.frames.WriteHeaders(http2.HeadersFrameParam{ //nolint:wrapcheck // as above
		StreamID: header.StreamID, BlockFragment: f.block.Bytes(), EndHeaders: true,
		EndStream: header.Flags.Has(http2.FlagHeadersEndStream),
	})
}

func validPath(path string) bool {
	_, err := url.ParseRequestURI(path)
	return err == nil
}
