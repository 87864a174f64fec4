package s3

import (
	"bytes"
	"crypto/md5" //nolint:gosec // S3's ETags are MD5
	"crypto/rand"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/paging"
)

// maxParts is the most parts an upload has, and the highest number of one.
const maxParts = 10_000

// upload is a multipart upload under way.
type upload struct {
	ID        string    `json:"id"`
	Key       string    `json:"key"`
	Initiated time.Time `json:"initiated"`
	// Version is what the object will be, apart from its body.
	Version *version `json:"version"`
	// Algorithm is that of the object's checksum, and Composite says that it is
	// made of those of the parts.
	Algorithm string              `json:"algorithm"`
	Composite bool                `json:"composite,omitempty"`
	Parts     map[int]*uploadPart `json:"parts"`
}

// uploadPart is one part; its body is a blob of its own.
type uploadPart struct {
	Number   int       `json:"number"`
	Blob     string    `json:"blob"`
	Size     int64     `json:"size"`
	ETag     string    `json:"etag"`
	Modified time.Time `json:"modified"`
	Sums     checksums `json:"checksums"`
}

func (s *Service) createMultipartUpload(c *call) (*api.Response, error) {
	if err := c.writable(); err != nil {
		return nil, err
	}
	v, err := c.newVersion()
	if err != nil {
		return nil, err
	}
	if v.Tags, err = c.headerTags(); err != nil {
		return nil, err
	}
	u := &upload{ID: rand.Text(), Key: c.key, Initiated: c.now.UTC(), Version: v, Parts: map[int]*uploadPart{}}
	if err := u.setChecksum(c.header("X-Amz-Checksum-Algorithm"), c.header("X-Amz-Checksum-Type")); err != nil {
		return nil, err
	}
	if c.bucket.Uploads == nil {
		c.bucket.Uploads = map[string]*upload{}
	}
	c.bucket.Uploads[u.ID] = u
	header := http.Header{"X-Amz-Checksum-Algorithm": {u.Algorithm}, "X-Amz-Checksum-Type": {u.checksumType()}}
	v.describeEncryption(header)
	return api.XML(http.StatusOK, struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
		Bucket   string
		Key      string
		UploadID string `xml:"UploadId"`
	}{Bucket: c.name, Key: c.key, UploadID: u.ID}, header)
}

// setChecksum chooses the object's checksum: composite unless the algorithm is
// one of those that can be computed over the whole object part by part
// ("Checking object integrity", full object and composite checksum types).
func (u *upload) setChecksum(algorithm, kind string) error {
	u.Algorithm = strings.ToUpper(algorithm)
	if u.Algorithm == "" {
		u.Algorithm = defaultAlgorithm
	}
	if algorithms[u.Algorithm] == nil {
		return notImplemented("the checksum algorithm " + algorithm)
	}
	whole := strings.HasPrefix(u.Algorithm, "CRC")
	switch {
	case kind == "" && u.Algorithm == defaultAlgorithm, kind == checksumWhole && whole:
	case kind == checksumComposite && u.Algorithm != defaultAlgorithm, kind == "":
		u.Composite = true
	default:
		return api.Refuse("InvalidRequest", "The %s checksum type cannot be used with the %s checksum algorithm.",
			kind, strings.ToLower(algorithm))
	}
	return nil
}

func (u *upload) checksumType() string {
	if u.Composite {
		return checksumComposite
	}
	return checksumWhole
}

// uploading finds the upload that the call is about.
func (c *call) uploading() (*upload, error) {
	u := c.bucket.Uploads[c.query.Get("uploadId")]
	if u == nil || u.Key != c.key {
		return nil, refuse(http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, "+
			"or the upload may have been aborted or completed.", "UploadId", c.query.Get("uploadId"))
	}
	return u, nil
}

func (s *Service) uploadPart(c *call) (*api.Response, error) {
	p, err := s.keepPart(c, bytes.NewReader(c.body), c.sums)
	if err != nil {
		return nil, err
	}
	header := http.Header{"Etag": {p.ETag}}
	for algorithm, value := range p.Sums {
		header.Set(checksumPrefix+algorithm, value)
	}
	return &api.Response{Header: header}, nil
}

func (s *Service) uploadPartCopy(c *call) (*api.Response, error) {
	source, _, err := s.copySource(c)
	if err != nil {
		return nil, err
	}
	all := span{length: source.Size}
	if text := c.header("X-Amz-Copy-Source-Range"); text != "" {
		from, to, ok := parseRange(text, source.Size)
		if !ok || from >= source.Size {
			return nil, invalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last "+
				"are the zero-based offsets of the first and last bytes to copy", "x-amz-copy-source-range", text)
		}
		all = span{from: from, length: to - from + 1}
	}
	body, err := s.blobs.open(source.Blob, all.from, all.length)
	if err != nil {
		return nil, err
	}
	p, err := s.keepPart(c, body, nil)
	if err = errors.Join(err, body.Close()); err != nil {
		return nil, err
	}
	return api.XML(http.StatusOK, struct {
		XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CopyPartResult"`
		LastModified string
		ETag         string
	}{LastModified: timestamp(p.Modified), ETag: p.ETag}, nil)
}

