package localaws

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/edge"
	"imagecdn/localaws/s3"
)

// origin is S3 as the edge reaches it: by name and region, over a network that
// does not know of locks, and that faults can strike.
type origin struct {
	front   *api.Front
	buckets *s3.Service
}

// Fetch implements edge.Origin. Faults know it as operation FetchOrigin of
// service edge.
func (o origin) Fetch(ctx context.Context, r edge.OriginRequest) (int, http.Header, io.ReadCloser) {
	response, err := o.front.Strike(ctx, "edge", "FetchOrigin", func() (*api.Response, error) {
		return o.fetch(r), nil
	})
	var refusal *api.Error
	switch {
	case errors.As(err, &refusal):
		body := xml.Header + "<Error><Code>" + refusal.Code + "</Code></Error>"
		return refusal.Status, http.Header{"Content-Type": {"application/xml"}}, io.NopCloser(strings.NewReader(body))
	case errors.Is(err, api.ErrCut):
		half := response.Body[:len(response.Body)/2]
		return response.Status, response.Header, io.NopCloser(broken{bytes.NewReader(half)})
	case err != nil:
		return http.StatusOK, http.Header{}, io.NopCloser(broken{strings.NewReader("")})
	case response.Stream == nil:
		return response.Status, response.Header, io.NopCloser(bytes.NewReader(response.Body))
	}
	return response.Status, response.Header, response.Stream
}

func (o origin) fetch(r edge.OriginRequest) *api.Response {
	o.front.Lock()
	defer o.front.Unlock()
	status, header, body := o.buckets.Fetch(s3.FetchRequest{
		Bucket: r.Bucket, Region: r.Region, Key: r.Key, Method: r.Method, Header: r.Header,
		DistributionARN: r.DistributionARN, Signed: r.Signed, Identity: r.Identity, Query: r.Query,
	})
	return &api.Response{Status: status, Header: header, Stream: body}
}

// broken is a body whose connection ends before it does.
type broken struct{ io.Reader }

// Read implements io.Reader.
func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
