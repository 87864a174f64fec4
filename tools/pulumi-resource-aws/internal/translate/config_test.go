package translate

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestConfigurationTakesTheOtherSidesShapes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sdk, bridge string }{
		"an object as JSON":     {`{"defaultTags":"{\"tags\":{\"a\":\"b\"}}"}`, `{"defaultTags":"[{\"tags\":{\"a\":\"b\"}}]"}`},
		"an object as it is":    {`{"defaultTags":{"tags":{"a":"b"}}}`, `{"defaultTags":[{"tags":{"a":"b"}}]}`},
		"an object renamed":     {`{"assumeRole":"{\"roleArn\":\"r\"}"}`, `{"assumeRoles":"[{\"roleArn\":\"r\"}]"}`},
		"what is the same":      {`{"region":"eu-west-1","endpoints":"[{\"acm\":\"u\"}]"}`, `{"region":"eu-west-1","endpoints":"[{\"acm\":\"u\"}]"}`},
		"a boolean as JSON":     {`{"skipMetadataApiCheck":"true"}`, `{"skipMetadataApiCheck":"true"}`},
		"a secret":              {`{"ignoreTags":{` + secret + `,"value":"{\"keys\":[\"k\"]}"}}`, `{"ignoreTags":{` + secret + `,"value":"[{\"keys\":[\"k\"]}]"}}`},
		"a secret inside":       {`{"assumeRole":"{\"externalId\":{\"4dabf18193072939515e22adb298388d\":\"1b47061264138c4ac30d75fd1eb44270\",\"value\":\"e\"}}"}`, `{"assumeRoles":"[{\"externalId\":{\"4dabf18193072939515e22adb298388d\":\"1b47061264138c4ac30d75fd1eb44270\",\"value\":\"e\"}}]"}`},
		"what is not yet known": {`{"assumeRole":` + unknown + `}`, `{"assumeRoles":` + unknown + `}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.JSONEq(t, c.bridge, text(t, Config(properties(t, c.sdk), ToBridge)))
			assert.JSONEq(t, c.sdk, text(t, Config(properties(t, c.bridge), ToSDK)))
		})
	}
}

func TestABooleanProperBecomesText(t *testing.T) {
	t.Parallel()
	assert.JSONEq(t, `{"skipMetadataApiCheck":"false"}`,
		text(t, Config(properties(t, `{"skipMetadataApiCheck":false}`), ToBridge)))
}

func TestNoConfigurationStaysNone(t *testing.T) {
	t.Parallel()
	assert.Nil(t, Config(nil, ToBridge))
}

func TestTheOlderFormOfTheConfigurationIsReshapedToo(t *testing.T) {
	t.Parallel()
	sdk := map[string]string{
		"aws:config:assumeRole":           `{"roleArn":"r"}`,
		"aws:config:region":               "eu-west-1",
		"aws:config:skipMetadataApiCheck": "true",
	}
	bridge := map[string]string{
		"aws:config:assumeRoles":          `[{"roleArn":"r"}]`,
		"aws:config:region":               "eu-west-1",
		"aws:config:skipMetadataApiCheck": "true",
	}
	assert.Equal(t, bridge, Variables(sdk, ToBridge))
	assert.Equal(t, sdk, Variables(bridge, ToSDK))
}

func TestDefaultsAreThoseOfPulumiAWS(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "ap-south-1")

	assert.JSONEq(t, `{"region":"ap-south-1","skipCredentialsValidation":"false","skipRegionValidation":"true"}`,
		text(t, WithDefaults(nil)))
	assert.JSONEq(t, `{"region":"eu-west-1","skipCredentialsValidation":"true","skipRegionValidation":"false"}`,
		text(t, WithDefaults(properties(t,
			`{"region":"eu-west-1","skipCredentialsValidation":"true","skipRegionValidation":"false"}`))))
}
