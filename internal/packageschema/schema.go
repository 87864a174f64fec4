// Package packageschema derives the schema of the components, for every language, from
// their Go types and docstrings: an option is declared once, in its struct.
package packageschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/components"
)

// component is a component resource: its token, its type and that of its arguments.
type component struct {
	token           string
	outputs, inputs reflect.Type
}

var all = []component{
	{components.ImageCdnToken, reflect.TypeFor[components.ImageCdn](), reflect.TypeFor[components.ImageCdnArgs]()},
	{components.ValidatedCertificateToken, reflect.TypeFor[components.ValidatedCertificate](), reflect.TypeFor[components.ValidatedCertificateArgs]()},
	{components.BucketOriginToken, reflect.TypeFor[components.BucketOrigin](), reflect.TypeFor[components.BucketOriginArgs]()},
}

type object = map[string]any

// Complete adds the components to a schema that has the custom resources, functions and
// the provider, and sets the version. source is the directory of package components.
func Complete(schema []byte, source string) ([]byte, error) {
	docs, err := ReadDocs(source)
	if err != nil {
		return nil, err
	}
	whole := object{}
	if err := json.Unmarshal(schema, &whole); err != nil {
		return nil, fmt.Errorf("reading the schema of the custom resources: %w", err)
	}
	w := &writer{docs: docs, types: object{}}
	resources, _ := whole["resources"].(object)
	for _, c := range all {
		resources[c.token] = w.resource(c)
	}
	given, _ := whole["types"].(object)
	for token, definition := range given {
		if _, taken := w.types[token]; taken {
			return nil, fmt.Errorf("%s is a type of both the components and the functions", token) //nolint:err113 // for developers
		}
		w.types[token] = definition
	}
	whole["types"], whole["version"] = w.types, components.PluginVersion
	if components.PluginDownloadURL != "" {
		whole["pluginDownloadURL"] = components.PluginDownloadURL
	}
	text, err := json.MarshalIndent(whole, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return append(text, '\n'), nil
}

// writer collects the types that the components' properties need.
type writer struct {
	docs  Docs
	types object
}

func (w *writer) resource(c component) object {
	inputs, required := w.properties(c.inputs)
	outputs, _ := w.properties(c.outputs)
	var always []string
	for name := range outputs {
		always = append(always, name)
	}
	return object{
		"description": w.docs.Types[c.outputs.Name()], "isComponent": true,
		"inputProperties": inputs, "requiredInputs": slices.Sorted(slices.Values(required)),
		"properties": outputs, "required": slices.Sorted(slices.Values(always)),
	}
}

// properties are the fields of a struct that have a name in the package, and which of
// them must be given.
func (w *writer) properties(t reflect.Type) (properties object, required []string) {
	properties = object{}
	for field := range t.Fields() {
		name := field.Tag.Get("pulumi")
		if name == "" {
			continue
		}
		doc := w.docs.Fields[t.Name()+"."+field.Name]
		property := w.property(field.Type)
		property["description"] = strings.Replace(doc, field.Name+" ", name+" ", 1)
		properties[name] = property
		if strings.Contains(doc, "Required") {
			required = append(required, name)
		}
	}
	return properties, required
}

var kinds = map[reflect.Type]object{
	reflect.TypeFor[pulumi.StringInput]():       {"type": "string"},
	reflect.TypeFor[pulumi.StringOutput]():      {"type": "string"},
	reflect.TypeFor[pulumi.IntInput]():          {"type": "integer"},
	reflect.TypeFor[pulumi.BoolInput]():         {"type": "boolean"},
	reflect.TypeFor[pulumi.StringMapInput]():    {"type": "object", "additionalProperties": object{"type": "string"}},
	reflect.TypeFor[pulumi.StringArrayOutput](): {"type": "array", "items": object{"type": "string"}},
	reflect.TypeFor[pulumi.StringMapOutput]():   {"type": "object", "additionalProperties": object{"type": "string"}},

	reflect.TypeFor[map[string]pulumi.StringInput](): {"type": "object", "additionalProperties": object{"type": "string"}, "plain": true},
	reflect.TypeFor[[]pulumi.StringInput]():          {"type": "array", "items": object{"type": "string"}, "plain": true},
	reflect.TypeFor[[]string]():                      {"type": "array", "items": object{"type": "string", "plain": true}, "plain": true},
	reflect.TypeFor[[]int]():                         {"type": "array", "items": object{"type": "integer", "plain": true}, "plain": true},
	reflect.TypeFor[string]():                        {"type": "string", "plain": true},
	reflect.TypeFor[bool]():                          {"type": "boolean", "plain": true},
	reflect.TypeFor[*bool]():                         {"type": "boolean", "plain": true},
}

// property is a type in the schema. What is plain in Go is plain in every language.
func (w *writer) property(t reflect.Type) object {
	if kind, known := kinds[t]; known {
		return maps.Clone(kind)
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct {
		return object{"type": "array", "items": w.property(t.Elem()), "plain": true}
	}
	if t.Kind() != reflect.Struct {
		panic("package schema: no rule for " + t.String()) // a new kind of argument: add it above
	}
	token := "imagecdn:index:" + strings.TrimSuffix(t.Name(), "Args")
	if _, known := w.types[token]; !known {
		properties, required := w.properties(t)
		w.types[token] = object{
			"type": "object", "description": w.docs.Types[t.Name()], "properties": properties, "required": slices.Sorted(slices.Values(required)),
		}
	}
	return object{"$ref": "#/types/" + token, "plain": true}
}
