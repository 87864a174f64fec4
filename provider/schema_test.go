package provider

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/packageschema"
)

// The schema of resources, functions and the provider is written by hand; this is what keeps it to the code.
func TestTheSchemaDescribesWhatTheProviderTakesAndGives(t *testing.T) {
	t.Parallel()
	out, err := start(t).GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{})
	require.NoError(t, err)
	type object struct{ Properties, InputProperties map[string]any }
	var schema struct {
		Name, Version string
		Provider      object
		Resources     map[string]object
		Types         map[string]object
		Functions     map[string]struct{ Inputs, Outputs object }
	}
	require.NoError(t, json.Unmarshal([]byte(out.GetSchema()), &schema))
	assert.Equal(t, Name, schema.Name)
	assert.Equal(t, Version, schema.Version)
	requireKeys(t, schema.Provider.InputProperties, names(configKeys...))
	requireInputs(t, schema.Resources[string(StatementToken)].InputProperties, statementShapes)
	requireInputs(t, schema.Resources[string(KeyStatementToken)].InputProperties, keyStatementShapes)
	requireInputs(t, schema.Resources[string(RecordToken)].InputProperties, recordShapes)
	requireKeys(t, schema.Resources[string(StatementToken)].Properties,
		append(shapeNames(statementShapes), names(sidKey, statementKey)...))
	requireKeys(t, schema.Resources[string(KeyStatementToken)].Properties,
		append(shapeNames(keyStatementShapes), names(sidKey, statementKey)...))
	requireKeys(t, schema.Resources[string(RecordToken)].Properties, append(shapeNames(recordShapes), names(fqdnKey)...))
	for name, function := range map[string]struct {
		shapes []shape
		answer any
	}{
		"getBucket": {bucketShapes, foundBucket{}}, "getDomains": {domainsShapes, foundDomains{}}, "getEdge": {edgeShapes, foundEdge{}},
		"getKey": {keyShapes, foundKey{}},
	} {
		described := schema.Functions[Name+":index:"+name]
		requireInputs(t, described.Inputs.Properties, function.shapes)
		requireKeys(t, described.Outputs.Properties, tags(function.answer))
	}
	for name, answer := range map[string]any{
		"Domain": foundDomain{}, "Zone": foundZone{}, "ZoneReference": zoneRef{}, "Record": foundRecord{},
		"Part": foundPart{}, "FoundCertificate": foundCertificate{}, "FoundDistributions": foundClaims{}, "FoundDistribution": foundDistribution{},
		"ConflictingName": foundConflict{},
	} {
		requireKeys(t, schema.Types[Name+":index:"+name].Properties, tags(answer))
	}
}

func requireInputs(t *testing.T, described map[string]any, shapes []shape) {
	t.Helper()
	requireKeys(t, described, shapeNames(shapes))
}

// requireKeys compares what is described with what the code has, and wants a description of each.
func requireKeys(t *testing.T, described map[string]any, want []string) {
	t.Helper()
	assert.ElementsMatch(t, want, slices.Collect(maps.Keys(described)))
	for key, property := range described {
		assert.NotEmpty(t, property.(map[string]any)["description"], key)
	}
}

func shapeNames(shapes []shape) []string {
	var keys []resource.PropertyKey
	for _, s := range shapes {
		keys = append(keys, s.key)
	}
	return names(keys...)
}

func names(keys ...resource.PropertyKey) []string {
	var names []string
	for _, key := range keys {
		names = append(names, string(key))
	}
	return names
}

// tags are the names under which a struct's fields are sent.
func tags(answer any) []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(answer)) {
		name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		names = append(names, name)
	}
	return names
}

func TestTheCommittedSchemaSaysWhatTheComponentsSay(t *testing.T) {
	t.Parallel()
	base, err := os.ReadFile("resources.json")
	require.NoError(t, err)
	derived, err := packageschema.Complete(base, filepath.Join("..", "components"))
	require.NoError(t, err)
	assert.Equal(t, string(derived), string(schema), "run make schema")
}
