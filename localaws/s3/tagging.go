package s3

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// How many tags a bucket and an object can have.
const (
	maxBucketTags = 50
	maxObjectTags = 10
)

// tag is a tag of a bucket or an object.
type tag = tags.Tag

type tagging struct {
	XMLName xml.Name `xml:"Tagging"`
	Space   string   `xml:"xmlns,attr,omitempty"`
	Tags    []tag    `xml:"TagSet>Tag"`
}

// validTags applies the rules of tags: how many, how long, each key once, and
// none of those that are AWS's own.
func validTags(list []tag, most int) ([]tag, error) {
	if len(list) > most {
		return nil, api.Refuse("BadRequest", "Object tags cannot be greater than %d", most)
	}
	fault := tags.Check(list)
	switch {
	case fault == nil && tags.Repeated(list):
		return nil, api.Refuse("InvalidTag", "Cannot provide multiple Tags with the same key")
	case fault == nil:
		return list, nil
	case fault.Kind == tags.InvalidKey:
		return nil, api.Refuse("InvalidTag", "The TagKey you have provided is invalid")
	case fault.Kind == tags.InvalidValue:
		return nil, api.Refuse("InvalidTag", "The TagValue you have provided is invalid")
	}
	return nil, api.Refuse("InvalidTag", "System tags cannot be added/updated by requester")
}

func (c *call) decodeTags(most int) ([]tag, error) {
	var in tagging
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return validTags(in.Tags, most)
}

// headerTags reads the tags in the header of an upload, encoded as a query.
func (c *call) headerTags() ([]tag, error) {
	text := c.header("X-Amz-Tagging")
	if text == "" {
		return nil, nil
	}
	var list []tag
	for pair := range strings.SplitSeq(text, "&") {
		key, value, _ := strings.Cut(pair, "=")
		k, errKey := url.QueryUnescape(key)
		v, errValue := url.QueryUnescape(value)
		if errKey != nil || errValue != nil {
			return nil, invalidArgument("The header 'x-amz-tagging' shall be encoded as UTF-8 "+
				"then URLEncoded URL query parameters without tag name duplicates.", "x-amz-tagging", text)
		}
		list = append(list, tag{Key: k, Value: v})
	}
	return validTags(list, maxObjectTags)
}

func tagsDocument(list []tag) (*api.Response, error) {
	return api.XML(http.StatusOK, tagging{Space: namespace, Tags: list}, nil)
}

func tagCount(list []tag) string { return strconv.Itoa(len(list)) }

func (s *Service) getBucketTagging(c *call) (*api.Response, error) {
	if len(c.bucket.Tags) == 0 {
		return nil, refuse(http.StatusNotFound, "NoSuchTagSet", "The TagSet does not exist", "BucketName", c.name)
	}
	return tagsDocument(c.bucket.Tags)
}

func (s *Service) putBucketTagging(c *call) (*api.Response, error) {
	list, err := c.decodeTags(maxBucketTags)
	if err != nil {
		return nil, err
	}
	c.bucket.Tags = list
	return noContent(), nil
}

func (s *Service) deleteBucketTagging(c *call) (*api.Response, error) {
	c.bucket.Tags = nil
	return noContent(), nil
}

func (s *Service) getObjectTagging(c *call) (*api.Response, error) {
	v, err := c.readable()
	if err != nil {
		return nil, err
	}
	return tagsDocument(v.Tags)
}

func (s *Service) putObjectTagging(c *call) (*api.Response, error) {
	v, err := c.readable()
	if err != nil {
		return nil, err
	}
	list, err := c.decodeTags(maxObjectTags)
	if err != nil {
		return nil, err
	}
	v.Tags = list
	s.touch(c.bucket, c.key)
	return &api.Response{}, nil
}

func (s *Service) deleteObjectTagging(c *call) (*api.Response, error) {
	v, err := c.readable()
	if err != nil {
		return nil, err
	}
	v.Tags = nil
	s.touch(c.bucket, c.key)
	return noContent(), nil
}
