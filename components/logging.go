package components

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Defaults of [LoggingArgs].
const (
	// DefaultLogFormat is read by most tools, one JSON object a line.
	DefaultLogFormat = "json"
	// DefaultLogPrefix is what the keys of log files begin with.
	DefaultLogPrefix = "cloudfront"
	// DefaultLogPath is a folder for each hour of each distribution.
	DefaultLogPath = "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}"
	// DefaultLogDays is a quarter of a year.
	DefaultLogDays = 90
)

// logFormats are those of log files in S3.
var logFormats = []string{DefaultLogFormat, "parquet", "w3c", "plain"}

// LoggingArgs say where the requests of viewers are logged: CloudFront's standard logs
// (v2), in S3.
type LoggingArgs struct {
	// Bucket is the name or the ARN of the bucket of the logs, in the CDN's own account, and
	// not that of the images. Default: nothing is logged.
	Bucket pulumi.StringInput `pulumi:"bucket"`
	// CreateBucket makes that bucket, private and in the home region, instead of using an
	// existing one. A bucket that was made stays, with its logs, when this or bucket is
	// changed. Default: false.
	CreateBucket bool `pulumi:"createBucket"`
	// RetainBucket keeps a bucket that was made, and the logs in it, when the stack is
	// destroyed. With false it is deleted, if it was emptied before: S3 refuses to delete a
	// bucket that holds objects. Default: true.
	RetainBucket *bool `pulumi:"retainBucket"`
	// ExpireAfter is after how many days logs in a bucket that is made are deleted; 0 keeps
	// them. An existing bucket has rules of its own. Default: [DefaultLogDays].
	ExpireAfter pulumi.IntInput `pulumi:"expireAfter"`
	// Grant is "managed", or "none": then the policy of the bucket is left alone by the
	// stack, and AWS adds what it needs itself, if the credentials may change the policy.
	// Default: managed.
	Grant string `pulumi:"grant"`
	// Format is "json", "parquet", "w3c" or "plain". Default: [DefaultLogFormat].
	Format pulumi.StringInput `pulumi:"format"`
	// Prefix is what the keys of the log files begin with, without slashes at its ends. No
	// other CDN needs another one: the path has the distribution. Default:
	// [DefaultLogPrefix].
	Prefix pulumi.StringInput `pulumi:"prefix"`
	// Path is the folder of a log file below the prefix: texts and AWS's variables, such as
	// {yyyy}, with slashes between them. Default: [DefaultLogPath].
	Path pulumi.StringInput `pulumi:"path"`
	// HivePath puts the names of the variables into the folders, such as year=2026, as
	// Athena and Hive find partitions. Default: false.
	HivePath bool `pulumi:"hivePath"`
	// Fields are the fields of a record, in their order, such as "date", "cs-uri-stem" and
	// "sc-status". Default: all of the standard logs, c-ip, the address of the viewer,
	// among them.
	Fields []string `pulumi:"fields"`
}

// withoutEmpty has what is set to nothing left out.
func (args LoggingArgs) withoutEmpty() LoggingArgs {
	args.Bucket, args.Format = unlessEmpty(args.Bucket), unlessEmpty(args.Format)
	args.Prefix, args.Path = unlessEmpty(args.Prefix), unlessEmpty(args.Path)
	return args
}

// logPlan is what is known of the logs before anything is registered.
type logPlan struct {
	LoggingArgs
	name  pulumi.StringInput // of the bucket; nil where nothing is logged
	found foundBucket        // zero where the bucket is made in the same program
}

// planLogging checks the group, and looks the bucket up.
func planLogging(ctx *pulumi.Context, made *providers, args LoggingArgs, images pulumi.StringInput, fs *faults) logPlan {
	plan := logPlan{LoggingArgs: args}
	if args.Bucket == nil {
		checkUnusedLogging(args, fs)
		return plan
	}
	checkLogging(args, fs)
	given, plain := plainString(args.Bucket)
	if !plain {
		if args.CreateBucket {
			fs.add("logging.createBucket", "true", "the bucket's name is another resource's output: that bucket is there already", "Set it to false")
		}
		plan.name = args.Bucket.ToStringOutput().ApplyT(bucketOf).(pulumi.StringOutput)
		return plan
	}
	name := bucketOf(given)
	plan.name = pulumi.String(name)
	if problem := bucketNameProblem(name); problem != "" {
		fs.add("logging.bucket", given, problem,
			"Give the bucket's name alone, as `aws s3 ls` prints it, or its ARN: 3 to 63 lower-case letters, digits, dots and hyphens")
		return plan
	}
	if of, known := plainString(images); known && bucketOf(of) == name {
		fs.add("logging.bucket", given, "it is the bucket of the images, and viewers could read the logs", "Give another bucket")
		return plan
	}
	plan.lookUp(ctx, made, name, fs)
	return plan
}

