package s3

import (
	"crypto/rand"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// lifecycle is a bucket's lifecycle configuration. It is kept, not acted upon.
type lifecycle struct {
	XMLName xml.Name        `xml:"LifecycleConfiguration" json:"-"`
	Rules   []lifecycleRule `xml:"Rule" json:"rules"`
	// MinimumSize says which objects change their class; it is a header.
	MinimumSize string `xml:"-" json:"minimumSize"`
}

type lifecycleRule struct {
	ID                   string                 `xml:"ID" json:"id"`
	Prefix               *string                `xml:"Prefix" json:"prefix,omitempty"`
	Filter               *lifecycleFilter       `xml:"Filter" json:"filter,omitempty"`
	Status               string                 `xml:"Status" json:"status"`
	Expiration           *lifecycleExpiration   `xml:"Expiration" json:"expiration,omitempty"`
	Transitions          []lifecycleTransition  `xml:"Transition" json:"transitions,omitempty"`
	NoncurrentExpiration *noncurrentExpiration  `xml:"NoncurrentVersionExpiration" json:"noncurrentExpiration,omitempty"`
	NoncurrentTransition []noncurrentTransition `xml:"NoncurrentVersionTransition" json:"noncurrentTransitions,omitempty"`
	Abort                *abortUploads          `xml:"AbortIncompleteMultipartUpload" json:"abort,omitempty"`
}

type lifecycleFilter struct {
	Prefix  *string       `xml:"Prefix" json:"prefix,omitempty"`
	Tag     *tag          `xml:"Tag" json:"tag,omitempty"`
	Greater *int64        `xml:"ObjectSizeGreaterThan" json:"greaterThan,omitempty"`
	Less    *int64        `xml:"ObjectSizeLessThan" json:"lessThan,omitempty"`
	And     *lifecycleAnd `xml:"And" json:"and,omitempty"`
}

type lifecycleAnd struct {
	Prefix  *string `xml:"Prefix" json:"prefix,omitempty"`
	Tags    []tag   `xml:"Tag" json:"tags,omitempty"`
	Greater *int64  `xml:"ObjectSizeGreaterThan" json:"greaterThan,omitempty"`
	Less    *int64  `xml:"ObjectSizeLessThan" json:"lessThan,omitempty"`
}

type lifecycleExpiration struct {
	Days         *int    `xml:"Days" json:"days,omitempty"`
	Date         *string `xml:"Date" json:"date,omitempty"`
	DeleteMarker *bool   `xml:"ExpiredObjectDeleteMarker" json:"deleteMarker,omitempty"`
}

type lifecycleTransition struct {
	Days  *int    `xml:"Days" json:"days,omitempty"`
	Date  *string `xml:"Date" json:"date,omitempty"`
	Class string  `xml:"StorageClass" json:"class"`
}

type noncurrentExpiration struct {
	Days  *int `xml:"NoncurrentDays" json:"days,omitempty"`
	Newer *int `xml:"NewerNoncurrentVersions" json:"newer,omitempty"`
}

type noncurrentTransition struct {
	Days  *int   `xml:"NoncurrentDays" json:"days,omitempty"`
	Newer *int   `xml:"NewerNoncurrentVersions" json:"newer,omitempty"`
	Class string `xml:"StorageClass" json:"class"`
}

type abortUploads struct {
	Days int `xml:"DaysAfterInitiation" json:"days"`
}

const minimumSizeHeader = "X-Amz-Transition-Default-Minimum-Object-Size"

func (s *Service) getLifecycle(c *call) (*api.Response, error) {
	if c.bucket.Lifecycle == nil {
		return nil, refuse(http.StatusNotFound, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", "BucketName", c.name)
	}
	return api.XML(http.StatusOK, c.bucket.Lifecycle, http.Header{minimumSizeHeader: {c.bucket.Lifecycle.MinimumSize}})
}

func (s *Service) putLifecycle(c *call) (*api.Response, error) {
	if c.header("Content-Md5") == "" && len(c.sums) == 0 {
		return nil, api.Refuse("InvalidRequest", "Missing required header for this request: Content-MD5")
	}
	in := &lifecycle{MinimumSize: c.header(minimumSizeHeader)}
	if err := c.decode(in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	switch in.MinimumSize {
	case "":
		in.MinimumSize = "all_storage_classes_128K"
	case "all_storage_classes_128K", "varies_by_storage_class":
	default:
		return nil, invalidArgument("Invalid transition default minimum object size", minimumSizeHeader, in.MinimumSize)
	}
	in.XMLName = xml.Name{}
	c.bucket.Lifecycle = in
	return &api.Response{Header: http.Header{minimumSizeHeader: {in.MinimumSize}}}, nil
}

func (s *Service) deleteLifecycle(c *call) (*api.Response, error) {
	c.bucket.Lifecycle = nil
	return noContent(), nil
}

// check applies the rules of "Lifecycle configuration elements" and "Transition
// and expiration considerations", and gives rules without an id one.
func (l *lifecycle) check() error {
	const most = 1000
	if len(l.Rules) == 0 || len(l.Rules) > most {
		return malformedXML()
	}
	seen := map[string]bool{}
	for i := range l.Rules {
		r := &l.Rules[i]
		if r.ID == "" {
			r.ID = rand.Text()
		}
		if seen[r.ID] {
			return invalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID", r.ID)
		}
		seen[r.ID] = true
		if err := r.check(); err != nil {
			return err
		}
	}
	return nil
}

func (r *lifecycleRule) check() error {
	const longestID = 255
	acts := r.Expiration != nil || r.NoncurrentExpiration != nil || r.Abort != nil || len(r.Transitions)+len(r.NoncurrentTransition) > 0
	tagged := r.Filter != nil && (r.Filter.Tag != nil || r.Filter.And != nil && len(r.Filter.And.Tags) > 0)
	switch {
	case len(r.ID) > longestID:
		return invalidArgument("ID length should not exceed allowed limit of 255", "ID", r.ID)
	case r.Status != "Enabled" && r.Status != "Disabled", (r.Filter == nil) == (r.Prefix == nil), !r.Filter.one():
		return malformedXML()
	case !acts:
		return api.Refuse("InvalidRequest", "At least one action needs to be specified in a rule")
	case tagged && r.Abort != nil:
		return api.Refuse("InvalidRequest", "AbortIncompleteMultipartUpload cannot be specified with Tags.")
	case tagged && r.Expiration != nil && r.Expiration.DeleteMarker != nil:
		return api.Refuse("InvalidRequest", "ExpiredObjectDeleteMarker cannot be specified with Tags.")
	case r.Abort != nil && r.Abort.Days < 1:
		return invalidArgument("'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer", "DaysAfterInitiation", "")
	}
	return r.checkActions()
}

// one says whether a filter has no more than one criterion outside And.
func (f *lifecycleFilter) one() bool {
	if f == nil {
		return true
	}
	given := 0
	for _, is := range []bool{f.Prefix != nil, f.Tag != nil, f.Greater != nil, f.Less != nil, f.And != nil} {
		if is {
			given++
		}
	}
	return given <= 1
}

// earliest are the days before which S3 does not move objects to a class; 0 is none.
var earliest = map[string]int{
	"STANDARD_IA": 30, "ONEZONE_IA": 30, "INTELLIGENT_TIERING": 0, "GLACIER_IR": 0, "GLACIER": 0, "DEEP_ARCHIVE": 0,
}

func (r *lifecycleRule) checkActions() error {
	if e := r.Expiration; e != nil {
		switch {
		case e.Days == nil && e.Date == nil && e.DeleteMarker == nil:
			return malformedXML()
		case e.Days != nil && *e.Days < 1:
			return invalidArgument("'Days' for Expiration action must be a positive integer", "Days", "")
		}
	}
	for _, t := range r.Transitions {
		least, known := earliest[t.Class]
		switch {
		case !known || (t.Days == nil) == (t.Date == nil):
			return malformedXML()
		case t.Days != nil && *t.Days < least:
			return invalidArgument("'Days' in Transition action must be greater than or equal to 30 for storageClass '"+t.Class+"'", "Days", "")
		case t.Days != nil && r.Expiration != nil && r.Expiration.Days != nil && *r.Expiration.Days <= *t.Days:
			return invalidArgument("'Days' in the Expiration action for filter '"+r.described()+
				"' must be greater than 'Days' in the Transition action", "Days", "")
		}
	}
	if n := r.NoncurrentExpiration; n != nil && (n.Days == nil || *n.Days < 1) {
		return invalidArgument("'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer", "NoncurrentDays", "")
	}
	if slices.ContainsFunc(r.NoncurrentTransition, func(t noncurrentTransition) bool { return t.Days == nil || earliest[t.Class] > *t.Days }) {
		return invalidArgument("'NoncurrentDays' in NoncurrentVersionTransition action must be greater than or equal to 30", "NoncurrentDays", "")
	}
	return nil
}

// described is how S3 calls what a rule is about.
func (r *lifecycleRule) described() string {
	prefix := r.Prefix
	if r.Filter != nil {
		prefix = r.Filter.Prefix
		if r.Filter.And != nil {
			prefix = r.Filter.And.Prefix
		}
	}
	if prefix == nil {
		return "(prefix=)"
	}
	return "(prefix=" + strings.TrimSpace(*prefix) + ")"
}
