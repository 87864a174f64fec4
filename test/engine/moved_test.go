package engine

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// A stack lives for years: it gets another name, and its state another home. What it made
// stays, is still its own, and goes with it.
func TestAStackThatIsRenamedAndMovedToAnotherBackendIsStillTheOwnerOfWhatItMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("old-name")
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)

	w.inDirectory(w.project(), "pulumi", "stack", "rename", "new-name", "--stack", "organization/imagecdn/old-name", "--non-interactive")
	spec.Stack = "new-name"
	w.assertKept(spec, made)

	exported := w.inDirectory(w.project(), "pulumi", "stack", "export", "--stack", "organization/imagecdn/new-name", "--file", "/dev/stdout", "--non-interactive")
	w.backend = "file://" + t.TempDir()
	spec.Engine.Backend = w.backend
	w.initStack("new-name")
	w.importState("new-name", exported)
	w.assertKept(spec, made)

	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory(), "validation records included")
}

// assertKept asserts that an up replaces, makes and deletes nothing.
func (w *world) assertKept(spec automation.Spec, made automation.Result) {
	w.t.Helper()
	done, err := w.cdn(spec).Up(within(w.t))
	require.NoError(w.t, err)
	for _, step := range done.Steps {
		assert.Contains(w.t, []string{"same", "update"}, step.Operation, "%s %s", step.Type, step.Resource)
	}
	assert.Equal(w.t, made.Outputs, done.Outputs)
}

func (w *world) importState(stack, exported string) {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "state.json")
	require.NoError(w.t, os.WriteFile(file, []byte(exported), 0o600))
	w.inDirectory(w.project(), "pulumi", "stack", "import", "--stack", "organization/imagecdn/"+stack, "--file", file)
}
