package clients

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/seed"
	"imagecdn/test/internal/mirror"
)

const (
	// terraformLimit is how long Terraform may take in all. The provider's own
	// waits have fixed delays of half a minute, and the engine tests run beside it.
	terraformLimit = 14 * time.Minute
	terraformCure  = "install it (https://developer.hashicorp.com/terraform/install) and see that it is on PATH"
	stackDir       = "testdata/stack"
	terraformHost  = "cdn." + seededZone
	// pending is the exit code of `terraform plan -detailed-exitcode` when
	// something differs.
	pending = 2
)

// madeByTerraform is what testdata/stack is to be in AWS.
var madeByTerraform = []string{
	"record cdn.example.com. A", "record cdn.example.com. AAAA", "record cdn.example.com. HTTPS",
	"bucket terraform-images", "object terraform-images/photos/sunrise.jpg",
	"certificate us-east-1 cdn.example.com", "web ACL terraform-images",
	"distribution of cdn.example.com", "distribution of *.cdn.example.com",
	"origin access control terraform-images", "cache policy terraform-images",
}

// terraform is Terraform with the stack of testdata.
type terraform struct {
	program
	variables []string
}

func newTerraform(ctx context.Context, t *testing.T, w world, image []byte) terraform {
	t.Helper()
	p := newProgram(t, "terraform", terraformCure, append(w.environment(homeRegion),
		"TF_CLI_CONFIG_FILE="+os.DevNull, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1",
	))
	p.environment = append(p.environment, "TF_DATA_DIR="+filepath.Join(p.dir, "data"))
	require.NoError(t, os.CopyFS(p.dir, os.DirFS(stackDir)))
	file := filepath.Join(p.dir, "image.jpg")
	require.NoError(t, os.WriteFile(file, image, 0o600))
	initialise := []string{"init", "-no-color"}
	plugins, err := mirror.Find()
	require.NoError(t, err)
	if plugins != "" {
		initialise = append(initialise, "-plugin-dir="+plugins)
	}
	p.succeed(ctx, t, initialise...)
	return terraform{program: p, variables: []string{
		"-no-color", "-var=domain=" + terraformHost, "-var=zone=" + seededZone, "-var=existing_bucket=" + seededBucket,
		"-var=bucket=terraform-images", "-var=image=" + file,
	}}
}

// do runs a command that takes variables and logs how long it took.
func (tf terraform) do(ctx context.Context, t *testing.T, command ...string) outcome {
	t.Helper()
	started := time.Now()
	result := tf.run(ctx, t, append(command, tf.variables...)...)
	t.Logf("terraform %s took %s", command[0], time.Since(started).Round(time.Second))
	return result
}

// outputs are the outputs of the stack.
func (tf terraform) outputs(ctx context.Context, t *testing.T) map[string]struct{ Value string } {
	t.Helper()
	var outputs map[string]struct{ Value string }
	require.NoError(t, json.Unmarshal([]byte(tf.succeed(ctx, t, "output", "-json")), &outputs))
	return outputs
}

// requireNoDrift requires a plan to find everything as the state says.
func requireNoDrift(ctx context.Context, t *testing.T, tf terraform) {
	t.Helper()
	result := tf.do(ctx, t, "plan", "-detailed-exitcode")
	require.NotEqual(t, pending, result.code, "drift: %s", result)
	require.Zero(t, result.code, "%s", result)
}

func TestTerraform(t *testing.T) {
	t.Parallel()
	ctx := within(t, terraformLimit)
	w := newWorld(ctx, t)
	images, err := seed.Images()
	require.NoError(t, err)
	image := images[1].Content
	seeded := w.inventory(ctx, t)
	tf := newTerraform(ctx, t, w, image)

	tell(t, []step{
		{"an apply makes the whole stack", func(t *testing.T) {
			result := tf.do(ctx, t, "apply", "-auto-approve")
			require.Zero(t, result.code, "%s", result)
			require.Subset(t, w.inventory(ctx, t), slices.Concat(seeded, madeByTerraform))
		}},
		{"the outputs are those of this AWS", func(t *testing.T) {
			outputs := tf.outputs(ctx, t)
			assert.Equal(t, accountID, outputs["account_id"].Value)
			assert.Equal(t, seededBucket+".s3."+homeRegion+".amazonaws.com", outputs["existing_bucket_domain"].Value)
			assert.Regexp(t, `^[a-z0-9]+\.cloudfront\.net$`, outputs["distribution_domain"].Value)
		}},
		{"a plan after it finds no drift", func(t *testing.T) { requireNoDrift(ctx, t, tf) }},
		{"the domain resolves to the edge, for both address families", func(t *testing.T) {
			addresses, err := w.resolver().LookupHost(ctx, terraformHost)
			require.NoError(t, err)
			assert.Subset(t, addresses, []string{"127.0.0.1", "::1"})
		}},
		{"an image comes through the edge, at first from the bucket and then from the cache", func(t *testing.T) {
			viewer, url := w.viewer(t), "https://"+terraformHost+"/photos/sunrise.jpg"
			requireServed(ctx, t, viewer, url, "Miss", image)
			requireServed(ctx, t, viewer, url, "Hit", image)
		}},
		{"a change is made in place and leaves no drift", func(t *testing.T) {
			before := tf.outputs(ctx, t)
			tf.variables = append(tf.variables, "-var=release=2")
			result := tf.do(ctx, t, "apply", "-auto-approve")
			require.Zero(t, result.code, "%s", result)
			assert.Regexp(t, `Resources: 0 added, [1-9]\d* changed, 0 destroyed`, result.stdout)
			assert.Equal(t, before, tf.outputs(ctx, t))
			requireNoDrift(ctx, t, tf)
		}},
		{"a destroy leaves what was there before and nothing else", func(t *testing.T) {
			result := tf.do(ctx, t, "destroy", "-auto-approve")
			require.Zero(t, result.code, "%s", result)
			require.Equal(t, seeded, w.inventory(ctx, t))
		}},
		{"Terraform never called what is not served", func(t *testing.T) { assert.Empty(t, w.unserved()) }},
	})
}
