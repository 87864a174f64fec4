package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
	"imagecdn/components"
	"imagecdn/localaws/api"
)

// recordings are states that released versions have left, and what stands in them for
// what is another in each world.
const (
	recordings        = "testdata/states"
	zonePlaceholder   = "ZONE-ID"
	serverPlaceholder = "AWS-ENDPOINT"
)

// recorded is the stack of the recordings, with every option that makes something.
func (w *world) recorded() automation.Spec {
	spec := w.spec("recorded")
	spec.Config.AdditionalDomains = []string{"*.img." + zoneName}
	spec.Config.Tags = pulumi.StringMap{"team": pulumi.String("pictures")}
	spec.Config.Bucket, spec.Config.Origin.CreateBucket = pulumi.String("recorded-images"), true
	return spec
}

// A stack lives longer than a version of the plugin: what a released one has made is
// neither replaced nor deleted by this one. UPDATE=1 records the state of this version.
func TestAStackOfAReleasedVersionGoesOnWithThisOne(t *testing.T) {
	t.Parallel()
	if os.Getenv("UPDATE") != "" {
		record(t)
	}
	files, err := filepath.Glob(filepath.Join(recordings, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			state, err := os.ReadFile(file)
			require.NoError(t, err)
			w.initStack("recorded")
			w.importState("recorded", w.here().Replace(string(state)))
			// This AWS has nothing of the recording. A distribution that is known to be gone would be made anew.
			w.inject([]api.Fault{{Service: "cloudfront", Operation: "GetDistribution", Code: "AccessDenied"}})
			planned, err := w.cdn(w.recorded()).Preview(within(t))
			require.NoError(t, err)
			require.Greater(t, len(planned.Steps), 20)
			for _, step := range planned.Steps {
				assert.Contains(t, []string{"same", "update"}, step.Operation, "%s %s", step.Type, step.Resource)
			}
		})
	}
}

// here puts this world's own into a recording.
func (w *world) here() *strings.Replacer {
	return strings.NewReplacer(zonePlaceholder, w.plainZoneID(), serverPlaceholder, w.aws.APIURL())
}

func (w *world) plainZoneID() string { return strings.TrimPrefix(*w.zoneID(), "/hostedzone/") }

// record makes a stack with this version, and keeps its state.
func record(t *testing.T) {
	t.Helper()
	w := newWorld(t)
	_, err := w.cdn(w.recorded()).Up(within(t))
	require.NoError(t, err)
	state := w.inDirectory(w.project(), "pulumi", "stack", "export", "--stack", "organization/imagecdn/recorded")
	anywhere := strings.NewReplacer(w.plainZoneID(), zonePlaceholder, w.aws.APIURL(), serverPlaceholder)
	file := filepath.Join(recordings, components.PluginVersion+".json")
	require.NoError(t, os.MkdirAll(recordings, 0o750))
	require.NoError(t, os.WriteFile(file, withoutSources(t, anywhere.Replace(state)), 0o600))
}

// withoutSources leaves out where in the program each resource was registered: paths of
// whoever records.
func withoutSources(t *testing.T, state string) []byte {
	t.Helper()
	var export map[string]any
	require.NoError(t, json.Unmarshal([]byte(state), &export))
	for _, resource := range export["deployment"].(map[string]any)["resources"].([]any) {
		delete(resource.(map[string]any), "sourcePosition")
		delete(resource.(map[string]any), "stackTrace")
	}
	text, err := json.MarshalIndent(export, "", " ")
	require.NoError(t, err)
	return append(text, '\n')
}
