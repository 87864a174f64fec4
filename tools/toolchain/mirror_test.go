package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const somePlatform = "linux_amd64"

func variables(set map[string]string) func(string) string {
	return func(name string) string { return set[name] }
}

func TestTheVariableDecidesWhereTheProviderIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(within(dir, somePlatform), providerFile)
	write(t, file, "", 0o700)

	got, err := findProvider(variables(map[string]string{mirrorVariable: dir}), somePlatform)
	if err != nil || got != file {
		t.Errorf("got %q, %v", got, err)
	}

	_, err = findProvider(variables(map[string]string{mirrorVariable: dir}), "plan9_arm")
	if !errors.Is(err, errNoProvider) || !strings.Contains(err.Error(), "plan9_arm") {
		t.Errorf("got %v", err)
	}
}

func TestTheUsualPlacesAreLookedIn(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]struct{ variable, dir string }{
		"Terraform's cache":      {"TF_PLUGIN_CACHE_DIR", ""},
		"the user's plugins":     {"HOME", ".terraform.d/plugins"},
		"the user's usual cache": {"HOME", ".terraform.d/plugin-cache"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			file := filepath.Join(within(filepath.Join(root, place.dir), somePlatform), providerFile)
			write(t, file, "", 0o700)

			got, err := findProvider(variables(map[string]string{place.variable: root}), somePlatform)
			if err != nil || got != file {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestTheSearchIsBounded(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	near := filepath.Join(root, "a", "mirror")
	deep := filepath.Join(root, "b", "c", "d", "e", "f", "mirror")
	write(t, filepath.Join(within(deep, "deep"), providerFile), "", 0o700)
	write(t, filepath.Join(within(near, "near"), providerFile), "", 0o700)
	soon := time.Now().Add(time.Minute)

	if _, ok := searchBelow(root, "near", soon); !ok {
		t.Error("a mirror near the root is not found")
	}
	if _, ok := searchBelow(root, "deep", soon); ok {
		t.Error("the search goes too deep")
	}
	if _, ok := searchBelow(root, "near", time.Now()); ok {
		t.Error("the search takes too long")
	}
	if _, ok := searchBelow(filepath.Join(root, "nowhere"), "near", soon); ok {
		t.Error("something is found where nothing is")
	}
}

func TestAFileThatCannotBeRunIsNoProvider(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, providerFile), "", 0o600)
	if _, ok := providerIn(dir); ok {
		t.Error("it cannot be run")
	}
}
