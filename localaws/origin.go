package localaws

import (
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

// Fetch implements edge.Origin.
func (o origin) Fetch(r edge.OriginRequest) (int, http.Header, io.ReadCloser) {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.buckets.Fetch(s3.FetchRequest{
		Bucket: r.Bucket, Region: r.Region, Key: r.Key, Method: r.Method, Header: r.Header,
		DistributionARN: r.DistributionARN, Signed: r.Signed,
	})
}
