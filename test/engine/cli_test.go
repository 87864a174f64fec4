package engine

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"imagecdn/automation"
	"imagecdn/infra"
)

// pulumi runs the CLI as a person does, in the checkout, on a stack of this world.
func (w *world) pulumi(configFile string, args ...string) (output string, err error) {
	w.t.Helper()
	cmd := exec.CommandContext(within(w.t), "pulumi", append(args, "--non-interactive", "--config-file", configFile)...)
	cmd.Dir = toolchain.root
	cmd.Env = w.environment()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// initStack makes an empty stack, from a directory where the configuration file
// that comes with it is in nobody's way.
func (w *world) initStack(name string) {
	w.t.Helper()
	w.pulumiElsewhere("stack", "init", name)
}

// pulumiElsewhere runs what needs no configuration, away from the checkout's.
func (w *world) pulumiElsewhere(args ...string) {
	w.t.Helper()
	cmd := exec.CommandContext(within(w.t), "pulumi", append(args, "--non-interactive", "-C", w.project())...)
	cmd.Env = w.environment()
	out, err := cmd.CombinedOutput()
	require.NoError(w.t, err, string(out))
}

// project is a directory with the project file alone.
func (w *world) project() string {
	w.t.Helper()
	dir := w.t.TempDir()
	project, err := os.ReadFile(filepath.Join(toolchain.root, "Pulumi.yaml"))
	require.NoError(w.t, err)
	require.NoError(w.t, os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), project, 0o600))
	return dir
}

func (w *world) environment() []string {
	return append(os.Environ(), "PULUMI_HOME="+toolchain.home, "PULUMI_BACKEND_URL="+w.backend,
		"PULUMI_CONFIG_PASSPHRASE="+w.spec("").Engine.Passphrase, "PULUMI_SKIP_UPDATE_CHECK=true")
}

// configFile is the configuration of a spec as `pulumi config set` leaves it.
func (w *world) configFile(spec automation.Spec) string {
	w.t.Helper()
	config := map[string]any{}
	for key, value := range w.awsConfig(spec) {
		config[key] = value
	}
	values, err := infra.ConfigOf(spec.Config)
	require.NoError(w.t, err)
	for key, value := range values {
		config["imagecdn:"+key] = value
		if strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[") {
			var nested any
			require.NoError(w.t, json.Unmarshal([]byte(value), &nested))
			config["imagecdn:"+key] = nested
		}
	}
	content, err := yaml.Marshal(map[string]any{"config": config})
	require.NoError(w.t, err)
	file := filepath.Join(w.t.TempDir(), "Pulumi."+spec.Stack+".yaml")
	require.NoError(w.t, os.WriteFile(file, content, 0o600))
	return file
}

// awsConfig is the `aws:` configuration of a spec.
func (w *world) awsConfig(spec automation.Spec) map[string]string {
	w.t.Helper()
	content, err := os.ReadFile(filepath.Join(toolchain.root, "Pulumi.dev.yaml"))
	require.NoError(w.t, err)
	var dev struct {
		Config struct {
			Endpoints []map[string]string `yaml:"aws:endpoints"`
		}
	}
	require.NoError(w.t, yaml.Unmarshal(content, &dev))
	for service := range dev.Config.Endpoints[0] {
		dev.Config.Endpoints[0][service] = spec.AWS.Endpoint
	}
	list, err := json.Marshal(dev.Config.Endpoints)
	require.NoError(w.t, err)
	return map[string]string{
		"aws:region": spec.AWS.Region, "aws:accessKey": spec.AWS.AccessKey, "aws:secretKey": spec.AWS.SecretKey,
		"aws:s3UsePathStyle": "true", "aws:skipMetadataApiCheck": "true", "aws:endpoints": string(list),
	}
}

// cliSeesNoChange previews, with the CLI and the plugin built from source, a
// stack that package automation has made.
func (w *world) cliSeesNoChange(spec automation.Spec) {
	w.t.Helper()
	output, err := w.pulumi(w.configFile(spec), "preview", "--stack", spec.Stack, "--expect-no-changes")
	assert.NoError(w.t, err, output)
}

func TestTheCliAndTheAutomationApiAreInterchangeable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("shared")
	file := w.configFile(spec)
	w.initStack(spec.Stack)
	output, err := w.pulumi(file, "up", "--stack", spec.Stack, "--yes", "--skip-preview")
	require.NoError(t, err, output)
	assert.Contains(t, output, "https://cdn.example.com")
	assert.Less(t, strings.Index(output, "cdnDomain"), strings.Index(output, "cdnUrl"))

	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	assert.False(t, planned.Changed(), "automation sees no change: %v", planned.Steps)

	output, err = w.pulumi(file, "destroy", "--stack", spec.Stack, "--yes", "--skip-preview")
	require.NoError(t, err, output)
	assert.Equal(t, before, w.inventory(), "the CLI's destroy leaves nothing of the stack")
}

// What a person reads of a wrong configuration is the list of faults, once.
func TestThePersonAtTheCliReadsEachFaultOnceAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := w.spec("wrong")
	spec.Config.Domain, spec.Config.Bucket = "cdn.nowhere.test", pulumi.String("Not_A_Bucket")
	w.initStack(spec.Stack)
	output, err := w.pulumi(w.configFile(spec), "preview", "--stack", spec.Stack, "--suppress-progress")
	require.Error(t, err)
	for _, fault := range []string{`domain "cdn.nowhere.test"`, `bucket "Not_A_Bucket"`} {
		assert.Equal(t, 1, strings.Count(output, fault), "%s in\n%s", fault, output)
	}
	for _, wrapping := range []string{"unhandled error", "program failed", "error occurred", "rpc error", "exit status", "exit code"} {
		assert.NotContains(t, output, wrapping)
	}
}

// A tag that was set with --secret is a secret in the state as well, wherever it is.
func TestATagThatIsSetAsASecretIsNotInTheState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := w.spec("secrets")
	spec.Config.Protection.WebAcl = "none"
	file := w.configFile(spec)
	w.initStack(spec.Stack)
	output, err := w.pulumi(file, "config", "set", "--stack", spec.Stack, "--path", "imagecdn:tags.owner", "known-to-nobody", "--secret")
	require.NoError(t, err, output)
	output, err = w.pulumi(file, "config", "set", "--stack", spec.Stack, "--path", "imagecdn:tags.costCenter", "4711")
	require.NoError(t, err, output)
	output, err = w.pulumi(file, "up", "--stack", spec.Stack, "--yes", "--skip-preview")
	require.NoError(t, err, output)
	state := w.state(spec.Stack)
	require.NotEmpty(t, state)
	for _, resource := range state {
		text, err := json.Marshal(resource)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "known-to-nobody", resource.URN)
	}
	assert.NotContains(t, output, "known-to-nobody")
}
