package provider

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// anything is the pattern of text that AWS checks.
var anything = regexp.MustCompile("")

// shape says what an input must look like.
type shape struct {
	key      resource.PropertyKey
	required bool
	pattern  *regexp.Regexp // of text; nil for what is not text
	want     string         // for people
}

// checkAgainst finds all faults of text inputs at once. Unknown values are checked when they are known.
func checkAgainst(inputs resource.PropertyMap, shapes []shape) []plugin.CheckFailure {
	var faults []plugin.CheckFailure
	known := map[resource.PropertyKey]bool{}
	var names []string
	for _, s := range shapes {
		known[s.key] = true
		names = append(names, string(s.key))
		if reason := s.check(bare(inputs[s.key])); reason != "" {
			faults = append(faults, plugin.CheckFailure{Property: s.key, Reason: reason})
		}
	}
	for _, key := range inputs.StableKeys() {
		if !known[key] && !strings.HasPrefix(string(key), "__") {
			reason := "is no input: there are " + strings.Join(names, ", ")
			faults = append(faults, plugin.CheckFailure{Property: key, Reason: reason})
		}
	}
	return faults
}

func (s shape) check(value resource.PropertyValue) string {
	switch {
	case value.IsComputed(), value.IsNull() && !s.required:
		return ""
	case value.IsNull():
		return "is required: " + s.want
	case s.pattern == nil:
		return ""
	case value.IsString() && value.StringValue() == "" && !s.required:
		return ""
	case !value.IsString():
		return "must be a string: " + s.want
	case !s.pattern.MatchString(value.StringValue()):
		return fmt.Sprintf("%q is not %s", value.StringValue(), s.want)
	}
	return ""
}

// text is a property's string, "" if it is absent or unknown.
func text(properties resource.PropertyMap, key resource.PropertyKey) string {
	if value := bare(properties[key]); value.IsString() {
		return value.StringValue()
	}
	return ""
}

// texts are the strings of a list, those that are known and not empty.
func texts(properties resource.PropertyMap, key resource.PropertyKey) []string {
	var found []string
	if list := bare(properties[key]); list.IsArray() {
		for _, item := range list.ArrayValue() {
			if item := bare(item); item.IsString() && item.StringValue() != "" {
				found = append(found, item.StringValue())
			}
		}
	}
	return found
}

// diffProperty compares two values as they were given.
func diffProperty(before, after resource.PropertyValue) (plugin.DiffKind, bool) {
	before, after = bare(before), bare(after)
	switch {
	case before.IsNull() && after.IsNull():
		return 0, false
	case before.IsNull():
		return plugin.DiffAdd, true
	case after.IsNull():
		return plugin.DiffDelete, true
	}
	return plugin.DiffUpdate, after.IsComputed() || !before.DeepEquals(after)
}
