package automation

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"imagecdn/components"
)

func TestAStackNameIsOnePulumiTakes(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"dev", "a", "tenant-7", "eu_1.prod", "organization/imagecdn/dev", "acme/dev", "a..b", "7", strings.Repeat("x", 100),
	} {
		assert.NoError(t, Spec{Stack: good}.check(), good)
	}
	for _, bad := range []string{
		"", " ", "my stack", "dév", "dev\n", "dev;rm", "--yes --x", "a/b/c/d", "/dev", "dev/", "a//dev",
		".", "..", "-x", "../../x", "a/../b", "a/..", "../dev", "-a/dev", "a/-x", "a/imagecdn/.", strings.Repeat("x", 101),
	} {
		err := Spec{Stack: bad}.check()
		require.ErrorIs(t, err, ErrBadSpec, bad)
		assert.Contains(t, err.Error(), "100 letters", "the error says what a name looks like")
	}
}

func TestAStackOfAnotherProjectIsNotThisCDN(t *testing.T) {
	t.Parallel()
	err := Spec{Stack: "organization/project/stack"}.check()
	require.ErrorIs(t, err, ErrBadSpec)
	assert.ErrorContains(t, err, "organization/imagecdn/stack")
}

func TestTheConfigurationIsThatOfTheStack(t *testing.T) {
	t.Parallel()
	spec := Spec{Stack: "dev", Config: Config{
		Domain: "cdn.example.com", AdditionalDomains: []string{"img.example.com", "*.pics.example.com"}, Bucket: pulumi.String("images"),
		Origin: components.OriginArgs{RetainBucket: new(false)}, Cache: components.CacheArgs{MinTtl: pulumi.Int(0), DefaultTtl: pulumi.Int(60)},
		Tags: pulumi.StringMap{"team": pulumi.String("images")}, Certificate: components.CertificateArgs{ValidationTimeout: "30m"},
	}}
	got, err := spec.config()
	require.NoError(t, err)
	assert.Equal(t, auto.ConfigMap{
		"imagecdn:domain":            {Value: "cdn.example.com"},
		"imagecdn:additionalDomains": {Value: `["img.example.com","*.pics.example.com"]`},
		"imagecdn:bucket":            {Value: "images"},
		"imagecdn:origin":            {Value: `{"retainBucket":false}`},
		"imagecdn:cache":             {Value: `{"defaultTtl":60,"minTtl":0}`},
		"imagecdn:tags":              {Value: `{"team":"images"}`},
		"imagecdn:certificate":       {Value: `{"validationTimeout":"30m"}`},
	}, got)
}

func TestAnEmptySpecLeavesEverythingToItsDefault(t *testing.T) {
	t.Parallel()
	got, err := Spec{}.config()
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestHowAWSIsReachedIsTheProvidersConfiguration(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		aws  AWS
		want auto.ConfigMap
	}{
		"region and profile": {
			AWS{Region: "eu-central-1", Profile: "team"},
			auto.ConfigMap{"aws:region": {Value: "eu-central-1"}, "aws:profile": {Value: "team"}},
		},
		"credentials are secrets, but for the name of the key": {
			AWS{AccessKey: "AKIA", SecretKey: "s", Token: "t"},
			auto.ConfigMap{"aws:accessKey": {Value: "AKIA"}, "aws:secretKey": {Value: "s", Secret: true}, "aws:token": {Value: "t", Secret: true}},
		},
		"credentials among the settings are secrets too": {
			AWS{Settings: map[string]string{"secretKey": "s", "token": "t"}},
			auto.ConfigMap{"aws:secretKey": {Value: "s", Secret: true}, "aws:token": {Value: "t", Secret: true}},
		},
		"a role is JSON": {
			AWS{RoleARN: `arn:aws:iam::1:role/"odd"`},
			auto.ConfigMap{"aws:assumeRole": {Value: `{"roleArn":"arn:aws:iam::1:role/\"odd\""}`}},
		},
		"a setting wins over its field": {
			AWS{Region: "eu-central-1", RoleARN: "arn:aws:iam::1:role/r", Settings: map[string]string{
				"region": "eu-west-1", "assumeRole": `{"roleArn":"other","externalId":"x"}`, "maxRetries": "3",
			}},
			auto.ConfigMap{
				"aws:region": {Value: "eu-west-1"}, "aws:assumeRole": {Value: `{"roleArn":"other","externalId":"x"}`}, "aws:maxRetries": {Value: "3"},
			},
		},
		"an empty setting takes its field away": {
			AWS{Region: "eu-central-1", Settings: map[string]string{"region": ""}}, auto.ConfigMap{},
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			got, err := Spec{AWS: test.aws}.config()
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestAnEndpointIsOfEveryServiceTheStackCalls(t *testing.T) {
	t.Parallel()
	got, err := Spec{AWS: AWS{Endpoint: "http://localhost:4566"}}.config()
	require.NoError(t, err)
	var endpoints []map[string]string
	require.NoError(t, json.Unmarshal([]byte(got["aws:endpoints"].Value), &endpoints))
	require.Len(t, endpoints, 1)
	for _, service := range []string{"acm", "cloudfront", "route53", "s3", "sts", "wafv2"} {
		assert.Equal(t, "http://localhost:4566", endpoints[0][service], service)
	}
	assert.Equal(t, "true", got["aws:s3UsePathStyle"].Value)
	assert.Equal(t, "true", got["aws:skipMetadataApiCheck"].Value)

	got, err = Spec{AWS: AWS{Endpoint: "http://localhost:4566", Settings: map[string]string{"s3UsePathStyle": "false"}}}.config()
	require.NoError(t, err)
	assert.Equal(t, "false", got["aws:s3UsePathStyle"].Value)
}

func TestTheEndpointsAreThoseOfTheDevStack(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../Pulumi.dev.yaml")
	require.NoError(t, err)
	var dev struct {
		Config struct {
			Endpoints []map[string]string `yaml:"aws:endpoints"`
		}
	}
	require.NoError(t, yaml.Unmarshal(content, &dev))
	require.Len(t, dev.Config.Endpoints, 1)
	assert.Equal(t, endpointServices, slices.Sorted(maps.Keys(dev.Config.Endpoints[0])), "one who changes from the one to the other sees no change")
}
