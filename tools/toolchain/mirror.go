package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// mirrorVariable names the directory of a Terraform filesystem mirror.
const mirrorVariable = "TERRAFORM_PROVIDER_MIRROR"

const (
	// searchDepth is how far below each of the usual roots a mirror is looked for.
	searchDepth = 4
	// searchTime bounds the search.
	searchTime = 3 * time.Second
)

var errNoProvider = errors.New("no Terraform provider")

// within is the provider's directory inside a filesystem mirror.
func within(mirror, platform string) string {
	return filepath.Join(mirror, "registry.terraform.io", "hashicorp", "aws", terraformVersion, platform)
}

// findProvider returns the file of the Terraform provider: in the mirror that the variable names or, if it names none,
// in one of the usual places.
func findProvider(getenv func(string) string, platform string) (string, error) {
	if mirror := getenv(mirrorVariable); mirror != "" {
		if file, ok := providerIn(within(mirror, platform)); ok {
			return file, nil
		}

		return "", fmt.Errorf("%w: %s is %s, but %s holds none: it must be the directory of a Terraform filesystem mirror",
			errNoProvider, mirrorVariable, mirror, within(mirror, platform))
	}
	for _, mirror := range usualMirrors(getenv) {
		if file, ok := providerIn(within(mirror, platform)); ok {
			return file, nil
		}
	}
	deadline := time.Now().Add(searchTime)
	for _, root := range []string{"/opt", "/usr/local", "/var/lib"} {
		if file, ok := searchBelow(root, platform, deadline); ok {
			return file, nil
		}
	}

	return "", fmt.Errorf("%w hashicorp/aws %s for %s is on this machine: either run this once where `pulumi plugin install "+
		"resource aws %s` works, or set %s to a Terraform filesystem mirror that holds the provider",
		errNoProvider, terraformVersion, platform, awsVersion, mirrorVariable)
}

// usualMirrors are the places where Terraform itself looks, and its cache.
func usualMirrors(getenv func(string) string) []string {
	mirrors := []string{"/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"}
	if home := getenv("HOME"); home != "" {
		mirrors = append(mirrors,
			filepath.Join(home, ".terraform.d", "plugins"), filepath.Join(home, ".terraform.d", "plugin-cache"))
	}
	if cache := getenv("TF_PLUGIN_CACHE_DIR"); cache != "" {
		mirrors = append(mirrors, cache)
	}

	return mirrors
}

// searchBelow looks for a mirror in the upper directories of a root. What cannot be read is passed over.
func searchBelow(root, platform string, deadline time.Time) (found string, ok bool) {
	top := strings.Count(filepath.Clean(root), string(filepath.Separator))
	walkErr := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case time.Now().After(deadline):
			return filepath.SkipAll
		case err != nil:
			return filepath.SkipDir
		case !entry.IsDir():
			return nil
		}
		if found, ok = providerIn(within(path, platform)); ok {
			return filepath.SkipAll
		}
		if strings.Count(path, string(filepath.Separator))-top >= searchDepth {
			return filepath.SkipDir
		}

		return nil
	})

	return found, ok && walkErr == nil
}

// providerIn returns the provider's file in its directory. It is executable and called by its version.
func providerIn(dir string) (string, bool) {
	files, err := filepath.Glob(filepath.Join(dir, launcherFile+"_v"+terraformVersion+"*"))
	if err != nil {
		return "", false
	}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file, true
		}
	}

	return "", false
}
