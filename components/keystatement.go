package components

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// KeyPolicyStatementToken is the type token of [KeyPolicyStatement].
const KeyPolicyStatementToken = "imagecdn:index:KeyPolicyStatement" //nolint:gosec // a type token, not a credential

// KeyPolicyStatement is one statement of the policy of a KMS key that may be somebody
// else's: every other statement stays as it is, through create, update and delete. It lets
// one distribution decrypt objects under the key. docs/encryption.md says more.
type KeyPolicyStatement struct {
	pulumi.CustomResourceState

	// Sid is the statement's Sid. It stays the same for the life of the resource.
	Sid pulumi.StringOutput `pulumi:"sid"`
	// PolicyStatement is the statement as JSON.
	PolicyStatement pulumi.StringOutput `pulumi:"policyStatement"`
}

// KeyPolicyStatementArgs are the arguments of [NewKeyPolicyStatement].
type KeyPolicyStatementArgs struct {
	// KeyArn is the ARN of the key, not of an alias. Required. A change replaces: the new
	// statement is there before the old one goes.
	KeyArn pulumi.StringInput
	// DistributionArn is the ARN of the distribution that is let in. Required.
	DistributionArn pulumi.StringInput
	// Bucket is the name of the bucket whose objects are encrypted with the key, for the
	// state alone: the statement has nothing of it. Default: none.
	Bucket pulumi.StringInput
	// Identities say whose the key is.
	Identities IdentitiesArgs
	// Providers are AWS providers of the program's own.
	Providers ProvidersArgs
}

// NewKeyPolicyStatement registers a [KeyPolicyStatement]. It returns an
// [InvalidArgsError] for arguments that are missing.
func NewKeyPolicyStatement(
	ctx *pulumi.Context, name string, args *KeyPolicyStatementArgs, opts ...pulumi.ResourceOption,
) (*KeyPolicyStatement, error) {
	if args == nil {
		args = &KeyPolicyStatementArgs{}
	}
	var fs faults
	if unlessEmpty(args.KeyArn) == nil {
		fs.add("keyArn", "", "a key is needed", "Give the ARN of the key whose policy is to have the statement")
	} else if arn, plain := plainString(args.KeyArn); plain && !keyARN.MatchString(arn) {
		fs.add("keyArn", arn, notAKey, giveKeyARN)
	}
	if unlessEmpty(args.DistributionArn) == nil {
		fs.add("distributionArn", "", "a statement that lets a distribution in names it", "Give the ARN of the distribution")
	}
	if err := fs.err(); err != nil {
		return nil, err
	}
	plugin, err := newPlugin(ctx, name, args.Providers, args.Identities, opts)
	if err != nil {
		return nil, err
	}
	return newKeyStatement(ctx, name, keyPlan{arn: args.KeyArn, bucket: args.Bucket}, args.DistributionArn, plugin, opts...)
}

func newKeyStatement(
	ctx *pulumi.Context, name string, key keyPlan, distribution pulumi.StringInput, plugin *pluginProvider, opts ...pulumi.ResourceOption,
) (*KeyPolicyStatement, error) {
	statement := &KeyPolicyStatement{}
	inputs := pulumi.Map{"keyArn": key.arn, "distributionArn": distribution}
	if key.bucket != nil {
		inputs["bucket"] = key.bucket
	}
	if err := ctx.RegisterResource(KeyPolicyStatementToken, name, inputs, statement, pluginOptions(plugin, opts)...); err != nil {
		return nil, fmt.Errorf("making key policy statement %q: %w", name, err)
	}
	return statement, nil
}
