package components

import (
	"errors"
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
	sharedUsEast1 = "pulumi:providers:aws imagecdn-us-east-1"
	sharedHome    = "pulumi:providers:aws imagecdn-home"
	sharedPlugin  = "pulumi:providers:imagecdn imagecdn-plugin"
)

// providersOf are the names of the providers of all custom resources by resource.
func providersOf(c *cloud) map[string]string {
	used := map[string]string{}
	for _, r := range c.all() {
		if r.request.GetCustom() && !strings.HasPrefix(r.kind, "pulumi:providers:") {
			used[r.name] = providerName(r.provider)
		}
	}
	return used
}

func TestAStackMakesNoMoreProvidersThanItNeeds(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		region string
		change func(*ImageCdnArgs)
		want   []string
	}{
		"elsewhere, on an existing bucket":   {"eu-central-1", func(*ImageCdnArgs) {}, []string{sharedUsEast1, sharedPlugin}},
		"in us-east-1, on an existing one":   {UsEast1, func(*ImageCdnArgs) {}, []string{sharedUsEast1, sharedPlugin}},
		"elsewhere, on a bucket to be made":  {"eu-central-1", newBucket, []string{sharedHome, sharedUsEast1, sharedPlugin}},
		"in us-east-1, on one to be made":    {UsEast1, newBucket, []string{sharedUsEast1, sharedPlugin}},
		"for a bucket of the same program":   {"eu-central-1", func(a *ImageCdnArgs) { a.Bucket = a.Bucket.ToStringOutput() }, []string{sharedUsEast1, sharedPlugin}},
		"for records that somebody else has": {"eu-central-1", func(a *ImageCdnArgs) { a.Dns.Records = None }, []string{sharedUsEast1, sharedPlugin}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			for _, preview := range []bool{false, true} {
				c := newCloud(t)
				c.preview, c.config["aws:region"] = preview, test.region
				c.mustUp(with(one(), test.change))
				assert.Equal(t, test.want, c.providers())
				assert.Equal(t, UsEast1, c.resource("imagecdn-us-east-1").input("region"))
			}
		})
	}
}

func TestEveryResourceNamesItsProvider(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(three(), newBucket))
	for name, provider := range providersOf(c) {
		kind := c.resource(name).kind
		switch {
		case strings.HasPrefix(kind, "imagecdn:"):
			assert.Equal(t, "imagecdn-plugin", provider, name)
		case strings.HasPrefix(kind, "aws:s3/"):
			assert.Equal(t, "imagecdn-home", provider, "%s: a bucket is the only regional thing", name)
		default:
			assert.Equal(t, "imagecdn-us-east-1", provider, name)
		}
	}
}

func TestTheCdnsOfAProgramShareTheirProviders(t *testing.T) {
	t.Parallel()
	twice := func(ctx *pulumi.Context, first, second ImageCdnArgs) error {
		if _, err := NewImageCdn(ctx, "cdn", &first); err != nil {
			return err
		}
		second.Domain = "other.example.com"
		_, err := NewImageCdn(ctx, "other", &second)
		return err
	}
	ofTeam := func(profile string) func(*ImageCdnArgs) {
		return func(a *ImageCdnArgs) { a.Identities.Dns = IdentityArgs{Profile: profile} }
	}
	for sentence, test := range map[string]struct {
		first, second ImageCdnArgs
		want          int
	}{
		"of the stack's configuration":        {one(), one(), 2},
		"for buckets to be made":              {with(one(), newBucket), with(one(), func(a *ImageCdnArgs) { newBucket(a); a.Bucket = pulumi.String("other-images") }), 3},
		"of the same identities":              {with(one(), ofTeam("dns")), with(one(), ofTeam("dns")), 3},
		"of different identities they do not": {with(one(), ofTeam("dns")), with(one(), ofTeam("net")), 5},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			require.NoError(t, c.run(func(ctx *pulumi.Context) error { return twice(ctx, test.first, test.second) }))
			assert.Len(t, c.providers(), test.want, "%v", c.providers())
		})
	}
}

