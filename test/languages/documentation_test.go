package languages

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws"
	"imagecdn/localaws/seed"
)

// The shortest programs, which the README and the registry's page show, work as they
// are, on an existing bucket.
func TestTheShortestProgramsOfTheDocumentationPreview(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	fill(t, world)
	for _, language := range []string{"typescript", "go", "yaml"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			program := firstProgram(t, "README.md", language)
			assert.Equal(t, program, firstProgram(t, "docs/_index.md", language))
			directory := t.TempDir()
			writeProgram(t, directory, language, program)
			preview := newStack(t, world, directory).pulumi("preview")
			assert.Regexp(t, `\d+ to create`, preview)
			assert.Contains(t, preview, "imagecdn:index:ImageCdn")
		})
	}
}

// firstProgram is the first program of a language that a page shows.
func firstProgram(t *testing.T, page, language string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(setup.root, filepath.FromSlash(page)))
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindSubmatch(text)
	require.NotNil(t, block, "%s shows no program in %s", page, language)
	return string(block[1])
}

// writeProgram makes a program of a text, with what its language needs around it.
func writeProgram(t *testing.T, directory, language, text string) {
	t.Helper()
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(directory, name), []byte(content), 0o600))
	}
	switch language {
	case "yaml":
		write("Pulumi.yaml", "name: images\nruntime: yaml\n"+text)
	case "typescript":
		write("Pulumi.yaml", "name: images\nruntime: nodejs\n")
		write("package.json", `{"name": "images", "main": "index.ts"}`)
		write("index.ts", text)
		useNodeModules(t, directory)
	case "go":
		write("Pulumi.yaml", "name: images\nruntime: {name: go, options: {buildTarget: .pulumi/program}}\n")
		write("main.go", text)
		requireModule(t, directory)
	}
}

// fill makes the zone and the bucket that the documentation's programs name.
func fill(t *testing.T, world *localaws.Server) {
	t.Helper()
	require.NoError(t, seed.Fill(t.Context(), seed.Options{
		Endpoint: world.APIURL(), Region: region, Zone: "example.com", Bucket: "example-images",
	}))
}
