package engine

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Linking takes longer than the rest of a preview and nine tenths of its memory.
// The program is a small one: what is tried is the language host in use.
func TestAnUnchangedProgramIsNotLinkedAgain(t *testing.T) {
	t.Parallel()
	w, project := newWorld(t), t.TempDir()
	program := filepath.Join(project, ".local", "bin", "program")
	writeFile(t, filepath.Join(project, "Pulumi.yaml"),
		"name: small\nruntime: {name: go, options: {buildTarget: .local/bin/program}}\n")
	writeFile(t, filepath.Join(project, "go.mod"), "module small\n\ngo 1.26.0\n")
	writeFile(t, filepath.Join(project, "main.go"), "package main\n\nfunc main() {}\n")
	w.inDirectory(project, "pulumi", "stack", "init", "dev", "--non-interactive")
	w.inDirectory(project, "pulumi", "preview", "--non-interactive")
	kept := filepath.Join(project, "kept")
	require.NoError(t, os.Link(program, kept)) // so that its inode is not taken again

	w.inDirectory(project, "pulumi", "preview", "--non-interactive")
	assert.True(t, sameFile(t, kept, program), "the second preview has linked")

	writeFile(t, filepath.Join(project, "main.go"), "package main\n\nfunc main() { println() }\n")
	w.inDirectory(project, "pulumi", "preview", "--non-interactive")
	assert.False(t, sameFile(t, kept, program), "a changed program is linked")
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}

func sameFile(t *testing.T, a, b string) bool {
	t.Helper()
	first, err := os.Stat(a)
	require.NoError(t, err)
	second, err := os.Stat(b)
	require.NoError(t, err)
	return os.SameFile(first, second)
}
