package main

import (
	"path/filepath"
	"testing"
)

func TestTheLanguageHostsAreBuiltOnce(t *testing.T) {
	f := newFake(t)
	t.Setenv("PATH", f.checkout.bin())
	for range 2 {
		if err := f.languages(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, f.built, []string{"pulumi-language-nodejs", "pulumi-language-yaml"})
}

func TestTheLanguageHostsOfAnOrdinaryMachineAreUsed(t *testing.T) {
	f := newFake(t)
	path := t.TempDir()
	for _, file := range []string{"pulumi", "pulumi-language-go", "pulumi-language-nodejs", "pulumi-language-yaml"} {
		write(t, filepath.Join(path, file), "", 0o700)
	}
	t.Setenv("PATH", path)
	if err := f.languages(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, f.built, nil)
}
