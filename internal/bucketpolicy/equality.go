package bucketpolicy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// defaultVersion is the policy language of a document that does not say (IAM User Guide, "Version").
const defaultVersion = "2008-10-17"

// accountRoot is the long form of an account as a principal. S3 stores the short form as the long one.
var accountRoot = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):root$`)

// Equal reports whether two policies mean the same to IAM: the order of statements and of values in sets, one value
// against a list of one, the case of actions and condition keys, and both ways to name an account make no difference.
func (d Document) Equal(other Document) bool {
	return slices.Equal(d.normal(), other.normal())
}

// normal lists what the policy says in an order of its own. Policies without a statement say nothing, whatever else
// they hold.
func (d Document) normal() []string {
	if d.Empty() {
		return nil
	}
	lines := make([]string, 0, len(d.statements)+len(d.members))
	version := `version="` + defaultVersion + `"`
	for _, m := range d.members {
		switch key := strings.ToLower(m.key()); key {
		case "statement":
		case "version":
			version = "version=" + normalText(m.value)
		default:
			lines = append(lines, key+"="+normalText(m.value))
		}
	}
	for _, s := range d.statements {
		lines = append(lines, s.normal())
	}
	slices.Sort(lines)
	return append(lines, version)
}

// Equal reports whether two statements mean the same to IAM; see Document.Equal.
func (s Statement) Equal(other Statement) bool { return s.normal() == other.normal() }

func (s Statement) normal() string {
	members, ok := decode([]byte(s.raw)).(map[string]any)
	if !ok {
		return s.raw
	}
	lines := make([]string, 0, len(members))
	for name, value := range members {
		key := strings.ToLower(name)
		if key == "sid" && value == "" {
			continue
		}
		lines = append(lines, key+"="+normalElement(key, value))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func normalElement(key string, value any) string {
	switch key {
	case "principal", "notprincipal":
		return normalPrincipal(value)
	case "action", "notaction":
		return encode(set(value, strings.ToLower))
	case "resource", "notresource":
		return encode(set(value, asWritten))
	case "condition":
		return normalCondition(value)
	}
	return encode(value)
}

// normalPrincipal treats "*" as {"AWS": "*"}, as IAM does in policies of resources.
func normalPrincipal(value any) string {
	if value == "*" {
		value = map[string]any{"AWS": "*"}
	}
	kinds, ok := value.(map[string]any)
	if !ok {
		return encode(value)
	}
	normal := make(map[string]any, len(kinds))
	for kind, names := range kinds {
		form := asWritten
		if kind == "AWS" {
			form = func(name string) string { return accountRoot.ReplaceAllString(name, "$1") }
		}
		normal[kind] = set(names, form)
	}
	return encode(normal)
}

func normalCondition(value any) string {
	operators, ok := value.(map[string]any)
	if !ok {
		return encode(value)
	}
	var lines []string
	for operator, tests := range operators {
		keys, ok := tests.(map[string]any)
		if !ok {
			return encode(value)
		}
		for key, values := range keys {
			lines = append(lines, encode([]any{operator, strings.ToLower(key), set(values, asWritten)}))
		}
	}
	slices.Sort(lines)
	return encode(lines)
}

func asWritten(text string) string { return text }

// set makes a sorted list without repetition of one value or a list of values. IAM compares numbers and booleans as
// strings. What is no such list is returned as it is.
func set(value any, form func(string) string) any {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	values := make([]string, 0, len(list))
	for _, item := range list {
		switch v := item.(type) {
		case string:
			values = append(values, form(v))
		case bool, json.Number:
			values = append(values, form(fmt.Sprint(v)))
		default:
			return value
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

func normalText(value json.RawMessage) string { return encode(decode(value)) }

// decode reads JSON that has been parsed before; numbers keep their digits.
func decode(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return string(text)
	}
	return value
}

// encode writes a decoded value with its members sorted.
func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