// keepPart stores a part, in place of an earlier one of its number.
func (s *Service) keepPart(c *call, body io.Reader, sums checksums) (*uploadPart, error) {
	u, err := c.uploading()
	if err != nil {
		return nil, err
	}
	number, err := partNumber(c.query.Get("partNumber"))
	if err != nil {
		return nil, err
	}
	tag, sum := md5.New(), algorithms[u.Algorithm]() //nolint:gosec // S3's ETags are MD5
	blob, size, err := s.blobs.copy(body, io.MultiWriter(tag, sum))
	if err != nil {
		return nil, fmt.Errorf("keeping part %d of %s: %w", number, c.Resource, err)
	}
	p := &uploadPart{Number: number, Blob: blob, Size: size, ETag: fmt.Sprintf(`"%x"`, tag.Sum(nil)), Modified: c.now.UTC(), Sums: checksums{}}
	maps.Copy(p.Sums, sums)
	p.Sums[u.Algorithm] = base64.StdEncoding.EncodeToString(sum.Sum(nil))
	if old := u.Parts[number]; old != nil {
		s.blobs.drop(old.Blob)
	}
	u.Parts[number] = p
	return p, nil
}

func (s *Service) abortMultipartUpload(c *call) (*api.Response, error) {
	u, err := c.uploading()
	if err != nil {
		return nil, err
	}
	s.forget(c.bucket, u)
	return noContent(), nil
}

// forget ends an upload and drops its parts.
func (s *Service) forget(b *bucket, u *upload) {
	for _, p := range u.Parts {
		s.blobs.drop(p.Blob)
	}
	delete(b.Uploads, u.ID)
}

type partEntry struct {
	PartNumber   int
	LastModified string
	ETag         string
	Size         int64
}

type listPartsResult struct {
	XMLName              xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListPartsResult"`
	Bucket               string
	Key                  string
	UploadID             string `xml:"UploadId"`
	Initiator            owner
	Owner                owner
	StorageClass         string
	PartNumberMarker     int
	NextPartNumberMarker int
	MaxParts             int
	IsTruncated          bool
	ChecksumAlgorithm    string
	ChecksumType         string
	Parts                []partEntry `xml:"Part"`
}

func (s *Service) listParts(c *call) (*api.Response, error) {
	u, err := c.uploading()
	if err != nil {
		return nil, err
	}
	limit, err := c.limit("max-parts", maxListed)
	if err != nil {
		return nil, err
	}
	marker, _ := strconv.Atoi(c.query.Get("part-number-marker")) // absent: from the first
	owner := ownerOf(c.bucket.Account)
	out := listPartsResult{
		Bucket: c.name, Key: c.key, UploadID: u.ID, Initiator: owner, Owner: owner, StorageClass: u.Version.storageClass(),
		PartNumberMarker: marker, MaxParts: limit, ChecksumAlgorithm: u.Algorithm, ChecksumType: u.checksumType(),
	}
	behind := slices.DeleteFunc(slices.Sorted(maps.Keys(u.Parts)), func(number int) bool { return number <= marker })
	page, rest := paging.Cut(behind, limit)
	out.IsTruncated = len(rest) > 0
	for _, number := range page {
		p := u.Parts[number]
		out.Parts = append(out.Parts, partEntry{number, timestamp(p.Modified), p.ETag, p.Size})
		out.NextPartNumberMarker = number
	}
	return api.XML(http.StatusOK, out, nil)
}

type uploadEntry struct {
	Key          string
	UploadID     string `xml:"UploadId"`
	Initiator    owner
	Owner        owner
	StorageClass string
	Initiated    string
}

type listUploadsResult struct {
	XMLName            xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListMultipartUploadsResult"`
	Bucket             string
	KeyMarker          string
	UploadIDMarker     string `xml:"UploadIdMarker"`
	NextKeyMarker      string `xml:",omitempty"`
	NextUploadIDMarker string `xml:"NextUploadIdMarker,omitempty"`
	Prefix             string `xml:",omitempty"`
	MaxUploads         int
	IsTruncated        bool
	Uploads            []uploadEntry `xml:"Upload"`
}

// listMultipartUploads lists uploads under way by key, those of one key by time.
func (s *Service) listMultipartUploads(c *call) (*api.Response, error) {
	limit, err := c.limit("max-uploads", maxListed)
	if err != nil {
		return nil, err
	}
	out := listUploadsResult{
		Bucket: c.name, KeyMarker: c.query.Get("key-marker"), UploadIDMarker: c.query.Get("upload-id-marker"),
		Prefix: c.query.Get("prefix"), MaxUploads: limit,
	}
	passed := out.UploadIDMarker == ""
	for _, u := range c.bucket.sortedUploads() {
		marked := u.Key == out.KeyMarker && !passed
		passed = passed || u.ID == out.UploadIDMarker
		if u.Key < out.KeyMarker || u.Key == out.KeyMarker && out.KeyMarker != "" && (marked || out.UploadIDMarker == "") ||
			!strings.HasPrefix(u.Key, out.Prefix) {
			continue
		}
		if len(out.Uploads) == limit {
			out.IsTruncated = true
			out.NextKeyMarker, out.NextUploadIDMarker = out.Uploads[limit-1].Key, out.Uploads[limit-1].UploadID
			break
		}
		owner := ownerOf(c.bucket.Account)
		out.Uploads = append(out.Uploads, uploadEntry{u.Key, u.ID, owner, owner, u.Version.storageClass(), timestamp(u.Initiated)})
	}
	return api.XML(http.StatusOK, out, nil)
}

func (b *bucket) sortedUploads() []*upload {
	return slices.SortedFunc(maps.Values(b.Uploads), func(x, y *upload) int {
		if x.Key != y.Key {
			return strings.Compare(x.Key, y.Key)
		}
		if order := x.Initiated.Compare(y.Initiated); order != 0 {
			return order
		}
		return strings.Compare(x.ID, y.ID)
	})
}
