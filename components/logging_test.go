package components

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLogsGoBelowAPrefixOfTheBucketAndNowhereElse(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	uri := c.output(with(one(), func(a *ImageCdnArgs) {
		a.Logging = LoggingArgs{
			Bucket: pulumi.String("arn:aws:s3:::team-logs"), Format: pulumi.String("parquet"), Prefix: pulumi.String("cdn/logs"),
			Path: pulumi.String("{yyyy}"), HivePath: true, Fields: []string{"date", "sc-status"},
		}
	}), func(cdn *ImageCdn) pulumi.Output { return cdn.LogsUri })
	assert.Equal(t, "s3://team-logs/cdn/logs", uri)
	expectInputs(t, c.resource("cdn-logs-source"), map[string]any{"name": theMark, "logType": "ACCESS_LOGS", "resourceArn": distributionARN})
	expectInputs(t, c.resource("cdn-logs-destination"), map[string]any{
		"name": theMark, "outputFormat": "parquet", "deliveryDestinationConfiguration.destinationResourceArn": "arn:aws:s3:::team-logs/cdn/logs",
	})
	expectInputs(t, c.resource("cdn-logs-delivery"), map[string]any{
		"deliverySourceName": theMark, "deliveryDestinationArn": destinationARN, "recordFields[1]": "sc-status",
		"s3DeliveryConfigurations[0].suffixPath": "{yyyy}", "s3DeliveryConfigurations[0].enableHiveCompatiblePath": true,
	})
	expectInputs(t, c.resource("cdn-logs-write"), map[string]any{
		"bucket": "team-logs", "region": "eu-west-1", "kind": LogDelivery, "deliverySourceArn": sourceARN, "prefix": "cdn/logs/", "owner": cdnsOwn,
	})
	assert.Contains(t, strings.Join(c.resource("cdn-logs-destination").request.GetDependencies(), " "), "::cdn-logs-write", "the bucket lets logs in before any come")
}

func TestWithoutABucketNothingIsLogged(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	assert.Empty(t, c.output(one(), func(cdn *ImageCdn) pulumi.Output { return cdn.LogsUri }))
	assert.Len(t, c.callsOf(getBucketToken), 1, "nor is a bucket of logs looked up")
}

func TestABucketOfLogsIsMadeWhereTheCdnIsAtHomeAndStays(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		change       func(*LoggingArgs)
		stays        bool
		status       string
		days, format any
	}{
		"with the defaults":     {func(*LoggingArgs) {}, true, "Enabled", 90.0, "json"},
		"for a month":           {func(l *LoggingArgs) { l.ExpireAfter = pulumi.Int(30) }, true, "Enabled", 30.0, "json"},
		"for ever":              {func(l *LoggingArgs) { l.ExpireAfter = pulumi.Int(0) }, true, "Disabled", 1.0, "json"},
		"to go with the stack":  {func(l *LoggingArgs) { l.RetainBucket = new(false) }, false, "Enabled", 90.0, "json"},
		"with a format of once": {func(l *LoggingArgs) { l.Format = pulumi.String("w3c") }, true, "Enabled", 90.0, "w3c"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(one(), func(a *ImageCdnArgs) { newLogBucket(a); test.change(&a.Logging) }))
			for _, name := range []string{"cdn-logs-bucket", "cdn-logs-ownership", "cdn-logs-private", "cdn-logs-lifecycle", "cdn-logs-tls"} {
				assert.Equal(t, test.stays, c.resource(name).request.GetRetainOnDelete(), name)
			}
			assert.Equal(t, "eu-central-1", c.regionOf(c.resource("cdn-logs-bucket").provider), "logs have the addresses of people")
			assert.Equal(t, "us-east-1", c.regionOf(c.resource("cdn-logs-delivery").provider))
			expectInputs(t, c.resource("cdn-logs-lifecycle"), map[string]any{"rules[0].status": test.status, "rules[0].expiration.days": test.days})
			expectInputs(t, c.resource("cdn-logs-destination"), map[string]any{"outputFormat": test.format})
			expectInputs(t, c.resource("cdn-logs-tls"), map[string]any{"kind": TlsOnly, "owner": cdnsOwn})
		})
	}
}

func TestABucketOfLogsThatAnEarlierUpMadeIsTakenOver(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.buckets["new-logs"] = bucketAt{region: "eu-central-1", tags: map[string]any{bucketTag: ""}}
	c.mustUp(with(one(), newLogBucket))
	assert.Equal(t, "new-logs", c.resource("cdn-logs-bucket").request.GetImportId())
}

func TestABucketOfLogsThatTheProgramMakesIsUsedOnceItIsThere(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Logging.Bucket = pulumi.String("program-logs").ToStringOutput() }))
	expectInputs(t, c.resource("cdn-logs-destination"), map[string]any{
		"deliveryDestinationConfiguration.destinationResourceArn": "arn:aws:s3:::program-logs/cloudfront",
	})
	faults := newCloud(t).faults(with(one(), func(a *ImageCdnArgs) {
		a.Logging.Bucket, a.Logging.CreateBucket = pulumi.String("program-logs").ToStringOutput(), true
	}))
	require.Len(t, faults, 1)
	assert.Equal(t, "logging.createBucket", faults[0].Field)
}
