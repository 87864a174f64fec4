package components

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const givenTopic = "arn:aws:sns:us-east-1:123456789012:oncall"

func TestAlarmsHaveTheirLimitsAndTellTheTopic(t *testing.T) {
	t.Parallel()
	type limits struct {
		name, metric, comparison string
		threshold                float64
	}
	for sentence, test := range map[string]struct {
		monitoring MonitoringArgs
		topic      string
		want       []limits
	}{
		"by default": {MonitoringArgs{TopicArn: pulumi.String(givenTopic)}, givenTopic, []limits{
			{"server-errors", "5xxErrorRate", "GreaterThanThreshold", 5}, {"certificate", "DaysToExpiry", "LessThanThreshold", 20},
		}},
		"on a topic that is made, of everything": {MonitoringArgs{
			CreateTopic: true, AdditionalMetrics: true, ServerErrorRate: pulumi.Int(1), HitRate: pulumi.Int(90), OriginLatency: pulumi.Int(500),
			CertificateDays: pulumi.Int(30), GigabytesPerDay: pulumi.Int(100),
		}, madeTopic, []limits{
			{"server-errors", "5xxErrorRate", "GreaterThanThreshold", 1}, {"certificate", "DaysToExpiry", "LessThanThreshold", 30},
			{"hit-rate", "CacheHitRate", "LessThanThreshold", 90}, {"origin-latency", "OriginLatency", "GreaterThanThreshold", 500},
			{"bytes", "BytesDownloaded", "GreaterThanThreshold", 100e9},
		}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			topic := c.output(with(one(), func(a *ImageCdnArgs) { a.Monitoring = test.monitoring }), func(cdn *ImageCdn) pulumi.Output { return cdn.AlarmTopicArn })
			assert.Equal(t, test.topic, topic)
			for _, want := range test.want {
				made := c.resource("cdn-alarm-" + want.name)
				expectInputs(t, made, map[string]any{
					"metricName": want.metric, "comparisonOperator": want.comparison, "threshold": want.threshold,
					"alarmActions[0]": test.topic, "okActions[0]": test.topic, "name": "cdn.example.com " + want.name + " " + theMark,
				})
				assert.Equal(t, "us-east-1", c.regionOf(made.provider))
			}
			alarms := slices.DeleteFunc(c.names(), func(name string) bool { return !strings.HasPrefix(name, "aws:cloudwatch/metricAlarm:") })
			assert.Len(t, alarms, len(test.want))
		})
	}
}

func TestWithoutATopicThereAreNoAlarms(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	assert.Empty(t, c.output(one(), func(cdn *ImageCdn) pulumi.Output { return cdn.AlarmTopicArn }))
}

func TestADashboardShowsWhatIsMeasured(t *testing.T) {
	t.Parallel()
	for additional, graphs := range map[bool]int{false: 4, true: 6} {
		c := newCloud(t)
		c.mustUp(with(one(), func(a *ImageCdnArgs) {
			a.Domain, a.Monitoring = "*.cdn.example.com", MonitoringArgs{Dashboard: true, AdditionalMetrics: additional}
		}))
		made := c.resource("cdn-dashboard")
		assert.Equal(t, "cdn-example-com-"+theMark, made.input("dashboardName"))
		var body struct {
			Widgets []struct {
				Properties struct {
					Region  string
					Metrics [][]string
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(made.input("dashboardBody").(string)), &body))
		require.Len(t, body.Widgets, graphs)
		for _, w := range body.Widgets {
			assert.Equal(t, "us-east-1", w.Properties.Region)
			assert.Contains(t, []string{distributionID, issuedARN}, w.Properties.Metrics[0][3])
		}
		if additional {
			expectInputs(t, c.resource("cdn-metrics"), map[string]any{
				"distributionId": distributionID, "monitoringSubscription.realtimeMetricsSubscriptionConfig.realtimeMetricsSubscriptionStatus": "Enabled",
			})
		}
	}
}
