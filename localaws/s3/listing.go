package s3

import (
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// maxListed is the most keys and common prefixes one page has.
const maxListed = 1000

// listed is one version in a list.
type listed struct {
	key    string
	v      *version
	latest bool
}

// listing gathers one page of a list.
type listing struct {
	prefix, delimiter string
	after             string // only what comes after this key or common prefix
	max               int
	encode            bool

	items     []listed
	prefixes  []commonPrefix
	group     string // the last common prefix found
	last      listed // the last one on the page
	truncated bool
}

func (c *call) newListing(after string) (*listing, error) {
	limit, err := c.limit("max-keys", maxListed)
	if err != nil {
		return nil, err
	}
	encoding := c.query.Get("encoding-type")
	if encoding != "" && encoding != "url" {
		return nil, invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding)
	}
	return &listing{
		prefix: c.query.Get("prefix"), delimiter: c.query.Get("delimiter"),
		after: after, max: limit, encode: encoding == "url",
	}, nil
}

// text is a key as it is written: percent-encoded if the caller asked for it.
func (l *listing) text(key string) string {
	if !l.encode {
		return key
	}
	return strings.NewReplacer("+", "%20", "%2F", "/").Replace(url.QueryEscape(key))
}

// add takes one more item, in order. It reports false when the page is full.
func (l *listing) add(item listed) bool {
	rest, found := strings.CutPrefix(item.key, l.prefix)
	if !found {
		return true
	}
	group := ""
	if l.delimiter != "" {
		if i := strings.Index(rest, l.delimiter); i >= 0 {
			group = l.prefix + rest[:i+len(l.delimiter)]
		}
	}
	if group != "" && (group == l.group || group == l.after) {
		return true
	}
	if len(l.items)+len(l.prefixes) == l.max {
		l.truncated = l.max > 0
		return false
	}
	if group != "" {
		l.group, l.last = group, listed{key: group}
		l.prefixes = append(l.prefixes, commonPrefix{l.text(group)})
		return true
	}
	l.items, l.last = append(l.items, item), item
	return true
}

// fill adds the current versions of a bucket in the order of their keys.
func (l *listing) fill(b *bucket) {
	for _, key := range slices.Sorted(maps.Keys(b.Objects)) {
		v := b.current(key)
		if v == nil || key <= l.after {
			continue
		}
		if !l.add(listed{key: key, v: v, latest: true}) {
			return
		}
	}
}

type commonPrefix struct{ Prefix string }

type objectEntry struct {
	Key               string
	LastModified      string
	ETag              string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
	Size              int64
	StorageClass      string
	Owner             *owner `xml:",omitempty"`
}

// listBucketResult is the answer of both list operations; what one of them
// lacks is left out.
type listBucketResult struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	Marker                *string `xml:",omitempty"`
	NextMarker            string  `xml:",omitempty"`
	StartAfter            string  `xml:",omitempty"`
	ContinuationToken     string  `xml:",omitempty"`
	NextContinuationToken string  `xml:",omitempty"`
	KeyCount              *int    `xml:",omitempty"`
	MaxKeys               int
	Delimiter             string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	Contents              []objectEntry
	CommonPrefixes        []commonPrefix
}

func (l *listing) result(c *call, owned bool) listBucketResult {
	out := listBucketResult{
		Name: c.name, Prefix: l.text(l.prefix), MaxKeys: l.max, Delimiter: l.text(l.delimiter),
		EncodingType: c.query.Get("encoding-type"), IsTruncated: l.truncated, CommonPrefixes: l.prefixes,
	}
	owner := ownerOf(c.bucket.Account)
	for _, item := range l.items {
		entry := objectEntry{
			Key: l.text(item.key), LastModified: timestamp(item.v.Modified), ETag: item.v.ETag,
			Size: item.v.Size, StorageClass: item.v.storageClass(),
		}
		for algorithm := range item.v.Sums {
			entry.ChecksumAlgorithm, entry.ChecksumType = algorithm, "FULL_OBJECT"
		}
		if owned {
			entry.Owner = &owner
		}
		out.Contents = append(out.Contents, entry)
	}
	return out
}

