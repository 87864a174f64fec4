package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/spf13/cobra"

	"imagecdn/internal/report"
)

const reportHelp = `Reads the logs of a CDN and says what they come to: how much is served from cache over
time, what is fetched from the bucket or missing most often, statuses, bytes and cost.

In the project's folder, for the last day:

  pulumi stack output --json | imagecdn report --outputs -

The stack needs logging.bucket, and logs in JSON or W3C format. AWS delivers them minutes
to hours after the requests. With --html the report is one page with plots, which loads
nothing from elsewhere. The AWS credentials are those of this shell.`

// reportFlags are what the flags of the command fill.
type reportFlags struct {
	outputs  string
	logs     string
	since    time.Duration
	html     string
	json     bool
	endpoint string
	prices   report.Prices
}

func newReportCommand(std stdio) *cobra.Command {
	flags := &reportFlags{}
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Say what the logs of a CDN come to",
		Long:  reportHelp,
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runReport(cmd.Context(), std, flags) },
	}
	set := cmd.Flags()
	set.StringVar(&flags.outputs, "outputs", "", "`file` of the stack's outputs as JSON, - for standard input")
	set.StringVar(&flags.logs, "logs", "", "where the logs are, such as `s3://my-logs/cloudfront` (default: the output logsUri)")
	set.DurationVar(&flags.since, "since", 24*time.Hour, "how far back to look")
	set.StringVar(&flags.html, "html", "", "`file` for the report as a page, instead of lines")
	set.BoolVar(&flags.json, "json", false, "print one JSON document instead of lines")
	set.Float64Var(&flags.prices.Gigabyte, "gigabyte-price", 0.085, "USD for 10^9 bytes to viewers")
	set.Float64Var(&flags.prices.TenThousand, "request-price", 0.01, "USD for 10,000 requests")
	set.StringVar(&flags.endpoint, "s3-endpoint", "", "`URL` of the S3 API, used path-style (default: Amazon's)")
	return cmd
}

func runReport(ctx context.Context, std stdio, flags *reportFlags) error {
	bucket, prefix, err := flags.place(std)
	if err != nil {
		return err
	}
	r, err := flags.read(ctx, bucket, prefix)
	if err != nil {
		return fmt.Errorf("reading the logs at s3://%s/%s: %w", bucket, prefix, err)
	}
	if r.Requests == 0 {
		return fmt.Errorf("there are no requests of the last %s in the logs at s3://%s/%s: AWS delivers them minutes to hours later; "+ //nolint:err113 // for people
			"look further back with --since", flags.since, bucket, prefix)
	}
	r.Finish(flags.prices)
	switch {
	case flags.html != "":
		return writePage(r, flags.html)
	case flags.json:
		encoder := json.NewEncoder(std.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r) //nolint:wrapcheck // standard output
	}
	return r.Text(std.out) //nolint:wrapcheck // as above
}

// place are the bucket and the beginning of the keys of the logs.
func (f *reportFlags) place(std stdio) (bucket, prefix string, err error) {
	if f.html != "" && f.json {
		return "", "", usagef("give --html or --json, not both")
	}
	uri := f.logs
	if f.outputs != "" && uri == "" {
		outputs, err := readOutputs(f.outputs, std.in)
		if err != nil {
			return "", "", err
		}
		if uri = outputs.LogsURI; uri == "" {
			return "", "", usagef("the stack logs nothing: set logging.bucket, or say where logs are with --logs")
		}
	}
	rest, isS3 := strings.CutPrefix(uri, "s3://")
	if bucket, prefix, _ = strings.Cut(rest, "/"); !isS3 || bucket == "" {
		return "", "", usagef("no logs: give --outputs with the outputs of a stack that logs, or --logs as s3://BUCKET/PREFIX")
	}
	if prefix != "" {
		prefix = strings.TrimSuffix(prefix, "/") + "/"
	}
	return bucket, prefix, nil
}

// read reads every log file that can have requests of the time.
func (f *reportFlags) read(ctx context.Context, bucket, prefix string) (*report.Report, error) {
	client, err := f.client(ctx, bucket)
	if err != nil {
		return nil, err
	}
	r, since := report.New(), time.Now().Add(-f.since)
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err //nolint:wrapcheck // runReport names the place
		}
		for _, object := range page.Contents {
			if aws.ToTime(object.LastModified).Before(since) {
				continue
			}
			if err := readLog(ctx, client, bucket, aws.ToString(object.Key), since, r); err != nil {
				return nil, fmt.Errorf("%s: %w", aws.ToString(object.Key), err)
			}
		}
	}
	return r, nil
}

// client asks S3 where the bucket is.
func (f *reportFlags) client(ctx context.Context, bucket string) (*s3.Client, error) {
	loaded, err := config.LoadDefaultConfig(ctx, config.WithDefaultRegion(searchRegion))
	if err != nil {
		return nil, fmt.Errorf("finding AWS credentials: %w", err)
	}
	options := func(o *s3.Options) {
		if f.endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = aws.String(f.endpoint), true
		}
	}
	client := s3.NewFromConfig(loaded, options)
	_, err = client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, MaxKeys: aws.Int32(1)})
	if region := regionNamedBy(err); region != "" {
		loaded.Region = region
		return s3.NewFromConfig(loaded, options), nil
	}
	return client, err //nolint:wrapcheck // runReport names the place
}

func readLog(ctx context.Context, client *s3.Client, bucket, key string, since time.Time, r *report.Report) (err error) {
	if !strings.HasSuffix(key, ".gz") {
		return fmt.Errorf("%w: it is not packed by gzip, as Parquet is not", report.ErrFormat)
	}
	object, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return err //nolint:wrapcheck // runReport names the place
	}
	defer func() { err = errors.Join(err, object.Body.Close()) }()
	unpacked, err := gzip.NewReader(object.Body)
	if err != nil {
		return fmt.Errorf("unpacking it: %w", err)
	}
	return r.Add(unpacked, since) //nolint:wrapcheck // read names the file
}

func writePage(r *report.Report, file string) (err error) {
	opened, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return r.HTML(opened) //nolint:wrapcheck // it says what it did
}
