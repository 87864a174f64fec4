// Package tags is what tags have in common in all services: pairs of key and
// value with the rules of "Tagging AWS resources". Each service words its own
// refusals.
package tags

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of a tag, in characters.
const (
	maxKey   = 128
	maxValue = 256
)

// Tag is one tag, as it is written in JSON and XML.
type Tag struct{ Key, Value string }

// Kind is what is wrong with tags.
type Kind int

// The kinds of faults.
const (
	// InvalidKey is a key that is empty or too long.
	InvalidKey Kind = iota + 1
	// InvalidValue is a value that is too long.
	InvalidValue
	// Reserved is a key of AWS's own.
	Reserved
	// TooMany are more tags than a resource may have.
	TooMany
)

// Fault is the first thing that is wrong with tags.
type Fault struct {
	Kind Kind
	// Key is that of the tag; "" for too many.
	Key string
}

// Check looks at tags that are to be added; nil is nothing wrong.
func Check(added []Tag) *Fault {
	for _, t := range added {
		length := utf8.RuneCountInString(t.Key)
		switch {
		case length == 0 || length > maxKey:
			return &Fault{InvalidKey, t.Key}
		case utf8.RuneCountInString(t.Value) > maxValue:
			return &Fault{InvalidValue, t.Key}
		case strings.HasPrefix(strings.ToLower(t.Key), "aws:"):
			return &Fault{Reserved, t.Key}
		}
	}
	return nil
}

// Repeated says whether a key is there twice, which some services refuse.
func Repeated(list []Tag) bool {
	seen := map[string]bool{}
	return slices.ContainsFunc(list, func(t Tag) bool {
		before := seen[t.Key]
		seen[t.Key] = true
		return before
	})
}

// Merge returns tags with others added, which replace those of their keys. There
// may be most of them. Nothing of what it is given changes.
func Merge(existing map[string]string, added []Tag, most int) (map[string]string, *Fault) {
	if fault := Check(added); fault != nil {
		return nil, fault
	}
	merged := map[string]string{}
	maps.Copy(merged, existing)
	for _, t := range added {
		merged[t.Key] = t.Value
	}
	if len(merged) > most {
		return nil, &Fault{Kind: TooMany}
	}
	return merged, nil
}

// Conditions are the values of the condition keys of a request that brings tags, or
// names the keys of some.
func Conditions(added []Tag, named ...string) map[string][]string {
	conditions := map[string][]string{}
	for _, t := range added {
		conditions["aws:requesttag/"+strings.ToLower(t.Key)] = []string{t.Value}
		named = append(named, t.Key)
	}
	if len(named) > 0 {
		conditions["aws:tagkeys"] = named
	}
	return conditions
}

// List are the tags of a set by key.
func List(set map[string]string) []Tag {
	list := make([]Tag, 0, len(set))
	for _, key := range slices.Sorted(maps.Keys(set)) {
		list = append(list, Tag{Key: key, Value: set[key]})
	}
	return list
}
