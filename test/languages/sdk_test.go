package languages

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pyright is the type checker for Python: npm has it where PyPI is out of reach.
const pyright = "pyright@1.1.414"

// nodeModules are the packages of the TypeScript example, the package's SDK among them,
// installed once. The directory is the example's.
var nodeModules = sync.OnceValues(func() (string, error) {
	directory, err := os.MkdirTemp("", "node")
	if err != nil {
		return "", err
	}
	for _, folder := range []string{"sdk/nodejs", "examples/typescript"} {
		if err := copyFolder(folder, filepath.Join(directory, folder)); err != nil {
			return "", err
		}
	}
	example := filepath.Join(directory, "examples", "typescript")
	return example, npmInstall(example)
})

func npmInstall(directory string, packages ...string) error {
	_, err := output(directory, "npm", append([]string{"install", "--no-audit", "--no-fund", "--loglevel=error"}, packages...)...)
	return err
}

// useNodeModules gives a program the installed packages.
func useNodeModules(t *testing.T, directory string) {
	t.Helper()
	example, err := nodeModules()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(filepath.Join(example, "node_modules"), filepath.Join(directory, "node_modules")))
	tsconfig, err := os.ReadFile(filepath.Join(example, "tsconfig.json"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(directory, "tsconfig.json"), tsconfig, 0o600))
}

func TestTheTypescriptSdkTakesItsExampleAndRefusesAMisspeltArgument(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	copyFiles(t, "examples/typescript", directory)
	useNodeModules(t, directory)
	check := func() error {
		_, err := output(directory, filepath.Join("node_modules", ".bin", "tsc"), "--noEmit")
		return err
	}
	require.NoError(t, check())
	misspell(t, filepath.Join(directory, "index.ts"), "defaultTtl:", "defaultTTL:")
	assert.ErrorContains(t, check(), "'defaultTTL' does not exist")
}

// Pulumi's own Python package comes with its Go module.
func TestThePythonSdkTakesItsExampleAndRefusesAMisspeltArgument(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	copyFiles(t, "examples/python", filepath.Join(directory, "program"))
	copyFiles(t, "sdk/python", filepath.Join(directory, "sdk"))
	module, err := output(setup.root, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3")
	require.NoError(t, err)
	library := filepath.Join(strings.TrimSpace(string(module)), "python", "lib")
	require.NoError(t, os.WriteFile(filepath.Join(directory, "pyrightconfig.json"),
		[]byte(`{"include": ["program"], "extraPaths": ["sdk", "`+library+`"], "reportMissingModuleSource": "none"}`), 0o600))
	require.NoError(t, npmInstall(directory, pyright))
	check := func() error {
		_, err := output(directory, filepath.Join("node_modules", ".bin", "pyright"))
		return err
	}
	require.NoError(t, check())
	misspell(t, filepath.Join(directory, "program", "__main__.py"), "default_ttl=", "default_TTL=")
	assert.ErrorContains(t, check(), `No parameter named "default_TTL"`)
}

func misspell(t *testing.T, file, right, wrong string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), right)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), right, wrong, 1)), 0o600))
}
