package logs_test

import (
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/logs"
)

func TestADeliveryIsMadeChangedAndDeleted(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, ""), t.Context()
	w.source("images")
	w.source("images") // a second put overwrites
	destination := w.destination("bucket", logBucket, types.OutputFormatJson)
	made := w.deliver(sdk.CreateDeliveryInput{
		DeliverySourceName: aws.String("images"), DeliveryDestinationArn: destination, Tags: map[string]string{"team": "web"},
		S3DeliveryConfiguration: &types.S3DeliveryConfiguration{SuffixPath: aws.String("{DistributionId}/{yyyy}")},
	})
	assert.Equal(t, "AWSLogs/{account-id}/CloudFront/{DistributionId}/{yyyy}", *made.S3DeliveryConfiguration.SuffixPath)
	assert.Equal(t, []string{"my-logs/AWSLogs/123456789012/CloudFront/"}, w.admitted, "the bucket is asked for the part that is always the same")
	assert.Len(t, made.RecordFields, 33)
	tags, err := w.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceArn: made.Arn})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"team": "web"}, tags.Tags)
	_, err = w.TagResource(ctx, &sdk.TagResourceInput{ResourceArn: destination, Tags: map[string]string{"a": "1", "b": "2"}})
	require.NoError(t, err)
	_, err = w.UntagResource(ctx, &sdk.UntagResourceInput{ResourceArn: destination, TagKeys: []string{"a"}})
	require.NoError(t, err)

	_, err = w.UpdateDeliveryConfiguration(ctx, &sdk.UpdateDeliveryConfigurationInput{
		Id: made.Id, RecordFields: []string{"date", "sc-status"}, S3DeliveryConfiguration: &types.S3DeliveryConfiguration{SuffixPath: aws.String("{yyyy}")},
	})
	require.NoError(t, err)
	got, err := w.GetDelivery(ctx, &sdk.GetDeliveryInput{Id: made.Id})
	require.NoError(t, err)
	assert.Equal(t, "{yyyy}", *got.Delivery.S3DeliveryConfiguration.SuffixPath, "a change has no prefix put before it")
	assert.Equal(t, []string{"date", "sc-status"}, got.Delivery.RecordFields)

	_, err = w.DeleteDeliverySource(ctx, &sdk.DeleteDeliverySourceInput{Name: aws.String("images")})
	assert.Equal(t, "ConflictException", code(t, err), "the delivery goes first")
	_, err = w.DeleteDeliveryDestination(ctx, &sdk.DeleteDeliveryDestinationInput{Name: aws.String("bucket")})
	assert.Equal(t, "ConflictException", code(t, err))
	_, err = w.DeleteDelivery(ctx, &sdk.DeleteDeliveryInput{Id: made.Id})
	require.NoError(t, err)
	_, err = w.DeleteDeliverySource(ctx, &sdk.DeleteDeliverySourceInput{Name: aws.String("images")})
	require.NoError(t, err)
	_, err = w.DeleteDeliveryDestination(ctx, &sdk.DeleteDeliveryDestinationInput{Name: aws.String("bucket")})
	require.NoError(t, err)
	_, err = w.DeleteDelivery(ctx, &sdk.DeleteDeliveryInput{Id: made.Id})
	assert.Equal(t, "ResourceNotFoundException", code(t, err))
}

func TestSourcesThatAWSRefusesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.source("taken")
	for sentence, c := range map[string]struct {
		region, name, arn, kind, code string
	}{
		"a name with a dot":           {"us-east-1", "a.b", another, "ACCESS_LOGS", "ValidationException"},
		"a name that is too long":     {"us-east-1", strings.Repeat("a", 61), another, "ACCESS_LOGS", "ValidationException"},
		"another region":              {"eu-west-1", "ok", another, "ACCESS_LOGS", "ValidationException"},
		"what is no distribution":     {"us-east-1", "ok", "arn:aws:s3:::images", "ACCESS_LOGS", "ValidationException"},
		"another type":                {"us-east-1", "ok", another, "ERROR_LOGS", "ValidationException"},
		"a distribution that is not":  {"us-east-1", "ok", another + "0", "ACCESS_LOGS", "ResourceNotFoundException"},
		"another account's":           {"us-east-1", "ok", strings.Replace(another, "123456789012", "111122223333", 1), "ACCESS_LOGS", "ResourceNotFoundException"},
		"a second source of the same": {"us-east-1", "ok", distribution, "ACCESS_LOGS", "ConflictException"},
	} {
		_, err := w.in(c.region).PutDeliverySource(t.Context(), &sdk.PutDeliverySourceInput{Name: &c.name, ResourceArn: &c.arn, LogType: &c.kind})
		assert.Equal(t, c.code, code(t, err), sentence)
	}
	_, err := w.GetDeliverySource(t.Context(), &sdk.GetDeliverySourceInput{Name: aws.String("ok")})
	assert.Equal(t, "ResourceNotFoundException", code(t, err))
	found, err := w.GetDeliverySource(t.Context(), &sdk.GetDeliverySourceInput{Name: aws.String("taken")})
	require.NoError(t, err)
	assert.Equal(t, []string{distribution}, found.DeliverySource.ResourceArns)
}

func TestDestinationsAreBucketsInTheFormatsThatAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for sentence, c := range map[string]struct {
		name, arn string
		format    types.OutputFormat
		code      string
	}{
		"a name with a slash": {"a/b", logBucket, "json", "ValidationException"},
		"what is no bucket":   {"ok", "arn:aws:sqs:us-east-1:123456789012:queue", "json", "ValidationException"},
		"another format":      {"ok", logBucket, "xml", "ValidationException"},
		"parquet":             {"ok", logBucket, "parquet", "NotImplemented"},
		"a log group":         {"ok", "arn:aws:logs:us-east-1:123456789012:log-group:images", "json", "NotImplemented"},
	} {
		_, err := w.PutDeliveryDestination(t.Context(), to(c.name, c.arn, c.format))
		assert.Equal(t, c.code, code(t, err), sentence)
	}
	w.destination("bucket", logBucket+"/with/prefix", types.OutputFormatPlain)
	found, err := w.GetDeliveryDestination(t.Context(), &sdk.GetDeliveryDestinationInput{Name: aws.String("bucket")})
	require.NoError(t, err)
	assert.Equal(t, logBucket+"/with/prefix", *found.DeliveryDestination.DeliveryDestinationConfiguration.DestinationResourceArn)
	assert.Equal(t, types.DeliveryDestinationTypeS3, found.DeliveryDestination.DeliveryDestinationType)
}

func TestDeliveriesThatAWSRefusesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.source("images")
	ok := w.destination("bucket", logBucket, types.OutputFormatJson)
	closed := w.destination("closed", "arn:aws:s3:::closed", types.OutputFormatW3c)
	path := func(p string) *types.S3DeliveryConfiguration { return &types.S3DeliveryConfiguration{SuffixPath: &p} }
	for sentence, c := range map[string]struct {
		in   sdk.CreateDeliveryInput
		code string
	}{
		"no such source":             {sdk.CreateDeliveryInput{DeliverySourceName: aws.String("other"), DeliveryDestinationArn: ok}, "ResourceNotFoundException"},
		"no such destination":        {sdk.CreateDeliveryInput{DeliveryDestinationArn: aws.String(*ok + "0")}, "ResourceNotFoundException"},
		"an unknown field":           {sdk.CreateDeliveryInput{RecordFields: []string{"date", "colour"}}, "ValidationException"},
		"a field twice":              {sdk.CreateDeliveryInput{RecordFields: []string{"date", "date"}}, "ValidationException"},
		"a delimiter in JSON":        {sdk.CreateDeliveryInput{FieldDelimiter: aws.String(",")}, "ValidationException"},
		"an unknown variable":        {sdk.CreateDeliveryInput{S3DeliveryConfiguration: path("{Region}")}, "ValidationException"},
		"Hive's names in the path":   {sdk.CreateDeliveryInput{S3DeliveryConfiguration: path("year={yyyy}")}, "ValidationException"},
		"a path that is too long":    {sdk.CreateDeliveryInput{S3DeliveryConfiguration: path(strings.Repeat("a", 257))}, "ValidationException"},
		"a bucket that lets none in": {sdk.CreateDeliveryInput{DeliveryDestinationArn: closed}, "AccessDeniedException"},
	} {
		if c.in.DeliverySourceName == nil {
			c.in.DeliverySourceName = aws.String("images")
		}
		if c.in.DeliveryDestinationArn == nil {
			c.in.DeliveryDestinationArn = ok
		}
		_, err := w.CreateDelivery(t.Context(), &c.in)
		assert.Equal(t, c.code, code(t, err), sentence)
	}
	w.deliver(sdk.CreateDeliveryInput{DeliverySourceName: aws.String("images"), DeliveryDestinationArn: ok})
	_, err := w.CreateDelivery(t.Context(), &sdk.CreateDeliveryInput{
		DeliverySourceName: aws.String("images"), DeliveryDestinationArn: w.destination("second", logBucket+"/second", types.OutputFormatJson),
	})
	assert.Equal(t, "ConflictException", code(t, err), "a source delivers to S3 once")
}

