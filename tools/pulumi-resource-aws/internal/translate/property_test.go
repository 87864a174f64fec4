package translate

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

func fields(t *testing.T, urnType string) Fields {
	t.Helper()
	r, err := Resource("urn:pulumi:dev::cdn::" + urnType + "::x")
	require.NoError(t, err)

	return r.Fields
}

func properties(t *testing.T, text string) *structpb.Struct {
	t.Helper()
	var s structpb.Struct
	require.NoError(t, protojson.Unmarshal([]byte(text), &s))

	return &s
}

func text(t *testing.T, s *structpb.Struct) string {
	t.Helper()
	out, err := protojson.Marshal(s)
	require.NoError(t, err)

	return string(out)
}

const (
	secret  = `"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270"`
	output  = `"4dabf18193072939515e22adb298388d":"d0e6a833031e9bbcd3f4e8bde6ca49a4"`
	unknown = `"` + plugin.UnknownStringValue + `"`
)

func TestPropertiesTakeTheOtherSidesNamesAndShapes(t *testing.T) {
	t.Parallel()
	const record, bucket = "aws:route53/record:Record", "aws:s3/bucketV2:BucketV2"
	for name, c := range map[string]struct{ urnType, sdk, bridge string }{
		"an object that is a list in the SDK": {record,
			`{"name":"a","aliases":[{"name":"d","zoneId":"Z"}]}`, `{"name":"a","alias":{"name":"d","zoneId":"Z"}}`},
		"nothing":               {record, `{"aliases":null}`, `{"alias":null}`},
		"an unknown":            {record, `{"aliases":` + unknown + `}`, `{"alias":` + unknown + `}`},
		"an unknown inside":     {record, `{"aliases":[{"name":` + unknown + `}]}`, `{"alias":{"name":` + unknown + `}}`},
		"a secret":              {record, `{"aliases":{` + secret + `,"value":[{"name":"d"}]}}`, `{"alias":{` + secret + `,"value":{"name":"d"}}}`},
		"an output":             {record, `{"aliases":{` + output + `,"value":[{"name":"d"}]}}`, `{"alias":{` + output + `,"value":{"name":"d"}}}`},
		"an unknown output":     {record, `{"aliases":{` + output + `}}`, `{"alias":{` + output + `}}`},
		"the list of defaults":  {record, `{"__defaults":["name","aliases"]}`, `{"__defaults":["name","alias"]}`},
		"no defaults":           {record, `{"__defaults":[]}`, `{"__defaults":[]}`},
		"the bridge's own data": {record, `{"__meta":"m","tagsAll":{"alias":"x"}}`, `{"__meta":"m","tagsAll":{"alias":"x"}}`},
		"a name":                {"aws:cloudwatch/metricAlarm:MetricAlarm", `{"name":"errors","namespace":"n"}`, `{"alarmName":"errors","namespace":"n"}`},
		"the id":                {"aws:acm/certificate:Certificate", `{"id":"arn"}`, `{"acmCertificateId":"arn"}`},
		"objects within objects": {bucket,
			`{"serverSideEncryptionConfigurations":[{"rules":[{"bucketKeyEnabled":true,"applyServerSideEncryptionByDefaults":[{"sseAlgorithm":"AES256"}]}]}]}`,
			`{"serverSideEncryptionConfiguration":{"rule":{"bucketKeyEnabled":true,"applyServerSideEncryptionByDefault":{"sseAlgorithm":"AES256"}}}}`},
		"a secret within": {bucket,
			`{"lifecycleRules":[{` + secret + `,"value":{"expirations":[{"days":1}]}}]}`,
			`{"lifecycleRules":[{` + secret + `,"value":{"expiration":{"days":1}}}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs := fields(t, c.urnType)
			assert.JSONEq(t, c.bridge, text(t, fs.Properties(properties(t, c.sdk), ToBridge)))
			assert.JSONEq(t, c.sdk, text(t, fs.Properties(properties(t, c.bridge), ToSDK)))
		})
	}
}

func TestAnEmptyListIsNoObject(t *testing.T) {
	t.Parallel()
	got := fields(t, "aws:route53/record:Record").Properties(properties(t, `{"aliases":[]}`), ToBridge)
	assert.JSONEq(t, `{"alias":null}`, text(t, got))
}

func TestTwoObjectsStayAListThatTheBridgeRefuses(t *testing.T) {
	t.Parallel()
	got := fields(t, "aws:route53/record:Record").Properties(properties(t, `{"aliases":[{},{}]}`), ToBridge)
	assert.JSONEq(t, `{"alias":[{},{}]}`, text(t, got))
}

func TestADocumentReachesTerraformAsText(t *testing.T) {
	t.Parallel()
	fs := fields(t, "aws:s3/bucketPolicy:BucketPolicy")
	for name, c := range map[string]struct{ sdk, bridge string }{
		"text":                {`{"policy":"{}"}`, `{"policy":"{}"}`},
		"an object":           {`{"policy":{"Version":"2012-10-17"}}`, `{"policy":"{\"Version\":\"2012-10-17\"}"}`},
		"an unknown inside":   {`{"policy":{"Version":` + unknown + `}}`, `{"policy":` + unknown + `}`},
		"an object in secret": {`{"policy":{` + secret + `,"value":{"a":1}}}`, `{"policy":{` + secret + `,"value":"{\"a\":1}"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.JSONEq(t, c.bridge, text(t, fs.Properties(properties(t, c.sdk), ToBridge)))
		})
	}
}

func TestWhatCannotBeCarriedOverIsRefused(t *testing.T) {
	t.Parallel()
	fs := fields(t, "aws:s3/bucketObjectv2:BucketObjectv2")
	refused := fs.Refused(properties(t, `{"source":{"path":"x"},"key":"k"}`))
	require.Len(t, refused, 1)
	assert.Equal(t, "source", refused[0].GetProperty())
	assert.Empty(t, fs.Refused(properties(t, `{"content":"x","source":null}`)))
}

func TestPathsFollowTheProperties(t *testing.T) {
	t.Parallel()
	const record = "aws:route53/record:Record"
	for _, c := range []struct{ urnType, sdk, bridge string }{
		{record, "aliases[0].name", "alias.name"},
		{record, "aliases", "alias"},
		{record, "records[2]", "records[2]"},
		{record, `tagsAll["aliases"]`, `tagsAll["aliases"]`},
		{"aws:wafv2/webAcl:WebAcl", "associationConfig.requestBodies[1].cloudfronts[0].defaultSizeInspectionLimit",
			"associationConfig.requestBodies[1].cloudfront.defaultSizeInspectionLimit"},
		{"aws:acm/certificate:Certificate", "id", "acmCertificateId"},
	} {
		fs := fields(t, c.urnType)
		assert.Equal(t, c.bridge, fs.Path(c.sdk, ToBridge))
		assert.Equal(t, c.sdk, fs.Path(c.bridge, ToSDK))
	}
	assert.Equal(t, "not[a path", fields(t, record).Path("not[a path", ToSDK))
	assert.Equal(t, "alias.name", fields(t, record).Path("aliases[*].name", ToBridge))
}

// FuzzPath asks that no path, however odd, is lost, and that one that names nothing special is left alone.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"aliases[0].name", "a.b", "*", "[0]", `["aliases"]`, "aliases[*]", "aliases.", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		for _, to := range []Direction{ToBridge, ToSDK} {
			got := record.Path(path, to)
			if _, err := resource.ParsePropertyPath(path); err != nil {
				assert.Equal(t, path, got)
			}
		}
	})
}
