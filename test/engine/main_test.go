// Package engine proves the stack with the real Pulumi engine and the real
// provider, against the embedded AWS. Each test has an AWS, a state and a bucket
// of its own, so that all run side by side.
package engine

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// toolchain is where Pulumi is, as tools/toolchain provides it.
var toolchain struct {
	root   string // of the checkout
	home   string // PULUMI_HOME
	path   string // PATH, with pulumi on it
	plugin string // directory of pulumi-resource-imagecdn
}

func TestMain(m *testing.M) {
	if err := findToolchain(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(runInTemporaryDirectory(m))
}

// runInTemporaryDirectory runs the tests and takes away what engines and plugins,
// above all killed ones, leave behind. It is a short path, because there are
// sockets in it.
func runInTemporaryDirectory(m *testing.M) int {
	dir, err := os.MkdirTemp("", "e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.Setenv("TMPDIR", dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// findToolchain makes sure of Pulumi and an AWS provider. Without them these
// tests fail: there is nothing else they could prove.
func findToolchain() error {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return err
	}
	toolchain.root = root
	if _, err := runToolchain("ensure"); err != nil {
		return err
	}
	lines, err := runToolchain("env")
	if err != nil {
		return err
	}
	scanner := bufio.NewScanner(bytes.NewReader(lines))
	for scanner.Scan() {
		name, value, _ := strings.Cut(strings.TrimPrefix(scanner.Text(), "export "), "=")
		value = strings.ReplaceAll(strings.NewReplacer("'", "", `"`, "").Replace(value), "$PATH", os.Getenv("PATH"))
		switch name {
		case "PATH":
			toolchain.path = value
		case "PULUMI_HOME":
			toolchain.home = value
		}
	}
	if toolchain.home == "" || toolchain.path == "" {
		return fmt.Errorf("the toolchain names no PATH or no PULUMI_HOME:\n%s", lines)
	}
	plugin := exec.Command("go", "-C", filepath.Join(root, "provider"), "tool", "-n", "pulumi-resource-imagecdn")
	plugin.Stderr = os.Stderr
	built, err := plugin.Output()
	if err != nil {
		return fmt.Errorf("building the plugin: %w", err)
	}
	toolchain.plugin = filepath.Dir(strings.TrimSpace(string(built)))
	// The one process-wide setting: where automation finds the CLI.
	return os.Setenv("PATH", toolchain.path)
}

func runToolchain(command string) ([]byte, error) {
	cmd := exec.Command("go", "-C", filepath.Join(toolchain.root, "tools", "toolchain"), "run", ".", "-root", toolchain.root, command)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("tools/toolchain %s: %w\n%s", command, err, out)
	}
	return out, nil
}