func TestProgramsDoNotShareProviders(t *testing.T) {
	t.Parallel()
	for range 2 {
		c := newCloud(t)
		c.mustUp(one())
		assert.Len(t, c.providers(), 2)
	}
}

func TestContextsOfOneProgramCanShareProviders(t *testing.T) {
	t.Parallel()
	sharing := &SharedProviders{}
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		for _, name := range []string{"cdn", "other"} {
			args := with(one(), func(a *ImageCdnArgs) { a.Domain = name + ".example.com" })
			if _, err := NewImageCdn(WithSharedProviders(ctx, sharing), name, &args); err != nil {
				return err
			}
		}
		return nil
	}))
	assert.Equal(t, []string{sharedUsEast1, sharedPlugin}, c.providers())
}

// explicit are AWS providers of a program by name, made when asked for.
type explicit struct {
	ctx  *pulumi.Context
	made map[string]*aws.Provider
}

func (e explicit) provider(name, region string) *aws.Provider {
	if e.made[name] == nil {
		provider, err := aws.NewProvider(e.ctx, name, &aws.ProviderArgs{Region: pulumi.String(region), Profile: pulumi.String("of-" + name)})
		if err != nil {
			panic(err)
		}
		e.made[name] = provider
	}
	return e.made[name]
}

// upExplicit is up for a program that has providers of its own.
func (c *cloud) upExplicit(args ImageCdnArgs, choose func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption) error {
	return c.run(func(ctx *pulumi.Context) error {
		opts := choose(explicit{ctx, map[string]*aws.Provider{}}, &args)
		_, err := NewImageCdn(ctx, "cdn", &args, opts...)
		return err
	})
}

func TestProvidersOfTheProgramMakeWhatIsTheirs(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		choose                  func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption
		global, records, bucket string
		made                    int // providers, those of the program not counted
	}{
		"one for the home region": {
			func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption {
				args.Providers.Home = e.provider("home", "eu-west-1")
				return nil
			}, "cdn-us-east-1", "cdn-us-east-1", "home", 2,
		},
		"one for the home region in the options": {
			func(e explicit, _ *ImageCdnArgs) []pulumi.ResourceOption {
				return []pulumi.ResourceOption{pulumi.Provider(e.provider("home", "eu-west-1"))}
			}, "cdn-us-east-1", "cdn-us-east-1", "home", 2,
		},
		"one of several in the options": {
			func(e explicit, _ *ImageCdnArgs) []pulumi.ResourceOption {
				return []pulumi.ResourceOption{pulumi.Providers(e.provider("home", "eu-west-1"))}
			}, "cdn-us-east-1", "cdn-us-east-1", "home", 2,
		},
		"one in us-east-1 makes all": {
			func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption {
				args.Providers.Home = e.provider("home", UsEast1)
				return nil
			}, "home", "home", "home", 1,
		},
		"one for us-east-1 is not derived": {
			func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption {
				args.Providers = ProvidersArgs{Home: e.provider("home", "eu-west-1"), UsEast1: e.provider("global", UsEast1)}
				return nil
			}, "global", "global", "home", 1,
		},
		"one for us-east-1 alone makes all": {
			func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption {
				args.Providers.UsEast1 = e.provider("global", UsEast1)
				return nil
			}, "global", "global", "global", 1,
		},
		"those of other accounts": {
			func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption {
				args.Providers.Dns, args.Providers.Bucket = e.provider("dns", "eu-west-1"), e.provider("bucket", "eu-west-2")
				return nil
			}, "imagecdn-us-east-1", "dns", "bucket", 2,
		},
		"the arguments count more than the options": {
			func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption {
				args.Providers.Home = e.provider("home", UsEast1)
				return []pulumi.ResourceOption{pulumi.Provider(e.provider("other", "eu-west-1"))}
			}, "home", "home", "home", 1,
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			require.NoError(t, c.upExplicit(with(one(), newBucket), test.choose))
			used := providersOf(c)
			for name, want := range map[string]string{
				"cdn-distribution": test.global, "cdn-cache": test.global, "cdn-waf": test.global, "cdn-certificate-cert": test.global,
				"cdn-alias-cdn.example.com-a": test.records, "cdn-origin-bucket": test.bucket, "cdn-origin-private": test.bucket,
			} {
				assert.Equal(t, want, used[name], name)
			}
			made := slices.DeleteFunc(c.providers(), func(name string) bool {
				return slices.Contains([]string{"home", "global", "dns", "bucket", "other"}, strings.Fields(name)[1])
			})
			assert.Len(t, made, test.made, "%v", made)
		})
	}
}

