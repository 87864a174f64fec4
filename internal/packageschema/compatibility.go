package packageschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/blang/semver"
)

// Breaks says what in a schema breaks programs that were written for an earlier one, a
// sentence each: what is gone, has another type, must be given now, or may be missing now.
func Breaks(earlier, present []byte) ([]string, error) {
	before, now := object{}, object{}
	if err := json.Unmarshal(earlier, &before); err != nil {
		return nil, fmt.Errorf("reading the earlier schema: %w", err)
	}
	if err := json.Unmarshal(present, &now); err != nil {
		return nil, fmt.Errorf("reading the present schema: %w", err)
	}
	c := &comparison{}
	c.each("resource", before, now, "resources", c.resource)
	c.each("type", before, now, "types", c.typ)
	c.each("function", before, now, "functions", c.function)
	c.inputs("provider", part(before, "provider"), part(now, "provider"))
	c.properties("configuration", part(part(before, "config"), "variables"), part(part(now, "config"), "variables"))
	return c.breaks, nil
}

// MayBreak says whether a version may break what was written for an earlier one: the
// major version is another, or before 1.0 the minor version.
func MayBreak(earlier, present string) (bool, error) {
	before, err := semver.Parse(earlier)
	if err != nil {
		return false, fmt.Errorf("reading the earlier version: %w", err)
	}
	now, err := semver.Parse(present)
	if err != nil {
		return false, fmt.Errorf("reading the present version: %w", err)
	}
	return now.Major > before.Major || now.Major == 0 && now.Minor > before.Minor, nil
}

type comparison struct{ breaks []string }

func (c *comparison) add(format string, args ...any) {
	c.breaks = append(c.breaks, fmt.Sprintf(format, args...))
}

// each compares what both schemas have in a section, and reports what only the earlier has.
func (c *comparison) each(kind string, before, now object, section string, compare func(name string, before, now object)) {
	was, is := part(before, section), part(now, section)
	for _, token := range slices.Sorted(maps.Keys(was)) {
		if _, there := is[token]; !there {
			c.add("%s %s is gone", kind, token)
			continue
		}
		compare(kind+" "+token, part(was, token), part(is, token))
	}
}

func (c *comparison) resource(name string, before, now object) {
	c.inputs(name, before, now)
	c.outputs(name, before, now)
	if before["isComponent"] != now["isComponent"] {
		c.add("%s is a component now, or was one", name)
	}
}

func (c *comparison) function(name string, before, now object) {
	given, takes := part(before, "inputs"), part(now, "inputs")
	c.properties(name+", input", part(given, "properties"), part(takes, "properties"))
	c.required(name, part(given, "properties"), list(given, "required"), list(takes, "required"))
	c.outputs(name, part(before, "outputs"), part(now, "outputs"))
}

// typ compares types that are both given and returned, so that what is required stays so.
func (c *comparison) typ(name string, before, now object) {
	if before["type"] != now["type"] {
		c.add("%s is %v, and was %v", name, now["type"], before["type"])
	}
	c.outputs(name, before, now)
	c.required(name, part(before, "properties"), list(before, "required"), list(now, "required"))
	kept := values(now)
	for _, value := range values(before) {
		if !slices.Contains(kept, value) {
			c.add("%s has no value %v any more", name, value)
		}
	}
}

func (c *comparison) inputs(name string, before, now object) {
	was, is := part(before, "inputProperties"), part(now, "inputProperties")
	c.properties(name+", input", was, is)
	c.required(name, was, list(before, "requiredInputs"), list(now, "requiredInputs"))
	for _, property := range slices.Sorted(maps.Keys(was)) {
		if part(is, property)["willReplaceOnChanges"] == true && part(was, property)["willReplaceOnChanges"] != true {
			c.add("%s, input %s replaces the resource now when it changes", name, property)
		}
	}
}

func (c *comparison) outputs(name string, before, now object) {
	was := part(before, "properties")
	c.properties(name+", property", was, part(now, "properties"))
	for _, property := range list(before, "required") {
		if !slices.Contains(list(now, "required"), property) {
			c.add("%s, property %v may be missing now", name, property)
		}
	}
}

func (c *comparison) properties(name string, before, now object) {
	for _, property := range slices.Sorted(maps.Keys(before)) {
		if _, there := now[property]; !there {
			c.add("%s %s is gone", name, property)
			continue
		}
		if was, is := shape(before[property]), shape(now[property]); !reflect.DeepEqual(was, is) {
			c.add("%s %s has the type %v, and had %v", name, property, is, was)
		}
	}
}

func (c *comparison) required(name string, known object, before, now []any) {
	for _, property := range now {
		if slices.Contains(before, property) {
			continue
		}
		if _, was := known[property.(string)]; was {
			c.add("%s, input %v must be given now", name, property)
		} else {
			c.add("%s has a new input %v that must be given", name, property)
		}
	}
}

// shape is what of a property a program's own types depend on.
func shape(property any) any {
	whole, ok := property.(object)
	if !ok {
		return property
	}
	kept := object{}
	for _, key := range []string{"type", "$ref", "plain", "oneOf"} {
		if value, there := whole[key]; there {
			kept[key] = value
		}
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if value, there := whole[key]; there {
			kept[key] = shape(value)
		}
	}
	return kept
}

func part(of object, key string) object {
	value, _ := of[key].(object)
	return value
}

func list(of object, key string) []any {
	value, _ := of[key].([]any)
	return value
}

// values are those of an enumeration.
func values(of object) []any {
	var all []any
	for _, entry := range list(of, "enum") {
		if e, ok := entry.(object); ok {
			all = append(all, e["value"])
		}
	}
	return all
}
