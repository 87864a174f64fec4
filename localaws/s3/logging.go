package s3

import (
	"encoding/xml"
	"net/http"

	"imagecdn/localaws/api"
)

// logging is a bucket's server access logging. It is kept; nothing is logged.
type logging struct {
	XMLName xml.Name        `xml:"BucketLoggingStatus" json:"-"`
	Space   string          `xml:"xmlns,attr,omitempty" json:"-"`
	Enabled *loggingEnabled `xml:"LoggingEnabled" json:"enabled,omitempty"`
}

type loggingEnabled struct {
	Bucket string         `xml:"TargetBucket" json:"bucket"`
	Prefix string         `xml:"TargetPrefix" json:"prefix"`
	Grants *struct{}      `xml:"TargetGrants" json:"-"`
	Format *loggingFormat `xml:"TargetObjectKeyFormat" json:"format,omitempty"`
}

type loggingFormat struct {
	Simple      *struct{}    `xml:"SimplePrefix" json:"simple,omitempty"`
	Partitioned *partitioned `xml:"PartitionedPrefix" json:"partitioned,omitempty"`
}

type partitioned struct {
	Source string `xml:"PartitionDateSource" json:"source"`
}

func (s *Service) getLogging(c *call) (*api.Response, error) {
	return api.XML(http.StatusOK, logging{Space: namespace, Enabled: c.bucket.Logging}, nil)
}

// putLogging checks the target by the rules of "Enabling Amazon S3 server access
// logging": a bucket of the same account and region.
func (s *Service) putLogging(c *call) (*api.Response, error) {
	var in logging
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Enabled == nil {
		c.bucket.Logging = nil
		return &api.Response{}, nil
	}
	target := s.buckets[in.Enabled.Bucket]
	f := in.Enabled.Format
	switch {
	case target == nil:
		return nil, refuse(http.StatusBadRequest, "InvalidTargetBucketForLogging", "The target bucket for logging does not exist",
			"TargetBucket", in.Enabled.Bucket)
	case target.Account != c.bucket.Account:
		return nil, refuse(http.StatusBadRequest, "InvalidTargetBucketForLogging",
			"The owner for the bucket to be logged and the target bucket must be the same.", "TargetBucket", in.Enabled.Bucket)
	case target.Region != c.bucket.Region:
		return nil, api.RefuseStatus(http.StatusForbidden, "CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed.")
	case in.Enabled.Grants != nil:
		return nil, notImplemented("PutBucketLogging with TargetGrants")
	case f != nil && (f.Simple == nil) == (f.Partitioned == nil),
		f != nil && f.Partitioned != nil && f.Partitioned.Source != "EventTime" && f.Partitioned.Source != "DeliveryTime":
		return nil, malformedXML()
	}
	c.bucket.Logging = in.Enabled
	return &api.Response{}, nil
}
