package localaws_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const logBucket = "team-logs"

// logTo has the requests of a distribution logged, by whoever has the credentials.
func (w world) logTo(distributionARN string) error {
	w.t.Helper()
	ctx, client := w.t.Context(), cloudwatchlogs.NewFromConfig(w.config(usEast1))
	_, err := client.PutDeliverySource(ctx, &cloudwatchlogs.PutDeliverySourceInput{
		Name: aws.String("images"), ResourceArn: &distributionARN, LogType: aws.String("ACCESS_LOGS"),
	})
	require.NoError(w.t, err)
	destination, err := client.PutDeliveryDestination(ctx, &cloudwatchlogs.PutDeliveryDestinationInput{
		Name: aws.String("bucket"), OutputFormat: types.OutputFormatJson,
		DeliveryDestinationConfiguration: &types.DeliveryDestinationConfiguration{DestinationResourceArn: aws.String("arn:aws:s3:::" + logBucket)},
	})
	require.NoError(w.t, err)
	_, err = client.CreateDelivery(ctx, &cloudwatchlogs.CreateDeliveryInput{
		DeliverySourceName: aws.String("images"), DeliveryDestinationArn: destination.DeliveryDestination.Arn,
	})
	return err
}

// records are those of all log files.
func (w world) records() (found []map[string]string) {
	w.t.Helper()
	ctx, client := w.t.Context(), w.s3(usEast1)
	listed, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(logBucket), Prefix: aws.String("AWSLogs/123456789012/CloudFront/")})
	require.NoError(w.t, err)
	for _, o := range listed.Contents {
		object, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(logBucket), Key: o.Key})
		require.NoError(w.t, err)
		zip, err := gzip.NewReader(object.Body)
		require.NoError(w.t, err)
		text, err := io.ReadAll(zip)
		require.NoError(w.t, err)
		for line := range strings.Lines(string(text)) {
			record := map[string]string{}
			require.NoError(w.t, json.Unmarshal([]byte(line), &record))
			found = append(found, record)
		}
	}
	return found
}

func TestRequestsAtTheEdgeAreLoggedInABucketThatLetsThem(t *testing.T) {
	t.Parallel()
	w := start(t, t.TempDir())
	w.fill(home)
	_, err := w.s3(usEast1).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(logBucket)})
	require.NoError(t, err)
	d := w.distribution(nil)
	w.admit(*d.ARN)
	require.NoError(t, w.logTo(*d.ARN))
	policy, err := w.s3(usEast1).GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String(logBucket)})
	require.NoError(t, err)
	assert.Contains(t, *policy.Policy, "AWSLogDeliveryWrite1", "who may change the policy has what is missing added")

	for _, path := range []string{"/myimage.jpg", "/myimage.jpg", "/none.jpg"} {
		w.view(w.RootCA(), path)
	}
	var records []map[string]string
	require.Eventually(t, func() bool {
		records = w.records()
		return len(records) == 3
	}, soon, 100*time.Millisecond)
	var seen []string
	for _, r := range records {
		seen = append(seen, r["cs-uri-stem"]+" "+r["sc-status"]+" "+r["x-edge-result-type"])
		assert.Equal(t, domain, r["x-host-header"])
		assert.Equal(t, *d.DomainName, r["cs(Host)"])
		assert.Equal(t, "https", r["cs-protocol"])
		assert.Regexp(t, `^TLSv1\.[23]$`, r["ssl-protocol"])
		assert.NotEqual(t, "0", r["sc-bytes"])
	}
	assert.ElementsMatch(t, []string{"/myimage.jpg 200 Miss", "/myimage.jpg 200 Hit", "/none.jpg 403 Error"}, seen)

	_, err = w.s3(usEast1).DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String(logBucket)})
	require.NoError(t, err)
	status, _ := w.view(w.RootCA(), "/myimage.jpg")
	require.Equal(t, http.StatusOK, status)
	time.Sleep(time.Second)
	assert.Len(t, w.records(), 3, "without the statement nothing is delivered")
}
