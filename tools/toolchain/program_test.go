package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTheProgramIsBuiltAsTheHostInUseBuildsIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		own      bool // whether the host is built here
		trimpath bool
	}{
		"the host that is built here": {own: true},
		"the machine's own":           {trimpath: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			if c.own {
				write(t, filepath.Join(f.checkout.bin(), hostFile), "", 0o700)
			}
			var ran []string
			f.goCommand = func(_ context.Context, dir string, args ...string) (string, error) {
				ran = append([]string{dir}, args...)
				return "", nil
			}
			if err := f.pulumiProgram(t.Context()); err != nil {
				t.Fatal(err)
			}
			if ran[0] != string(f.checkout) || slices.Contains(ran, "-trimpath") != c.trimpath || !slices.Contains(ran, programTarget) {
				t.Errorf("got %q", ran)
			}
			if !strings.Contains(f.log.String(), "done in") {
				t.Errorf("nothing is said of it: %s", f.log.String())
			}
		})
	}
}

func TestTheProgramIsBuiltWhereTheHostLooksForIt(t *testing.T) {
	t.Parallel()
	project, err := os.ReadFile(filepath.Join("..", "..", "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(project), "\n    buildTarget: "+programTarget+"\n") {
		t.Errorf("Pulumi.yaml has another buildTarget than %s", programTarget)
	}
}
