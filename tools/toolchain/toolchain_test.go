package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fake is a toolchain in a checkout of its own, which builds nothing and installs nothing but notes what it was asked.
type fake struct {
	toolchain

	log     bytes.Buffer
	built   []string
	ran     []string
	version string // what `pulumi version` says
	install error  // what comes of `pulumi plugin install`
}

func newFake(t *testing.T) *fake {
	t.Helper()
	root := t.TempDir()
	for _, module := range []string{"toolchain", "pulumi-cli", "pulumi-language-go", "terraform-bridge", "pulumi-resource-aws", "golangci-lint", "pulumi-language-nodejs", "pulumi-language-yaml"} {
		write(t, filepath.Join(root, "tools", module, "go.mod"), "module "+module+"\n", 0o600)
	}
	c, err := newCheckout(root)
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{version: "v3.256.0", install: errors.New("no such host")}
	f.toolchain = toolchain{checkout: c, compile: f.build, run: f.command, out: &f.log}

	return f
}

func (f *fake) build(_ context.Context, _ string, p program) error {
	f.built = append(f.built, filepath.Base(p.target))
	return os.WriteFile(p.target, []byte("program"), 0o700)
}

func (f *fake) command(_ context.Context, out io.Writer, _ []string, name string, args ...string) error {
	f.ran = append(f.ran, strings.Join(append([]string{filepath.Base(name)}, args...), " "))
	if args[0] == "version" {
		_, err := io.WriteString(out, f.version+"\n")
		return err
	}
	if f.install == nil {
		return os.MkdirAll(f.checkout.plugin(), 0o700)
	}

	return f.install
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// mirror makes a filesystem mirror that holds the provider for this machine.
func mirror(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(within(dir, platform()), providerFile), "provider", 0o700)

	return dir
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

var everything = []string{"pulumi", hostFile, "pulumi-language-go", bridgeFile, pluginFile}

func TestAMachineWithoutPulumiGetsAllOfItOnce(t *testing.T) {
	f := newFake(t)
	t.Setenv("PATH", f.checkout.bin())
	t.Setenv(mirrorVariable, mirror(t))

	for range 2 {
		if err := f.ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	equal(t, f.built, everything)
	equal(t, f.ran, []string{"pulumi plugin install resource aws " + awsVersion})
	for _, file := range []string{pluginFile, bridgeFile, launcherFile, providerFile} {
		if !exists(filepath.Join(f.checkout.plugin(), file)) {
			t.Errorf("%s is missing from the plugin", file)
		}
	}
}

func TestAChangedSourceIsBuiltAgainAndNothingElse(t *testing.T) {
	f := newFake(t)
	t.Setenv("PATH", f.checkout.bin())
	t.Setenv(mirrorVariable, mirror(t))
	if err := f.ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.built = nil
	write(t, filepath.Join(f.checkout.module(pluginFile), "main.go"), "package main\n", 0o600)
	write(t, filepath.Join(f.checkout.module("terraform-bridge"), "x_test.go"), "package main\n", 0o600)

	if err := f.ensure(t.Context()); err != nil {
		t.Fatal(err)
	}

	equal(t, f.built, []string{pluginFile})
}

func TestAnOrdinaryMachineBuildsNothing(t *testing.T) {
	f := newFake(t)
	f.install = nil
	path := t.TempDir()
	write(t, filepath.Join(path, "pulumi"), "", 0o700)
	write(t, filepath.Join(path, "pulumi-language-go"), "", 0o700)
	t.Setenv("PATH", path)

	if err := f.ensure(t.Context()); err != nil {
		t.Fatal(err)
	}

	equal(t, f.built, nil)
	equal(t, f.ran, []string{"pulumi version", "pulumi plugin install resource aws " + awsVersion})
}

func TestNothingTakesThePlaceOfThePluginWhereOnlyTheRealOneIsWanted(t *testing.T) {
	t.Setenv("GENUINE_AWS_PLUGIN", "1")
	f := newFake(t)
	f.install = errors.New("no such host")
	err := f.awsPlugin(t.Context(), "pulumi")
	if err == nil || !strings.Contains(err.Error(), "cannot be downloaded here") || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("the failure does not say what happened: %v", err)
	}
	if len(f.built) > 0 {
		t.Errorf("a stand-in was built: %v", f.built)
	}
	if !strings.Contains(f.checkout.plugin(), "pulumi-home-genuine") {
		t.Errorf("the plugin shares a home with the stand-in: %s", f.checkout.plugin())
	}
}

func TestARealPluginIsLeftAlone(t *testing.T) {
	f := newFake(t)
	t.Setenv("PATH", f.checkout.bin())
	write(t, filepath.Join(f.checkout.plugin(), pluginFile), "", 0o700)

	if err := f.ensure(t.Context()); err != nil {
		t.Fatal(err)
	}

	equal(t, f.built, []string{"pulumi", hostFile, "pulumi-language-go"})
	equal(t, f.ran, nil)
}

func TestAPulumiOfTheMachineMustBeGoodEnough(t *testing.T) {
	for name, c := range map[string]struct {
		version string
		files   []string
	}{
		"too old":                 {"v3.199.9", []string{"pulumi", "pulumi-language-go"}},
		"without a language host": {"v3.256.0", []string{"pulumi"}},
		"of no version":           {"unknown", []string{"pulumi", "pulumi-language-go"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.version = c.version
			path := t.TempDir()
			for _, file := range c.files {
				write(t, filepath.Join(path, file), "", 0o700)
			}
			t.Setenv("PATH", path)
			t.Setenv(mirrorVariable, mirror(t))

			if err := f.ensure(t.Context()); err != nil {
				t.Fatal(err)
			}

			equal(t, f.built, everything)
		})
	}
}

func TestNeitherPluginNorProviderIsOneSentenceWithBothCures(t *testing.T) {
	f := newFake(t)
	t.Setenv("PATH", f.checkout.bin())
	t.Setenv(mirrorVariable, t.TempDir())

	err := f.ensure(t.Context())

	if !errors.Is(err, errNoProvider) || !strings.Contains(err.Error(), mirrorVariable) ||
		strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
	equal(t, f.built, []string{"pulumi", hostFile, "pulumi-language-go"})
}

func TestTheRemainsOfAFailedInstallationGo(t *testing.T) {
	f := newFake(t)
	t.Setenv(mirrorVariable, mirror(t))
	write(t, f.checkout.plugin()+".partial", "", 0o600)
	write(t, f.checkout.plugin()+".lock", "", 0o600)

	if err := f.awsPlugin(t.Context(), "pulumi"); err != nil {
		t.Fatal(err)
	}

	if exists(f.checkout.plugin()+".partial") || exists(f.checkout.plugin()+".lock") {
		t.Error("the engine would take the stand-in for a download that failed")
	}
}

func TestALinkToAProviderThatIsGoneIsMadeAnew(t *testing.T) {
	f := newFake(t)
	first := mirror(t)
	t.Setenv(mirrorVariable, first)
	if err := f.standIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(first); err != nil {
		t.Fatal(err)
	}
	t.Setenv(mirrorVariable, mirror(t))

	if err := f.standIn(t.Context()); err != nil {
		t.Fatal(err)
	}

	if !exists(filepath.Join(f.checkout.plugin(), providerFile)) {
		t.Error("the link leads nowhere")
	}
}

func TestTheLinterIsBuiltOnce(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for range 2 {
		path, err := f.lint(t.Context())
		if err != nil || path != filepath.Join(f.checkout.bin(), "golangci-lint") {
			t.Fatalf("got %s, %v", path, err)
		}
	}
	equal(t, f.built, []string{"golangci-lint"})
}

func TestThePinnedVersionIsThatOfTheStandIn(t *testing.T) {
	t.Parallel()
	requirements, err := os.ReadFile(filepath.Join("..", pluginFile, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(requirements), "pulumi-aws/sdk/v6 v"+awsVersion+"\n") {
		t.Errorf("the stand-in is not compared with pulumi-aws %s", awsVersion)
	}
}

func TestTheEnvironmentSurvivesOddPaths(t *testing.T) {
	t.Parallel()
	got := checkout("/it's here").environment()
	if !strings.Contains(got, `export PULUMI_HOME='/it'\''s here/.tools/pulumi-home'`) {
		t.Errorf("got %s", got)
	}
}
