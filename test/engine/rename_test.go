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
		origin, err := components.NewBucketOrigin(ctx, "origin", &components.BucketOriginArgs{Bucket: pulumi.String(bucketName)})
		if err != nil {
			return err
		}
		_, err = components.NewBucketPolicyStatement(ctx, grant, &components.BucketPolicyStatementArgs{
			Bucket: origin.BucketName, DistributionArn: pulumi.String("arn:aws:cloudfront::123456789012:distribution/EXAMPLE"),
		})
		return err
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

// group is a component of the consumer's own.
type group struct{ pulumi.ResourceState }

// Two CDNs of the same name live below two parents. Then one is renamed, with an alias:
// nothing is replaced.
func TestComponentsOfOneNameBelowTwoParentsLiveTogetherAndOneIsRenamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	name := "cdn"
	var opts []pulumi.ResourceOption
	program := func(ctx *pulumi.Context) error {
		for _, team := range []string{"red", "blue"} {
			parent := &group{}
			if err := ctx.RegisterComponentResource("consumer:index:"+team, team, parent); err != nil { // the type is in the URN, the name is not
				return err
			}
			args := &components.ImageCdnArgs{Domain: team + "." + zoneName, Bucket: pulumi.String(bucketName)}
			args.Protection.WebAcl = "none"
			called := "cdn"
			more := []pulumi.ResourceOption{pulumi.Parent(parent)}
			if team == "red" {
				called, more = name, append(more, opts...)
			}
			if _, err := components.NewImageCdn(ctx, called, args, more...); err != nil {
				return err
			}
		}
		return nil
	}
	stack := w.inlineStack("two-teams", program)
	_, err := stack.Up(within(t))
	require.NoError(t, err)
	made := w.inventory()
	w.assertStatements(before.Policy.(map[string]any)["Statement"].([]any), 2)

	name, opts = "images", []pulumi.ResourceOption{pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("cdn")}})}
	renamed, err := stack.Up(within(t))
	require.NoError(t, err)
	for _, operation := range []string{"create", "replace", "delete"} {
		require.NotContains(t, *renamed.Summary.ResourceChanges, operation, renamed.StdOut)
	}
	require.Equal(t, made, w.inventory())
	_, err = stack.Destroy(within(t))
	require.NoError(t, err)
	require.Equal(t, before, w.inventory())
}