func TestThePluginActsForTheProvidersOfTheProgram(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		choose           func(e explicit, args *ImageCdnArgs)
		aws, dns, bucket any // profiles
	}{
		"for the one of the home region": {
			func(e explicit, args *ImageCdnArgs) { args.Providers.Home = e.provider("home", "eu-west-1") }, "of-home", nil, nil,
		},
		"for the one in us-east-1": {
			func(e explicit, args *ImageCdnArgs) { args.Providers.UsEast1 = e.provider("global", UsEast1) }, "of-global", nil, nil,
		},
		"for those of other accounts": {
			func(e explicit, args *ImageCdnArgs) {
				args.Providers.Dns, args.Providers.Bucket = e.provider("dns", "eu-west-1"), e.provider("bucket", "eu-west-2")
			}, "of-stack", "of-dns", "of-bucket",
		},
		"for identities": {
			func(_ explicit, args *ImageCdnArgs) {
				args.Identities = IdentitiesArgs{Dns: IdentityArgs{Profile: "net"}, Bucket: IdentityArgs{Profile: "media"}}
			}, "of-stack", "net", "media",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.config["aws:profile"] = "of-stack"
			require.NoError(t, c.upExplicit(one(), func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption {
				test.choose(e, args)
				return nil
			}))
			plugin := c.plugin()
			assert.Equal(t, test.aws, plugin.input("aws.profile"))
			assert.Equal(t, test.dns, plugin.input("dns.profile"))
			assert.Equal(t, test.bucket, plugin.input("bucket.profile"))
		})
	}
}

// plugin is the one instance of the plugin.
func (c *cloud) plugin() registration {
	c.t.Helper()
	for _, r := range c.all() {
		if r.kind == "pulumi:providers:imagecdn" {
			return r
		}
	}
	require.Fail(c.t, "there is no plugin")
	return registration{}
}

func TestSettingsOfAProviderOfTheProgramAreTakenOver(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		home, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{
			Region: pulumi.String("eu-west-1"), AccessKey: pulumi.String("AKIA"), SecretKey: pulumi.String("hidden"),
			S3UsePathStyle: pulumi.Bool(true), MaxRetries: pulumi.Int(3),
			AssumeRole:  aws.ProviderAssumeRoleArgs{RoleArn: pulumi.String("arn:aws:iam::1:role/cdn"), ExternalId: pulumi.String("x")},
			DefaultTags: aws.ProviderDefaultTagsArgs{Tags: pulumi.StringMap{"cost_centre": pulumi.String("7")}},
			Endpoints:   aws.ProviderEndpointArray{aws.ProviderEndpointArgs{S3: pulumi.String("http://127.0.0.1:4566")}},
		})
		if err != nil {
			return err
		}
		args := with(one(), func(a *ImageCdnArgs) { a.Providers.Home = home })
		_, err = NewImageCdn(ctx, "cdn", &args)
		return err
	}))
	derived := c.resource("cdn-us-east-1").inputs
	assert.Equal(t, "us-east-1", text(derived["region"]))
	for key, want := range map[resource.PropertyKey]string{
		"accessKey": "AKIA", "secretKey": "hidden", "s3UsePathStyle": "true", "maxRetries": "3",
		"assumeRole":  `{"externalId":"x","roleArn":"arn:aws:iam::1:role/cdn"}`,
		"defaultTags": `{"tags":{"cost_centre":"7"}}`,
		"endpoints":   `[{"s3":"http://127.0.0.1:4566"}]`,
	} {
		assert.Equal(t, want, text(derived[key]), key)
		settings := c.plugin().inputs["aws"].ObjectValue()
		assert.Equal(t, want, text(settings[key]), key)
	}
	for _, key := range []resource.PropertyKey{"accessKey", "secretKey"} {
		assert.True(t, derived[key].IsSecret(), key)
		assert.True(t, c.plugin().inputs["aws"].ObjectValue()[key].IsSecret(), key)
	}
	assert.NotContains(t, derived, resource.PropertyKey("token"), "what is not set stays so")
}

