package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// options are the runtime options of a Go project.
type options struct {
	binary      string // a program to run instead of building one
	buildTarget string // the file to build, kept from run to run
}

// flags are what the host takes for them.
func (o options) flags() []string {
	var flags []string
	if o.binary != "" {
		flags = append(flags, "-binary="+o.binary)
	}
	if o.buildTarget != "" {
		flags = append(flags, "-buildTarget="+o.buildTarget)
	}

	return flags
}

// projectOptions reads the options of the project that a directory belongs to. The CLI starts the host in the
// directory of the program, which may be below that of the project.
func projectOptions(dir string) (options, error) {
	for ; ; dir = filepath.Dir(dir) {
		for _, name := range []string{"Pulumi.yaml", "Pulumi.yml", "Pulumi.json"} {
			content, err := os.ReadFile(filepath.Join(dir, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return options{}, fmt.Errorf("reading the project: %w", err)
			}

			return parseOptions(content)
		}
		if dir == filepath.Dir(dir) {
			return options{}, nil
		}
	}
}

// parseOptions reads the options out of a project file. One of another language may use a plugin in Go: its options
// are not for this host.
func parseOptions(content []byte) (options, error) {
	var project struct {
		Runtime yaml.Node `yaml:"runtime"`
	}
	if err := yaml.Unmarshal(content, &project); err != nil {
		return options{}, fmt.Errorf("reading the project: %w", err)
	}
	if project.Runtime.Kind != yaml.MappingNode { // a name alone
		return options{}, nil
	}
	var runtime struct {
		Name    string         `yaml:"name"`
		Options map[string]any `yaml:"options"`
	}
	if err := project.Runtime.Decode(&runtime); err != nil {
		return options{}, fmt.Errorf("reading the project's runtime: %w", err)
	}
	if runtime.Name != "go" {
		return options{}, nil
	}

	return goOptions(runtime.Options)
}

// goOptions refuses what today's host refuses, in its words.
func goOptions(given map[string]any) (options, error) {
	var o options
	for name, option := range map[string]*string{"binary": &o.binary, "buildTarget": &o.buildTarget} {
		value, ok := given[name]
		if !ok {
			continue
		}
		if *option, ok = value.(string); !ok {
			return options{}, fmt.Errorf("%s option must be a string", name)
		}
	}
	if o.binary != "" && o.buildTarget != "" {
		return options{}, errors.New("binary and buildTarget cannot both be specified")
	}

	return o, nil
}
