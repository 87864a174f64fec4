package engine

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
)

// A program of a consumer's own, with BucketOrigin alone. Renaming the grant
// makes the new one before the old one is deleted: the deletion must not take
// the new one's statement with it.
func TestRenamingAGrantKeepsExactlyOneStatement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own := w.statements()
	grant := "old-name"
	program := func(ctx *pulumi.Context) error {
		provider, err := components.NewStatementProvider(ctx, "bucket-policy")
		if err != nil {
			return err
		}
		origin, err := components.NewBucketOrigin(ctx, "origin", &components.BucketOriginArgs{
			Bucket: bucketName, StatementProvider: provider,
		})
		if err != nil {
			return err
		}
		return origin.GrantRead(grant, pulumi.String("arn:aws:cloudfront::123456789012:distribution/EXAMPLE"))
	}
	stack := w.inlineStack("rename", program)
	_, err := stack.Up(within(t))
	require.NoError(t, err)
	w.assertStatements(own, 1)
	grant = "new-name"
	_, err = stack.Up(within(t))
	require.NoError(t, err)
	w.assertStatements(own, 1)
	_, err = stack.Destroy(within(t))
	require.NoError(t, err)
	w.assertStatements(own, 0)
}

// inlineStack is a stack of a program that is not the product's.
func (w *world) inlineStack(name string, program pulumi.RunFunc) auto.Stack {
	w.t.Helper()
	stack, err := auto.UpsertStackInlineSource(within(w.t), name, "consumer", program,
		auto.Project(workspace.Project{
			Name: "consumer", Runtime: workspace.NewProjectRuntimeInfo("go", nil),
			Plugins: &workspace.Plugins{Providers: []workspace.PluginOptions{{Name: "imagecdn", Path: toolchain.plugin}}},
		}),
		auto.PulumiHome(toolchain.home), auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL": w.backend, "PULUMI_CONFIG_PASSPHRASE": "consumer",
		}))
	require.NoError(w.t, err)
	for key, value := range w.awsConfig(w.spec(name)) {
		require.NoError(w.t, stack.SetConfig(within(w.t), key, auto.ConfigValue{Value: value}))
	}
	return stack
}
