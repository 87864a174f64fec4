package statementprovider

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"imagecdn/internal/bucketpolicy"
)

// Names of the resource's properties.
const (
	bucketKey       = "bucket"
	regionKey       = "region"
	distributionKey = "distributionArn"
	sidKey          = "sid"
	statementKey    = "policyStatement"
)

// inputKeys in the order in which faults are reported.
var inputKeys = []resource.PropertyKey{bucketKey, regionKey, distributionKey}

// Shapes of the inputs. Bucket names follow "Bucket naming rules" in the Amazon S3 User Guide.
var (
	bucketShape       = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionShape       = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`)
	distributionShape = regexp.MustCompile(`^arn:(aws[a-z-]*):cloudfront::[0-9]{12}:distribution/[A-Z0-9]+$`)
)

// shapes says for each input what it must look like.
var shapes = map[resource.PropertyKey]struct {
	pattern *regexp.Regexp
	want    string
}{
	bucketKey: {bucketShape, "the name of the bucket, such as my-images: 3 to 63 lower-case letters, digits, dots and hyphens, " +
		"no ARN and no URL"},
	regionKey: {regionShape, "a region such as eu-central-1"},
	distributionKey: {distributionShape, "the ARN of a CloudFront distribution, " +
		"such as arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE"},
}

// arguments are the inputs of a statement. What is not known yet, or not given, is empty.
type arguments struct {
	bucket          string
	region          string
	distributionARN string
}

func readArguments(inputs resource.PropertyMap) arguments {
	return arguments{
		bucket: text(inputs, bucketKey), region: text(inputs, regionKey), distributionARN: text(inputs, distributionKey),
	}
}

// text is a property's string, "" if it is absent or unknown.
func text(properties resource.PropertyMap, key resource.PropertyKey) string {
	if value := bare(properties[key]); value.IsString() {
		return value.StringValue()
	}
	return ""
}

// checkArguments finds all faults at once. Unknown values are checked when they are known.
func checkArguments(inputs resource.PropertyMap) []plugin.CheckFailure {
	var faults []plugin.CheckFailure
	for _, key := range inputKeys {
		if reason := checkArgument(inputs, key); reason != "" {
			faults = append(faults, plugin.CheckFailure{Property: key, Reason: reason})
		}
	}
	for _, key := range inputs.StableKeys() {
		if !slices.Contains(inputKeys, key) && !strings.HasPrefix(string(key), "__") {
			faults = append(faults, plugin.CheckFailure{Property: key, Reason: fmt.Sprintf("is no input: there are %v", inputKeys)})
		}
	}
	return faults
}

func checkArgument(inputs resource.PropertyMap, key resource.PropertyKey) string {
	value, shape := bare(inputs[key]), shapes[key]
	switch {
	case value.IsComputed(), value.IsNull() && key == regionKey:
		return ""
	case value.IsNull():
		return "is required: " + shape.want
	case !value.IsString():
		return "must be a string: " + shape.want
	case !shape.pattern.MatchString(value.StringValue()):
		return fmt.Sprintf("%q is not %s", value.StringValue(), shape.want)
	}
	return ""
}

// grant is the statement that a resource with this Sid owns. The bucket is in the distribution's partition.
func grant(sid, bucket, distributionARN string) bucketpolicy.Statement {
	partition := "aws"
	if parts := distributionShape.FindStringSubmatch(distributionARN); parts != nil {
		partition = parts[1]
	}
	return bucketpolicy.ReadGrant(sid, "arn:"+partition+":s3:::"+bucket, distributionARN)
}

// outputs is the state: the inputs as they came, secrets included, and what the statement is called and says.
func outputs(inputs resource.PropertyMap, statement bucketpolicy.Statement) resource.PropertyMap {
	state := inputs.Copy()
	state[sidKey] = resource.NewProperty(statement.Sid())
	state[statementKey] = resource.NewProperty(statement.String())
	if inputs[distributionKey].ContainsSecrets() {
		state[statementKey] = resource.MakeSecret(state[statementKey])
	}
	return state
}

// resourceID is stable: neither half changes in an update.
func resourceID(bucket, sid string) resource.ID { return resource.ID(bucket + "/" + sid) }

func splitID(id resource.ID) (bucket, sid string, err error) {
	bucket, sid, found := strings.Cut(string(id), "/")
	if !found || bucket == "" || sid == "" || strings.Contains(sid, "/") {
		return "", "", fmt.Errorf("id %q is not of the form <bucket>/<sid>", id)
	}
	return bucket, sid, nil
}
