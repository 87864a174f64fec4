package components

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Defaults of [MonitoringArgs].
const (
	// DefaultServerErrorRate is in percent: S3 and CloudFront fail for far fewer requests.
	DefaultServerErrorRate = 5
	// DefaultHitRate is in percent: below it, S3 answers more requests than the edge.
	DefaultHitRate = 50
	// DefaultOriginLatency is in milliseconds: S3 commonly takes a tenth of it.
	DefaultOriginLatency = 2_000
	// DefaultCertificateDays is long after ACM has begun to renew a certificate, 60 days
	// before its end.
	DefaultCertificateDays = 20
)

// MonitoringArgs say who hears when something is wrong with the CDN.
type MonitoringArgs struct {
	// TopicArn is an SNS topic in us-east-1 that alarms tell. Default: there are no alarms.
	TopicArn pulumi.StringInput `pulumi:"topicArn"`
	// CreateTopic makes a topic instead, to which people subscribe. Default: false.
	CreateTopic bool `pulumi:"createTopic"`
	// AdditionalMetrics has CloudFront measure the cache hit rate and the latency of the
	// origin, too, for a fixed price a month. Default: false.
	AdditionalMetrics bool `pulumi:"additionalMetrics"`
	// ServerErrorRate is the alarm's limit of answers with a 5xx status, in percent of all
	// answers, in three of five minutes. Default: [DefaultServerErrorRate].
	ServerErrorRate pulumi.IntInput `pulumi:"serverErrorRate"`
	// HitRate is the alarm's limit of answers from cache, in percent, below which it goes
	// off after an hour, where additionalMetrics is true. Default: [DefaultHitRate].
	HitRate pulumi.IntInput `pulumi:"hitRate"`
	// OriginLatency is the alarm's limit of the time, in milliseconds, that one in ten
	// requests to the bucket takes, in three of five minutes, where additionalMetrics is
	// true. Default: [DefaultOriginLatency].
	OriginLatency pulumi.IntInput `pulumi:"originLatency"`
	// CertificateDays is the alarm's limit of the days that the certificate has left.
	// Default: [DefaultCertificateDays].
	CertificateDays pulumi.IntInput `pulumi:"certificateDays"`
	// GigabytesPerDay is the alarm's limit of what viewers are sent in a day, in 10^9
	// bytes. Default: there is no such alarm.
	GigabytesPerDay pulumi.IntInput `pulumi:"gigabytesPerDay"`
	// Dashboard makes a dashboard of all this. Default: false.
	Dashboard bool `pulumi:"dashboard"`
}

// alarmed says whether there is somebody to tell.
func (args MonitoringArgs) alarmed() bool { return args.TopicArn != nil || args.CreateTopic }

// topicARN is a topic where the metrics of CloudFront are.
var topicARN = regexp.MustCompile(`^arn:aws[a-z-]*:sns:us-east-1:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`)

func checkMonitoring(args MonitoringArgs, fs *faults) {
	arn, plain := plainString(args.TopicArn)
	switch {
	case args.TopicArn != nil && args.CreateTopic:
		fs.add("monitoring.createTopic", "true", "alarms tell one topic, and monitoring.topicArn names one", "Leave out one of the two")
	case args.TopicArn != nil && plain && !topicARN.MatchString(arn):
		fs.add("monitoring.topicArn", arn, "this is not the ARN of a topic in "+UsEast1+", where the metrics of CloudFront and their alarms are",
			"Give one such as arn:aws:sns:us-east-1:111122223333:oncall")
	}
	for _, limit := range []struct {
		field       string
		given       pulumi.IntInput
		least, most int
		unit        string
		additional  bool
	}{
		{"monitoring.serverErrorRate", args.ServerErrorRate, 0, 99, "percent", false},
		{"monitoring.hitRate", args.HitRate, 1, 100, "percent", true},
		{"monitoring.originLatency", args.OriginLatency, 1, 180_000, "milliseconds", true},
		{"monitoring.certificateDays", args.CertificateDays, 1, 365, "days", false},
		{"monitoring.gigabytesPerDay", args.GigabytesPerDay, 1, 1_000_000_000, "gigabytes", false},
	} {
		if limit.given == nil {
			continue
		}
		number, plain := plainInt(limit.given, 0)
		value := strconv.Itoa(number)
		switch {
		case !args.alarmed():
			fs.add(limit.field, value, "it has no effect without a topic: there are no alarms", "Give monitoring.topicArn, set monitoring.createTopic to true, or leave it out")
		case limit.additional && !args.AdditionalMetrics:
			fs.add(limit.field, value, "CloudFront does not measure it while monitoring.additionalMetrics is false", "Set it to true, or leave this out")
		case plain && (number < limit.least || number > limit.most):
			fs.add(limit.field, value, "it is a number of "+limit.unit, fmt.Sprintf("Give %d to %d", limit.least, limit.most))
		}
	}
}

