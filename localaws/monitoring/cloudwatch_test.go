package monitoring_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/monitoring"
)

func TestAnAlarmGoesOffByWhatTheEdgeAnswersAndTellsItsTopic(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, ""), t.Context()
	_, err := w.PutMetricAlarm(ctx, alarm(nil))
	require.NoError(t, err)
	assert.Equal(t, types.StateValueInsufficientData, w.state("errors"), "nobody has looked yet")
	w.wait(time.Second)
	assert.Equal(t, types.StateValueOk, w.state("errors"), "no requests are no errors")

	w.answer(9, 200, "Hit", 0)
	w.answer(1, 502, "Error", time.Second)
	w.wait(time.Second)
	assert.Equal(t, types.StateValueAlarm, w.state("errors"), "one in ten")
	w.wait(time.Minute)
	assert.Equal(t, types.StateValueOk, w.state("errors"))
	assert.Equal(t, []string{topic + ` OK: "errors"`, topic + ` ALARM: "errors"`, topic + ` OK: "errors"`}, w.told)

	_, err = w.PutMetricAlarm(ctx, alarm(func(in *sdk.PutMetricAlarmInput) { in.ActionsEnabled = aws.Bool(false) }))
	require.NoError(t, err)
	w.answer(1, 503, "Error", 0)
	w.wait(time.Second)
	assert.Equal(t, types.StateValueAlarm, w.state("errors"))
	assert.Len(t, w.told, 3, "its actions are turned off")
	_, err = w.DeleteAlarms(ctx, &sdk.DeleteAlarmsInput{AlarmNames: []string{"errors", "other"}})
	assert.Equal(t, "ResourceNotFound", code(t, err), "all or none")
	_, err = w.DeleteAlarms(ctx, &sdk.DeleteAlarmsInput{AlarmNames: []string{"errors"}})
	require.NoError(t, err)
	gone, err := w.DescribeAlarms(ctx, &sdk.DescribeAlarmsInput{})
	require.NoError(t, err)
	assert.Empty(t, gone.MetricAlarms)
}

func TestMissingDataIsWhatTheAlarmSaysItIs(t *testing.T) {
	t.Parallel()
	for treat, want := range map[string]types.StateValue{
		"breaching": types.StateValueAlarm, "notBreaching": types.StateValueOk,
		"missing": types.StateValueInsufficientData, "ignore": types.StateValueInsufficientData,
	} {
		w := newWorld(t, "")
		_, err := w.PutMetricAlarm(t.Context(), alarm(func(in *sdk.PutMetricAlarmInput) { in.TreatMissingData = &treat }))
		require.NoError(t, err)
		w.wait(time.Second)
		assert.Equal(t, want, w.state("errors"), treat)
	}
}

func TestAsManyPeriodsAsAreAskedForMustBreach(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	_, err := w.PutMetricAlarm(t.Context(), alarm(func(in *sdk.PutMetricAlarmInput) {
		in.EvaluationPeriods, in.DatapointsToAlarm = aws.Int32(3), aws.Int32(2)
	}))
	require.NoError(t, err)
	w.answer(1, 500, "Error", 0)
	w.wait(time.Second)
	assert.Equal(t, types.StateValueOk, w.state("errors"), "one of three")
	w.wait(time.Minute)
	w.answer(1, 500, "Error", 0)
	w.wait(time.Second)
	assert.Equal(t, types.StateValueAlarm, w.state("errors"), "two of three")
}

func TestAlarmsThatAWSRefusesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for sentence, change := range map[string]func(*sdk.PutMetricAlarmInput){
		"a name that is too long":    func(in *sdk.PutMetricAlarmInput) { in.AlarmName = aws.String(strings.Repeat("a", 256)) },
		"no metric":                  func(in *sdk.PutMetricAlarmInput) { in.MetricName = nil },
		"another operator":           func(in *sdk.PutMetricAlarmInput) { in.ComparisonOperator = "Near" },
		"an odd period":              func(in *sdk.PutMetricAlarmInput) { in.Period = aws.Int32(90) },
		"more than a day":            func(in *sdk.PutMetricAlarmInput) { in.Period, in.EvaluationPeriods = aws.Int32(1800), aws.Int32(49) },
		"more datapoints than there": func(in *sdk.PutMetricAlarmInput) { in.DatapointsToAlarm = aws.Int32(2) },
		"two statistics":             func(in *sdk.PutMetricAlarmInput) { in.ExtendedStatistic = aws.String("p90") },
		"a percentile that is none":  func(in *sdk.PutMetricAlarmInput) { in.Statistic, in.ExtendedStatistic = "", aws.String("px") },
		"another treatment":          func(in *sdk.PutMetricAlarmInput) { in.TreatMissingData = aws.String("maybe") },
		"an action that is no ARN":   func(in *sdk.PutMetricAlarmInput) { in.AlarmActions = []string{"oncall"} },
	} {
		_, err := w.PutMetricAlarm(t.Context(), alarm(change))
		assert.Equal(t, "ValidationError", code(t, err), sentence)
	}
}

