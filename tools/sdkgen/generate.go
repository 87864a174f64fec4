package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "make sdk"

// sdks are the files of all SDKs, by their path below the directory of the SDKs.
type sdks map[string][]byte

// languages make the files of one SDK each, in a directory of that name.
var languages = map[string]func(*schema.Package) (map[string][]byte, error){
	"go": func(p *schema.Package) (map[string][]byte, error) {
		return golang.GeneratePackage(tool, p, nil)
	},
	"nodejs": func(p *schema.Package) (map[string][]byte, error) {
		return nodejs.GeneratePackage(tool, p, nil, nil, true, alone{})
	},
	"python": func(p *schema.Package) (map[string][]byte, error) {
		return python.GeneratePackage(tool, p, nil, alone{})
	},
}

// generate makes the SDKs from the text of a schema, which must be sound.
func generate(text []byte) (sdks, error) {
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	all := sdks{}
	for _, language := range slices.Sorted(maps.Keys(languages)) {
		// Each has a package of its own: a generator leaves its settings in it.
		p, faults, err := schema.BindSpec(spec, alone{}, schema.ValidationOptions{})
		if err != nil {
			return nil, fmt.Errorf("reading the schema: %w", err)
		}
		if len(faults) > 0 {
			return nil, fmt.Errorf("the schema is not sound: %w", faults)
		}
		files, err := languages[language](p)
		if err != nil {
			return nil, fmt.Errorf("making the SDK for %s: %w", language, err)
		}
		for name, content := range files {
			all[path.Join(language, name)] = content
		}
	}

	return all, nil
}
