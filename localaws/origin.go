package localaws

import (
	"bytes"
	"io"
	"net/http"
	"sync"

	"imagecdn/localaws/edge"
	"imagecdn/localaws/s3"
)

// origin is S3 as the edge reaches it: by name and region, over a network that
// does not know of locks.
type origin struct {
	lock    sync.Locker
	buckets *s3.Service
}

// Fetch implements edge.Origin. A bucket called by another region's name is
// answered as S3 does: with a redirect, which CloudFront hands to the viewer.
func (o origin) Fetch(r edge.OriginRequest) (int, http.Header, io.ReadCloser) {
	o.lock.Lock()
	defer o.lock.Unlock()
	if region, found := o.buckets.BucketRegion(r.Bucket); found && r.Region != "" && r.Region != region {
		header := http.Header{"X-Amz-Bucket-Region": {region}, "Content-Type": {"application/xml"}}
		return http.StatusMovedPermanently, header, io.NopCloser(bytes.NewReader(nil))
	}
	return o.buckets.Fetch(s3.FetchRequest{
		Bucket: r.Bucket, Key: r.Key, Method: r.Method, Header: r.Header,
		DistributionARN: r.DistributionARN, Signed: r.Signed,
	})
}
