package s3

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/api"
)

// nullVersion is the id of versions made while versioning was not enabled.
const nullVersion = "null"

// version is one version of an object, or a delete marker.
type version struct {
	ID       string            `json:"id"`
	Marker   bool              `json:"marker,omitempty"`
	Blob     string            `json:"blob,omitempty"`
	Size     int64             `json:"size"`
	ETag     string            `json:"etag,omitempty"`
	Modified time.Time         `json:"modified"`
	Header   map[string]string `json:"header,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Tags     []tag             `json:"tags,omitempty"`
	Sums     checksums         `json:"checksums,omitempty"`
	SSE      string            `json:"sse,omitempty"`
	KMSKey   string            `json:"kmsKey,omitempty"`
	Class    string            `json:"class,omitempty"`
	// Parts are the sizes of the parts the object was uploaded in; none for one
	// that came in one piece.
	Parts []int64 `json:"parts,omitempty"`
}

// storageClass is the storage class as it is listed.
func (v *version) storageClass() string {
	if v.Class == "" {
		return "STANDARD"
	}
	return v.Class
}

// current is the version a plain request gets, nil if there is none.
func (b *bucket) current(key string) *version {
	versions := b.Objects[key]
	if len(versions) == 0 || versions[0].Marker {
		return nil
	}
	return versions[0]
}

// add makes v the current version of a key. Unless versioning is enabled it
// takes the place of the null version.
func (s *Service) add(b *bucket, key string, v *version) {
	v.Modified = s.env.Now().UTC().Truncate(time.Second)
	if b.Versioning == versioningEnabled {
		v.ID = rand.Text()
	} else {
		v.ID = nullVersion
		s.remove(b, key, nullVersion)
	}
	b.Objects[key] = slices.Insert(b.Objects[key], 0, v)
	s.touch(b, key)
}

// remove takes one version away for good, and returns it.
func (s *Service) remove(b *bucket, key, id string) *version {
	versions := b.Objects[key]
	i := slices.IndexFunc(versions, func(v *version) bool { return v.ID == id })
	if i < 0 {
		return nil
	}
	gone := versions[i]
	s.blobs.drop(gone.Blob)
	s.touch(b, key)
	if len(versions) == 1 {
		delete(b.Objects, key)
	} else {
		b.Objects[key] = slices.Delete(versions, i, i+1)
	}
	return gone
}

// discard does what a DeleteObject does, and returns the version or marker it
// removed or made; nil if there was nothing.
func (s *Service) discard(b *bucket, key, id string) *version {
	switch {
	case id != "":
		return s.remove(b, key, id)
	case b.Versioning == "":
		s.remove(b, key, nullVersion)
		return nil
	}
	marker := &version{Marker: true}
	s.add(b, key, marker)
	return marker
}

// readable is the version that the call is about.
func (c *call) readable() (*version, error) {
	v, err := c.find()
	if err == nil && v == nil {
		err = c.missing()
	}
	return v, err
}

// find is the version that the call is about, nil if the key has none.
func (c *call) find() (*version, error) {
	id := c.query.Get("versionId")
	if id == "" {
		return c.bucket.current(c.key), nil
	}
	for _, v := range c.bucket.Objects[c.key] {
		if v.ID != id {
			continue
		}
		if v.Marker {
			return nil, api.RefuseStatus(http.StatusMethodNotAllowed, "MethodNotAllowed",
				"The specified method is not allowed against this resource.")
		}
		return v, nil
	}
	return nil, refuse(http.StatusNotFound, "NoSuchVersion", "The specified version does not exist.", "VersionId", id)
}

// missing refuses a key that is not there: who may not list the bucket does not
// learn that.
func (c *call) missing() error {
	if c.may("s3:ListBucket", c.bucket.arn()) {
		return noSuchKey(c.key)
	}
	return accessDenied()
}

// identify puts the version's id into an answer, where versioning is or was on.
func (b *bucket) identify(v *version, header http.Header) {
	if b.Versioning != "" && v != nil {
		header.Set("X-Amz-Version-Id", v.ID)
	}
}

// describe writes the headers of a version as GetObject and HeadObject give them.
func (v *version) describe(header http.Header) {
	header.Set("ETag", v.ETag)
	header.Set("Last-Modified", v.Modified.UTC().Format(http.TimeFormat))
	header.Set("Accept-Ranges", "bytes")
	header.Set("Content-Type", "binary/octet-stream")
	for name, value := range v.Header {
		header.Set(name, value)
	}
	for name, value := range v.Metadata {
		header.Set("X-Amz-Meta-"+name, value)
	}
	if len(v.Tags) > 0 {
		header.Set("X-Amz-Tagging-Count", tagCount(v.Tags))
	}
	if v.Class != "" {
		header.Set("X-Amz-Storage-Class", v.Class)
	}
	v.describeEncryption(header)
}

func (v *version) describeEncryption(header http.Header) {
	header.Set("X-Amz-Server-Side-Encryption", v.SSE)
	if v.KMSKey != "" {
		header.Set("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", v.KMSKey)
	}
}

// span is the part of a body that is answered.
type span struct {
	status       int
	from, length int64
	// parts is how many the object was uploaded in, if one of them was asked for.
	parts int
}

// choose applies the conditions and the range, or part, of a request to a version.
func (v *version) choose(request http.Header, part string) (span, error) {
	whole := span{status: http.StatusOK, length: v.Size}
	if failed := v.failedCondition(request); failed != "" {
		return span{}, preconditionFailed(failed)
	}
	if v.unchanged(request) {
		return span{status: http.StatusNotModified}, nil
	}
	if part != "" {
		return v.part(part, request)
	}
	from, to, ok := parseRange(request.Get("Range"), v.Size)
	switch {
	case !ok:
		return whole, nil
	case from >= v.Size || to < from:
		e := api.RefuseStatus(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable")
		e.Fields = map[string]string{"RangeRequested": request.Get("Range"), "ActualObjectSize": strconv.FormatInt(v.Size, 10)}
		return span{}, e
	}
	return span{status: http.StatusPartialContent, from: from, length: to - from + 1}, nil
}

// failedCondition names the header that forbids an answer, "" if none does.
func (v *version) failedCondition(request http.Header) string {
	if tags := request.Get("If-Match"); tags != "" {
		if !v.hasTag(tags) {
			return "If-Match"
		}
		return "" // it takes precedence over the date
	}
	if since, err := http.ParseTime(request.Get("If-Unmodified-Since")); err == nil && v.Modified.After(since) {
		return "If-Unmodified-Since"
	}
	return ""
}

// unchanged says whether the caller has this version already.
func (v *version) unchanged(request http.Header) bool {
	if tags := request.Get("If-None-Match"); tags != "" {
		return v.hasTag(tags)
	}
	since, err := http.ParseTime(request.Get("If-Modified-Since"))
	return err == nil && !v.Modified.After(since)
}

// hasTag says whether a list of entity tags, quoted or not, has the version's.
func (v *version) hasTag(tags string) bool {
	for t := range strings.SplitSeq(tags, ",") {
		t = strings.TrimPrefix(strings.TrimSpace(t), "W/")
		if t == "*" || strings.Trim(t, `"`) == strings.Trim(v.ETag, `"`) {
			return true
		}
	}
	return false
}

// parseRange reads the only form of Range that S3 heeds, a single range of
// bytes, both ends inclusive. Anything else is not ok and ignored.
func parseRange(text string, size int64) (from, to int64, ok bool) {
	ends, found := strings.CutPrefix(text, "bytes=")
	first, last, dash := strings.Cut(ends, "-")
	if !found || !dash {
		return 0, 0, false
	}
	if first == "" {
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n < 0 {
			return 0, 0, false
		}
		if n == 0 {
			return size, size, true
		}
		return max(size-n, 0), size - 1, true
	}
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil || from < 0 {
		return 0, 0, false
	}
	if last == "" {
		return from, size - 1, true
	}
	to, err = strconv.ParseInt(last, 10, 64)
	if err != nil || to < from {
		return 0, 0, false
	}
	return from, min(to, size-1), true
}

// announce writes what part of the body is answered into the headers.
func (v *version) announce(part span, header http.Header) {
	if part.status == http.StatusNotModified {
		return
	}
	header.Set("Content-Length", strconv.FormatInt(part.length, 10))
	if part.parts > 0 {
		header.Set("X-Amz-Mp-Parts-Count", strconv.Itoa(part.parts))
	}
	if part.status == http.StatusPartialContent {
		header.Set("Content-Range", "bytes "+strconv.FormatInt(part.from, 10)+"-"+
			strconv.FormatInt(part.from+part.length-1, 10)+"/"+strconv.FormatInt(v.Size, 10))
	}
}
