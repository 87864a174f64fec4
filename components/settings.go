package components

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

// settings are the configuration of an AWS provider, by the names of aws.ProviderArgs
// in stack configuration. The values are text, because provider inputs that are not
// strings travel as JSON, just as configuration holds them.
type settings struct {
	values   pulumi.Map
	region   string // "" where it is not known
	identity identity
}

// identity tells settings apart. Those of the stack's configuration are the same for
// every component; the others are not compared.
type identity struct {
	shared bool
	others string // what differs from the stack's configuration
}

func (id identity) and(role string, other identity) identity {
	return identity{shared: id.shared && other.shared, others: id.others + role + other.others}
}

// suffix makes the names of providers with different settings differ.
func (id identity) suffix() string {
	if id.others == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(id.others))
	return "-" + hex.EncodeToString(sum[:4])
}

// credentials are secrets in the state, even where the configuration has them in
// plain text.
var credentials = []string{"accessKey", "secretKey", "token"}

// defaultMaxRetries is how often a call is made, where the stack's configuration does not
// say it. The pauses between them double, from at most 2 seconds to at most 32, so a call is
// given up within a minute. The AWS provider's own default, 25, repeats for over nine minutes
// what ACM refuses for a quota, and does not heed a cancellation meanwhile.
const defaultMaxRetries = "6"

// assumedRoles are the roles of an identity, which another profile is not to assume.
var assumedRoles = []string{"assumeRole", "assumeRoleWithWebIdentity"}

// stackSettings is the stack's `aws:` configuration. The keys are those of
// aws.ProviderArgs, read off it so that none is forgotten when it grows.
func stackSettings(ctx *pulumi.Context) settings {
	s := settings{values: pulumi.Map{}, identity: identity{shared: true}}
	stack := config.New(ctx, "aws")
	for _, key := range providerKeys() {
		value, err := stack.Try(key)
		if err != nil {
			continue // not configured
		}
		if ctx.IsConfigSecret("aws:"+key) || slices.Contains(credentials, key) {
			s.values[key] = pulumi.ToSecret(pulumi.String(value))
		} else {
			s.values[key] = pulumi.String(value)
		}
	}
	if s.values["maxRetries"] == nil {
		s.values["maxRetries"] = pulumi.String(defaultMaxRetries)
	}
	// As pulumi-aws finds it, except for a region in a profile: that is read by nobody here.
	for _, region := range []string{stack.Get("region"), os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")} {
		if s.region == "" {
			s.region = region
		}
	}
	return s
}

// settingsOf are the settings of a provider that the program made, secrets included.
func settingsOf(ctx *pulumi.Context, provider *aws.Provider) (settings, error) {
	result, err := provider.TerraformConfig(ctx)
	if err != nil {
		return settings{}, fmt.Errorf("reading the settings of an AWS provider: %w", err)
	}
	found := result.Result()
	// The provider is registered already, so this waits for no resource.
	known, err := internals.UnsafeAwaitOutput(ctx.Context(), found)
	config, _ := known.Value.(map[string]any)
	switch {
	case ctx.DryRun() && (err != nil || len(config) == 0):
		return unknownSettings(), nil
	case err != nil:
		return settings{}, fmt.Errorf("reading the settings of an AWS provider: %w", err)
	}
	s := settings{values: pulumi.Map{}}
	for _, key := range providerKeys() {
		if text, err := settingText(config, key); err == nil && text == nil {
			continue // a secret null would reach the next provider as the text "null"
		}
		s.values[key] = found.ApplyT(func(config map[string]any) (*string, error) {
			return settingText(config, key)
		})
	}
	s.region, _ = config["region"].(string)
	return s, nil
}

// unknownSettings are those of a provider that waits for other resources: in a preview
// it tells nothing. A provider made with them is not configured by the engine, so that
// nobody is asked as somebody else meanwhile.
func unknownSettings() settings {
	return settings{values: pulumi.Map{"profile": pulumi.UnsafeUnknownOutput(nil)}}
}

// in is the settings for another region.
func (s settings) in(region string) settings {
	s.values = maps.Clone(s.values)
	s.values["region"] = pulumi.String(region)
	s.region = region
	return s
}

// as is the settings for another identity of the same machine.
func (s settings) as(who IdentityArgs) settings {
	if !who.given() {
		return s
	}
	s.values = maps.Clone(s.values)
	if who.Profile != "" {
		for _, key := range slices.Concat(credentials, assumedRoles) {
			delete(s.values, key)
		}
		s.values["profile"] = pulumi.String(who.Profile)
	}
	if who.RoleArn != "" {
		role := map[string]string{"roleArn": who.RoleArn}
		if who.ExternalId != "" {
			role["externalId"] = who.ExternalId
		}
		text, _ := json.Marshal(role) // a map of text cannot fail
		s.values["assumeRole"] = pulumi.String(text)
	}
	s.identity.others += fmt.Sprintf("%q", []string{who.Profile, who.RoleArn, who.ExternalId})
	return s
}

// withInputs replaces the inputs of a resource. aws.NewProvider takes typed
// arguments; settings are text, and pass through unread this way.
func withInputs(inputs pulumi.Map) pulumi.ResourceOption {
	return pulumi.Transformations([]pulumi.ResourceTransformation{
		func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			return &pulumi.ResourceTransformationResult{Props: inputs, Opts: args.Opts}
		},
	})
}

// providerKeys are the configuration keys of the AWS provider.
func providerKeys() []string {
	var keys []string
	for field := range reflect.TypeFor[aws.ProviderArgs]().Fields() {
		keys = append(keys, strings.ToLower(field.Name[:1])+field.Name[1:])
	}
	return keys
}

// singleBlocks are the settings that are one object to pulumi-aws and a list of at most
// one to the Terraform provider inside it.
var singleBlocks = []string{"assumeRole", "assumeRoleWithWebIdentity", "defaultTags", "ignoreTags"}

// settingText is one setting as text, nil where it is not set, from the names and shapes
// of the Terraform provider. Source: the method terraformConfig of pulumi-aws's Provider.
func settingText(config map[string]any, key string) (*string, error) {
	value := config[snakeCase(key)]
	if list, isList := value.([]any); isList && slices.Contains(singleBlocks, key) {
		value = nil
		if len(list) > 0 {
			value = camelKeys(list[0])
		}
	}
	switch set := value.(type) {
	case nil:
		return nil, nil
	case string:
		return &set, nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("reading the setting %s of an AWS provider: %w", key, err)
	}
	return new(string(text)), nil
}

func snakeCase(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// camelKeys renames the keys of a block. What is inside, such as tags, has the user's names.
func camelKeys(block any) any {
	object, isObject := block.(map[string]any)
	if !isObject {
		return block
	}
	renamed := map[string]any{}
	for key, value := range object {
		words := strings.Split(key, "_")
		for i, word := range words[1:] {
			if word != "" {
				words[i+1] = strings.ToUpper(word[:1]) + word[1:]
			}
		}
		renamed[strings.Join(words, "")] = value
	}
	return renamed
}