func (plan *logPlan) lookUp(ctx *pulumi.Context, made *providers, name string, fs *faults) {
	found, err := made.plugin.getBucket(ctx, name, cdnsOwn)
	plan.found = found
	switch {
	case err != nil:
		fs.add("logging.bucket", name, "the bucket cannot be looked up: "+err.Error(), "Check the AWS credentials")
	case found.Status == "": // a preview whose provider is not configured yet
	case plan.CreateBucket:
		checkNewBucket("logging.bucket", "logging.createBucket", found, made.homeRegion, fs)
	case found.Status == bucketMissing:
		fs.add("logging.bucket", name, "there is no bucket of that name", "Check the name, or set logging.createBucket to true to have it made")
	case found.Status != bucketFound:
		fs.add("logging.bucket", name, "the bucket exists, and these credentials may not look at it: "+found.Message,
			"Give a bucket of the CDN's own account, or credentials that may list it")
	}
}

// checkUnusedLogging reports what has no effect where nothing is logged.
func checkUnusedLogging(args LoggingArgs, fs *faults) {
	days, _ := plainInt(args.ExpireAfter, DefaultLogDays)
	format, _ := plainString(args.Format)
	prefix, _ := plainString(args.Prefix)
	path, _ := plainString(args.Path)
	for _, other := range []struct {
		field, value string
		given        bool
	}{
		{"logging.createBucket", "true", args.CreateBucket},
		{"logging.retainBucket", strconv.FormatBool(valueOr(args.RetainBucket, true)), args.RetainBucket != nil},
		{"logging.expireAfter", strconv.Itoa(days), args.ExpireAfter != nil},
		{"logging.grant", args.Grant, args.Grant != ""},
		{"logging.format", format, args.Format != nil},
		{"logging.prefix", prefix, args.Prefix != nil},
		{"logging.path", path, args.Path != nil},
		{"logging.hivePath", "true", args.HivePath},
		{"logging.fields", strings.Join(args.Fields, ", "), len(args.Fields) > 0},
	} {
		if other.given {
			fs.add(other.field, other.value, "it has no effect without logging.bucket: nothing is logged", "Give a bucket, or leave it out")
		}
	}
}

