package s3

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"imagecdn/localaws/api"
)

// How many tags a bucket and an object can have.
const (
	maxBucketTags = 50
	maxObjectTags = 10
)

type tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type tagging struct {
	XMLName xml.Name `xml:"Tagging"`
	Space   string   `xml:"xmlns,attr,omitempty"`
	Tags    []tag    `xml:"TagSet>Tag"`
}

// validTags applies the rules of tags: how many, how long, each key once, and
// none of those that are AWS's own.
func validTags(tags []tag, most int) ([]tag, error) {
	if len(tags) > most {
		return nil, api.Refuse("BadRequest", "Object tags cannot be greater than %d", most)
	}
	seen := map[string]bool{}
	for _, t := range tags {
		keyLength := utf8.RuneCountInString(t.Key)
		switch {
		case keyLength == 0 || keyLength > 128:
			return nil, api.Refuse("InvalidTag", "The TagKey you have provided is invalid")
		case utf8.RuneCountInString(t.Value) > 256:
			return nil, api.Refuse("InvalidTag", "The TagValue you have provided is invalid")
		case strings.HasPrefix(t.Key, "aws:"):
			return nil, api.Refuse("InvalidTag", "System tags cannot be added/updated by requester")
		case seen[t.Key]:
			return nil, api.Refuse("InvalidTag", "Cannot provide multiple Tags with the same key")
		}
		seen[t.Key] = true
	}
	return tags, nil
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
	var tags []tag
	for pair := range strings.SplitSeq(text, "&") {
		key, value, _ := strings.Cut(pair, "=")
		k, errKey := url.QueryUnescape(key)
		v, errValue := url.QueryUnescape(value)
		if errKey != nil || errValue != nil {
			return nil, invalidArgument("The header 'x-amz-tagging' shall be encoded as UTF-8 "+
				"then URLEncoded URL query parameters without tag name duplicates.", "x-amz-tagging", text)
		}
		tags = append(tags, tag{k, v})
	}
	return validTags(tags, maxObjectTags)
}

func tagsDocument(tags []tag) (*api.Response, error) {
	return api.XML(http.StatusOK, tagging{Space: namespace, Tags: tags}, nil)
}

func tagCount(tags []tag) string { return strconv.Itoa(len(tags)) }

func (s *Service) getBucketTagging(c *call) (*api.Response, error) {
	if len(c.bucket.Tags) == 0 {
		return nil, refuse(http.StatusNotFound, "NoSuchTagSet", "The TagSet does not exist", "BucketName", c.name)
	}
	return tagsDocument(c.bucket.Tags)
}

func (s *Service) putBucketTagging(c *call) (*api.Response, error) {
	tags, err := c.decodeTags(maxBucketTags)
	if err != nil {
		return nil, err
	}
	c.bucket.Tags = tags
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
	tags, err := c.decodeTags(maxObjectTags)
	if err != nil {
		return nil, err
	}
	v.Tags = tags
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
