package engine

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// `pulumi new` on the template makes a project with a name of its own, with nothing of
// the dev stack in it.
func TestAProjectMadeByPulumiNewPreviews(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	template, project := filepath.Join(w.committedFiles(), "templates", "go"), t.TempDir()
	w.inDirectory(project, "pulumi", "new", template, "--generate-only", "--yes", "--force", "--name", "my-cdn", "--dir", project)
	left, err := filepath.Glob(filepath.Join(project, "Pulumi.*.yaml"))
	require.NoError(t, err)
	assert.Empty(t, left, "no stack comes with it")
	w.inDirectory(project, "go", "mod", "edit", "-replace=imagecdn="+toolchain.root)
	w.inDirectory(project, "go", "mod", "tidy")
	w.usePlugin(filepath.Join(project, "Pulumi.yaml"))
	w.inDirectory(project, "pulumi", "stack", "init", "prod", "--non-interactive")
	for key, value := range w.awsConfig(w.spec("prod")) {
		w.inDirectory(project, "pulumi", "config", "set", key, value, "--plaintext")
	}
	w.inDirectory(project, "pulumi", "config", "set", "domain", "cdn.example.com")
	w.inDirectory(project, "pulumi", "config", "set", "bucket", bucketName)
	preview := w.inDirectory(project, "pulumi", "preview", "--non-interactive")
	assert.Contains(t, preview, "my-cdn-prod")
	assert.Contains(t, preview, "20 to create")
}

// committedFiles is a copy of the files of the checkout that git knows or would add.
func (w *world) committedFiles() string {
	w.t.Helper()
	dir := w.t.TempDir()
	cmd := exec.CommandContext(w.t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = toolchain.root
	out, err := cmd.Output()
	require.NoError(w.t, err)
	for name := range bytes.SplitSeq(bytes.TrimSuffix(out, []byte{0}), []byte{0}) {
		source := filepath.Join(toolchain.root, string(name))
		content, err := os.ReadFile(source)
		require.NoError(w.t, err)
		info, err := os.Stat(source)
		require.NoError(w.t, err)
		target := filepath.Join(dir, string(name))
		require.NoError(w.t, os.MkdirAll(filepath.Dir(target), 0o700))
		require.NoError(w.t, os.WriteFile(target, content, info.Mode().Perm()))
	}
	return dir
}

func (w *world) inDirectory(dir, name string, args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(within(w.t), name, args...)
	cmd.Dir, cmd.Env = dir, w.environment()
	out, err := cmd.CombinedOutput()
	require.NoError(w.t, err, "%s %v\n%s", name, args, out)
	return string(out)
}

// usePlugin has a project find the plugin where these tests have built it.
func (w *world) usePlugin(project string) {
	w.t.Helper()
	content, err := os.ReadFile(project)
	require.NoError(w.t, err)
	content = append(content, "plugins:\n  providers:\n    - name: imagecdn\n      path: "+toolchain.plugin+"\n"...)
	require.NoError(w.t, os.WriteFile(project, content, 0o600))
}