// monitor has the distribution measured, and tells a topic when something is wrong.
// Everything is in us-east-1, where CloudFront's metrics are.
func (c *ImageCdn) monitor(ctx *pulumi.Context, plan imagePlan) error {
	args := plan.Monitoring
	c.AlarmTopicArn = pulumi.String("").ToStringOutput()
	if args.AdditionalMetrics {
		_, err := cloudfront.NewMonitoringSubscription(ctx, plan.name+"-metrics", &cloudfront.MonitoringSubscriptionArgs{
			DistributionId: c.Distribution.ID().ToStringOutput(),
			MonitoringSubscription: cloudfront.MonitoringSubscriptionMonitoringSubscriptionArgs{
				RealtimeMetricsSubscriptionConfig: cloudfront.MonitoringSubscriptionMonitoringSubscriptionRealtimeMetricsSubscriptionConfigArgs{
					RealtimeMetricsSubscriptionStatus: pulumi.String("Enabled"),
				},
			},
		}, c.inUsEast1(plan)...)
		if err != nil {
			return fmt.Errorf("turning the additional metrics of %q on: %w", plan.name, err)
		}
	}
	if args.Dashboard {
		if err := c.makeDashboard(ctx, plan); err != nil {
			return err
		}
	}
	if !args.alarmed() {
		return nil
	}
	if err := c.findTopic(ctx, plan); err != nil {
		return err
	}
	for _, a := range c.alarms(plan) {
		if err := c.makeAlarm(ctx, plan, a); err != nil {
			return err
		}
	}
	return nil
}

// findTopic takes the topic that was given, or makes one.
func (c *ImageCdn) findTopic(ctx *pulumi.Context, plan imagePlan) error {
	if plan.Monitoring.TopicArn != nil {
		c.AlarmTopicArn = plan.Monitoring.TopicArn.ToStringOutput()
		return nil
	}
	topic, err := sns.NewTopic(ctx, plan.name+"-alarms", &sns.TopicArgs{
		Name: pulumi.Sprintf("%s-alarms", plan.mark.text), DisplayName: pulumi.String(shorten("Alarms of "+plan.domains[0], longestDisplayName)),
		Tags: plan.Tags,
	}, append(c.inUsEast1(plan), concealTags(plan.Tags)...)...)
	if err != nil {
		return fmt.Errorf("making the topic of %q: %w", plan.name, err)
	}
	c.AlarmTopicArn = topic.Arn
	return nil
}

// longestDisplayName is what SNS takes. Source: SNS API reference, CreateTopic.
const longestDisplayName = 100

// alarm is an alarm on one metric.
type alarm struct {
	name, what, cure   string // the cure is for whoever is woken up
	namespace, metric  string
	dimensions         pulumi.StringMap
	statistic          string // or a percentile
	comparison         string
	threshold          pulumi.IntInput
	factor             float64 // from the option's unit to the metric's
	period             int     // in seconds
	periods, breaching int
	missing            string
}

