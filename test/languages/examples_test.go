package languages

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each example makes a bucket, a picture, a zone, a web ACL and a CDN in one up: none of
// them is there before, and none after.

func TestTheYamlExampleDeploysChangesAndDestroysACdn(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	copyFiles(t, "examples/yaml", directory)
	live(t, directory)
}

func TestTheTypescriptExampleDeploysChangesAndDestroysACdn(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	copyFiles(t, "examples/typescript", directory)
	useNodeModules(t, directory)
	live(t, directory)
}

func TestTheGoExampleDeploysChangesAndDestroysACdn(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	copyFiles(t, "examples/go", directory)
	requireModule(t, directory)
	live(t, directory)
}

// live leads the stack of an example from its first preview to its destroy.
func live(t *testing.T, directory string) {
	t.Helper()
	world := newWorld(t)
	s := newStack(t, world, directory)

	planned := s.planned()
	assert.Empty(t, left(t, world), "a preview makes nothing")
	s.pulumi("up", "--yes", "--skip-preview")
	assert.Equal(t, planned, s.resources(), "the preview lists exactly what the up makes")
	assertPicture(t, s)
	s.pulumi("preview", "--expect-no-changes")

	s.pulumi("config", "set", "defaultTtl", "60")
	s.pulumi("up", "--yes", "--skip-preview")
	assert.Equal(t, planned, s.resources(), "a changed time makes nothing new")
	assert.EqualValues(t, 60, defaultTTL(t, world))

	s.pulumi("destroy", "--yes", "--skip-preview")
	assert.Empty(t, left(t, world))
}

func assertPicture(t *testing.T, s *stack) {
	t.Helper()
	url := strings.TrimSpace(s.pulumi("stack", "output", "url"))
	require.Equal(t, "https://images.example.net/circle.svg", url)
	for _, want := range []string{"Miss from cloudfront", "Hit from cloudfront"} {
		response, body := view(t, s.world, url)
		assert.Equal(t, http.StatusOK, response.StatusCode)
		assert.Equal(t, "image/svg+xml", response.Header.Get("Content-Type"))
		assert.Equal(t, want, response.Header.Get("X-Cache"))
		assert.Contains(t, body, "<circle")
	}
}

// requireModule makes a program the consumer's own module, beside this one.
func requireModule(t *testing.T, directory string) {
	t.Helper()
	for _, args := range [][]string{
		{"mod", "init", "example.org/consumer"},
		{"mod", "edit", "-require=imagecdn@v0.0.0", "-replace=imagecdn=" + setup.root},
		{"mod", "tidy"},
	} {
		_, err := output(directory, "go", args...)
		require.NoError(t, err)
	}
}

// The destroy of a stack needs neither its program nor its configuration: only the plugin,
// installed from the archive of a release.
func TestAStackIsDestroyedFromAnEmptyDirectory(t *testing.T) {
	t.Parallel()
	world, directory := newWorld(t), t.TempDir()
	fill(t, world)
	writeProgram(t, directory, "yaml", firstProgram(t, "README.md", "yaml"))
	s := newStack(t, world, directory)
	before := left(t, world)
	s.pulumi("up", "--yes", "--skip-preview")
	assert.NotEqual(t, before, left(t, world))

	assert.Regexp(t, `^pulumi-resource-imagecdn-v\d+\.\d+\.\d+-\w+-\w+\.tar\.gz$`, filepath.Base(setup.archive))
	_, err := s.try(t.TempDir(), "pulumi", "destroy", "--stack", "organization/images/dev", "--yes", "--skip-preview", "--non-interactive")
	require.NoError(t, err)
	assert.Equal(t, before, left(t, world))
}
