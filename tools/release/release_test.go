package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The names are Pulumi's: `pulumi plugin install` looks for
// pulumi-resource-NAME-vVERSION-OS-ARCH.tar.gz.
func TestTheArchivesAreNamedAsPulumiLooksForThem(t *testing.T) {
	t.Parallel()
	r, err := newRelease(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, goos := range r.Builds[0].Goos {
		for _, goarch := range r.Builds[0].Goarch {
			name, err := r.name(r.Archives[0].NameTemplate, goos, goarch)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, name+"."+r.Archives[0].Formats[0])
		}
	}
	slices.Sort(names)
	var want []string
	for _, platform := range []string{"darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64", "windows-amd64", "windows-arm64"} {
		want = append(want, "pulumi-resource-imagecdn-v"+r.version+"-"+platform+".tar.gz")
	}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

// checkout is a small one: a plugin that does nothing, with the configuration of this one.
func checkout(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	configuration, err := os.ReadFile(filepath.Join("..", "..", ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		".goreleaser.yaml":     string(configuration),
		"LICENSE":              "do as you please\n",
		"components/plugin.go": "package components\n\nconst PluginVersion = \"1.2.3\"\n",
		"provider/go.mod":      "module p\n\ngo 1.26.0\n",
		"provider/cmd/pulumi-resource-imagecdn/main.go": "package main\n\nfunc main() {}\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	return root
}

func TestAnArchiveHoldsThePluginAndTheLicence(t *testing.T) {
	t.Parallel()
	root := checkout(t)
	for _, goos := range []string{runtime.GOOS, "windows"} {
		platform := goos + "-" + runtime.GOARCH
		var out bytes.Buffer
		if err := run(t.Context(), []string{"-root", root, "-platform", platform}, &out); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(root, "dist", "pulumi-resource-imagecdn-v1.2.3-"+platform+".tar.gz")
		if strings.TrimSpace(out.String()) != file {
			t.Errorf("got %s", out.String())
		}
		plugin := "pulumi-resource-imagecdn"
		if goos == "windows" {
			plugin += ".exe"
		}
		if got, want := contents(t, file), []string{plugin + " rwxr-xr-x", "LICENSE rw-r--r--"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		sums, err := os.ReadFile(filepath.Join(root, "dist", "pulumi-resource-imagecdn-v1.2.3-checksums.txt"))
		if err != nil || !strings.HasSuffix(string(sums), "  "+filepath.Base(file)+"\n") {
			t.Errorf("got %q, %v", sums, err)
		}
	}
}

// contents are the files of an archive, with their permissions.
func contents(t *testing.T, file string) []string {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	unzipped, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name+" "+header.FileInfo().Mode().String()[1:])
	}
}

func TestAPluginThatWasBuiltAlreadyIsPackedAsItIs(t *testing.T) {
	t.Parallel()
	root := checkout(t)
	built := filepath.Join(t.TempDir(), "some-program")
	if err := os.WriteFile(built, []byte("a program"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"-root", root, "-built", built}, io.Discard); err == nil {
		t.Error("it was packed for every platform")
	}
	if err := run(t.Context(), []string{"-root", root, "-built", built, "-platform", "linux-arm64"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	got := contents(t, filepath.Join(root, "dist", "pulumi-resource-imagecdn-v1.2.3-linux-arm64.tar.gz"))
	if want := []string{"pulumi-resource-imagecdn rwxr-xr-x", "LICENSE rw-r--r--"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestATagThatIsNotTheSourcesVersionIsRefused(t *testing.T) {
	t.Parallel()
	root := checkout(t)
	if err := run(t.Context(), []string{"-root", root, "-expect", "v1.2.3"}, io.Discard); err != nil {
		t.Error(err)
	}
	if err := run(t.Context(), []string{"-root", root, "-expect", "1.2.4"}, io.Discard); err == nil {
		t.Error("the tag is taken")
	}
}

func TestAPlatformThatIsNotInTheConfigurationIsRefused(t *testing.T) {
	t.Parallel()
	if err := run(t.Context(), []string{"-root", checkout(t), "-platform", "plan9-amd64"}, io.Discard); err == nil {
		t.Error("nothing was made, and nothing said so")
	}
}

func TestAConfigurationThatSaysMoreThanThisCommandKnowsIsRefused(t *testing.T) {
	t.Parallel()
	root := checkout(t)
	file := filepath.Join(root, ".goreleaser.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, "\nsigns: [{artifacts: all}]\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"-root", root}, io.Discard); err == nil {
		t.Error("signatures are left out, and nothing said so")
	}
}
