package infra

import (
	"errors"
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
		"webAclArn":          "arn:acl",
		"invalidateCommand":  "aws cloudfront create-invalidation --distribution-id cdn-distribution-id --paths '/*'",
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
	const usEast1, statements = "pulumi:providers:aws us-east-1", "pulumi:providers:imagecdn bucket-policy"
	for sentence, test := range map[string]struct {
		region string
		create string
		want   []string
	}{
		"elsewhere, for an existing bucket":    {"eu-central-1", "false", []string{usEast1, statements}},
		"elsewhere, for a new bucket":          {"eu-central-1", "true", []string{usEast1}},
		"in us-east-1, for an existing bucket": {"us-east-1", "false", []string{statements}},
		"in us-east-1, for a new bucket":       {"us-east-1", "true", nil},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.region = test.region
			require.NoError(t, c.up(withValue("createBucket", test.create)))
			assert.Equal(t, test.want, c.providers())
		})
	}
}

func TestTheProvidersHaveTheStacksAwsConfiguration(t *testing.T) {
	t.Parallel()
	values := smallest()
	values["aws:region"], values["aws:secretKey"] = "eu-central-1", "hidden"
	values["aws:endpoints"] = `[{"s3":"http://127.0.0.1:4566"}]`
	c := newCloud(t)
	require.NoError(t, c.up(values, "aws:secretKey"))
	for provider, region := range map[string]string{"us-east-1": "us-east-1", "bucket-policy": "eu-central-1"} {
		inputs := c.registered[provider].Inputs
		assert.Equal(t, resource.NewProperty(region), inputs["region"])
		assert.Equal(t, resource.NewProperty(values["aws:endpoints"]), inputs["endpoints"])
		assert.Equal(t, resource.MakeSecret(resource.NewProperty("hidden")), inputs["secretKey"])
	}
}

func TestAllThatIsWrongIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	faults := c.faults(map[string]string{
		"domain": "cdn.elsewhere.org", "bucket": "My_Images", "maxTtl": "a year", "validationTimeout": "45", "waitForDeployment": "yes",
	})
	var fields []string
	for _, fault := range faults {
		fields = append(fields, fault.Field)
		assert.NotEmpty(t, fault.Problem, fault.Field)
		assert.NotEmpty(t, fault.Cure, fault.Field)
	}
	assert.Equal(t, []string{"maxTtl", "waitForDeployment", "validationTimeout", "domain", "bucket"}, fields)
}

func TestAnEmptyStackIsToldWhatItNeeds(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"domain", "bucket"}, newCloud(t).fields(nil))
}

func TestAMissingRegionIsReportedWithTheRest(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.broken = errors.New("invalid AWS Region")
	faults := c.faults(withValue("maxTtl", "a year"))
	require.Len(t, faults, 2)
	assert.Equal(t, "maxTtl", faults[0].Field)
	assert.Equal(t, "aws:region", faults[1].Field)
	assert.Contains(t, faults[1].Problem, "invalid AWS Region")
	assert.Contains(t, faults[1].Cure, "pulumi config set aws:region")
}
