package main

import (
	"bytes"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const small = `{
	"name": "small", "version": "1.2.3",
	"resources": {"small:index:Thing": {"isComponent": true, "inputProperties": {"size": {"type": "integer"}}}}
}`

func TestTheCommittedSdksAreWhatTheSchemaSays(t *testing.T) {
	t.Parallel()
	schema, err := os.ReadFile(filepath.Join("..", "..", "provider", "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	made, err := generate(schema)
	if err != nil {
		t.Fatal(err)
	}
	there, err := existing(filepath.Join("..", "..", "sdk"))
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(there, made, bytes.Equal) {
		t.Error("they are not: run make sdk, and commit")
	}
}

func TestEachLanguageHasAnSdk(t *testing.T) {
	t.Parallel()
	made, err := generate([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"nodejs/thing.ts", "python/pulumi_small/thing.py", "go/small/thing.go"} {
		if made[file] == nil {
			t.Errorf("%s is not among %q", file, slices.Sorted(maps.Keys(made)))
		}
	}
}

func TestASchemaThatIsNotSoundOrNeedsAnotherPackageIsRefused(t *testing.T) {
	t.Parallel()
	for name, property := range map[string]string{
		"a type that is not there": `{"$ref": "#/types/small:index:Nothing"}`,
		"another package":          `{"$ref": "/aws/v6.83.2/schema.json#/types/aws:s3:Thing"}`,
		"no type at all":           `{"type": "picture"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := generate([]byte(strings.Replace(small, `{"type": "integer"}`, property, 1))); err == nil {
				t.Error("it was taken")
			}
		})
	}
	if _, err := generate([]byte("{")); err == nil {
		t.Error("what is no JSON was taken")
	}
}

func TestWhatIsMadeNoLongerGoesAndWhatIsNotOursStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	schema, out := filepath.Join(dir, "schema.json"), filepath.Join(dir, "sdk")
	old, installed := filepath.Join(out, "nodejs", "old.ts"), filepath.Join(out, "nodejs", "node_modules", "a.js")
	for file, content := range map[string]string{schema: small, old: "", installed: ""} {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := run([]string{"-schema", schema, "-out", out}, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old file is still there: %v", err)
	}
	if _, err := os.Stat(installed); err != nil {
		t.Error(err)
	}
}