// alarms are those that the options ask for. Requests that nobody makes are no reason.
func (c *ImageCdn) alarms(plan imagePlan) []alarm {
	args := plan.Monitoring
	distribution := pulumi.StringMap{"DistributionId": c.Distribution.ID().ToStringOutput(), "Region": pulumi.String("Global")}
	alarms := []alarm{{
		name: "server-errors", what: "answers with a 5xx status", cure: "see x-edge-detailed-result-type in the logs, and the health of S3 in the bucket's region",
		namespace: "AWS/CloudFront", metric: "5xxErrorRate", dimensions: distribution, statistic: "Average", comparison: "GreaterThanThreshold",
		threshold: intOr(args.ServerErrorRate, DefaultServerErrorRate), factor: 1, period: 60, periods: 5, breaching: 3, missing: "notBreaching",
	}, {
		name: "certificate", what: "the certificate was not renewed", cure: "see that its validation record is in the zone, and that CAA records allow Amazon",
		namespace: "AWS/CertificateManager", metric: "DaysToExpiry", dimensions: pulumi.StringMap{"CertificateArn": c.CertificateArn},
		statistic: "Minimum", comparison: "LessThanThreshold", threshold: intOr(args.CertificateDays, DefaultCertificateDays), factor: 1,
		period: 86_400, periods: 1, breaching: 1, missing: "missing",
	}}
	if args.AdditionalMetrics {
		alarms = append(alarms, alarm{
			name: "hit-rate", what: "few answers from cache", cure: "see which paths are misses: a query parameter in the key, a short Cache-Control, or an invalidation",
			namespace: "AWS/CloudFront", metric: "CacheHitRate", dimensions: distribution, statistic: "Average", comparison: "LessThanThreshold",
			threshold: intOr(args.HitRate, DefaultHitRate), factor: 1, period: 3_600, periods: 1, breaching: 1, missing: "notBreaching",
		}, alarm{
			name: "origin-latency", what: "the bucket answers slowly", cure: "see the health of S3 in the bucket's region, and how large the objects are",
			namespace: "AWS/CloudFront", metric: "OriginLatency", dimensions: distribution, statistic: "p90", comparison: "GreaterThanThreshold",
			threshold: intOr(args.OriginLatency, DefaultOriginLatency), factor: 1, period: 60, periods: 5, breaching: 3, missing: "notBreaching",
		})
	}
	if args.GigabytesPerDay != nil {
		const bytes = 1e9
		alarms = append(alarms, alarm{
			name: "bytes", what: "more is transferred than planned", cure: "see in the logs who asks for what: each gigabyte costs",
			namespace: "AWS/CloudFront", metric: "BytesDownloaded", dimensions: distribution, statistic: "Sum", comparison: "GreaterThanThreshold",
			threshold: args.GigabytesPerDay, factor: bytes, period: 86_400, periods: 1, breaching: 1, missing: "notBreaching",
		})
	}
	return alarms
}

// makeAlarm makes an alarm. Its name has the mark: what an interrupted up has made is found
// again by the next one.
func (c *ImageCdn) makeAlarm(ctx *pulumi.Context, plan imagePlan, a alarm) error {
	args := &cloudwatch.MetricAlarmArgs{
		Name:             pulumi.Sprintf("%s %s %s", plan.domains[0], a.name, plan.mark.text),
		AlarmDescription: pulumi.String(plan.domains[0] + ": " + a.what + "; " + a.cure),
		Namespace:        pulumi.String(a.namespace), MetricName: pulumi.String(a.metric), Dimensions: a.dimensions,
		ComparisonOperator: pulumi.String(a.comparison), Period: pulumi.Int(a.period), EvaluationPeriods: pulumi.Int(a.periods),
		DatapointsToAlarm: pulumi.Int(a.breaching), TreatMissingData: pulumi.String(a.missing),
		Threshold:    a.threshold.ToIntOutput().ApplyT(func(limit int) float64 { return float64(limit) * a.factor }).(pulumi.Float64Output),
		AlarmActions: pulumi.Array{c.AlarmTopicArn}, OkActions: pulumi.Array{c.AlarmTopicArn}, Tags: plan.Tags,
	}
	if strings.HasPrefix(a.statistic, "p") {
		args.ExtendedStatistic = pulumi.String(a.statistic)
	} else {
		args.Statistic = pulumi.String(a.statistic)
	}
	_, err := cloudwatch.NewMetricAlarm(ctx, plan.name+"-alarm-"+a.name, args, append(c.inUsEast1(plan), concealTags(plan.Tags)...)...)
	if err != nil {
		return fmt.Errorf("making the alarm %s of %q: %w", a.name, plan.name, err)
	}
	return nil
}

