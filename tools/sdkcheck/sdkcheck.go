// Package sdkcheck makes the package's SDKs for C# and Java from its schema, with Pulumi's generators for these
// languages, and looks whether everything is in them. The SDKs are not in this repository: `pulumi package add` makes
// them.
//
// It is a module of its own, because these generators need an older Pulumi than those of sdkgen.
package sdkcheck

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-java/pkg/codegen/java"
	"github.com/pulumi/pulumi/pkg/v3/codegen/dotnet"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "sdkcheck"

// languages make the files of one SDK each, by path.
var languages = map[string]func(*schema.Package) (map[string][]byte, error){
	"csharp": func(p *schema.Package) (map[string][]byte, error) { return dotnet.GeneratePackage(tool, p, nil, nil) },
	"java": func(p *schema.Package) (map[string][]byte, error) {
		return java.GeneratePackage(tool, p, nil, nil, false, true)
	},
}

// generate makes the SDK of a language from the text of a schema. The generator for C# downloads the logo.
func generate(language string, text []byte, logo string) (map[string][]byte, error) {
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	p, err := schema.ImportSpec(spec, nil, schema.ValidationOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	p.LogoURL = logo
	files, err := languages[language](p)
	if err != nil {
		return nil, fmt.Errorf("making the SDK for %s: %w", language, err)
	}

	return files, nil
}