func (s *Service) listObjectsV2(c *call) (*api.Response, error) {
	if c.query.Get("list-type") != "2" {
		return nil, invalidArgument("Invalid List Type specified in Request", "list-type", c.query.Get("list-type"))
	}
	after := c.query.Get("start-after")
	token := c.query.Get("continuation-token")
	if c.query.Has("continuation-token") {
		var err error
		if after, err = decodeToken(token); err != nil || after == "" {
			return nil, invalidArgument("The continuation token provided is incorrect", "continuation-token", token)
		}
	}
	l, err := c.newListing(after)
	if err != nil {
		return nil, err
	}
	l.fill(c.bucket)
	out := l.result(c, c.query.Get("fetch-owner") == "true")
	count := len(l.items) + len(l.prefixes)
	out.KeyCount, out.ContinuationToken, out.StartAfter = &count, token, l.text(c.query.Get("start-after"))
	if l.truncated {
		out.NextContinuationToken = encodeToken(l.last.key)
	}
	return api.XML(http.StatusOK, out, nil)
}

func (s *Service) listObjects(c *call) (*api.Response, error) {
	l, err := c.newListing(c.query.Get("marker"))
	if err != nil {
		return nil, err
	}
	l.fill(c.bucket)
	out := l.result(c, true)
	marker := l.text(l.after)
	out.Marker = &marker
	if l.truncated && l.delimiter != "" {
		out.NextMarker = l.text(l.last.key)
	}
	return api.XML(http.StatusOK, out, nil)
}

type versionEntry struct {
	XMLName      xml.Name
	Key          string
	VersionID    string `xml:"VersionId"`
	IsLatest     bool
	LastModified string
	ETag         string `xml:",omitempty"`
	Size         *int64 `xml:",omitempty"`
	StorageClass string `xml:",omitempty"`
	Owner        owner
}

type listVersionsResult struct {
	XMLName             xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListVersionsResult"`
	Name                string
	Prefix              string
	KeyMarker           string
	VersionIDMarker     string `xml:"VersionIdMarker"`
	NextKeyMarker       string `xml:",omitempty"`
	NextVersionIDMarker string `xml:"NextVersionIdMarker,omitempty"`
	MaxKeys             int
	Delimiter           string `xml:",omitempty"`
	EncodingType        string `xml:",omitempty"`
	IsTruncated         bool
	Versions            []versionEntry
	CommonPrefixes      []commonPrefix
}

func (s *Service) listObjectVersions(c *call) (*api.Response, error) {
	l, err := c.newListing(c.query.Get("key-marker"))
	if err != nil {
		return nil, err
	}
	l.fillVersions(c.bucket, c.query.Get("version-id-marker"))
	out := listVersionsResult{
		Name: c.name, Prefix: l.text(l.prefix), KeyMarker: l.text(l.after), VersionIDMarker: c.query.Get("version-id-marker"),
		MaxKeys: l.max, Delimiter: l.text(l.delimiter), EncodingType: c.query.Get("encoding-type"),
		IsTruncated: l.truncated, CommonPrefixes: l.prefixes,
	}
	if l.truncated {
		out.NextKeyMarker = l.text(l.last.key)
		if l.last.v != nil {
			out.NextVersionIDMarker = l.last.v.ID
		}
	}
	for _, item := range l.items {
		out.Versions = append(out.Versions, l.entry(c.bucket, item))
	}
	return api.XML(http.StatusOK, out, nil)
}

// fillVersions adds all versions, newest first within a key, from after the
// version named by the markers.
func (l *listing) fillVersions(b *bucket, versionMarker string) {
	for _, key := range slices.Sorted(maps.Keys(b.Objects)) {
		if key < l.after || key == l.after && versionMarker == "" {
			continue
		}
		passed := key != l.after
		for i, v := range b.Objects[key] {
			if passed && !l.add(listed{key, v, i == 0}) {
				return
			}
			passed = passed || v.ID == versionMarker
		}
	}
}

func (l *listing) entry(b *bucket, item listed) versionEntry {
	entry := versionEntry{
		XMLName: xml.Name{Local: "Version"}, Key: l.text(item.key), VersionID: item.v.ID, IsLatest: item.latest,
		LastModified: timestamp(item.v.Modified), Owner: ownerOf(b.Account),
	}
	if item.v.Marker {
		entry.XMLName.Local = "DeleteMarker"
		return entry
	}
	entry.ETag, entry.Size, entry.StorageClass = item.v.ETag, &item.v.Size, item.v.storageClass()
	return entry
}
