package edge

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// extent is what a Range header asks for: all of an answer, a part, or nothing
// that is there.
type extent int

const (
	whole extent = iota
	part
	outside
)

// readRange reads a Range header by the rules of "How CloudFront processes
// partial requests for an object (range GETs)": several ranges must ascend and
// not overlap, and all be valid, or the whole object is answered. The text it
// returns is the header as net/http understands it.
func readRange(header string, size int64) (text string, e extent) {
	unit, list, found := strings.Cut(header, "=")
	if !found || !strings.EqualFold(trim(unit), "bytes") {
		return "", whole
	}
	ranges := strings.Split(list, ",")
	end := int64(-1)
	for _, r := range ranges {
		from, to, ok := ends(trim(r), size)
		switch {
		case !ok || from <= end:
			return "", whole
		case from >= size && len(ranges) == 1:
			return "", outside
		case from >= size:
			return "", whole
		}
		end = to
	}
	return "bytes=" + list, part
}

// trim takes off the white space that HTTP allows, and no other: net/http
// refuses a range with a vertical tab in it.
func trim(text string) string {
	return strings.Trim(text, " \t")
}

// ends reads one range. That of the last no bytes begins where the object ends.
func ends(text string, size int64) (from, to int64, ok bool) {
	first, last, dash := strings.Cut(text, "-")
	if !dash {
		return 0, 0, false
	}
	if first == "" {
		n, err := strconv.ParseUint(last, 10, 63)
		return max(size-int64(n), 0), size - 1, err == nil
	}
	start, err := strconv.ParseUint(first, 10, 63)
	if err != nil || last == "" {
		return int64(start), size - 1, err == nil
	}
	stop, err := strconv.ParseUint(last, 10, 63)
	return int64(start), int64(stop), err == nil && start <= stop
}

// outOfRange says whether the viewer asks for a range that the entry does not
// have, after the conditions, which come first.
func (a *answer) outOfRange(e *entry) bool {
	if e.status != http.StatusOK || e.head || a.r.Header.Get("Range") == "" {
		return false
	}
	if _, asked := readRange(a.r.Header.Get("Range"), int64(len(e.body))); asked != outside {
		return false
	}
	// net/http knows the conditions: would it answer a range that is there?
	probe, r := &probe{header: http.Header{}}, a.r.Clone(a.r.Context())
	r.Header.Set("Range", "bytes=0-0")
	for _, name := range []string{"ETag", "Last-Modified"} {
		probe.Header().Set(name, e.header.Get(name))
	}
	http.ServeContent(probe, r, "", e.modified(), strings.NewReader("?"))
	return probe.status == http.StatusPartialContent
}

// probe takes an answer only to know its status.
type probe struct {
	header http.Header
	status int
}

// Header implements http.ResponseWriter.
func (p *probe) Header() http.Header { return p.header }

// WriteHeader implements http.ResponseWriter.
func (p *probe) WriteHeader(status int) { p.status = status }

// Write implements http.ResponseWriter.
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }

func (e *entry) modified() time.Time {
	modified, _ := http.ParseTime(e.header.Get("Last-Modified")) // absent: no condition on it
	return modified
}

// refusedRange is S3's answer to a range that is not there.
func (a *answer) refusedRange(e *entry) *entry {
	size := len(e.body)
	text, err := xml.Marshal(struct {
		XMLName          xml.Name `xml:"Error"`
		Code             string
		Message          string
		RangeRequested   string
		ActualObjectSize int
		RequestID        string `xml:"RequestId"`
	}{
		Code: "InvalidRange", Message: "The requested range is not satisfiable", RangeRequested: a.r.Header.Get("Range"),
		ActualObjectSize: size, RequestID: a.id,
	})
	if err != nil {
		text = nil // cannot happen with a struct of strings
	}
	header := http.Header{
		"Content-Type": {"application/xml"}, "Server": {"AmazonS3"}, "Content-Range": {"bytes */" + strconv.Itoa(size)},
	}
	return &entry{
		status: http.StatusRequestedRangeNotSatisfiable, header: header, body: append([]byte(xml.Header), text...),
	}
}

// content answers with a body, or the part of it that the viewer asks for.
func (a *answer) content(e *entry) {
	r := a.r.Clone(a.r.Context())
	r.Header.Del("Range")
	if text, asked := readRange(a.r.Header.Get("Range"), int64(len(e.body))); asked == part {
		r.Header.Set("Range", text)
	}
	w := &sized{ResponseWriter: a.w, size: len(e.body)}
	http.ServeContent(w, r, "", e.modified(), bytes.NewReader(e.body))
}

// sized gives a whole answer its length, which http.ServeContent leaves out of
// one with a content encoding.
type sized struct {
	http.ResponseWriter
	size int
}

// WriteHeader implements http.ResponseWriter.
func (s *sized) WriteHeader(status int) {
	if status == http.StatusOK {
		s.Header().Set("Content-Length", strconv.Itoa(s.size))
	}
	s.ResponseWriter.WriteHeader(status)
}
