package s3

import (
	"encoding/xml"
	"errors"
	"net/http"

	"imagecdn/localaws/api"
)

func (s *Service) deleteObject(c *call) (*api.Response, error) {
	if err := c.mayRemove(c.query.Get("versionId")); err != nil {
		return nil, err
	}
	if tags := c.header("If-Match"); tags != "" {
		v := c.bucket.current(c.key)
		if v == nil {
			return nil, noSuchKey(c.key)
		}
		if !v.hasTag(tags) {
			return nil, preconditionFailed("If-Match")
		}
	}
	answer := noContent()
	answer.Header = http.Header{}
	if gone := s.discard(c.bucket, c.key, c.query.Get("versionId")); gone != nil {
		answer.Header.Set("X-Amz-Version-Id", gone.ID)
		if gone.Marker {
			answer.Header.Set("X-Amz-Delete-Marker", "true")
		}
	}
	return answer, nil
}

type objectIdentifier struct {
	Key       string
	VersionID string `xml:"VersionId"`
	ETag      string
}

type deleteRequest struct {
	XMLName xml.Name           `xml:"Delete"`
	Quiet   bool               `xml:"Quiet"`
	Objects []objectIdentifier `xml:"Object"`
}

type deletedObject struct {
	Key                   string
	VersionID             string `xml:"VersionId,omitempty"`
	DeleteMarker          bool   `xml:",omitempty"`
	DeleteMarkerVersionID string `xml:"DeleteMarkerVersionId,omitempty"`
}

type deleteError struct {
	Key       string
	VersionID string `xml:"VersionId,omitempty"`
	Code      string
	Message   string
}

type deleteResult struct {
	XMLName xml.Name        `xml:"http://s3.amazonaws.com/doc/2006-03-01/ DeleteResult"`
	Deleted []deletedObject `xml:"Deleted"`
	Errors  []deleteError   `xml:"Error"`
}

func (s *Service) deleteObjects(c *call) (*api.Response, error) {
	if c.header("Content-Md5") == "" && len(c.sums) == 0 {
		return nil, api.Refuse("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
	}
	var in deleteRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if len(in.Objects) == 0 || len(in.Objects) > 1000 {
		return nil, malformedXML()
	}
	var out deleteResult
	for _, o := range in.Objects {
		deleted, err := s.deleteOne(c, o)
		var refusal *api.Error
		switch {
		case errors.As(err, &refusal):
			out.Errors = append(out.Errors, deleteError{o.Key, o.VersionID, refusal.Code, refusal.Message})
		case !in.Quiet:
			out.Deleted = append(out.Deleted, deleted)
		}
	}
	return api.XML(http.StatusOK, out, nil)
}

func (s *Service) deleteOne(c *call, o objectIdentifier) (deletedObject, error) {
	out := deletedObject{Key: o.Key, VersionID: o.VersionID}
	action := "s3:DeleteObject"
	if o.VersionID != "" {
		action = versioned(action)
	}
	if object := resource(c.name, o.Key); !c.may(action, object) {
		return out, c.refusal([]string{action}, object)
	}
	if err := c.mayRemove(o.VersionID); err != nil {
		return out, err
	}
	if o.ETag != "" {
		if v := c.bucket.current(o.Key); v == nil || !v.hasTag(o.ETag) {
			return out, preconditionFailed("If-Match")
		}
	}
	if gone := s.discard(c.bucket, o.Key, o.VersionID); gone != nil && gone.Marker {
		out.DeleteMarker, out.DeleteMarkerVersionID = true, gone.ID
	}
	return out, nil
}
