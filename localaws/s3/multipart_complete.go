package s3

import (
	"crypto/md5" //nolint:gosec // S3's ETags are MD5
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"imagecdn/localaws/api"
)

// minPart is the least size of every part but the last.
const minPart = 5 << 20

type completedPart struct {
	PartNumber int
	ETag       string
	Sums       []checksumElement `xml:",any"`
}

// checksumElement is a checksum of a part as an element named after its algorithm.
type checksumElement struct {
	XMLName xml.Name
	Value   string `xml:",chardata"`
}

func (s *Service) completeMultipartUpload(c *call) (*api.Response, error) {
	u, err := c.uploading()
	if err != nil {
		return nil, err
	}
	var in struct {
		XMLName xml.Name        `xml:"CompleteMultipartUpload"`
		Parts   []completedPart `xml:"Part"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	parts, err := u.chosen(in.Parts)
	if err != nil {
		return nil, err
	}
	if err := c.conditionalWrite(); err != nil {
		return nil, err
	}
	v, err := s.join(c, u, parts)
	if err != nil {
		return nil, err
	}
	s.add(c.bucket, c.key, v)
	s.forget(c.bucket, u)
	header := http.Header{}
	v.describeEncryption(header)
	c.bucket.identify(v, header)
	return api.XML(http.StatusOK, struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
		Location string
		Bucket   string
		Key      string
		ETag     string
	}{Location: "/" + c.name + "/" + c.key, Bucket: c.name, Key: c.key, ETag: v.ETag}, header)
}

// chosen are the parts that the caller lists, if they are as he says.
func (u *upload) chosen(list []completedPart) ([]*uploadPart, error) {
	if len(list) == 0 || len(list) > maxParts {
		return nil, malformedXML()
	}
	for i := 1; i < len(list); i++ {
		if list[i].PartNumber <= list[i-1].PartNumber {
			return nil, api.Refuse("InvalidPartOrder",
				"The list of parts was not in ascending order. The parts list must be specified in order by part number.")
		}
	}
	var parts []*uploadPart
	for i, listed := range list {
		p := u.Parts[listed.PartNumber]
		switch {
		case p == nil || !p.is(listed):
			e := api.Refuse("InvalidPart", "One or more of the specified parts could not be found. The part may not have been uploaded, "+
				"or the specified entity tag may not match the part's entity tag.")
			e.Fields = map[string]string{"PartNumber": strconv.Itoa(listed.PartNumber), "ETag": listed.ETag, "UploadId": u.ID}
			return nil, e
		case i < len(list)-1 && p.Size < minPart:
			return nil, api.Refuse("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// is says whether a part is the one that is listed.
func (p *uploadPart) is(listed completedPart) bool {
	for _, sum := range listed.Sums {
		algorithm, found := strings.CutPrefix(sum.XMLName.Local, "Checksum")
		if have := p.Sums[algorithm]; found && have != "" && have != sum.Value {
			return false
		}
	}
	return strings.Trim(listed.ETag, `"`) == strings.Trim(p.ETag, `"`)
}

// join makes the object of its parts.
func (s *Service) join(c *call, u *upload, parts []*uploadPart) (*version, error) {
	v := *u.Version
	tags, whole, composite := md5.New(), algorithms[u.Algorithm](), algorithms[u.Algorithm]() //nolint:gosec // see the import
	var blobs []string
	for _, p := range parts {
		digest, _ := hex.DecodeString(strings.Trim(p.ETag, `"`))       // it was made here
		_, _ = tags.Write(digest)                                      // a hash does not fail
		sum, _ := base64.StdEncoding.DecodeString(p.Sums[u.Algorithm]) // as above
		_, _ = composite.Write(sum)                                    // as above
		v.Size, blobs, v.Parts = v.Size+p.Size, append(blobs, p.Blob), append(v.Parts, p.Size)
	}
	blob, err := s.blobs.join(blobs, whole)
	if err != nil {
		return nil, fmt.Errorf("joining the parts of %s: %w", c.Resource, err)
	}
	v.Blob = blob
	v.ETag = fmt.Sprintf(`"%x-%d"`, tags.Sum(nil), len(parts))
	v.Sums = checksums{u.Algorithm: base64.StdEncoding.EncodeToString(whole.Sum(nil))}
	if u.Composite {
		v.Sums = checksums{u.Algorithm: fmt.Sprintf("%s-%d", base64.StdEncoding.EncodeToString(composite.Sum(nil)), len(parts))}
	}
	size := c.header("X-Amz-Mp-Object-Size")
	sent := c.header(checksumPrefix + u.Algorithm)
	switch {
	case size != "" && size != strconv.FormatInt(v.Size, 10):
		err = api.Refuse("InvalidRequest", "The provided 'x-amz-mp-object-size' header value does not match what was computed.")
	case sent != "" && sent != v.Sums[u.Algorithm]:
		err = api.Refuse("BadDigest", "The %s you specified did not match the calculated checksum.", u.Algorithm)
	}
	if err != nil {
		s.blobs.drop(blob)
		return nil, err
	}
	return &v, nil
}