func TestNobodyIsAskedAsSomebodyElseWhileSettingsAreUnknown(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.preview, c.unconfigured = true, true
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		home, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: unknown(), Profile: unknown()})
		if err != nil {
			return err
		}
		args := with(one(), func(a *ImageCdnArgs) { a.Providers.Home = home })
		_, err = NewImageCdn(ctx, "cdn", &args)
		return err
	}))
	assert.True(t, c.resource("cdn-us-east-1").inputs["profile"].IsComputed(), "the engine does not configure it")
	assert.True(t, c.plugin().inputs["aws"].ContainsUnknowns(), "the engine does not call the plugin")
	assert.ElementsMatch(t, slices.Concat(whole, wholeAlways), c.names())
}

func TestAProviderForUsEast1ThatIsElsewhereIsReported(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	faults := c.faultsOf(c.upExplicit(one(), func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption {
		args.Providers.UsEast1 = e.provider("global", "us-west-2")
		return nil
	}))
	require.Len(t, faults, 1)
	assert.Equal(t, "providers.usEast1", faults[0].Field)
	assert.Equal(t, "us-west-2", faults[0].Value)
}

func TestAProviderThatCannotBeReadEndsTheProgram(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.broken = map[string]error{terraformConfig: assert.AnError}
	err := c.upExplicit(one(), func(e explicit, args *ImageCdnArgs) []pulumi.ResourceOption {
		args.Providers.Home = e.provider("home", "eu-west-1")
		return nil
	})
	require.ErrorContains(t, err, assert.AnError.Error())
	assert.Empty(t, c.names())
}

func TestAnIdentityIsTheSameSettingsWithAnotherProfileOrRole(t *testing.T) {
	t.Parallel()
	const cdnRole = `{"roleArn":"arn:aws:iam::1:role/cdn"}`
	for sentence, test := range map[string]struct {
		who  IdentityArgs
		want map[string]any
	}{
		"a profile, without the CDN's credentials and role": {
			IdentityArgs{Profile: "net"}, map[string]any{"profile": "net", "accessKey": nil, "assumeRole": nil},
		},
		"a role, with the CDN's credentials": {
			IdentityArgs{RoleArn: "arn:aws:iam::2:role/dns"},
			map[string]any{"profile": "cdn", "accessKey": "AKIA", "assumeRole": `{"roleArn":"arn:aws:iam::2:role/dns"}`},
		},
		"a role with an external id": {
			IdentityArgs{RoleArn: "arn:aws:iam::2:role/dns", ExternalId: "x"},
			map[string]any{"assumeRole": `{"externalId":"x","roleArn":"arn:aws:iam::2:role/dns"}`},
		},
		"a role of a profile": {
			IdentityArgs{Profile: "net", RoleArn: "arn:aws:iam::2:role/dns"},
			map[string]any{"profile": "net", "accessKey": nil, "assumeRole": `{"roleArn":"arn:aws:iam::2:role/dns"}`},
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			maps.Copy(c.config, map[string]string{"aws:profile": "cdn", "aws:accessKey": "AKIA", "aws:assumeRole": cdnRole, "aws:maxRetries": "3"})
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Identities = IdentitiesArgs{Dns: test.who, Bucket: test.who}; newBucket(a) }))
			used := providersOf(c)
			dns, bucket := c.resource(used["cdn-alias-cdn.example.com-a"]), c.resource(used["cdn-origin-bucket"])
			for key, want := range test.want {
				for _, r := range []registration{dns, bucket} {
					assert.Equal(t, want, plain(r.input(key)), "%s of %s", key, r.name)
				}
				assert.Equal(t, want, plain(c.plugin().input("dns."+key)), key)
				assert.Equal(t, want, plain(c.plugin().input("bucket."+key)), key)
			}
			assert.Equal(t, "us-east-1", dns.input("region"))
			assert.Equal(t, "eu-central-1", bucket.input("region"))
			assert.Equal(t, "3", dns.input("maxRetries"), "everything else is the CDN's")
			assert.Equal(t, cdnRole, c.plugin().input("aws.assumeRole"), "the CDN's own identity is as it was")
			assert.Equal(t, "imagecdn-us-east-1", used["cdn-distribution"])
		})
	}
}

