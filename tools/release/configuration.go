package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"gopkg.in/yaml.v3"
)

// configuration is what goreleaser's has here. Anything else in it is an error: this
// command would leave it out.
type configuration struct {
	Version     int
	ProjectName string `yaml:"project_name"`
	Before      struct{ Hooks []string }
	Builds      []build
	Archives    []archive
	Checksum    struct {
		NameTemplate string `yaml:"name_template"`
	}
	Release struct{ Draft bool }
}

type build struct {
	ID, Dir, Main, Binary string
	Env, Flags, Ldflags   []string
	Goos, Goarch          []string
}

type archive struct {
	IDs          []string `yaml:"ids"`
	Formats      []string
	NameTemplate string `yaml:"name_template"`
	Files        []string
}

// release is one version of the plugin.
type release struct {
	root    string
	version string
	built   string // a plugin that was built already, "" for none
	configuration
}

func newRelease(root string) (*release, error) {
	text, err := os.ReadFile(filepath.Join(root, ".goreleaser.yaml"))
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	r := &release{root: root}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&r.configuration); err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	if len(r.Builds) != 1 || len(r.Archives) != 1 || strings.Join(r.Archives[0].Formats, "") != "tar.gz" {
		return nil, fmt.Errorf("the configuration has other than one build in one tar.gz") //nolint:err113 // for people
	}
	r.version, err = sourceVersion(root)

	return r, err
}

var versionLine = regexp.MustCompile(`PluginVersion = "([^"]+)"`)

// sourceVersion is the version in the source, which a tag has to agree with.
func sourceVersion(root string) (string, error) {
	source, err := os.ReadFile(filepath.Join(root, "components", "plugin.go"))
	if err != nil {
		return "", fmt.Errorf("reading the version: %w", err)
	}
	found := versionLine.FindSubmatch(source)
	if found == nil {
		return "", fmt.Errorf("components/plugin.go has no PluginVersion") //nolint:err113 // for people
	}

	return string(found[1]), nil
}

// is fails unless the version is that of the source.
func (r *release) is(version string) error {
	if strings.TrimPrefix(version, "v") != r.version {
		return fmt.Errorf("the tag says %s, components/plugin.go says %s", version, r.version) //nolint:err113 // for people
	}

	return nil
}

// name fills in one of the configuration's templates.
func (r *release) name(text, goos, goarch string) (string, error) {
	t, err := template.New("name").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", fmt.Errorf("reading the name %q: %w", text, err)
	}
	var name strings.Builder
	err = t.Execute(&name, map[string]string{
		"ProjectName": r.ProjectName, "Binary": r.Builds[0].Binary, "Os": goos, "Arch": goarch,
		"Tag": "v" + r.version, "Version": r.version,
	})
	if err != nil {
		return "", fmt.Errorf("filling in the name %q: %w", text, err)
	}

	return name.String(), nil
}
