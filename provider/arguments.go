package provider

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"imagecdn/internal/bucketpolicy"
)

// Names of a statement's properties.
const (
	bucketKey       resource.PropertyKey = "bucket"
	regionKey       resource.PropertyKey = "region"
	kindKey         resource.PropertyKey = "kind"
	distributionKey resource.PropertyKey = "distributionArn"
	sourceKey       resource.PropertyKey = "deliverySourceArn"
	prefixKey       resource.PropertyKey = "prefix"
	prefixesKey     resource.PropertyKey = "prefixes"
	ownerKey        resource.PropertyKey = "owner"
	sidKey          resource.PropertyKey = "sid"
	statementKey    resource.PropertyKey = "policyStatement"
	keyARNKey       resource.PropertyKey = "keyArn"
)

// Kinds of statement.
const (
	cloudFrontRead = "cloudFrontRead"
	cloudFrontList = "cloudFrontList"
	logDelivery    = "logDelivery"
	tlsOnly        = "tlsOnly"

	cloudFrontDecrypt = "cloudFrontDecrypt"
)

// bucketKinds are those of a bucket's policy, the default one first; keyKinds that of a key's.
var (
	bucketKinds = []string{cloudFrontRead, cloudFrontList, logDelivery, tlsOnly}
	keyKinds    = []string{cloudFrontDecrypt}
)

// distributionShape has the partition as its group.
var distributionShape = regexp.MustCompile(`^arn:(aws[a-z-]*):cloudfront::[0-9]{12}:distribution/[A-Z0-9]+$`)

const aDistribution = "the ARN of a CloudFront distribution, such as arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE"

// sourceShape has the partition as its group.
var sourceShape = regexp.MustCompile(`^arn:(aws[a-z-]*):logs:[a-z0-9-]+:[0-9]{12}:delivery-source:[\w-]+$`)

// prefixShape has no characters that mean something in a policy.
var prefixShape = regexp.MustCompile(`^[A-Za-z0-9!_.()-]+(/[A-Za-z0-9!_.()-]+)*$`)

// ownerShape says whose the bucket is.
var ownerShape = shape{
	key: ownerKey, pattern: regexp.MustCompile("^(" + string(awsKey) + "|" + string(bucketOwner) + ")$"),
	want: "the name of an identity of the provider, " + string(awsKey) + " or " + string(bucketOwner),
}

// bucketShapes are the inputs of getBucket. Bucket names follow "Bucket naming rules" in the Amazon S3 User Guide.
var bucketShapes = []shape{{
	key: bucketKey, required: true, pattern: regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`),
	want: "the name of the bucket, such as my-images: 3 to 63 lower-case letters, digits, dots and hyphens, no ARN and no URL",
}, ownerShape}

// statementShapes are a statement's inputs in the order in which faults are reported.
var statementShapes = append(bucketShapes[:1:1],
	shape{key: regionKey, pattern: regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`), want: "a region such as eu-central-1"},
	shape{
		key: kindKey, pattern: regexp.MustCompile("^(" + strings.Join(bucketKinds, "|") + ")$"),
		want: "one of " + strings.Join(bucketKinds, ", "),
	},
	shape{key: distributionKey, pattern: distributionShape, want: aDistribution},
	shape{
		key: sourceKey, pattern: sourceShape,
		want: "the ARN of a delivery source, such as arn:aws:logs:us-east-1:111122223333:delivery-source:images",
	},
	shape{key: prefixKey, pattern: anything, want: "what the keys of the log files begin with, such as logs/"},
	shape{key: prefixesKey, want: "the folders whose objects may be read, such as people/2026"},
	ownerShape,
)

