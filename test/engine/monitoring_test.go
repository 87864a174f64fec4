package engine

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
	"imagecdn/localaws/api"
)

// A stack that is watched, from its up to its destroy, as a user who has just the
// published policies. What counts is what the topic is told of viewers' requests.
func TestSomebodyIsToldWhenTheCdnFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("watched")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Cache.ErrorTtl = pulumi.Int(0)
	spec.Config.Monitoring = components.MonitoringArgs{
		CreateTopic: true, AdditionalMetrics: true, Dashboard: true, GigabytesPerDay: pulumi.Int(100), HitRate: pulumi.Int(1),
	}
	w.permit(&spec, bucketName, "Every stack", "An existing bucket", "Monitoring")
	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, created(planned), created(made))
	assert.Len(t, w.alarmStates(), 5)

	for range 10 {
		answer, _ := w.get(image())
		require.Equal(t, http.StatusOK, answer.StatusCode)
	}
	assert.InDelta(t, 90, w.measured(made.Outputs.DistributionId, "CacheHitRate"), 1, "one miss, nine hits")
	assert.Zero(t, w.measured(made.Outputs.DistributionId, "5xxErrorRate"))
	w.failForMinutes(3, "/other.jpg")
	w.awaitAlarm("server-errors", types.StateValueAlarm)
	assert.Contains(t, w.told(), `ALARM: "cdn.example.com server-errors`)

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	spec.Config.Monitoring.ServerErrorRate, spec.Config.Monitoring.GigabytesPerDay = pulumi.Int(99), nil
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.awaitAlarm("server-errors", types.StateValueOk)
	assert.Contains(t, w.told(), `OK: "cdn.example.com server-errors`)
	assert.Len(t, w.alarmStates(), 4)

	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
	assert.Empty(t, w.alarmStates())
	dashboards, err := w.cloudwatch().ListDashboards(t.Context(), &cloudwatch.ListDashboardsInput{})
	require.NoError(t, err)
	assert.Empty(t, dashboards.DashboardEntries)
	topics, err := sns.NewFromConfig(w.config("us-east-1")).ListTopics(t.Context(), &sns.ListTopicsInput{})
	require.NoError(t, err)
	assert.Empty(t, topics.Topics)
}

func (w *world) cloudwatch() *cloudwatch.Client {
	return cloudwatch.NewFromConfig(w.config("us-east-1"))
}

// failForMinutes has the bucket fail, as the edge sees it, for every second request in each
// of so many minutes. The alarm looks at whole minutes, so it takes as long.
func (w *world) failForMinutes(minutes int, path string) {
	w.t.Helper()
	w.inject([]api.Fault{{Service: "edge", Operation: "FetchOrigin", Times: 1000, Status: http.StatusServiceUnavailable, Code: "SlowDown"}})
	for minute := range minutes {
		if minute > 0 {
			time.Sleep(time.Minute)
		}
		for range 10 {
			w.get(image())
			assert.Equal(w.t, http.StatusServiceUnavailable, w.status(path))
		}
	}
	w.inject(nil)
}

// measured is the average of a metric over the last minutes.
func (w *world) measured(distribution, metric string) float64 {
	w.t.Helper()
	found := w.datapoints(distribution, metric, types.StatisticAverage)
	require.NotEmpty(w.t, found)
	return *found[0].Average
}

// summed is the sum of a metric over the last minutes.
func (w *world) summed(distribution, metric string) (sum float64) {
	w.t.Helper()
	for _, point := range w.datapoints(distribution, metric, types.StatisticSum) {
		sum += *point.Sum
	}
	return sum
}

func (w *world) datapoints(distribution, metric string, statistic types.Statistic) []types.Datapoint {
	w.t.Helper()
	found, err := w.cloudwatch().GetMetricStatistics(w.t.Context(), &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/CloudFront"), MetricName: &metric, Period: aws.Int32(3600), Statistics: []types.Statistic{statistic},
		StartTime: aws.Time(time.Now().Add(-time.Hour)), EndTime: aws.Time(time.Now().Add(time.Hour)),
		Dimensions: []types.Dimension{{Name: aws.String("DistributionId"), Value: &distribution}, {Name: aws.String("Region"), Value: aws.String("Global")}},
	})
	require.NoError(w.t, err)
	return found.Datapoints
}

// alarmStates are the alarms of the account with their states, by name.
func (w *world) alarmStates() map[string]types.StateValue {
	w.t.Helper()
	found, err := w.cloudwatch().DescribeAlarms(w.t.Context(), &cloudwatch.DescribeAlarmsInput{})
	require.NoError(w.t, err)
	states := map[string]types.StateValue{}
	for _, alarm := range found.MetricAlarms {
		states[*alarm.AlarmName] = alarm.StateValue
	}
	return states
}

func (w *world) awaitAlarm(about string, want types.StateValue) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		for name, state := range w.alarmStates() {
			if strings.Contains(name, about) {
				return state == want
			}
		}
		return false
	}, time.Minute, pollInterval, "%s %s", about, want)
}

// told is what was published to topics.
func (w *world) told() string {
	w.t.Helper()
	response, err := http.Get(w.aws.APIURL() + api.ControlPrefix + "messages")
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	var messages []struct{ Subject string }
	require.NoError(w.t, json.NewDecoder(response.Body).Decode(&messages))
	var subjects []string
	for _, m := range messages {
		subjects = append(subjects, m.Subject)
	}
	return strings.Join(subjects, "\n")
}
