package atomicfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/internal/atomicfile"
)

func TestAFileIsReplacedWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "made", "state.json")
	require.NoError(t, atomicfile.Write(name, []byte("old"), 0o600))
	f, err := atomicfile.Create(name, 0o600)
	require.NoError(t, err)
	_, err = f.WriteString("new")
	require.NoError(t, err)
	assert.Equal(t, "old", content(t, name), "until it is committed")
	require.NoError(t, f.Commit(nil))
	assert.Equal(t, "new", content(t, name))
	assert.Equal(t, []string{"state.json"}, names(t, filepath.Dir(name)))
}

func TestAFileThatFailedLeavesTheOldOneAndNothingElse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "state.json")
	require.NoError(t, atomicfile.Write(name, []byte("old"), 0o600))
	f, err := atomicfile.Create(name, 0o600)
	require.NoError(t, err)
	full := errors.New("the disk is full")
	require.ErrorIs(t, f.Commit(full), full)
	assert.Equal(t, "old", content(t, name))
	assert.Equal(t, []string{"state.json"}, names(t, dir))
}

func TestAFileThatCannotBeIsAnErrorThatNamesIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	name := filepath.Join(dir, "file", "below")
	require.ErrorContains(t, atomicfile.Write(name, nil, 0o600), name)
	taken := filepath.Join(dir, "taken")
	require.NoError(t, os.MkdirAll(filepath.Join(taken, "by a folder"), 0o700))
	require.ErrorContains(t, atomicfile.Write(taken, nil, 0o600), taken)
	assert.Equal(t, []string{"file", "taken"}, names(t, dir))
}

func content(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

func names(t *testing.T, dir string) (found []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		found = append(found, e.Name())
	}
	return found
}