// keyStatementShapes are the inputs of a statement of a key's policy. Ids of keys are as "Key identifiers" in the AWS KMS
// Developer Guide has them.
var keyStatementShapes = []shape{
	{
		key: keyARNKey, required: true, pattern: regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`),
		want: "the ARN of a KMS key, such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, not of an alias",
	},
	{key: distributionKey, required: true, pattern: distributionShape, want: aDistribution},
	{key: bucketKey, pattern: bucketShapes[0].pattern, want: bucketShapes[0].want},
}

// arguments are the inputs of a statement. What is not known yet, or not given, is empty.
type arguments struct {
	holder          string // what has the policy: the name of a bucket, or the ARN of a key
	region          string
	kind            string
	distributionARN string
	sourceARN       string
	prefix          string
	prefixes        []string
	unknownPrefixes bool
	home            string // the region of the bucket's owner
}

func (of policyKind) readArguments(inputs resource.PropertyMap) arguments {
	return arguments{
		holder: text(inputs, of.holder), region: text(inputs, regionKey),
		kind: either(text(inputs, kindKey), of.kinds[0]), distributionARN: text(inputs, distributionKey),
		sourceARN: text(inputs, sourceKey), prefix: text(inputs, prefixKey), prefixes: texts(inputs, prefixesKey), unknownPrefixes: inputs[prefixesKey].ContainsUnknowns(),
	}
}

// checkBucketArguments reports what does not go together.
func checkBucketArguments(inputs resource.PropertyMap) []plugin.CheckFailure {
	faults := checkAgainst(inputs, statementShapes)
	kind := policyOfBucket.readArguments(inputs).kind
	if bare(inputs[kindKey]).IsComputed() || !slices.Contains(bucketKinds, kind) {
		return faults
	}
	for _, subject := range []struct {
		key   resource.PropertyKey
		kinds []string
		what  string
	}{
		{distributionKey, []string{cloudFrontRead, cloudFrontList}, "the ARN of the distribution that is let in"},
		{sourceKey, []string{logDelivery}, "the ARN of the delivery source that is let in"},
	} {
		switch needed, absent := slices.Contains(subject.kinds, kind), bare(inputs[subject.key]).IsNull(); {
		case needed && absent:
			faults = append(faults, plugin.CheckFailure{Property: subject.key, Reason: "is required: " + subject.what})
		case !needed && !absent:
			faults = append(faults, plugin.CheckFailure{Property: subject.key, Reason: "is no input of kind " + kind})
		}
	}
	return append(faults, checkPrefixes(inputs, kind)...)
}

// checkPrefixes finds prefixes that mean nothing, or more than they seem to.
func checkPrefixes(inputs resource.PropertyMap, kind string) []plugin.CheckFailure {
	given := bare(inputs[prefixesKey])
	if !given.IsNull() && kind != cloudFrontRead {
		return []plugin.CheckFailure{{Property: prefixesKey, Reason: "is no input of kind " + kind}}
	}
	for _, prefix := range texts(inputs, prefixesKey) {
		if !prefixShape.MatchString(prefix) {
			return []plugin.CheckFailure{{Property: prefixesKey, Reason: fmt.Sprintf("%q is not a folder such as people/2026: "+
				"letters, digits and !_.()-, without a slash at its ends", prefix)}}
		}
	}
	return nil
}

// known reports whether everything that the statement says is known.
func (a arguments) known() bool {
	return a.holder != "" && !a.unknownPrefixes && (a.kind == tlsOnly || a.subject() != "")
}

// subject is the ARN of what is let in, "" for everybody.
func (a arguments) subject() string { return either(a.distributionARN, a.sourceARN) }

// statement is what a resource with this Sid owns.
func (a arguments) statement(sid string) bucketpolicy.Statement {
	bucketARN := "arn:" + a.partition() + ":s3:::" + a.holder
	switch a.kind {
	case cloudFrontDecrypt:
		return bucketpolicy.DecryptGrant(sid, a.distributionARN)
	case tlsOnly:
		return bucketpolicy.TLSOnly(sid, bucketARN)
	case cloudFrontList:
		return bucketpolicy.ListGrant(sid, bucketARN, a.distributionARN)
	case logDelivery:
		return bucketpolicy.LogDeliveryGrant(sid, bucketARN, a.prefix, a.sourceARN)
	}
	return bucketpolicy.ReadGrant(sid, bucketARN, a.distributionARN, a.prefixes...)
}

// ofKind has the kind of a statement that is there, one of those; unchanged for one of no kind.
func (a arguments) ofKind(statement bucketpolicy.Statement, kinds []string) arguments {
	for _, kind := range kinds {
		other := a
		other.kind = kind
		if kind == tlsOnly {
			other.distributionARN = ""
		}
		if other.known() && statement.Equal(other.statement(statement.Sid())) {
			return other
		}
	}
	return a
}

// partition is that of what is let in, the region's or the owner's: the bucket is in the same.
func (a arguments) partition() string {
	for _, shape := range []*regexp.Regexp{distributionShape, sourceShape} {
		if parts := shape.FindStringSubmatch(a.subject()); parts != nil {
			return parts[1]
		}
	}
	return partitionOf(either(a.region, a.home))
}

// outputs is the state: the inputs as they came, secrets included, and what the statement is called and says.
func outputs(inputs resource.PropertyMap, statement bucketpolicy.Statement) resource.PropertyMap {
	state := inputs.Copy()
	state[sidKey] = resource.NewProperty(statement.Sid())
	state[statementKey] = resource.NewProperty(statement.String())
	if slices.ContainsFunc([]resource.PropertyKey{distributionKey, sourceKey, prefixKey, prefixesKey, bucketKey, keyARNKey}, func(key resource.PropertyKey) bool {
		return inputs[key].ContainsSecrets()
	}) {
		state[statementKey] = resource.MakeSecret(state[statementKey])
	}
	return state
}

// statementID is stable: neither half changes in an update. The holder is the name of a bucket, or the ARN of a key.
func statementID(holder, sid string) resource.ID { return resource.ID(holder + "/" + sid) }

// splitStatementID takes an id apart; the holder has this shape.
func splitStatementID(id resource.ID, of shape) (holder, sid string, err error) {
	at := strings.LastIndex(string(id), "/")
	if at < 0 || at == len(id)-1 || !of.pattern.MatchString(string(id[:at])) {
		return "", "", fmt.Errorf("id %q is not of the form <%s>/<sid>", id, of.key)
	}
	return string(id[:at]), string(id[at+1:]), nil
}