// plain takes a secret off a value.
func plain(value any) any {
	if secret, ok := value.(*resource.Secret); ok {
		return secret.Element.Mappable()
	}
	return value
}

func TestTheProvidersHaveTheStacksAwsConfiguration(t *testing.T) {
	t.Parallel()
	configured := map[string]string{
		"aws:region": "eu-central-1", "aws:profile": "shop",
		"aws:accessKey": "in plain text", "aws:secretKey": "hidden", "aws:token": "hidden",
		"aws:endpoints": `[{"acm":"http://127.0.0.1:4566"}]`, "aws:defaultTags": `{"tags":{"team":"images"}}`, "aws:assumeRole": `{"roleArn":"arn"}`,
		"aws:skipMetadataApiCheck": "true", "aws:s3UsePathStyle": "true", "aws:maxRetries": "3", "aws:unheardOf": "x",
	}
	c := newCloud(t)
	c.config, c.secrets = configured, []string{"aws:secretKey", "aws:token", "aws:assumeRole"}
	c.mustUp(with(one(), newBucket))
	want := resource.PropertyMap{}
	for key, value := range configured {
		want[resource.PropertyKey(strings.TrimPrefix(key, "aws:"))] = resource.NewProperty(value)
	}
	// Secrets stay secret, and credentials are secret however they were configured.
	for _, key := range []resource.PropertyKey{"accessKey", "secretKey", "token", "assumeRole"} {
		want[key] = resource.MakeSecret(want[key])
	}
	delete(want, "unheardOf")
	assert.Equal(t, want, c.plugin().inputs["aws"].ObjectValue())
	for provider, region := range map[string]string{"imagecdn-us-east-1": "us-east-1", "imagecdn-home": "eu-central-1"} {
		inputs := c.resource(provider).inputs
		want["region"] = resource.NewProperty(region)
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
		want = append(want, wire.Tag.Get("pulumi"))
	}
	assert.Equal(t, want, providerKeys(), "the configuration key is the property's name")
	c := newCloud(t)
	for _, key := range want {
		c.config["aws:"+key] = "value of " + key
	}
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		assert.ElementsMatch(t, want, slices.Collect(maps.Keys(stackSettings(ctx).values)))
		return nil
	}))
}

func TestThePluginIsOfTheVersionOfThePackage(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(one())
	assert.Equal(t, PluginVersion, c.plugin().request.GetVersion())
	assert.Equal(t, PluginDownloadURL, c.plugin().request.GetPluginDownloadURL())
}

func TestWhatThePluginSaysIsToldWithoutTheEnginesWords(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"rpc error: code = Unknown desc = invocation of imagecdn:index:getBucket returned an error: no credentials": "no credentials",
		"invocation of imagecdn:index:getBucket returned an error: no credentials":                                  "no credentials",
		" no credentials\n": "no credentials",
	} {
		assert.EqualError(t, plainError(errors.New(given)), want)
	}
	assert.NoError(t, plainError(nil))
}
