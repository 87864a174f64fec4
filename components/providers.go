package components

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// UsEast1 is the only region whose certificates and web ACLs CloudFront takes.
// Source: "Requirements for using SSL/TLS certificates with CloudFront".
const UsEast1 = "us-east-1"

// NewUsEast1Provider returns an AWS provider for us-east-1 that has everything
// else from the stack's `aws:` configuration: profile, role, endpoints, default
// tags, credentials. Explicit providers do not inherit it by themselves.
//
// A provider is a process of some 300 MB: in a stack whose home region is
// us-east-1 none is needed, pass nothing and the home provider is used.
func NewUsEast1Provider(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*aws.Provider, error) {
	settings := awsSettings(ctx)
	settings["region"] = pulumi.String(UsEast1)
	provider, err := aws.NewProvider(ctx, name, nil, append(opts, withInputs(settings))...)
	if err != nil {
		return nil, fmt.Errorf("making the AWS provider for %s: %w", UsEast1, err)
	}
	return provider, nil
}

// withInputs replaces the inputs of a resource. aws.NewProvider takes typed
// arguments; configuration is text, and passes through unread this way.
func withInputs(inputs pulumi.Map) pulumi.ResourceOption {
	return pulumi.Transformations([]pulumi.ResourceTransformation{
		func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			return &pulumi.ResourceTransformationResult{Props: inputs, Opts: args.Opts}
		},
	})
}

// StatementProvider is the provider of [BucketOrigin]'s statement in the policy
// of an existing bucket: the plugin in cmd/pulumi-resource-imagecdn. No stock
// AWS resource can own one statement of a policy; docs/bucket-policy.md says why
// and how.
type StatementProvider struct {
	pulumi.ProviderResourceState
}

// NewStatementProvider returns a StatementProvider that talks to AWS as the
// stack's `aws:` configuration says. One serves any number of components.
func NewStatementProvider(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*StatementProvider, error) {
	provider := &StatementProvider{}
	if err := ctx.RegisterResource("pulumi:providers:imagecdn", name, awsSettings(ctx), provider, opts...); err != nil {
		return nil, fmt.Errorf("making the bucket policy provider: %w", err)
	}
	return provider, nil
}

// awsSettings is the stack's `aws:` configuration as provider inputs. The values
// are copied as text, because provider inputs that are not strings travel as
// JSON, just as configuration holds them. The keys are those of aws.ProviderArgs,
// read off it so that none is forgotten when it grows.
func awsSettings(ctx *pulumi.Context) pulumi.Map {
	settings := pulumi.Map{}
	stack := config.New(ctx, "aws")
	for field := range reflect.TypeFor[aws.ProviderArgs]().Fields() {
		key := providerKey(field.Name)
		value, err := stack.Try(key)
		if err != nil {
			continue // not configured
		}
		if ctx.IsConfigSecret("aws:"+key) || slices.Contains(credentials, key) {
			settings[key] = pulumi.ToSecret(pulumi.String(value))
		} else {
			settings[key] = pulumi.String(value)
		}
	}
	return settings
}

// credentials are secrets in the state, even where the configuration has them in
// plain text.
var credentials = []string{"accessKey", "secretKey", "token"}

// providerKey is the configuration key of a field of aws.ProviderArgs.
func providerKey(field string) string {
	return strings.ToLower(field[:1]) + field[1:]
}
