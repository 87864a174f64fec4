package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// renamed is what a file's text becomes.
func renamed(t *testing.T, name, text string) string {
	t.Helper()
	r, err := newRenaming("imagecdn", "github.com/acme/images")
	if err != nil {
		t.Fatal(err)
	}
	return string(r.content(name, []byte(text)))
}

func TestImportsAndModulesAreRenamedAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, after string }{
		{"a.go", `import "imagecdn/components"`, `import "github.com/acme/images/components"`},
		{"a.go", `token := "imagecdn:index:ImageCdn"; name := "imagecdn"`, `token := "imagecdn:index:ImageCdn"; name := "imagecdn"`},
		{"plugin.go", `	PluginDownloadURL = ""`, `	PluginDownloadURL = "github://api.github.com/acme/images"`},
		{"go.mod", "module imagecdn/test\n", "module github.com/acme/images/test\n"},
		{"go.mod", "\timagecdn/localaws v0.0.0\n", "\tgithub.com/acme/images/localaws v0.0.0\n"},
		{"go.mod", "replace imagecdn => ../\n", "replace github.com/acme/images => ../\n"},
		{".golangci.yml", "{pkg: imagecdn/infra, desc: x}", "{pkg: github.com/acme/images/infra, desc: x}"},
		{"schema.json", `"name": "imagecdn", "importBasePath": "imagecdn/sdk/go/imagecdn"`,
			`"name": "imagecdn", "importBasePath": "github.com/acme/images/sdk/go/imagecdn"`},
		{"README.md", `import "imagecdn/automation"`, `import "github.com/acme/images/automation"`},
	} {
		if got := renamed(t, c.name, c.before); got != c.after {
			t.Errorf("%s: %q became %q, not %q", c.name, c.before, got, c.after)
		}
	}
}

func TestWhatIsNoModulePathIsRefused(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "https://github.com/acme/images", "github.com/acme/im ages", "/images"} {
		if _, err := newRenaming("imagecdn", path); err == nil {
			t.Errorf("%q is taken", path)
		}
	}
}

// The whole repository under another path still builds.
func TestTheRenamedRepositoryBuilds(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "checkout")
	run(t, root, "git", "init", "-q", copied)
	files := run(t, root, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	for name := range strings.SplitSeq(strings.TrimSuffix(files, "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(copied, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := renameAll(copied, "github.com/acme/images"); err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{".", "localaws", "provider", "test"} {
		run(t, filepath.Join(copied, module), "go", "build", "./...")
	}
	if again, err := modulePath(copied); err != nil || again != "github.com/acme/images" {
		t.Errorf("the module is %q, %v", again, err)
	}
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}
