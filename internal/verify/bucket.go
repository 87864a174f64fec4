package verify

import (
	"context"
	"net/http"
	"strings"
)

// defaultRegion is asked when the bucket's region is not known; it names the right one.
const defaultRegion = "us-east-1"

// checkBucket asks S3 for the image without a signature, as anybody can.
func (s *session) checkBucket(ctx context.Context) finding {
	if s.target.Bucket == "" {
		return skipped("no bucket was named")
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: s.tlsConfig(), TLSHandshakeTimeout: connectTimeout,
	}
	client := &http.Client{Transport: transport, CheckRedirect: keepRedirect, Timeout: fetchTimeout}
	defer client.CloseIdleConnections()
	got, url, err := s.target.askBucket(ctx, client)
	if err != nil {
		return failed(bucketUnreachable, oneLine(err))
	}
	return bucketFinding(got, url)
}

// askBucket follows S3 to the bucket's region, once, and says which URL answered.
func (t Target) askBucket(ctx context.Context, client *http.Client) (*answer, string, error) {
	region := orElse(t.BucketRegion, defaultRegion)
	url := t.objectURL(region)
	got, err := get(ctx, client, url, firstByte)
	if err == nil && t.S3Endpoint == "" && isElsewhere(got, region) {
		url = t.objectURL(got.header.Get("X-Amz-Bucket-Region"))
		got, err = get(ctx, client, url, firstByte)
	}
	return got, url, err
}

// firstByte spares the download of an image that should not be readable.
func firstByte(r *http.Request) { r.Header.Set("Range", "bytes=0-0") }

func isElsewhere(got *answer, region string) bool {
	named := got.header.Get("X-Amz-Bucket-Region")
	return named != "" && named != region
}

func bucketFinding(got *answer, url string) finding {
	detail := url + ": " + got.summary()
	switch got.status {
	case http.StatusForbidden:
		return ok(detail)
	case http.StatusOK, http.StatusPartialContent:
		return failed(bucketPublic, detail)
	case http.StatusNotFound:
		if got.errorCode() == "NoSuchBucket" {
			return failed(bucketUnknown, detail)
		}
		return failed(bucketListable, detail)
	}
	return failed(bucketUnexpected, detail)
}

// objectURL is the image's own URL at S3. A dot in the bucket's name would not be
// covered by S3's certificate, so that such a bucket goes into the path.
func (t Target) objectURL(region string) string {
	path := t.Path
	if t.BucketPrefix != "" {
		path = "/" + t.BucketPrefix + path
	}
	if t.S3Endpoint != "" {
		return strings.TrimSuffix(t.S3Endpoint, "/") + "/" + t.Bucket + path
	}
	host := "s3." + region + ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		host += ".cn"
	}
	if strings.Contains(t.Bucket, ".") {
		return "https://" + host + "/" + t.Bucket + path
	}
	return "https://" + t.Bucket + "." + host + path
}
