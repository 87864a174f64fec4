package logs_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/edge"
	"imagecdn/localaws/logs"
)

const (
	distribution = "arn:aws:cloudfront::123456789012:distribution/E2EXAMPLE"
	another      = "arn:aws:cloudfront::123456789012:distribution/E3EXAMPLE"
	logBucket    = "arn:aws:s3:::my-logs"
)

// start is when the clock of every world begins.
var start = time.Date(2026, 11, 1, 12, 59, 58, 0, time.UTC)

// world is a CloudWatch Logs behind a front, with buckets that keep what is delivered.
type world struct {
	*sdk.Client
	t         *testing.T
	service   *logs.Service
	front     *api.Front
	url       string
	delays    *api.Delays
	passed    atomic.Int64
	admitted  []string // places that deliveries were made for
	refused   error    // what the bucket says of every file
	delivered map[string]string
}

func newWorld(t *testing.T, stateDir string) *world {
	t.Helper()
	w := &world{t: t, delays: &api.Delays{LogDelivery: time.Minute}, delivered: map[string]string{}}
	env := api.Environment{Now: func() time.Time { return start.Add(time.Duration(w.passed.Load())) }, Delays: w.delays}
	w.service = logs.New(env, logs.Options{
		Distribution: func(arn string) bool { return arn == distribution || arn == another },
		Admit: func(_ api.Caller, o logs.Object) error {
			if o.Bucket == "closed" {
				return api.Refuse("AccessDeniedException", "closed")
			}
			w.admitted = append(w.admitted, o.Bucket+"/"+o.Key)
			return nil
		},
		Deliver: w.keep,
	})
	var err error
	w.front, err = api.NewFront(api.FrontOptions{Services: []api.Service{w.service}, Environment: env, StateDir: stateDir})
	require.NoError(t, err)
	server := httptest.NewServer(w.front)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.Client = w.in("us-east-1")
	return w
}

func (w *world) keep(o logs.Object) error {
	if w.refused != nil {
		return w.refused
	}
	zip, err := gzip.NewReader(bytes.NewReader(o.Body))
	text, readErr := io.ReadAll(zip)
	w.delivered[o.Bucket+"/"+o.Key] = string(text)
	return errors.Join(err, readErr)
}

// in is a client of another region.
func (w *world) in(region string) *sdk.Client {
	return sdk.New(sdk.Options{
		BaseEndpoint: aws.String(w.url), Region: region, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// source makes a source of the distribution.
func (w *world) source(name string) {
	w.t.Helper()
	_, err := w.PutDeliverySource(w.t.Context(), &sdk.PutDeliverySourceInput{Name: &name, ResourceArn: aws.String(distribution), LogType: aws.String("ACCESS_LOGS")})
	require.NoError(w.t, err)
}

// destination makes a destination, and returns its ARN.
func (w *world) destination(name, arn string, format types.OutputFormat) *string {
	w.t.Helper()
	made, err := w.PutDeliveryDestination(w.t.Context(), to(name, arn, format))
	require.NoError(w.t, err)
	return made.DeliveryDestination.Arn
}

func to(name, arn string, format types.OutputFormat) *sdk.PutDeliveryDestinationInput {
	return &sdk.PutDeliveryDestinationInput{
		Name: &name, OutputFormat: format, DeliveryDestinationConfiguration: &types.DeliveryDestinationConfiguration{DestinationResourceArn: &arn},
	}
}

// deliver pairs source and destination.
func (w *world) deliver(in sdk.CreateDeliveryInput) *types.Delivery {
	w.t.Helper()
	made, err := w.CreateDelivery(w.t.Context(), &in)
	require.NoError(w.t, err)
	return made.Delivery
}

// request has the edge answer a request.
func (w *world) request(path string) {
	w.front.Lock()
	defer w.front.Unlock()
	now := start.Add(time.Duration(w.passed.Load()))
	w.service.Record(edge.Record{
		DistributionID: "E2EXAMPLE", DistributionARN: distribution, Domain: "d1.cloudfront.net", Time: now, Method: "GET", Path: path,
		Status: 200, Result: "Hit", BytesSent: 1234, UserAgent: `a "browser" of ours`, Taken: 1500 * time.Microsecond,
	})
}

// wait lets time pass.
func (w *world) wait(d time.Duration) {
	now := start.Add(time.Duration(w.passed.Add(int64(d))))
	w.front.Lock()
	defer w.front.Unlock()
	assert.False(w.t, w.service.Tick(now), "files are the bucket's to save")
}

// code is the error code of a refusal.
func code(t *testing.T, err error) string {
	t.Helper()
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	return refusal.ErrorCode()
}