var (
	logPrefix = regexp.MustCompile(`^[A-Za-z0-9_.=!*'()-]+(/[A-Za-z0-9_.=!*'()-]+)*$`)
	// logPath has AWS's variables between slashes. With a name before one AWS refuses it.
	logPath  = regexp.MustCompile(`^[A-Za-z0-9_.!*'()-]+$|^\{(DistributionId|distributionid|account-?id|yyyy|MM|dd|HH)\}$`)
	logField = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*(\([A-Za-z-]+\))?$`)
)

// Limits of a delivery. Source: CloudWatch Logs API reference, CreateDelivery.
const (
	longestLogPath = 256
	maxLogFields   = 128
)

func checkLogging(args LoggingArgs, fs *faults) {
	if grant := textOr(args.Grant, Managed); grant != Managed && grant != None {
		fs.add("logging.grant", args.Grant, `this is neither "managed" nor "none"`, "Give one of them")
	}
	days, plain := plainInt(args.ExpireAfter, DefaultLogDays)
	switch {
	case args.ExpireAfter != nil && !args.CreateBucket:
		fs.add("logging.expireAfter", strconv.Itoa(days), "it is for a bucket that is made, and this one has rules of its own",
			"Give the bucket a lifecycle rule, and leave this out")
	case plain && days < 0:
		fs.add("logging.expireAfter", strconv.Itoa(days), "it is a number of days", "Give 1 or more, or 0 to keep the logs")
	}
	if args.RetainBucket != nil && !args.CreateBucket {
		fs.add("logging.retainBucket", strconv.FormatBool(*args.RetainBucket), "an existing bucket always stays", "Leave it out")
	}
	if format, plain := plainString(stringOr(args.Format, DefaultLogFormat)); plain && !slices.Contains(logFormats, format) {
		fs.add("logging.format", format, "there is no such format", "Give "+strings.Join(logFormats[:len(logFormats)-1], ", ")+" or "+logFormats[len(logFormats)-1])
	}
	if prefix, plain := plainString(args.Prefix); args.Prefix != nil && plain && !logPrefix.MatchString(prefix) {
		fs.add("logging.prefix", prefix, "this is not the beginning of a key",
			"Give letters, digits and _.=!*'()-, with single slashes between them and none at the ends, such as cdn/logs")
	}
	checkLogPath(args.Path, fs)
	checkLogFields(args.Fields, fs)
}

func checkLogPath(given pulumi.StringInput, fs *faults) {
	path, plain := plainString(given)
	if given == nil || !plain {
		return
	}
	valid := len(path) <= longestLogPath
	for part := range strings.SplitSeq(path, "/") {
		valid = valid && logPath.MatchString(part)
	}
	if !valid {
		fs.add("logging.path", path, "CloudWatch Logs takes no such path",
			fmt.Sprintf("Give folders with slashes between them, each a text or one of {DistributionId}, {accountid}, {yyyy}, {MM}, {dd} and {HH}, at most %d characters; for names such as year= set logging.hivePath", longestLogPath))
	}
}

func checkLogFields(fields []string, fs *faults) {
	if len(fields) > maxLogFields {
		fs.add("logging.fields", strconv.Itoa(len(fields)), fmt.Sprintf("CloudWatch Logs takes at most %d fields", maxLogFields), "Give fewer")
	}
	for i, field := range fields {
		at := fmt.Sprintf("logging.fields[%d]", i)
		switch {
		case !logField.MatchString(field):
			fs.add(at, field, "this is not the name of a field", "Give names as in docs/logging.md, such as sc-status or cs(User-Agent)")
		case slices.Contains(fields[:i], field):
			fs.add(at, field, "it is there twice", "Leave out one of the two")
		}
	}
}

// deliverLogs has the requests of the distribution logged. Source and destination are
// called by the mark: what an interrupted up has made is found again by the next one.
func (c *ImageCdn) deliverLogs(ctx *pulumi.Context, plan imagePlan) error {
	c.LogsUri = pulumi.String("").ToStringOutput()
	if plan.logs.name == nil {
		return nil
	}
	bucket, region, err := c.logBucket(ctx, plan)
	if err != nil {
		return err
	}
	prefix := stringOr(plan.logs.Prefix, DefaultLogPrefix)
	c.LogsUri = pulumi.Sprintf("s3://%s/%s", bucket, prefix)
	opts := append(c.inUsEast1(plan), concealTags(plan.Tags)...)
	// AWS has one source for a distribution, and one destination of a name.
	opts = append(opts, pulumi.DeleteBeforeReplace(true))
	source, err := cloudwatch.NewLogDeliverySource(ctx, plan.name+"-logs-source", &cloudwatch.LogDeliverySourceArgs{
		Name: plan.mark.text, LogType: pulumi.String("ACCESS_LOGS"), ResourceArn: c.Distribution.Arn, Tags: plan.Tags,
	}, opts...)
	if err != nil {
		return fmt.Errorf("making the source of the logs of %q: %w", plan.name, err)
	}
	after, err := c.letLogsIn(ctx, plan, source, bucket, region, prefix)
	if err != nil {
		return err
	}
	destination, err := cloudwatch.NewLogDeliveryDestination(ctx, plan.name+"-logs-destination", &cloudwatch.LogDeliveryDestinationArgs{
		Name: plan.mark.text, OutputFormat: stringOr(plan.logs.Format, DefaultLogFormat).ToStringOutput(), Tags: plan.Tags,
		DeliveryDestinationConfiguration: cloudwatch.LogDeliveryDestinationDeliveryDestinationConfigurationArgs{
			DestinationResourceArn: logFolder(c.Distribution.Arn, bucket, prefix),
		},
	}, append(opts, pulumi.DependsOn(after))...)
	if err != nil {
		return fmt.Errorf("making the destination of the logs of %q: %w", plan.name, err)
	}
	// One whose answer was lost goes before its source and destination, which AWS keeps as long.
	left, err := newLeftovers(ctx, plan.name+"-logs-unfinished", leftoversArgs{mark: plan.mark.text, kinds: []string{leftLogDelivery}}, plan.made.plugin,
		pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{source, destination}))
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewLogDelivery(ctx, plan.name+"-logs-delivery", &cloudwatch.LogDeliveryArgs{
		DeliverySourceName: source.Name, DeliveryDestinationArn: destination.Arn, RecordFields: plan.logs.recordFields(), Tags: plan.Tags,
		S3DeliveryConfigurations: cloudwatch.LogDeliveryS3DeliveryConfigurationArray{cloudwatch.LogDeliveryS3DeliveryConfigurationArgs{
			SuffixPath:               stringOr(plan.logs.Path, DefaultLogPath).ToStringOutput(),
			EnableHiveCompatiblePath: pulumi.Bool(plan.logs.HivePath),
		}},
	}, append(opts, pulumi.DependsOn([]pulumi.Resource{left}))...)
	if err != nil {
		return fmt.Errorf("making the delivery of the logs of %q: %w", plan.name, err)
	}
	return nil
}

// recordFields are those that are asked for; nil for AWS's own.
func (plan logPlan) recordFields() pulumi.StringArrayInput {
	if len(plan.Fields) == 0 {
		return nil
	}
	return pulumi.ToStringArray(plan.Fields)
}

// logFolder is the ARN of where the logs go. It always has a prefix: AWS puts its own
// folders before the path of a delivery that has none, when it is made, and leaves them out
// when the path is changed.
func logFolder(distributionARN pulumi.StringOutput, bucket pulumi.StringOutput, prefix pulumi.StringInput) pulumi.StringOutput {
	return pulumi.All(distributionARN, bucket, prefix).ApplyT(func(known []any) string {
		partition := strings.SplitN(known[0].(string), ":", 3)[1]
		return "arn:" + partition + ":s3:::" + known[1].(string) + "/" + known[2].(string)
	}).(pulumi.StringOutput)
}

// letLogsIn has the bucket take what the source delivers, and returns what does it.
func (c *ImageCdn) letLogsIn(
	ctx *pulumi.Context, plan imagePlan, source *cloudwatch.LogDeliverySource, bucket, region pulumi.StringOutput, prefix pulumi.StringInput,
) ([]pulumi.Resource, error) {
	if plan.logs.Grant == None {
		return nil, nil
	}
	args := &BucketPolicyStatementArgs{
		Bucket: bucket, Kind: LogDelivery, DeliverySourceArn: source.Arn, Prefix: pulumi.Sprintf("%s/", prefix), owner: cdnsOwn,
	}
	if plan.logs.CreateBucket || plan.logs.found.Region != "" {
		args.Region = region
	}
	statement, err := newStatement(ctx, plan.name+"-logs-write", args, plan.made.plugin, pulumi.Parent(c))
	return []pulumi.Resource{statement}, err
}

// logBucket is the bucket of the logs, which is made where that is wanted: its name and,
// where it is known, its region.
func (c *ImageCdn) logBucket(ctx *pulumi.Context, plan imagePlan) (name, region pulumi.StringOutput, err error) {
	if !plan.logs.CreateBucket {
		return plan.logs.name.ToStringOutput(), pulumi.String(plan.logs.found.Region).ToStringOutput(), nil
	}
	provider, err := plan.made.home()
	if err != nil {
		return name, region, err
	}
	retain := valueOr(plan.logs.RetainBucket, true)
	parent, through := pulumi.Parent(c), pulumi.Provider(provider)
	bucket, err := newPrivateBucket(ctx, plan.name+"-logs", privateBucket{
		name: plan.logs.name, tags: plan.Tags, found: plan.logs.found, retain: retain,
		tlsOnly: plan.logs.Grant != None, owner: cdnsOwn, plugin: plan.made.plugin,
	}, parent, through)
	if err != nil {
		return name, region, err
	}
	days := intOr(plan.logs.ExpireAfter, DefaultLogDays).ToIntOutput()
	_, err = s3.NewBucketLifecycleConfigurationV2(ctx, plan.name+"-logs-lifecycle", &s3.BucketLifecycleConfigurationV2Args{
		Bucket: bucket.ID(),
		Rules: s3.BucketLifecycleConfigurationV2RuleArray{s3.BucketLifecycleConfigurationV2RuleArgs{
			Id: pulumi.String("expire-logs"), Filter: s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")},
			Status: days.ApplyT(func(days int) string {
				if days == 0 {
					return "Disabled"
				}
				return "Enabled"
			}).(pulumi.StringOutput),
			Expiration: s3.BucketLifecycleConfigurationV2RuleExpirationArgs{
				Days: days.ApplyT(func(days int) int { return max(days, 1) }).(pulumi.IntOutput),
			},
		}},
	}, parent, through, pulumi.RetainOnDelete(retain))
	if err != nil {
		return name, region, fmt.Errorf("making the lifecycle of the logs of %q: %w", plan.name, err)
	}
	c.LogBucket = bucket
	return bucket.Bucket, bucket.Region, nil
}
