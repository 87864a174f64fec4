package monitoring_test

import (
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/edge"
	"imagecdn/localaws/monitoring"
)

const (
	distribution = "E2EXAMPLE"
	certificate  = "arn:aws:acm:us-east-1:123456789012:certificate/1"
	topic        = "arn:aws:sns:us-east-1:123456789012:oncall"
)

// start is when the clock of every world begins.
var start = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// world is a CloudWatch behind a front.
type world struct {
	*sdk.Client
	t         *testing.T
	service   *monitoring.Service
	front     *api.Front
	url       string
	passed    atomic.Int64
	monitored bool
	told      []string
}

func newWorld(t *testing.T, stateDir string) *world {
	t.Helper()
	w := &world{t: t}
	env := api.Environment{Now: w.now, Delays: &api.Delays{}}
	w.service = monitoring.New(env, monitoring.Options{
		Monitored: func(id string) bool { return w.monitored && id == distribution },
		Expires:   func(arn string) (time.Time, bool) { return start.Add(30 * 24 * time.Hour), arn == certificate },
		Notify:    func(topic, subject, _ string) { w.told = append(w.told, topic+" "+subject) },
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

func (w *world) now() time.Time { return start.Add(time.Duration(w.passed.Load())) }

// in is a client of another region.
func (w *world) in(region string) *sdk.Client {
	return sdk.New(sdk.Options{
		BaseEndpoint: aws.String(w.url), Region: region, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// answer has the edge answer requests.
func (w *world) answer(times, status int, result string, took time.Duration) {
	w.front.Lock()
	defer w.front.Unlock()
	for range times {
		w.service.Record(edge.Record{DistributionID: distribution, Time: w.now(), Status: status, Result: result, BytesSent: 1000, BytesReceived: 10, OriginTook: took})
	}
}

// wait lets time pass.
func (w *world) wait(d time.Duration) {
	w.passed.Add(int64(d))
	w.front.Lock()
	defer w.front.Unlock()
	w.service.Tick(w.now())
}

func ofDistribution() []types.Dimension {
	return []types.Dimension{{Name: aws.String("DistributionId"), Value: aws.String(distribution)}, {Name: aws.String("Region"), Value: aws.String("Global")}}
}

// alarm is an alarm on server errors.
func alarm(change func(*sdk.PutMetricAlarmInput)) *sdk.PutMetricAlarmInput {
	in := &sdk.PutMetricAlarmInput{
		AlarmName: aws.String("errors"), Namespace: aws.String("AWS/CloudFront"), MetricName: aws.String("5xxErrorRate"), Dimensions: ofDistribution(),
		Statistic: types.StatisticAverage, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(5),
		ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, TreatMissingData: aws.String("notBreaching"),
		AlarmActions: []string{topic}, OKActions: []string{topic},
	}
	if change != nil {
		change(in)
	}
	return in
}

// state is that of an alarm.
func (w *world) state(name string) types.StateValue {
	w.t.Helper()
	found, err := w.DescribeAlarms(w.t.Context(), &sdk.DescribeAlarmsInput{AlarmNames: []string{name}})
	require.NoError(w.t, err)
	require.Len(w.t, found.MetricAlarms, 1)
	return found.MetricAlarms[0].StateValue
}

// code is the error code of a refusal.
func code(t *testing.T, err error) string {
	t.Helper()
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	return refusal.ErrorCode()
}
