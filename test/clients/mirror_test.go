package clients

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	// mirrorVariable says where the filesystem mirror of Terraform providers is.
	mirrorVariable = "TERRAFORM_PROVIDER_MIRROR"
	// providerVersion is the one pulumi-aws 6.83 is made of.
	providerVersion = "5.100.0"
	mirrorCure      = "make a filesystem mirror of it with `terraform providers mirror <directory>` in " + stackDir +
		" and set " + mirrorVariable + " to that directory"
	// searchDepth bounds the search for a mirror below a root that is not one.
	searchDepth = 3
)

// providerInMirror is where a mirror has the provider.
var providerInMirror = filepath.Join("registry.terraform.io", "hashicorp", "aws", providerVersion)

// providerMirror is the directory of the mirror: the one of the variable, or
// else the first found in the places where mirrors are commonly kept. "" is none:
// then Terraform downloads the provider.
func providerMirror(t *testing.T) string {
	t.Helper()
	if given := os.Getenv(mirrorVariable); given != "" {
		require.DirExists(t, filepath.Join(given, providerInMirror), mirrorCure)
		return given
	}
	for _, root := range mirrorRoots() {
		if mirror := findMirror(root); mirror != "" {
			return mirror
		}
	}
	return ""
}

// mirrorRoots are Terraform's implied mirrors, and where else one may be.
func mirrorRoots() []string {
	roots := []string{"/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt", "/usr/local", "/var/lib"}
	if home, err := os.UserHomeDir(); err == nil {
		roots = append([]string{filepath.Join(home, ".terraform.d", "plugins")}, roots...)
	}
	return roots
}

// findMirror looks for a mirror at most searchDepth levels below the root; "" is none.
func findMirror(root string) string {
	found := ""
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return nil //nolint:nilerr // what cannot be read holds no mirror for us
		}
		if info, err := os.Stat(filepath.Join(path, providerInMirror)); err == nil && info.IsDir() {
			found = path
			return fs.SkipAll
		}
		below, _ := filepath.Rel(root, path) // both come from the walk
		if strings.Count(below, string(filepath.Separator)) >= searchDepth-1 {
			return fs.SkipDir
		}
		return nil
	})
	return found
}
