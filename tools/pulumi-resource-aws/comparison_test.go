package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/tools/pulumi-resource-aws/internal/standin"
	"imagecdn/tools/pulumi-resource-aws/internal/translate"
)

// accepted are the differences that do no harm, each with the reason. One that is no longer there must go.
var accepted = []struct{ pattern, reason string }{
	{`^resource .*\((in|out)\)\.id: only here`, "Pulumi keeps the id apart; no program sets it among the inputs"},
	{`^function .*\(in\)\.id: only here`, "Terraform's id of a data source can be given; no program gives it"},
	{`\(in\)\.tagsAll: only here`, "computed from tags and the provider's default tags; pulumi-aws has it as an output only"},
	{`\.timeouts: only here`, "where Terraform takes what is the option customTimeouts in Pulumi"},
	{`MetricAlarm.*(alarmActions|okActions|insufficientDataActions)\[\]: string here, any there`,
		"the SDK takes the ARN as text or as a topic; it sends the ARN"},
	{`BucketObjectv2.*\.bucket: string here, any there`, "the SDK takes the name as text or as a bucket; it sends the name"},
	{`BucketObjectv2.*\.source: string here, asset there`, "assets are refused: content and contentBase64 are there"},
	{`WebAcl.*tatement: only there`, "the SDK shares the types of nested statements and so allows one level that AWS refuses"},
}

func TestTheStandInSpeaksPulumiAWS(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := startPlugin(t).GetSchema(ctx, &pulumirpc.GetSchemaRequest{})
	require.NoError(t, err)
	var s packageSchema
	require.NoError(t, json.Unmarshal([]byte(out.GetSchema()), &s))
	require.Len(t, s.Resources, len(sdkResources))
	require.Len(t, s.Functions, len(sdkFunctions))

	c := comparison{types: s.Types}
	for _, r := range translate.Resources() {
		args, state := sdkResources[r.SDK][0], sdkResources[r.SDK][1]
		require.NotNil(t, args, "%s: name its Go types in sdk_test.go", r.SDK)
		c.object("resource "+r.SDK+"(in)", s.Resources[r.SDK].Inputs, args)
		c.object("resource "+r.SDK+"(out)", s.Resources[r.SDK].Properties, state)
	}
	for _, f := range translate.Functions() {
		args, result := sdkFunctions[f.SDK][0], sdkFunctions[f.SDK][1]
		require.NotNil(t, result, "%s: name its Go types in sdk_test.go", f.SDK)
		c.object("function "+f.SDK+"(in)", s.Functions[f.SDK].Inputs.Properties, args)
		c.object("function "+f.SDK+"(out)", s.Functions[f.SDK].Outputs.Properties, result)
	}
	c.object("configuration", s.Config.Variables, sdkConfiguration)

	assertAccepted(t, c.differences)
}

func assertAccepted(t *testing.T, differences []string) {
	t.Helper()
	slices.Sort(differences)
	used := make([]bool, len(accepted))
	for _, d := range differences {
		i := slices.IndexFunc(accepted, func(a struct{ pattern, reason string }) bool {
			return regexp.MustCompile(a.pattern).MatchString(d)
		})
		if assert.NotEqual(t, -1, i, d) {
			used[i] = true
		}
	}
	for i, a := range accepted {
		assert.True(t, used[i], "no longer a difference: %s", a.pattern)
	}
}

func TestTheVersionIsThatOfTheSDK(t *testing.T) {
	t.Parallel()
	requirements, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	assert.Contains(t, string(requirements), "github.com/pulumi/pulumi-aws/sdk/v6 v"+standin.Version+"\n")
}

// packageSchema is as much of a package's schema as is compared.
type packageSchema struct {
	Config    struct{ Variables map[string]property }
	Types     map[string]struct{ Properties map[string]property }
	Resources map[string]struct {
		Inputs     map[string]property `json:"inputProperties"`
		Properties map[string]property
	}
	Functions map[string]struct {
		Inputs  struct{ Properties map[string]property }
		Outputs struct{ Properties map[string]property }
	}
}

type property struct {
	Type       string
	Ref        string `json:"$ref"`
	Items      *property
	Additional *property `json:"additionalProperties"`
}

// comparison collects how the stand-in's schema (here) differs from the SDK's Go types (there).
type comparison struct {
	types       map[string]struct{ Properties map[string]property }
	differences []string
}

func (c *comparison) differ(format string, args ...any) {
	c.differences = append(c.differences, fmt.Sprintf(format, args...))
}

func (c *comparison) object(path string, here map[string]property, there reflect.Type) {
	tagged := make(map[string]reflect.Type)
	if there != nil {
		for field := range fieldsOf(there) {
			if name := field.Tag.Get("pulumi"); name != "" {
				tagged[name] = field.Type
			}
		}
	}
	for name, p := range here {
		if t, both := tagged[name]; both {
			c.value(path+"."+name, p, t)
			continue
		}
		c.differ("%s.%s: only here", path, name)
	}
	for name := range tagged {
		if _, both := here[name]; !both {
			c.differ("%s.%s: only there", path, name)
		}
	}
}

func fieldsOf(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for field := range t.Fields() {
			if !yield(field) {
				return
			}
		}
	}
}

func (c *comparison) value(path string, here property, there reflect.Type) {
	for there.Kind() == reflect.Pointer {
		there = there.Elem()
	}
	shapeHere, shapeThere := here.shape(), shapeOf(there)
	if shapeHere != shapeThere {
		c.differ("%s: %s here, %s there", path, shapeHere, shapeThere)
		return
	}
	switch shapeHere {
	case "list":
		c.value(path+"[]", *here.Items, there.Elem())
	case "map":
		if here.Additional != nil {
			c.value(path+"{}", *here.Additional, there.Elem())
		}
	case "object":
		c.object(path, c.types[strings.TrimPrefix(here.Ref, "#/types/")].Properties, there)
	}
}

func (p property) shape() string {
	switch {
	case strings.HasSuffix(p.Ref, "#/Any"):
		return "any"
	case p.Ref != "":
		return "object"
	}
	if named, ok := map[string]string{"array": "list", "object": "map", "integer": "number"}[p.Type]; ok {
		return named
	}

	return p.Type
}

func shapeOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "list"
	case reflect.Map:
		return "map"
	case reflect.Struct:
		return "object"
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Float64:
		return "number"
	case reflect.Interface:
		if t.NumMethod() > 0 {
			return "asset"
		}

		return "any"
	default:
		return t.String()
	}
}