func TestFilesAreWhereThePathSaysWithARecordForEachRequest(t *testing.T) {
	t.Parallel()
	fields := []string{"date", "time", "cs-uri-stem", "sc-status", "sc-bytes", "cs(User-Agent)", "time-taken", "cs(Cookie)"}
	row := []string{"2026-11-01", "12:59:58", "/a%20b.jpg", "200", "1234", "a%20%22browser%22%20of%20ours", "0.002", "-"}
	asJSON, err := json.Marshal(map[string]string{
		fields[0]: row[0], fields[1]: row[1], fields[2]: row[2], fields[3]: row[3], fields[4]: row[4], fields[5]: row[5], fields[6]: row[6], fields[7]: row[7],
	})
	require.NoError(t, err)
	for sentence, c := range map[string]struct {
		arn, suffix, delimiter, folder, text string
		hive                                 bool
		format                               types.OutputFormat
	}{
		"AWS's own":      {arn: logBucket, folder: "my-logs/AWSLogs/123456789012/CloudFront/", format: "json", text: string(asJSON) + "\n"},
		"with a suffix":  {arn: logBucket, suffix: "/{DistributionId}/{yyyy}/{MM}/{dd}/{HH}", folder: "my-logs/AWSLogs/123456789012/CloudFront/E2EXAMPLE/2026/11/01/12/", format: "json", text: string(asJSON) + "\n"},
		"for Hive":       {arn: logBucket, suffix: "{DistributionId}/{yyyy}", hive: true, folder: "my-logs/AWSLogs/aws-account-id=123456789012/CloudFront/DistributionId=E2EXAMPLE/year=2026/", format: "json", text: string(asJSON) + "\n"},
		"below a prefix": {arn: logBucket + "/cdn", suffix: "{yyyy}/logs", folder: "my-logs/cdn/2026/logs/", format: "w3c", text: "#Version: 1.0\n#Fields: " + strings.Join(fields, " ") + "\n" + strings.Join(row, "\t") + "\n"},
		"as plain text":  {arn: logBucket + "/cdn/", folder: "my-logs/cdn/", delimiter: ";", format: "plain", text: strings.Join(fields, ";") + "\n" + strings.Join(row, ";") + "\n"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "")
			w.source("images")
			in := sdk.CreateDeliveryInput{DeliverySourceName: aws.String("images"), DeliveryDestinationArn: w.destination("b", c.arn, c.format), RecordFields: fields}
			if c.suffix != "" {
				in.S3DeliveryConfiguration = &types.S3DeliveryConfiguration{SuffixPath: &c.suffix, EnableHiveCompatiblePath: &c.hive}
			}
			if c.delimiter != "" {
				in.FieldDelimiter = &c.delimiter
			}
			w.deliver(in)
			w.request("/a%20b.jpg")
			w.wait(59 * time.Second)
			assert.Empty(t, w.delivered, "the delay is not over")
			w.wait(time.Second)
			require.Len(t, w.delivered, 1)
			for key, text := range w.delivered {
				assert.Regexp(t, "^"+regexp.QuoteMeta(c.folder)+`E2EXAMPLE\.2026-11-01-12\.[0-9a-f]{8}\.gz$`, key)
				if c.format == types.OutputFormatJson {
					assert.JSONEq(t, c.text, text)
				} else {
					assert.Equal(t, c.text, text)
				}
			}
		})
	}
}

