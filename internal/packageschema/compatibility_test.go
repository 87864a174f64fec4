package packageschema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What was released last is in provider/schema-released.json.
func TestNothingBreaksWhatWasReleasedUnlessTheVersionSaysSo(t *testing.T) {
	t.Parallel()
	released, err := os.ReadFile(filepath.Join("..", "..", "provider", "schema-released.json"))
	require.NoError(t, err)
	present, err := os.ReadFile(filepath.Join("..", "..", "provider", "schema.json"))
	require.NoError(t, err)
	allowed, err := MayBreak(versionOf(t, released), versionOf(t, present))
	require.NoError(t, err)
	breaks, err := Breaks(released, present)
	require.NoError(t, err)
	if !allowed {
		assert.Empty(t, breaks, "take it back, or raise the version in components/plugin.go:\n%s", strings.Join(breaks, "\n"))
	}
}

func versionOf(t *testing.T, schema []byte) string {
	t.Helper()
	var of struct{ Version string }
	require.NoError(t, json.Unmarshal(schema, &of))
	return of.Version
}

func TestTheMajorVersionAllowsBreaksAndBeforeOneTheMinorVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		earlier, present string
		want             bool
	}{
		{"0.1.0", "0.2.0", true},
		{"0.2.0", "0.2.1", false},
		{"0.2.0", "0.2.0", false},
		{"0.9.0", "1.0.0", true},
		{"1.0.0", "1.1.0", false},
		{"1.9.9", "2.0.0", true},
		{"2.0.0", "1.0.0", false},
	} {
		got, err := MayBreak(c.earlier, c.present)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "from %s to %s", c.earlier, c.present)
	}
	_, err := MayBreak("", "1.0.0")
	require.Error(t, err)
	_, err = MayBreak("1.0.0", "next")
	require.Error(t, err)
}

const earlierSchema = `{
	"provider": {"inputProperties": {"region": {"type": "string"}}},
	"config": {"variables": {"profile": {"type": "string"}}},
	"resources": {"p:index:Cdn": {
		"isComponent": true,
		"inputProperties": {"domain": {"type": "string", "plain": true}, "tags": {"type": "object", "additionalProperties": {"type": "string"}}},
		"requiredInputs": ["domain"],
		"properties": {"url": {"type": "string", "description": "old"}}, "required": ["url"]
	}},
	"types": {
		"p:index:Cache": {"type": "object", "properties": {"ttl": {"type": "integer"}, "policy": {"$ref": "#/types/p:index:Class"}}, "required": ["ttl"]},
		"p:index:Class": {"type": "string", "enum": [{"value": "all"}, {"value": "few"}]}
	},
	"functions": {"p:index:get": {
		"inputs": {"properties": {"name": {"type": "string"}}, "required": ["name"]},
		"outputs": {"properties": {"ids": {"type": "array", "items": {"type": "string"}}}, "required": ["ids"]}
	}}
}`

func TestEveryKindOfBreakIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ replace, by, want string }{
		"a resource that is gone":        {`"p:index:Cdn"`, `"p:index:Other"`, "resource p:index:Cdn is gone"},
		"a type that is gone":            {`"p:index:Cache":`, `"p:index:Other":`, "type p:index:Cache is gone"},
		"a function that is gone":        {`"p:index:get"`, `"p:index:other"`, "function p:index:get is gone"},
		"an input that is gone":          {`"tags":`, `"labels":`, "resource p:index:Cdn, input tags is gone"},
		"an output that is gone":         {`"url": {`, `"link": {`, "resource p:index:Cdn, property url is gone"},
		"an output of another type":      {`"url": {"type": "string"`, `"url": {"type": "integer"`, "property url has the type map[type:integer]"},
		"other elements of an input":     {`"additionalProperties": {"type": "string"}`, `"additionalProperties": {"type": "integer"}`, "input tags has the type"},
		"an input that is plain no more": {`, "plain": true`, ``, "input domain has the type map[type:string]"},
		"an output that may be missing":  {`"required": ["url"]`, `"required": []`, "property url may be missing now"},
		"a new required input": {`"requiredInputs": ["domain"]`, `"requiredInputs": ["domain", "bucket"]`,
			"has a new input bucket that must be given"},
		"an input that is required now": {`"requiredInputs": ["domain"]`, `"requiredInputs": ["domain", "tags"]`, "input tags must be given now"},
		"an input that replaces now": {`"plain": true`, `"plain": true, "willReplaceOnChanges": true`,
			"input domain replaces the resource now"},
		"a component that is none":              {`"isComponent": true`, `"isComponent": false`, "is a component now, or was one"},
		"a field of a type that is required":    {`"required": ["ttl"]`, `"required": ["ttl", "policy"]`, "type p:index:Cache, input policy must be given now"},
		"a value that is gone":                  {`, {"value": "few"}`, ``, "type p:index:Class has no value few any more"},
		"an enumeration of another type":        {`"type": "string", "enum"`, `"type": "integer", "enum"`, "type p:index:Class is integer, and was string"},
		"a function's input that is gone":       {`{"name": {`, `{"names": {`, "function p:index:get, input name is gone"},
		"a function's input that is required":   {`"required": ["name"]`, `"required": ["name", "zone"]`, "has a new input zone that must be given"},
		"a function's output of another type":   {`"items": {"type": "string"}`, `"items": {"type": "number"}`, "property ids has the type"},
		"an input of the provider that is gone": {`"region"`, `"place"`, "provider, input region is gone"},
		"configuration that is gone":            {`"profile"`, `"person"`, "configuration profile is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(earlierSchema, c.replace, c.by, 1)
			require.NotEqual(t, earlierSchema, changed)
			breaks, err := Breaks([]byte(earlierSchema), []byte(changed))
			require.NoError(t, err)
			assert.Contains(t, strings.Join(breaks, "\n"), c.want)
		})
	}
}

func TestWhatIsAddedOrSaidOtherwiseBreaksNothing(t *testing.T) {
	t.Parallel()
	changed := strings.NewReplacer(
		`"description": "old"`, `"description": "new"`,
		`"tags":`, `"comment": {"type": "string"}, "tags":`,
		`{"value": "few"}`, `{"value": "few"}, {"value": "one"}`,
		`"p:index:Cdn":`, `"p:index:New": {"requiredInputs": ["x"]}, "p:index:Cdn":`,
	).Replace(earlierSchema)
	breaks, err := Breaks([]byte(earlierSchema), []byte(changed))
	require.NoError(t, err)
	assert.Empty(t, breaks)
	breaks, err = Breaks([]byte(earlierSchema), []byte(earlierSchema))
	require.NoError(t, err)
	assert.Empty(t, breaks)
}

func TestWhatIsNoSchemaIsAnError(t *testing.T) {
	t.Parallel()
	_, err := Breaks([]byte("{"), []byte("{}"))
	require.Error(t, err)
	_, err = Breaks([]byte("{}"), []byte("["))
	require.Error(t, err)
}
