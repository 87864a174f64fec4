package s3

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

func (s *Service) getObject(c *call) (*api.Response, error) {
	v, part, header, err := c.prepare()
	if err == nil && usesKMS(v.SSE) {
		err = c.useKey("kms:Decrypt", v)
	}
	if err != nil {
		return nil, err
	}
	if part.length == 0 {
		return &api.Response{Status: part.status, Header: header}, nil
	}
	body, err := s.blobs.open(v.Blob, part.from, part.length)
	return &api.Response{Status: part.status, Header: header, Stream: body}, err
}

func (s *Service) headObject(c *call) (*api.Response, error) {
	_, part, header, err := c.prepare()
	if err != nil {
		return nil, err
	}
	return &api.Response{Status: part.status, Header: header}, nil
}

// prepare finds the version a GET or HEAD is about, and what is answered of it.
func (c *call) prepare() (*version, span, http.Header, error) {
	v, err := c.readable()
	if err != nil {
		return nil, span{}, nil, err
	}
	if usesKMS(v.SSE) && !c.Signed {
		return nil, span{}, nil, unsignedKey()
	}
	part, err := v.choose(c.HTTP.Header, c.query.Get("partNumber"))
	if err != nil {
		return nil, span{}, nil, err
	}
	header := http.Header{}
	v.describe(header)
	v.announce(part, header)
	c.bucket.identify(v, header)
	c.bucket.share(c.HTTP.Header, c.HTTP.Method, header)
	if strings.EqualFold(c.header("X-Amz-Checksum-Mode"), "ENABLED") && part.status == http.StatusOK {
		v.Sums.set(header)
	}
	return v, part, header, override(header, c.query, c.Signed)
}

// override applies the response-* parameters, which only who signs may use.
func override(header http.Header, query url.Values, signed bool) error {
	for _, name := range []string{"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires"} {
		value := query.Get("response-" + strings.ToLower(name))
		if value == "" {
			continue
		}
		if !signed {
			return api.Refuse("InvalidRequest", "Request specific response headers cannot be used for anonymous GET requests.")
		}
		header.Set(name, value)
	}
	return nil
}

type objectAttributes struct {
	XMLName      xml.Name          `xml:"http://s3.amazonaws.com/doc/2006-03-01/ GetObjectAttributesResponse"`
	ETag         string            `xml:",omitempty"`
	Checksum     *checksumElements `xml:"Checksum"`
	ObjectSize   *int64            `xml:",omitempty"`
	StorageClass string            `xml:",omitempty"`
}

func (s *Service) getObjectAttributes(c *call) (*api.Response, error) {
	v, err := c.readable()
	if err != nil {
		return nil, err
	}
	var wanted []string
	for a := range strings.SplitSeq(strings.Join(c.HTTP.Header.Values("X-Amz-Object-Attributes"), ","), ",") {
		wanted = append(wanted, strings.TrimSpace(a))
	}
	out := objectAttributes{}
	if slices.Contains(wanted, "ETag") {
		out.ETag = strings.Trim(v.ETag, `"`)
	}
	if slices.Contains(wanted, "Checksum") {
		out.Checksum = &checksumElements{v.Sums}
	}
	if slices.Contains(wanted, "ObjectSize") {
		out.ObjectSize = &v.Size
	}
	if slices.Contains(wanted, "StorageClass") {
		out.StorageClass = v.storageClass()
	}
	header := http.Header{}
	header.Set("Last-Modified", v.Modified.UTC().Format(http.TimeFormat))
	c.bucket.identify(v, header)
	return api.XML(http.StatusOK, out, header)
}

// checksumElements writes checksums as elements named after their algorithms.
type checksumElements struct{ sums checksums }

// MarshalXML implements xml.Marshaler.
func (c checksumElements) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	type element struct {
		XMLName xml.Name
		Value   string `xml:",chardata"`
	}
	elements := []element{}
	for algorithm, value := range c.sums {
		elements = append(elements, element{xml.Name{Local: "Checksum" + algorithm}, value})
	}
	if len(elements) > 0 {
		elements = append(elements, element{xml.Name{Local: "ChecksumType"}, c.sums.kind()})
	}
	return e.EncodeElement(struct{ Elements []element }{elements}, start)
}

type copyObjectResult struct {
	XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CopyObjectResult"`
	LastModified string
	ETag         string
}

func copyResult(v *version) copyObjectResult {
	return copyObjectResult{LastModified: timestamp(v.Modified), ETag: v.ETag}
}
