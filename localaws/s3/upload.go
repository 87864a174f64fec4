package s3

import (
	"cmp"
	"crypto/md5" //nolint:gosec // S3's ETags are MD5
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// maxMetadata is the most that names and values of user metadata can take, in bytes.
const maxMetadata = 2 << 10

func (s *Service) putObject(c *call) (*api.Response, error) {
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
	v.Sums = c.sums
	if err := s.keep(c, v, c.body); err != nil {
		return nil, err
	}
	header := http.Header{}
	header.Set("ETag", v.ETag)
	v.Sums.set(header)
	v.describeEncryption(header)
	c.bucket.identify(v, header)
	return &api.Response{Header: header}, nil
}

// keep stores a body as the new current version of the call's key.
func (s *Service) keep(c *call, v *version, body []byte) error {
	blob, err := s.blobs.put(body)
	if err != nil {
		return fmt.Errorf("keeping %s: %w", c.Resource, err)
	}
	v.Blob, v.Size, v.ETag = blob, int64(len(body)), etag(body)
	if len(v.Sums) == 0 {
		v.Sums = checksums{defaultAlgorithm: checksum(defaultAlgorithm, body)}
	}
	s.add(c.bucket, c.key, v)
	return nil
}

// keepCopy stores the body of another version as the new current one of the
// call's key, without holding it in memory.
func (s *Service) keepCopy(c *call, v, source *version) error {
	algorithm := strings.ToUpper(c.header("X-Amz-Checksum-Algorithm"))
	for had := range source.Sums {
		algorithm = cmp.Or(algorithm, had)
	}
	if algorithms[algorithm] == nil {
		algorithm = defaultAlgorithm
	}
	tag, sum := md5.New(), algorithms[algorithm]() //nolint:gosec // S3's ETags are MD5
	blob, err := s.blobs.join([]string{source.Blob}, io.MultiWriter(tag, sum))
	if err != nil {
		return fmt.Errorf("keeping %s: %w", c.Resource, err)
	}
	v.Blob, v.Size, v.ETag = blob, source.Size, fmt.Sprintf(`"%x"`, tag.Sum(nil))
	v.Sums = checksums{algorithm: base64.StdEncoding.EncodeToString(sum.Sum(nil))}
	s.add(c.bucket, c.key, v)
	return nil
}

// writable checks what can be refused before the object is looked at: key, ACL,
// conditions, and the demands that are not served.
func (c *call) writable() error {
	if len(c.key) > 1024 {
		return api.Refuse("KeyTooLongError", "Your key is too long")
	}
	if c.header("X-Amz-Server-Side-Encryption-Customer-Algorithm") != "" {
		return notImplemented(c.route.name + " with customer-provided keys (SSE-C)")
	}
	if c.header("X-Amz-Object-Lock-Mode") != "" || c.header("X-Amz-Object-Lock-Legal-Hold") != "" {
		return api.Refuse("InvalidRequest", "Bucket is missing Object Lock Configuration")
	}
	if err := c.objectACL(); err != nil {
		return err
	}
	return c.conditionalWrite()
}

// conditionalWrite applies "Conditional writes": If-None-Match may only be *,
// If-Match only an entity tag.
func (c *call) conditionalWrite() error {
	existing := c.bucket.current(c.key)
	switch c.header("If-None-Match") {
	case "":
	case "*":
		if existing != nil {
			return preconditionFailed("If-None-Match")
		}
	default:
		return api.RefuseStatus(http.StatusNotImplemented, "NotImplemented",
			"A header you provided implies functionality that is not implemented")
	}
	tags := c.header("If-Match")
	switch {
	case tags == "":
	case existing == nil:
		return noSuchKey(c.key)
	case !existing.hasTag(tags):
		return preconditionFailed("If-Match")
	}
	return nil
}

// storedHeaders are the headers of an upload that come back with the object.
var storedHeaders = []string{
	"Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding",
	"Content-Language", "Expires", "X-Amz-Website-Redirect-Location",
}

// newVersion makes a version of the headers of an upload.
func (c *call) newVersion() (*version, error) {
	v := &version{Header: map[string]string{}, Metadata: map[string]string{}}
	for _, name := range storedHeaders {
		value := c.header(name)
		if name == "Content-Encoding" {
			value = withoutChunking(c.HTTP.Header.Values(name))
		}
		if value != "" {
			v.Header[name] = value
		}
	}
	size := 0
	for name, values := range c.HTTP.Header {
		if key, found := strings.CutPrefix(name, "X-Amz-Meta-"); found {
			v.Metadata[strings.ToLower(key)] = strings.Join(values, ",")
			size += len(key) + len(v.Metadata[strings.ToLower(key)])
		}
	}
	if size > maxMetadata {
		return nil, api.Refuse("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
	}
	if err := v.setClass(c.header("X-Amz-Storage-Class")); err != nil {
		return nil, err
	}
	return v, c.setEncryption(v)
}

// withoutChunking is a content encoding without the framing of the upload.
func withoutChunking(values []string) string {
	var kept []string
	for e := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if e = strings.TrimSpace(e); e != "" && e != "aws-chunked" {
			kept = append(kept, e)
		}
	}
	return strings.Join(kept, ",")
}

func (v *version) setClass(class string) error {
	switch class {
	case "", "STANDARD":
		return nil
	case "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "REDUCED_REDUNDANCY", "GLACIER_IR":
		v.Class = class
		return nil
	case "GLACIER", "DEEP_ARCHIVE":
		return notImplemented("the storage class " + class)
	}
	return api.Refuse("InvalidStorageClass", "The storage class you specified is not valid")
}

// setEncryption records how the object is encrypted: as asked, or else as the
// bucket does by default.
func (c *call) setEncryption(v *version) error {
	v.SSE = c.header("X-Amz-Server-Side-Encryption")
	v.KMSKey = c.header("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id")
	if v.SSE == "" {
		d := c.bucket.Encryption.Rules[0].Default
		v.SSE, v.KMSKey = d.Algorithm, d.KMSKey
	}
	if !slices.Contains([]string{sseS3, sseKMS, dsse}, v.SSE) {
		return invalidArgument("The encryption method specified is not supported", "x-amz-server-side-encryption", v.SSE)
	}
	if usesKMS(v.SSE) {
		return c.findKey(v)
	}
	return nil
}

func (s *Service) copyObject(c *call) (*api.Response, error) {
	source, from, err := s.copySource(c)
	if err != nil {
		return nil, err
	}
	if err := c.writable(); err != nil {
		return nil, err
	}
	v, err := c.copyVersion(source, from)
	if err != nil {
		return nil, err
	}
	if err := s.keepCopy(c, v, source); err != nil {
		return nil, err
	}
	header := http.Header{}
	c.bucket.identify(v, header)
	v.describeEncryption(header)
	if from.bucket.Versioning != "" {
		header.Set("X-Amz-Copy-Source-Version-Id", source.ID)
	}
	return api.XML(http.StatusOK, copyResult(v), header)
}

// copySource finds the version to copy, by the rules of a GetObject of it.
func (s *Service) copySource(c *call) (*version, *call, error) {
	path, query, _ := strings.Cut(strings.TrimPrefix(c.header("X-Amz-Copy-Source"), "/"), "?")
	path, err := url.QueryUnescape(path) // a plus is a space, as in every path
	if err != nil {
		return nil, nil, invalidArgument("Copy Source must be encoded with URL encoding", "x-amz-copy-source", path)
	}
	from := *c
	var found bool
	if from.name, from.key, found = strings.Cut(path, "/"); !found || from.key == "" {
		return nil, nil, invalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source", path)
	}
	if from.query, err = url.ParseQuery(query); err != nil {
		return nil, nil, invalidArgument("Copy Source must be encoded with URL encoding", "x-amz-copy-source", query)
	}
	if from.bucket = s.buckets[from.name]; from.bucket == nil {
		return nil, nil, noSuchBucket(from.name)
	}
	get := *c.Request
	get.Resource = resource(from.name, from.key)
	from.Request, from.route = &get, &route{name: "GetObject"}
	if !from.permitted() {
		return nil, nil, from.refusal([]string{from.action()}, from.Resource)
	}
	v, err := from.readable()
	if err == nil && usesKMS(v.SSE) {
		err = from.useKey("kms:Decrypt", v)
	}
	if err != nil {
		return nil, nil, err
	}
	return v, &from, copyConditions(c, v)
}

// copyConditions applies the conditions on the source, which are those of a
// GetObject under other names; there is no 304 for them.
func copyConditions(c *call, v *version) error {
	conditions := http.Header{}
	for _, name := range []string{"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		conditions.Set(name, c.header("X-Amz-Copy-Source-"+name))
	}
	if failed := v.failedCondition(conditions); failed != "" {
		return preconditionFailed("x-amz-copy-source-" + failed)
	}
	if v.unchanged(conditions) {
		return preconditionFailed("x-amz-copy-source-If-None-Match")
	}
	return nil
}

// copyVersion makes the new version: metadata and tags of the source, or those
// of the call where it says REPLACE.
func (c *call) copyVersion(source *version, from *call) (*version, error) {
	v, err := c.newVersion()
	if err != nil {
		return nil, err
	}
	replaces := c.header("X-Amz-Metadata-Directive") == "REPLACE"
	changed := replaces || v.Class != source.Class || c.header("X-Amz-Server-Side-Encryption") != "" ||
		c.header("X-Amz-Website-Redirect-Location") != "" || from.query.Has("versionId")
	if from.name == c.name && from.key == c.key && !changed {
		return nil, api.Refuse("InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself "+
			"without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	if !replaces {
		v.Header, v.Metadata = source.Header, source.Metadata
	}
	v.Tags = source.Tags
	if c.header("X-Amz-Tagging-Directive") == "REPLACE" {
		v.Tags, err = c.headerTags()
	}
	return v, err
}
