package translate

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// Schema returns the bridge's package schema under pulumi-aws's tokens, names and shapes, with only what is served in
// it. The names of the object types within stay the bridge's own.
func Schema(bridge, version string) (string, error) {
	var s map[string]any
	if err := json.Unmarshal([]byte(bridge), &s); err != nil {
		return "", fmt.Errorf("reading the bridge's schema: %w", err)
	}
	p := schemaPackage{types: object(s, "types")}
	resources := make(map[string]any)
	for _, e := range Resources() {
		spec := object(object(s, "resources"), e.Bridge)
		for part, required := range map[string]string{"properties": "required", "inputProperties": "requiredInputs"} {
			p.rename(typeName(e.SDK), object(spec, part), e.Fields)
			keepRequired(spec, part, required, e.Fields)
		}
		resources[e.SDK] = spec
	}
	functions := make(map[string]any)
	for _, e := range Functions() {
		functions[e.SDK] = object(object(s, "functions"), e.Bridge)
	}
	for token := range p.types {
		keepRequired(object(p.types, token), "properties", "required", nil)
	}
	p.rename("Provider", object(object(s, "config"), "variables"), configuration)
	s["version"], s["resources"], s["functions"] = version, resources, functions
	delete(s, "parameterization")
	out, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("writing the schema: %w", err)
	}

	return string(out), nil
}

// schemaPackage holds the object types that the properties refer to.
type schemaPackage struct{ types map[string]any }

// rename gives the properties pulumi-aws's names and shapes, and those of the objects that they hold. Objects that
// change get a type of the owner's own, because the bridge lets resources share them.
func (p schemaPackage) rename(owner string, properties map[string]any, fields Fields) {
	for _, f := range fields {
		spec := object(properties, f.bridge())
		if len(spec) == 0 {
			continue
		}
		delete(properties, f.bridge())
		if len(f.Fields) > 0 {
			spec = p.own(owner, spec, f.Fields)
		}
		properties[f.SDK] = f.schema(spec)
	}
}

// own returns the property with a renamed copy of the object that it is, or is a list of.
func (p schemaPackage) own(owner string, spec map[string]any, fields Fields) map[string]any {
	spec = maps.Clone(spec)
	if items := object(spec, "items"); len(items) > 0 {
		spec["items"] = p.own(owner, items, fields)
		return spec
	}
	ref, ok := spec["$ref"].(string)
	if !ok {
		return spec
	}
	token := strings.TrimPrefix(ref, "#/types/")
	_, name, _ := strings.Cut(token, ":index/")
	name, _, _ = strings.Cut(name, ":")
	copied := maps.Clone(object(p.types, token))
	properties := maps.Clone(object(copied, "properties"))
	p.rename(owner, properties, fields)
	copied["properties"] = properties
	keepRequired(copied, "properties", "required", fields)
	token = bridgePackage + owner + name + ":" + owner + name
	p.types[token] = copied
	spec["$ref"] = "#/types/" + token

	return spec
}

// keepRequired gives the required properties pulumi-aws's names, and drops those that are none: the bridge requires some under
// names that it gives them nowhere else. A schema with such a name is refused by whoever binds it, as YAML does.
func keepRequired(spec map[string]any, properties, required string, fields Fields) {
	names, ok := spec[required].([]any)
	if !ok {
		return
	}
	known := object(spec, properties)
	kept := []any{}
	for _, name := range names {
		for _, f := range fields {
			if name == f.bridge() {
				name = f.SDK
			}
		}
		if _, there := known[name.(string)]; there {
			kept = append(kept, name)
		}
	}
	spec[required] = kept
}

// schema reshapes the type of one property.
func (f Field) schema(spec map[string]any) map[string]any {
	out := maps.Clone(spec)
	switch f.Shape {
	case ListInSDK:
		items := pluck(out, "type", "$ref", "items")
		out["type"], out["items"] = "array", items
	case ListInBridge:
		items := object(out, "items")
		pluck(out, "type", "items")
		maps.Copy(out, items)
	case BoolInSDK:
		out["type"] = "boolean"
	case DocumentInSDK:
		pluck(out, "type")
		out["$ref"] = "pulumi.json#/Any"
	case Same, Unsupported:
	}

	return out
}

// pluck removes the keys and returns what they held.
func pluck(from map[string]any, keys ...string) map[string]any {
	taken := make(map[string]any)
	for _, key := range keys {
		if value, ok := from[key]; ok {
			taken[key] = value
			delete(from, key)
		}
	}

	return taken
}

func object(of map[string]any, key string) map[string]any {
	found, ok := of[key].(map[string]any)
	if !ok {
		return map[string]any{}
	}

	return found
}

// typeName is the last part of a token: BucketV2 of aws:s3/bucketV2:BucketV2.
func typeName(token string) string { return token[strings.LastIndex(token, ":")+1:] }