func TestMetricsAreThoseOfTheEdgeInUsEast1(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, ""), t.Context()
	w.answer(3, 200, "Hit", 0)
	w.answer(1, 404, "Error", 300*time.Millisecond)
	w.answer(1, 200, "Miss", 100*time.Millisecond)
	w.wait(time.Minute)
	ask := func(client *sdk.Client, name string, statistic types.Statistic) []types.Datapoint {
		found, err := client.GetMetricStatistics(ctx, &sdk.GetMetricStatisticsInput{
			Namespace: aws.String("AWS/CloudFront"), MetricName: &name, Dimensions: ofDistribution(), Period: aws.Int32(60),
			StartTime: aws.Time(start.Add(-time.Hour)), EndTime: aws.Time(w.now()), Statistics: []types.Statistic{statistic},
		})
		require.NoError(t, err)
		return found.Datapoints
	}
	assert.InDelta(t, 5, *ask(w.Client, "Requests", types.StatisticSum)[0].Sum, 0.001)
	assert.InDelta(t, 5000, *ask(w.Client, "BytesDownloaded", types.StatisticSum)[0].Sum, 0.001)
	assert.InDelta(t, 20, *ask(w.Client, "4xxErrorRate", types.StatisticAverage)[0].Average, 0.001)
	assert.InDelta(t, 0, *ask(w.Client, "5xxErrorRate", types.StatisticAverage)[0].Average, 0.001)
	assert.Empty(t, ask(w.in("eu-west-1"), "Requests", types.StatisticSum), "CloudFront's metrics are in us-east-1")
	assert.Empty(t, ask(w.Client, "CacheHitRate", types.StatisticAverage), "without a subscription there are no additional metrics")
	w.monitored = true
	assert.InDelta(t, 60, *ask(w.Client, "CacheHitRate", types.StatisticAverage)[0].Average, 0.001)
	assert.InDelta(t, 300, *ask(w.Client, "OriginLatency", types.StatisticMaximum)[0].Maximum, 0.001)

	data, err := w.GetMetricData(ctx, &sdk.GetMetricDataInput{
		StartTime: aws.Time(start), EndTime: aws.Time(w.now()), ScanBy: types.ScanByTimestampAscending,
		MetricDataQueries: []types.MetricDataQuery{{Id: aws.String("latency"), MetricStat: &types.MetricStat{
			Metric: &types.Metric{Namespace: aws.String("AWS/CloudFront"), MetricName: aws.String("OriginLatency"), Dimensions: ofDistribution()},
			Period: aws.Int32(60), Stat: aws.String("p90"),
		}}},
	})
	require.NoError(t, err)
	require.Len(t, data.MetricDataResults, 1)
	assert.Equal(t, []float64{300}, data.MetricDataResults[0].Values)
	_, err = w.GetMetricStatistics(ctx, &sdk.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/CloudFront"), MetricName: aws.String("Requests"), Period: aws.Int32(60),
		StartTime: aws.Time(start.Add(-48 * time.Hour)), EndTime: aws.Time(w.now()), Statistics: []types.Statistic{types.StatisticSum},
	})
	assert.Equal(t, "InvalidParameterCombination", code(t, err), "more than 1,440 datapoints")
}

func TestACertificateSaysHowManyDaysItHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	_, err := w.PutMetricAlarm(t.Context(), alarm(func(in *sdk.PutMetricAlarmInput) {
		in.Namespace, in.MetricName = aws.String("AWS/CertificateManager"), aws.String("DaysToExpiry")
		in.Dimensions = []types.Dimension{{Name: aws.String("CertificateArn"), Value: aws.String(certificate)}}
		in.Statistic, in.Period, in.Threshold = types.StatisticMinimum, aws.Int32(86400), aws.Float64(20)
		in.ComparisonOperator = types.ComparisonOperatorLessThanThreshold
	}))
	require.NoError(t, err)
	w.wait(time.Second)
	assert.Equal(t, types.StateValueOk, w.state("errors"))
	w.wait(11 * 24 * time.Hour)
	assert.Equal(t, types.StateValueAlarm, w.state("errors"), "19 days are left")
}

