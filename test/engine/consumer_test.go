package engine

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The example is short, and works outside the module as a consumer's own program.
func TestAGoProgramOutsideTheModuleProvisionsAndDestroysACdn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	source, err := os.ReadFile(filepath.Join(toolchain.root, "examples", "automation", "main.go"))
	require.NoError(t, err)
	assert.LessOrEqual(t, strings.Count(string(source), "\n"), 40)

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), source, 0o600))
	w.run(dir, "go", "mod", "init", "example.org/consumer")
	w.run(dir, "go", "mod", "edit", "-require=imagecdn@v0.0.0", "-replace=imagecdn="+toolchain.root)
	w.run(dir, "go", "mod", "tidy")
	w.run(dir, "go", "build", "-o", "consumer", ".")

	out := w.run(dir, "./consumer", "-endpoint", w.aws.APIURL())
	assert.Contains(t, out, "done create cdn-distribution")
	assert.Contains(t, out, "\nhttps://cdn.example.com\n")
	assert.Equal(t, before, w.inventory(), "nothing of the stack is left")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 4, "nothing was written beside the program: %v", entries)
}

func (w *world) run(dir, name string, args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(within(w.t), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "PULUMI_HOME="+toolchain.home,
		"PATH="+toolchain.plugin+string(os.PathListSeparator)+toolchain.path, // where the plugin is not installed, it is looked for there
		"PULUMI_BACKEND_URL="+w.backend, "PULUMI_CONFIG_PASSPHRASE=consumer",
		"AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local")
	out, err := cmd.CombinedOutput()
	require.NoError(w.t, err, "%s %v\n%s", name, args, out)
	return string(out)
}
