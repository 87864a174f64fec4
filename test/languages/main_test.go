// Package languages proves the package from programs in other languages than the
// component's own, and from programs of a consumer's: with the real engine, the real
// language hosts and the plugin as it is released, against the embedded AWS.
package languages

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// setup is what all tests share.
var setup struct {
	root    string // of the checkout
	home    string // a PULUMI_HOME with the AWS plugin and the installed package
	archive string // of the package's plugin, as it is released
}

func TestMain(m *testing.M) {
	// A short path, because there are sockets in it.
	dir, err := os.MkdirTemp("", "l")
	code := 1
	if err == nil {
		if err = prepare(dir); err == nil {
			code = m.Run()
		}
		_ = os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// prepare makes sure of Pulumi, the language hosts and the plugins. Without them these
// tests fail: there is nothing else they could prove.
func prepare(dir string) error {
	var err error
	if setup.root, err = filepath.Abs(filepath.Join("..", "..")); err != nil {
		return err
	}
	for _, command := range []string{"ensure", "languages"} {
		if _, err := toolchain(command); err != nil {
			return err
		}
	}
	lines, err := toolchain("env")
	if err != nil {
		return err
	}
	settings := environment(string(lines))
	for name, value := range map[string]string{"PATH": settings["PATH"], "TMPDIR": dir, "PULUMI_SKIP_UPDATE_CHECK": "true"} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	setup.home = filepath.Join(dir, "home")
	if err := shareAwsPlugin(settings["PULUMI_HOME"], setup.home); err != nil {
		return err
	}
	return installPlugin(dir)
}

func toolchain(command string) ([]byte, error) {
	return output(filepath.Join(setup.root, "tools", "toolchain"), "go", "run", ".", "-root", setup.root, command)
}

// environment reads what the toolchain prints for a shell.
func environment(lines string) map[string]string {
	settings := map[string]string{}
	for line := range strings.Lines(lines) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		value = strings.NewReplacer("'", "", `"`, "").Replace(value)
		settings[name] = strings.ReplaceAll(value, "$PATH", os.Getenv("PATH"))
	}
	return settings
}

// shareAwsPlugin links the files of the AWS plugin: the engine sees no plugin in a link
// to a directory.
func shareAwsPlugin(from, to string) error {
	plugins, err := filepath.Glob(filepath.Join(from, "plugins", "resource-aws-v*"))
	if err != nil || len(plugins) != 1 {
		return fmt.Errorf("finding the AWS plugin in %s: %v, %w", from, plugins, err)
	}
	target := filepath.Join(to, "plugins", filepath.Base(plugins[0]))
	if err := os.MkdirAll(target, 0o700); err != nil {
		return err
	}
	files, err := os.ReadDir(plugins[0])
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := os.Symlink(filepath.Join(plugins[0], file.Name()), filepath.Join(target, file.Name())); err != nil {
			return err
		}
	}
	return nil
}

// installPlugin packs the plugin as a release does, and installs the archive. The plugin
// is the one that everything else here builds: a release's own flags would have all of its
// libraries compiled a second time.
func installPlugin(dir string) error {
	platform, err := output(setup.root, "go", "env", "GOOS", "GOARCH")
	if err != nil {
		return err
	}
	plugin, err := output(filepath.Join(setup.root, "provider"), "go", "tool", "-n", "pulumi-resource-imagecdn")
	if err != nil {
		return err
	}
	made, err := output(filepath.Join(setup.root, "tools", "release"), "go", "run", ".", "-root", setup.root, "-out", dir,
		"-platform", strings.Join(strings.Fields(string(platform)), "-"), "-built", strings.TrimSpace(string(plugin)))
	if err != nil {
		return err
	}
	setup.archive = strings.TrimSpace(string(made))
	_, err = output(dir, "pulumi", "plugin", "install", "resource", "imagecdn", pluginVersion(), "--file", setup.archive)
	return err
}

// pluginVersion is the version in the archive's name.
func pluginVersion() string {
	name := strings.TrimPrefix(filepath.Base(setup.archive), "pulumi-resource-imagecdn-")
	version, _, _ := strings.Cut(name, "-")
	return version
}

// output runs a program of the preparation.
func output(dir, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "PULUMI_HOME="+setup.home)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, out, said.Bytes())
	}
	return out, nil
}