// notInName is what the name of a dashboard cannot have.
var notInName = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

func (c *ImageCdn) makeDashboard(ctx *pulumi.Context, plan imagePlan) error {
	_, err := cloudwatch.NewDashboard(ctx, plan.name+"-dashboard", &cloudwatch.DashboardArgs{
		DashboardName: pulumi.Sprintf("%s-%s", strings.Trim(notInName.ReplaceAllString(plan.domains[0], "-"), "-"), plan.mark.text),
		DashboardBody: pulumi.All(c.Distribution.ID(), c.CertificateArn).ApplyT(func(known []any) (string, error) {
			return dashboardOf(string(known[0].(pulumi.ID)), known[1].(string), plan.Monitoring.AdditionalMetrics)
		}).(pulumi.StringOutput),
	}, c.inUsEast1(plan)...)
	if err != nil {
		return fmt.Errorf("making the dashboard of %q: %w", plan.name, err)
	}
	return nil
}

// widget is a graph of a dashboard. Source: CloudWatch API reference, "Dashboard body
// structure and syntax".
type widget struct {
	Type       string         `json:"type"`
	X          int            `json:"x"`
	Y          int            `json:"y"`
	Width      int            `json:"width"`
	Height     int            `json:"height"`
	Properties map[string]any `json:"properties"`
}

// graph is what a widget shows.
type graph struct {
	title, statistic string
	metrics          [][]any
}

// dashboardOf is a dashboard with two graphs in a row.
func dashboardOf(distribution, certificate string, additional bool) (string, error) {
	const width, height = 12, 6
	ofDistribution := func(metric string) []any {
		return []any{"AWS/CloudFront", metric, "DistributionId", distribution, "Region", "Global"}
	}
	graphs := []graph{
		{"Requests", "Sum", [][]any{ofDistribution("Requests")}},
		{"Errors, percent", "Average", [][]any{ofDistribution("4xxErrorRate"), ofDistribution("5xxErrorRate")}},
		{"Bytes to viewers", "Sum", [][]any{ofDistribution("BytesDownloaded")}},
		{"Days until the certificate ends", "Minimum", [][]any{{"AWS/CertificateManager", "DaysToExpiry", "CertificateArn", certificate}}},
	}
	if additional {
		graphs = append(graphs, graph{"From cache, percent", "Average", [][]any{ofDistribution("CacheHitRate")}},
			graph{"Latency of the bucket, p90, milliseconds", "p90", [][]any{ofDistribution("OriginLatency")}})
	}
	widgets := []widget{}
	for i, g := range graphs {
		widgets = append(widgets, widget{Type: "metric", X: i % 2 * width, Y: i / 2 * height, Width: width, Height: height, Properties: map[string]any{
			"title": g.title, "region": UsEast1, "stat": g.statistic, "period": 300, "view": "timeSeries", "metrics": g.metrics,
		}})
	}
	body, err := json.Marshal(map[string]any{"widgets": widgets})
	if err != nil {
		return "", fmt.Errorf("writing the dashboard: %w", err)
	}
	return string(body), nil
}
