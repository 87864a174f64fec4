package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestTheOptionsOfAGoProjectBecomeFlags(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ project, want string }{
		"a name alone":        {"runtime: go", ""},
		"no options":          {"runtime: {name: go}", ""},
		"a build target":      {"runtime: {name: go, options: {buildTarget: .local/a b}}", "-buildTarget=.local/a b"},
		"a binary":            {"runtime: {name: go, options: {binary: ./program}}", "-binary=./program"},
		"options of others":   {"runtime: {name: nodejs, options: {binary: x, typescript: true}}", ""},
		"JSON":                {`{"runtime": {"name": "go", "options": {"buildTarget": "x/y"}}}`, "-buildTarget=x/y"},
		"unknown options":     {"runtime: {name: go, options: {color: red}}", ""},
		"an empty project":    {"", ""},
		"one empty, one full": {"runtime: {name: go, options: {binary: '', buildTarget: x}}", "-buildTarget=x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseOptions([]byte(c.project))
			if err != nil || strings.Join(got.flags(), "|") != c.want {
				t.Errorf("got %q, %v", got.flags(), err)
			}
		})
	}
}

func TestOptionsThatTodaysHostRefusesAreRefusedInItsWords(t *testing.T) {
	t.Parallel()
	for project, want := range map[string]string{
		"runtime: {name: go, options: {buildTarget: 1}}":            "buildTarget option must be a string",
		"runtime: {name: go, options: {binary: [a]}}":               "binary option must be a string",
		"runtime: {name: go, options: {binary: a, buildTarget: b}}": "binary and buildTarget cannot both be specified",
	} {
		if _, err := parseOptions([]byte(project)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v", project, err)
		}
	}
	if _, err := parseOptions([]byte("runtime: [")); err == nil {
		t.Error("half a project is taken for a whole one")
	}
}

func TestAProgramBelowItsProjectHasTheProjectsOptions(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	program := filepath.Join(root, "infra", "program")
	write(t, filepath.Join(program, "main.go"), "package main", 0o600)
	write(t, filepath.Join(root, "Pulumi.yml"), "runtime: {name: go, options: {binary: prog}}", 0o600)
	got, err := projectOptions(program)
	if err != nil || got.binary != "prog" {
		t.Errorf("got %v, %v", got, err)
	}
}

// The CLI ends the process it has started, and no other.
func TestTheHostIsTheProcessThatWasStarted(t *testing.T) {
	t.Parallel()
	bin, project := t.TempDir(), t.TempDir()
	launcher := filepath.Join(bin, "pulumi-language-go")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", launcher, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	write(t, filepath.Join(bin, hostFile), "#!/bin/sh\necho $$\nprintf '%s\\n' \"$@\" \"$GOFLAGS\"\nexit 7\n", 0o700)
	write(t, filepath.Join(project, "Pulumi.yaml"), "runtime: {name: go, options: {buildTarget: .local/p}}", 0o600)
	cmd := exec.CommandContext(t.Context(), launcher, "-tracing=x", "127.0.0.1:1")
	cmd.Dir = project
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	var out bytes.Buffer
	cmd.Stdout = &out
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() != 7 {
		t.Fatalf("the host's exit status is lost: %v", err)
	}
	want := strconv.Itoa(cmd.Process.Pid) + "\n-buildTarget=.local/p\n-tracing=x\n127.0.0.1:1\n-mod=mod " + hostGoFlags + "\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
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
