// Package mirror finds the Terraform provider that pulumi-aws is made of, where a
// machine has it already.
package mirror

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	// Variable says where the filesystem mirror of Terraform providers is.
	Variable = "TERRAFORM_PROVIDER_MIRROR"
	// providerVersion is the one pulumi-aws 6.83 is made of.
	providerVersion = "5.100.0"
	// searchDepth bounds the search for a mirror below a root that is not one.
	searchDepth = 3
)

// ErrNotThere says that the variable leads to no mirror of the provider.
var ErrNotThere = errors.New("there is no hashicorp/aws " + providerVersion + " where " + Variable +
	" points: make a filesystem mirror with `terraform providers mirror <directory>` and set it to that directory")

// providerInMirror is where a mirror has the provider.
var providerInMirror = filepath.Join("registry.terraform.io", "hashicorp", "aws", providerVersion)

// Find returns the directory of the mirror: the one of the variable, or else the
// first found in the places where mirrors are commonly kept. "" is none: then
// Terraform downloads the provider.
func Find() (string, error) {
	if given := os.Getenv(Variable); given != "" {
		if !holds(given) {
			return "", ErrNotThere
		}
		return given, nil
	}
	for _, root := range roots() {
		if mirror := below(root); mirror != "" {
			return mirror, nil
		}
	}
	return "", nil
}

func holds(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, providerInMirror))
	return err == nil && info.IsDir()
}

// roots are Terraform's implied mirrors, and where else one may be.
func roots() []string {
	roots := []string{"/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt", "/usr/local", "/var/lib"}
	if home, err := os.UserHomeDir(); err == nil {
		roots = append([]string{filepath.Join(home, ".terraform.d", "plugins")}, roots...)
	}
	return roots
}

// below looks for a mirror at most searchDepth levels below the root; "" is none.
func below(root string) string {
	found := ""
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return nil //nolint:nilerr // what cannot be read holds no mirror for us
		}
		if holds(path) {
			found = path
			return fs.SkipAll
		}
		relative, _ := filepath.Rel(root, path) // both come from the walk
		if strings.Count(relative, string(filepath.Separator)) >= searchDepth-1 {
			return fs.SkipDir
		}
		return nil
	})
	return found
}
