package engine

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
)

// logBucket is a bucket of logs that a team has, or has made.
const logBucket = "example-logs"

// A stack that logs to a bucket of the team's, from its up to its destroy, as a user who
// has just the published policies. What counts is what is written of viewers' requests.
func TestRequestsAreLoggedToABucketThatIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.makeLogBucket()
	before := w.policyOf(logBucket)
	spec := w.spec("logging")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Logging = components.LoggingArgs{
		Bucket: pulumi.String(logBucket), Prefix: pulumi.String("cdn"), Path: pulumi.String("{yyyy}"),
		Fields: []string{"cs-uri-stem", "sc-status", "x-edge-result-type"},
	}
	w.permit(&spec, bucketName, "Every stack", "An existing bucket", "Logs")
	w.attach("deploys-logging", logBucket, "An existing bucket")

	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, created(planned), created(made))
	assert.Equal(t, "s3://"+logBucket+"/cdn", made.Outputs.LogsUri)
	w.get(image())
	w.get(image())
	assert.Equal(t, 403, w.status("/none.jpg"))
	year := time.Now().UTC().Format("2006")
	assert.ElementsMatch(t, []string{"/myimage.jpg 200 Miss", "/myimage.jpg 200 Hit", "/none.jpg 403 Error"}, w.logged("cdn/"+year+"/", 3))
	assert.Subset(t, w.policyOf(logBucket), before, "the statements of others are there, as they were")

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	spec.Config.Logging.Format, spec.Config.Logging.Path = pulumi.String("w3c"), pulumi.String("other/{MM}")
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.get(image())
	month := time.Now().UTC().Format("01")
	assert.Equal(t, []string{"/myimage.jpg 200 Hit"}, w.logged("cdn/other/"+month+"/", 1), "as W3C, in the other folder")

	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.policyOf(logBucket), "the bucket is as it was")
	assert.Len(t, w.logFiles("cdn/"), len(w.logFiles("cdn/"+year+"/"))+1, "but for the logs")
	w.assertNoDeliveries()
}

// A stack that makes its bucket of logs: it is closed, its logs expire, and it stays.
func TestABucketOfLogsIsMadeAndStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := w.spec("loghouse")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Logging = components.LoggingArgs{Bucket: pulumi.String(logBucket), CreateBucket: true, ExpireAfter: pulumi.Int(30)}
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.get(image())
	folder := "cloudfront/" + made.Outputs.DistributionId + "/"
	assert.Len(t, w.logged(folder, 1), 1)
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	client, ctx, bucket := w.s3(), t.Context(), aws.String(logBucket)
	lifecycle, err := client.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, int32(30), *lifecycle.Rules[0].Expiration.Days)
	closed, err := client.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
	require.NoError(t, err)
	assert.True(t, *closed.PublicAccessBlockConfiguration.RestrictPublicBuckets)
	owned, err := client.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, types.ObjectOwnershipBucketOwnerEnforced, owned.OwnershipControls.Rules[0].ObjectOwnership)

	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Len(t, w.logFiles(folder), 1, "the logs outlive the stack")
	w.assertNoDeliveries()
	renewed, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err, "a stack that is made again takes its bucket over")
	w.get(image())
	assert.Len(t, w.logged("cloudfront/"+renewed.Outputs.DistributionId+"/", 1), 1)
}

// AWS makes a delivery, and nobody hears of it: no state knows it, and its source cannot be
// deleted before it is.
func TestADeliveryWhoseAnswerWasLostGoesWithTheStack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.makeLogBucket()
	before := w.inventory()
	spec := w.spec("lostlogs")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Logging = components.LoggingArgs{Bucket: pulumi.String(logBucket)}
	w.lose("logs", "CreateDelivery")
	_, err := w.cdn(spec).Up(within(t))
	require.ErrorContains(t, err, "Delivery already exists")
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	w.assertNoDeliveries()
	assert.Equal(t, before, w.inventory())
}

func (w *world) makeLogBucket() {
	w.t.Helper()
	ctx, client := w.t.Context(), w.s3()
	_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket: aws.String(logBucket), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: homeRegion},
	})
	require.NoError(w.t, err)
	_, err = client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(logBucket), Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::` + logBucket +
			`/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`)})
	require.NoError(w.t, err)
}

// policyOf are the statements of a bucket's policy.
func (w *world) policyOf(bucket string) []any {
	w.t.Helper()
	found, err := w.s3().GetBucketPolicy(w.t.Context(), &s3.GetBucketPolicyInput{Bucket: &bucket})
	require.NoError(w.t, err)
	var policy struct{ Statement []any }
	require.NoError(w.t, json.Unmarshal([]byte(*found.Policy), &policy))
	return policy.Statement
}

// logFiles are the keys of the bucket of logs that begin with a prefix.
func (w *world) logFiles(prefix string) (keys []string) {
	w.t.Helper()
	listed, err := w.s3().ListObjectsV2(w.t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(logBucket), Prefix: &prefix})
	require.NoError(w.t, err)
	for _, o := range listed.Contents {
		keys = append(keys, *o.Key)
	}
	return keys
}

// logged waits for a number of records below a prefix, each as "path status result".
func (w *world) logged(prefix string, want int) (records []string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		records = nil
		for _, key := range w.logFiles(prefix) {
			records = append(records, w.readLog(key)...)
		}
		return len(records) >= want
	}, time.Minute, pollInterval)
	return records
}

func (w *world) readLog(key string) (records []string) {
	w.t.Helper()
	object, err := w.s3().GetObject(w.t.Context(), &s3.GetObjectInput{Bucket: aws.String(logBucket), Key: &key})
	require.NoError(w.t, err)
	zip, err := gzip.NewReader(object.Body)
	require.NoError(w.t, err)
	text, readErr := io.ReadAll(zip)
	require.NoError(w.t, errors.Join(readErr, object.Body.Close()))
	for line := range strings.Lines(string(text)) {
		var record map[string]string
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "#"):
		case json.Unmarshal([]byte(line), &record) == nil:
			records = append(records, record["cs-uri-stem"]+" "+record["sc-status"]+" "+record["x-edge-result-type"])
		default:
			records = append(records, strings.ReplaceAll(line, "\t", " "))
		}
	}
	return records
}

func (w *world) assertNoDeliveries() {
	w.t.Helper()
	ctx, client := w.t.Context(), cloudwatchlogs.NewFromConfig(w.config("us-east-1"))
	deliveries, err := client.DescribeDeliveries(ctx, &cloudwatchlogs.DescribeDeliveriesInput{})
	require.NoError(w.t, err)
	sources, err := client.DescribeDeliverySources(ctx, &cloudwatchlogs.DescribeDeliverySourcesInput{})
	require.NoError(w.t, err)
	destinations, err := client.DescribeDeliveryDestinations(ctx, &cloudwatchlogs.DescribeDeliveryDestinationsInput{})
	require.NoError(w.t, err)
	assert.Empty(w.t, slices.Concat([]any{}, anys(deliveries.Deliveries), anys(sources.DeliverySources), anys(destinations.DeliveryDestinations)))
}

func anys[T any](list []T) (all []any) {
	for _, item := range list {
		all = append(all, item)
	}
	return all
}