func TestEachHourHasFilesOfItsOwnAndWhatABucketRefusesIsDeliveredLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.source("images")
	w.deliver(sdk.CreateDeliveryInput{
		DeliverySourceName: aws.String("images"), DeliveryDestinationArn: w.destination("b", logBucket+"/cdn", types.OutputFormatPlain),
		RecordFields: []string{"cs-uri-stem"},
	})
	w.refused = errors.New("no")
	w.request("/first.jpg")
	w.wait(3 * time.Second)
	w.request("/second.jpg")
	w.wait(time.Minute)
	require.Empty(t, w.delivered)
	w.refused = nil
	w.wait(time.Minute)
	assert.ElementsMatch(t, []string{"cs-uri-stem\n/first.jpg\n", "cs-uri-stem\n/second.jpg\n"}, slices.Collect(maps.Values(w.delivered)))
	w.wait(time.Hour)
	assert.Len(t, w.delivered, 2, "nothing is delivered twice, and no empty file")
}

func TestDeliveriesAreListedAndSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir)
	w.source("images")
	w.deliver(sdk.CreateDeliveryInput{DeliverySourceName: aws.String("images"), DeliveryDestinationArn: w.destination("b", logBucket, types.OutputFormatJson)})

	w = newWorld(t, dir)
	ctx := t.Context()
	sources, err := w.DescribeDeliverySources(ctx, &sdk.DescribeDeliverySourcesInput{})
	require.NoError(t, err)
	require.Len(t, sources.DeliverySources, 1)
	destinations, err := w.DescribeDeliveryDestinations(ctx, &sdk.DescribeDeliveryDestinationsInput{})
	require.NoError(t, err)
	require.Len(t, destinations.DeliveryDestinations, 1)
	deliveries, err := w.DescribeDeliveries(ctx, &sdk.DescribeDeliveriesInput{})
	require.NoError(t, err)
	require.Len(t, deliveries.Deliveries, 1)
	assert.Equal(t, "images", *deliveries.Deliveries[0].DeliverySourceName)
	elsewhere, err := w.in("eu-west-1").DescribeDeliveries(ctx, &sdk.DescribeDeliveriesInput{})
	require.NoError(t, err)
	assert.Empty(t, elsewhere.Deliveries)
	_, err = w.DescribeDeliveries(ctx, &sdk.DescribeDeliveriesInput{Limit: aws.Int32(51)})
	assert.Equal(t, "ValidationException", code(t, err))
}

func TestACallNeedsAPermissionForWhatItIsAbout(t *testing.T) {
	t.Parallel()
	s := logs.New(api.Environment{}, logs.Options{})
	const own = "arn:aws:logs:us-east-1:123456789012:"
	for operation, c := range map[string]struct {
		body string
		want []string
	}{
		"PutDeliverySource": {`{"name":"a","resourceArn":"` + distribution + `"}`, []string{
			"logs:PutDeliverySource " + own + "delivery-source:a", "cloudfront:AllowVendedLogDeliveryForResource " + distribution,
		}},
		"PutDeliveryDestination": {`{"name":"a","tags":{"b":"c"}}`, []string{
			"logs:PutDeliveryDestination " + own + "delivery-destination:a", "logs:TagResource " + own + "delivery-destination:a",
		}},
		"CreateDelivery": {`{"deliverySourceName":"a","deliveryDestinationArn":"x"}`, []string{
			"logs:CreateDelivery " + own + "delivery:*", "logs:CreateDelivery " + own + "delivery-source:a", "logs:CreateDelivery x",
		}},
		"DeleteDelivery":      {`{"id":"a"}`, []string{"logs:DeleteDelivery " + own + "delivery:a"}},
		"DescribeDeliveries":  {`{}`, []string{"logs:DescribeDeliveries *"}},
		"ListTagsForResource": {`{"resourceArn":"x"}`, []string{"logs:ListTagsForResource x"}},
	} {
		var got []string
		for _, need := range s.Needs(&api.Request{
			Operation: operation, Region: "us-east-1", Caller: api.Caller{Account: "123456789012"}, Body: []byte(c.body),
		}) {
			got = append(got, need.Action+" "+need.Resource)
		}
		assert.Equal(t, c.want, got, operation)
	}
}
