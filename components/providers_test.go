package components

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	usEast1Ref   = "urn:pulumi:prod::shop::pulumi:providers:aws::us-east-1::us-east-1-id"
	homeRef      = "urn:pulumi:prod::shop::pulumi:providers:aws::home::home-id"
	statementRef = "urn:pulumi:prod::shop::pulumi:providers:imagecdn::bucket-policy::bucket-policy-id"
)

// providersOf are the providers of all AWS resources by name; "" is the default provider.
func providersOf(c *cloud) map[string]string {
	used := map[string]string{}
	for _, r := range c.all() {
		if strings.HasPrefix(r.kind, "aws:") || r.kind == BucketPolicyStatementToken {
			used[r.name] = r.provider
		}
	}
	return used
}

func TestOnlyCertificateAndWebAclAreOnTheProviderForUsEast1(t *testing.T) {
	t.Parallel()
	special := map[string]string{
		"cdn-certificate-cert": usEast1Ref, "cdn-certificate-validated": usEast1Ref, "cdn-waf": usEast1Ref,
		"cdn-read": statementRef,
	}
	for sentence, test := range map[string]struct {
		home string
		opts func(home *aws.Provider) []pulumi.ResourceOption
	}{
		"the default provider makes the rest": {
			"", func(*aws.Provider) []pulumi.ResourceOption { return nil },
		},
		"the provider of the options makes the rest": {
			homeRef, func(home *aws.Provider) []pulumi.ResourceOption {
				return []pulumi.ResourceOption{pulumi.Provider(home)}
			},
		},
		"one of the providers of the options makes the rest": {
			homeRef, func(home *aws.Provider) []pulumi.ResourceOption {
				return []pulumi.ResourceOption{pulumi.Providers(home)}
			},
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			require.NoError(t, c.run(func(ctx *pulumi.Context) error {
				args := three()
				if err := c.addProviders(ctx, &args); err != nil {
					return err
				}
				home, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
				if err != nil {
					return err
				}
				_, err = NewImageCdn(ctx, "cdn", &args, test.opts(home)...)
				return err
			}))
			for name, provider := range providersOf(c) {
				want, isSpecial := special[name]
				if !isSpecial {
					want = test.home
				}
				assert.Equal(t, want, provider, name)
			}
			for _, token := range []string{
				"aws:route53/getZone:getZone", "aws:route53/getRecords:getRecords", "aws:s3/getBucket:getBucket",
				"aws:cloudfront/getDistribution:getDistribution",
			} {
				calls := c.callsOf(token)
				assert.NotEmpty(t, calls, token)
				for _, call := range calls {
					assert.Equal(t, test.home, call.Provider, "%s is looked up where it is made", token)
				}
			}
		})
	}
}

func TestTheProviderOfTheParentIsInherited(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		args := one()
		if err := c.addProviders(ctx, &args); err != nil {
			return err
		}
		home, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		platform := &pulumi.ResourceState{}
		if err := ctx.RegisterComponentResource("acme:index:Platform", "platform", platform, pulumi.Providers(home)); err != nil {
			return err
		}
		_, err = NewImageCdn(ctx, "cdn", &args, pulumi.Parent(platform))
		return err
	}))
	assert.Equal(t, homeRef, providersOf(c)["cdn-distribution"])
	assert.Equal(t, usEast1Ref, providersOf(c)["cdn-waf"])
	for _, call := range c.callsOf("aws:route53/getZone:getZone") {
		assert.Equal(t, homeRef, call.Provider)
	}
}

func TestAHomeInUsEast1NeedsNoSecondProvider(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.region = UsEast1
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		statements, err := NewStatementProvider(ctx, "bucket-policy")
		if err != nil {
			return err
		}
		args := with(one(), func(a *ImageCdnArgs) { a.StatementProvider = statements })
		_, err = NewImageCdn(ctx, "cdn", &args)
		return err
	}))
	for name, provider := range providersOf(c) {
		if name != "cdn-read" {
			assert.Empty(t, provider, name)
		}
	}
}

func TestExplicitProvidersHaveTheStacksAwsConfiguration(t *testing.T) {
	t.Parallel()
	endpoints := `[{"acm":"http://127.0.0.1:4566","s3":"http://127.0.0.1:4566"}]`
	configured := map[string]string{
		"aws:region": "eu-central-1", "aws:profile": "shop",
		"aws:accessKey": "in plain text", "aws:secretKey": "hidden", "aws:token": "hidden",
		"aws:endpoints": endpoints, "aws:defaultTags": `{"tags":{"team":"images"}}`, "aws:assumeRole": `{"roleArn":"arn"}`,
		"aws:skipMetadataApiCheck": "true", "aws:s3UsePathStyle": "true", "aws:maxRetries": "3", "aws:unheardOf": "x",
	}
	c := newCloud(t)
	c.config, c.secrets = configured, []string{"aws:secretKey", "aws:token", "aws:assumeRole"}
	require.NoError(t, c.run(func(ctx *pulumi.Context) error { return c.addProviders(ctx, &ImageCdnArgs{}) }))

	for provider, region := range map[string]string{"us-east-1": "us-east-1", "bucket-policy": "eu-central-1"} {
		inputs := c.resource(provider).inputs
		want := resource.PropertyMap{}
		for key, value := range configured {
			want[resource.PropertyKey(strings.TrimPrefix(key, "aws:"))] = resource.NewProperty(value)
		}
		want["region"] = resource.NewProperty(region)
		// Secrets stay secret, and credentials are secret however they were configured.
		for _, key := range []resource.PropertyKey{"accessKey", "secretKey", "token", "assumeRole"} {
			want[key] = resource.MakeSecret(want[key])
		}
		delete(want, "unheardOf")
		delete(inputs, "version")
		assert.Equal(t, want, inputs, provider)
	}
}

func TestEveryArgumentOfTheAwsProviderIsCopied(t *testing.T) {
	t.Parallel()
	var want []string
	for field := range reflect.TypeFor[aws.ProviderArgs]().Fields() {
		wire, found := aws.ProviderArgs{}.ElementType().FieldByName(field.Name)
		require.True(t, found, field.Name)
		key := wire.Tag.Get("pulumi")
		assert.Equal(t, key, providerKey(field.Name), "the configuration key is the property's name")
		want = append(want, key)
	}
	c := newCloud(t)
	c.config = map[string]string{}
	for _, key := range want {
		c.config["aws:"+key] = "value of " + key
	}
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		assert.ElementsMatch(t, want, slices.Collect(maps.Keys(awsSettings(ctx))))
		return nil
	}))
}

func TestAnUnconfiguredStackGivesItsProvidersNothing(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error { return c.addProviders(ctx, &ImageCdnArgs{}) }))
	assert.Empty(t, c.resource("bucket-policy").inputs)
	assert.Equal(t, "us-east-1", c.resource("us-east-1").input("region"))
}