func TestDashboardsAreKeptAsTheyCame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, ctx := newWorld(t, dir), t.Context()
	const body = `{"widgets":[{"type":"metric","properties":{"region":"us-east-1","metrics":[]}}]}`
	_, err := w.PutDashboard(ctx, &sdk.PutDashboardInput{DashboardName: aws.String("cdn"), DashboardBody: aws.String(body)})
	require.NoError(t, err)
	_, err = w.PutDashboard(ctx, &sdk.PutDashboardInput{DashboardName: aws.String("c d n"), DashboardBody: aws.String(body)})
	assert.Equal(t, "InvalidParameterValue", code(t, err))
	for _, wrong := range []string{"no JSON", `{"widgets":[{"type":"metric","properties":{}}]}`} {
		_, err = w.PutDashboard(ctx, &sdk.PutDashboardInput{DashboardName: aws.String("cdn"), DashboardBody: &wrong})
		assert.Equal(t, "InvalidParameterInput", code(t, err), wrong)
	}
	_, err = w.PutMetricAlarm(ctx, alarm(nil))
	require.NoError(t, err)

	w = newWorld(t, dir)
	got, err := w.GetDashboard(ctx, &sdk.GetDashboardInput{DashboardName: aws.String("cdn")})
	require.NoError(t, err)
	assert.JSONEq(t, body, *got.DashboardBody)
	assert.Equal(t, types.StateValueInsufficientData, w.state("errors"), "alarms survive a restart")
	listed, err := w.ListDashboards(ctx, &sdk.ListDashboardsInput{})
	require.NoError(t, err)
	require.Len(t, listed.DashboardEntries, 1)
	_, err = w.DeleteDashboards(ctx, &sdk.DeleteDashboardsInput{DashboardNames: []string{"cdn", "other"}})
	assert.Error(t, err, "all or none")
	_, err = w.DeleteDashboards(ctx, &sdk.DeleteDashboardsInput{DashboardNames: []string{"cdn"}})
	require.NoError(t, err)
	_, err = w.GetDashboard(ctx, &sdk.GetDashboardInput{DashboardName: aws.String("cdn")})
	assert.Error(t, err)
}

func TestAlarmsHaveTags(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, ""), t.Context()
	_, err := w.PutMetricAlarm(ctx, alarm(func(in *sdk.PutMetricAlarmInput) {
		in.Tags = []types.Tag{{Key: aws.String("team"), Value: aws.String("web")}}
	}))
	require.NoError(t, err)
	arn := aws.String("arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors")
	_, err = w.TagResource(ctx, &sdk.TagResourceInput{ResourceARN: arn, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}}})
	require.NoError(t, err)
	_, err = w.UntagResource(ctx, &sdk.UntagResourceInput{ResourceARN: arn, TagKeys: []string{"team"}})
	require.NoError(t, err)
	tags, err := w.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceARN: arn})
	require.NoError(t, err)
	require.Len(t, tags.Tags, 1)
	assert.Equal(t, "a", *tags.Tags[0].Key)
	_, err = w.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceARN: aws.String(*arn + "0")})
	assert.Error(t, err)
}

func TestACallNeedsAPermissionForWhatItIsAbout(t *testing.T) {
	t.Parallel()
	s := monitoring.New(api.Environment{}, monitoring.Options{})
	for form, want := range map[string][]string{
		"Action=PutMetricAlarm&AlarmName=a&Tags.member.1.Key=k": {
			"cloudwatch:PutMetricAlarm arn:aws:cloudwatch:us-east-1:123456789012:alarm:a",
			"cloudwatch:TagResource arn:aws:cloudwatch:us-east-1:123456789012:alarm:a",
		},
		"Action=DeleteAlarms&AlarmNames.member.1=a":         {"cloudwatch:DeleteAlarms arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"},
		"Action=PutDashboard&DashboardName=a":               {"cloudwatch:PutDashboard arn:aws:cloudwatch::123456789012:dashboard/a"},
		"Action=DeleteDashboards&DashboardNames.member.1=a": {"cloudwatch:DeleteDashboards arn:aws:cloudwatch::123456789012:dashboard/a"},
		"Action=ListTagsForResource&ResourceARN=x":          {"cloudwatch:ListTagsForResource x"},
		"Action=DescribeAlarms":                             {"cloudwatch:DescribeAlarms *"},
	} {
		values, err := url.ParseQuery(form)
		require.NoError(t, err)
		var got []string
		for _, need := range s.Needs(&api.Request{
			Operation: values.Get("Action"), Region: "us-east-1", Caller: api.Caller{Account: "123456789012"}, Body: []byte(form),
		}) {
			got = append(got, need.Action+" "+need.Resource)
		}
		assert.Equal(t, want, got, form)
	}
}
