package infra

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smallest is the configuration that has to be given.
func smallest() map[string]string {
	return map[string]string{"domain": "cdn.example.com", "bucket": "images"}
}

func withValue(key, value string) map[string]string {
	values := smallest()
	values[key] = value
	return values
}

func TestTheOutputsAreTheseAndNoOthers(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.up(smallest()))
	assert.Equal(t, map[string]any{
		"cdnDomain":          "cdn.example.com",
		"cdnUrl":             "https://cdn.example.com",
		"domains":            []string{"cdn.example.com"},
		"distributionId":     "cdn-distribution-id",
		"distributionArn":    "arn:distribution",
		"distributionDomain": "d111.cloudfront.net",
		"certificateArn":     "arn:issued",
		"bucketName":         "images",
		"bucketPrefix":       "",
		"webAclArn":          "arn:acl",
		"signingKeyIds":      map[string]string{},
		"alarmTopicArn":      "",
		"dnsRecords":         []string{},
		"grantStatement": `{"Sid":"ImageCdnRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject",` +
			`"Resource":"arn:aws:s3:::images/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:distribution"}}}`,
		"grantStatements": map[string]string{"images": `{"Sid":"ImageCdnRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject",` +
			`"Resource":"arn:aws:s3:::images/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:distribution"}}}`},
		"keyGrantStatement": "",
		"logsUri":           "",
		"invalidateCommand": "aws cloudfront create-invalidation --distribution-id cdn-distribution-id --paths '/*'",
	}, c.outputs)
}

func TestAWildcardAloneHasNoUrl(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.up(withValue("domain", "*.example.com")))
	assert.Empty(t, c.outputs["cdnUrl"])
	assert.Equal(t, "*.example.com", c.outputs["cdnDomain"])
}

func TestAPreviewHasTheSameResourcesAndOutputs(t *testing.T) {
	t.Parallel()
	up, preview := newCloud(t), newCloud(t)
	preview.preview = true
	require.NoError(t, up.up(smallest()))
	require.NoError(t, preview.up(smallest()))
	assert.ElementsMatch(t, keys(up.registered), keys(preview.registered))
	assert.ElementsMatch(t, keys(up.outputs), keys(preview.outputs))
}

func keys[T any](m map[string]T) []string {
	var all []string
	for key := range m {
		all = append(all, key)
	}
	return all
}

func TestOnlyTheProvidersThatAreNeededAreMade(t *testing.T) {
	t.Parallel()
	const usEast1, home = "pulumi:providers:aws imagecdn-us-east-1", "pulumi:providers:aws imagecdn-home"
	const plugin = "pulumi:providers:imagecdn imagecdn-plugin"
	for sentence, test := range map[string]struct {
		region, create string
		want           []string
	}{
		"elsewhere, for an existing bucket":    {"eu-central-1", "false", []string{usEast1, plugin}},
		"elsewhere, for a new bucket":          {"eu-central-1", "true", []string{home, usEast1, plugin}},
		"in us-east-1, for an existing bucket": {"us-east-1", "false", []string{usEast1, plugin}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			values := withValue("origin", `{"createBucket":`+test.create+`}`)
			values["aws:region"] = test.region
			require.NoError(t, c.up(values))
			assert.Equal(t, test.want, c.providers())
		})
	}
}

func TestTheProvidersHaveTheStacksAwsConfiguration(t *testing.T) {
	t.Parallel()
	values := smallest()
	values["aws:secretKey"], values["aws:endpoints"] = "hidden", `[{"s3":"http://127.0.0.1:4566"}]`
	c := newCloud(t)
	require.NoError(t, c.up(values, "aws:secretKey"))
	for region, inputs := range map[string]resource.PropertyMap{
		"us-east-1": c.registered["imagecdn-us-east-1"].Inputs, "eu-central-1": c.registered["imagecdn-plugin"].Inputs["aws"].ObjectValue(),
	} {
		assert.Equal(t, resource.NewProperty(region), inputs["region"])
		assert.Equal(t, resource.NewProperty(values["aws:endpoints"]), inputs["endpoints"])
		assert.Equal(t, resource.MakeSecret(resource.NewProperty("hidden")), inputs["secretKey"])
	}
}

func TestSecretTagsStaySecret(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.up(withValue("tags", `{"owner":"hidden"}`), Project+":tags"))
	assert.Equal(t, resource.MakeSecret(resource.NewProperty("hidden")), c.registered["cdn-distribution"].Inputs["tags"].ObjectValue()["owner"])
}

func TestAllThatIsWrongIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	faults := c.faults(map[string]string{
		"domain": "cdn.elsewhere.org", "bucket": "My_Images", "cache": `{"maxTtl":"a year"}`,
		"certificate": `{"validationTimeout":"45"}`, "operation": `{"waitForDeployment":"yes"}`, "webAcl": "none",
	})
	var fields []string
	for _, fault := range faults {
		fields = append(fields, fault.Field)
		assert.NotEmpty(t, fault.Problem, fault.Field)
		assert.NotEmpty(t, fault.Cure, fault.Field)
	}
	assert.Equal(t, []string{
		"cache.maxTtl", "operation.waitForDeployment", "webAcl", "domain", "certificate.validationTimeout", "bucket",
	}, fields)
}

func TestAnEmptyStackIsToldWhatItNeeds(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"domain", "bucket"}, newCloud(t).fields(nil))
}
