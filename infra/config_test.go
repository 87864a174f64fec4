package infra

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
)

// project is what Pulumi makes of Pulumi.yaml.
func project(t *testing.T) *workspace.Project {
	t.Helper()
	loaded, err := workspace.LoadProject(filepath.Join("..", "Pulumi.yaml"))
	require.NoError(t, err)
	return loaded
}

// settings are the fields of Config by configuration key.
func settings() map[string]reflect.Type {
	found := map[string]reflect.Type{}
	for field := range reflect.TypeFor[Config]().Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		found[key] = field.Type
	}
	return found
}

func TestPulumiYamlDescribesTheConfiguration(t *testing.T) {
	t.Parallel()
	described := project(t)
	assert.Equal(t, Project, described.Name.String())
	assert.ElementsMatch(t, keys(settings()), keys(described.Config))
	types := map[reflect.Kind]string{reflect.String: "string", reflect.Slice: "array", reflect.Map: "object"}
	pointers := map[reflect.Kind]string{reflect.Int: "integer", reflect.Bool: "boolean"}
	for key, field := range settings() {
		want := types[field.Kind()]
		if field.Kind() == reflect.Pointer {
			want = pointers[field.Elem().Kind()]
		}
		entry := described.Config[key]
		require.NotNil(t, entry.Type, key)
		assert.Equal(t, want, *entry.Type, key)
		assert.NotEmpty(t, entry.Description, key)
	}
}

func TestPulumiYamlHasTheDefaultsOfTheCode(t *testing.T) {
	t.Parallel()
	want := map[string]any{
		"domain": nil, "bucket": nil, // required
		"additionalDomains": []any{}, "zoneId": "", "zoneIds": map[string]any{}, "tags": map[string]any{}, "cachePolicyId": "",
		"createBucket": false, "waitForDeployment": true,
		"webAcl":            components.WebAclManaged,
		"minTtl":            components.DefaultMinTtl,
		"defaultTtl":        components.DefaultDefaultTtl,
		"maxTtl":            components.DefaultMaxTtl,
		"errorTtl":          components.DefaultErrorTtl,
		"priceClass":        components.DefaultPriceClass,
		"validationTimeout": strings.TrimSuffix(components.DefaultValidationTimeout.String(), "0s"),
	}
	got := map[string]any{}
	for key, entry := range project(t).Config {
		got[key] = entry.Default
	}
	assert.Equal(t, want, got)
}

func TestTheDefaultsOfPulumiYamlChangeNothing(t *testing.T) {
	t.Parallel()
	// Pulumi puts the defaults into the configuration of every stack.
	values := smallest()
	for key, entry := range project(t).Config {
		if entry.Default == nil {
			continue
		}
		text, isText := entry.Default.(string)
		if !isText {
			encoded, err := json.Marshal(entry.Default)
			require.NoError(t, err)
			text = string(encoded)
		}
		values[key] = text
	}
	bare, full := newCloud(t), newCloud(t)
	require.NoError(t, bare.up(smallest()))
	require.NoError(t, full.up(values))
	require.ElementsMatch(t, keys(bare.registered), keys(full.registered))
	for name, r := range bare.registered {
		assert.Equal(t, r.Inputs, full.registered[name].Inputs, name)
		assert.Equal(t, r.RegisterRPC.GetCustomTimeouts(), full.registered[name].RegisterRPC.GetCustomTimeouts(), name)
	}
	assert.Equal(t, bare.outputs, full.outputs)
}

func TestTheTemplateAsksForWhatIsRequired(t *testing.T) {
	t.Parallel()
	template := project(t).Template
	require.NotNil(t, template)
	assert.ElementsMatch(t, []string{"aws:region", "domain", "bucket"}, keys(template.Config))
}

// read runs readConfig on a stack configuration.
func read(t *testing.T, values map[string]string) (c Config, faults []components.Fault) {
	t.Helper()
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		c, faults = readConfig(ctx)
		return nil
	}, pulumi.WithMocks(Project, "test", newCloud(t)), func(info *pulumi.RunInfo) { info.Config = namespaced(values) }))
	return c, faults
}

func TestAConfigurationIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	full := Config{
		Domain: "cdn.example.com", AdditionalDomains: []string{"*.example.com", "b.example.com"}, Bucket: "images",
		CreateBucket: new(true), ZoneId: "Z1", ZoneIds: map[string]string{"b.example.com": "Z2"}, WebAcl: "none",
		MinTtl: new(0), DefaultTtl: new(60), MaxTtl: new(31536000), ErrorTtl: new(0), CachePolicyId: "658327ea",
		PriceClass: "PriceClass_100", WaitForDeployment: new(false), ValidationTimeout: "1h30m",
		Tags: map[string]string{"team": `"quoted" <images> & 日本`},
	}
	value := reflect.ValueOf(full)
	for i := range value.NumField() {
		require.False(t, value.Field(i).IsZero(), "%s is to be tried, too", value.Type().Field(i).Name)
	}
	for sentence, written := range map[string]Config{
		"with every value": full, "with none": {}, "with texts that look like something else": {Domain: "true", Bucket: "12", ZoneId: `{"a"`},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			values, err := written.Values()
			require.NoError(t, err)
			got, faults := read(t, values)
			assert.Empty(t, faults)
			assert.Equal(t, written, got)
		})
	}
}

func TestAValueThatCannotBeReadIsReportedWithItsCure(t *testing.T) {
	t.Parallel()
	for key, test := range map[string]struct{ value, problem, cure string }{
		"additionalDomains": {"a.example.com,b.example.com", "a list of texts", "--path 'additionalDomains[0]' VALUE"},
		"zoneIds":           {`{"cdn.example.com": 7}`, "a map of texts", "--path 'zoneIds.NAME' VALUE"},
		"tags":              {"team=images", "a map of texts", "--path 'tags.NAME' VALUE"},
		"createBucket":      {"yes", "true or false", "createBucket true"},
		"waitForDeployment": {"1", "true or false", "waitForDeployment true"},
		"minTtl":            {"1.5", "a whole number", "minTtl 60"},
		"defaultTtl":        {"1d", "a whole number", "defaultTtl 60"},
		"maxTtl":            {`"60"`, "a whole number", "maxTtl 60"},
		"errorTtl":          {"5 6", "a whole number", "errorTtl 60"},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			_, faults := read(t, map[string]string{key: test.value})
			require.Len(t, faults, 1)
			assert.Equal(t, key, faults[0].Field)
			assert.Equal(t, test.value, faults[0].Value)
			assert.Contains(t, faults[0].Problem, test.problem)
			assert.Contains(t, faults[0].Cure, test.cure)
		})
	}
}

func TestTheValidationTimeoutIsADuration(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"45", "soon", "0s", "-5m"} {
		faults := newCloud(t).faults(withValue("validationTimeout", wrong))
		require.Len(t, faults, 1, wrong)
		assert.Equal(t, "validationTimeout", faults[0].Field)
		assert.Equal(t, wrong, faults[0].Value)
	}
	c := newCloud(t)
	require.NoError(t, c.up(withValue("validationTimeout", "1h30m")))
	assert.Equal(t, "1h30m0s", c.registered["cdn-certificate-validated"].RegisterRPC.GetCustomTimeouts().GetCreate())
}

func TestEveryValueReachesTheComponent(t *testing.T) {
	t.Parallel()
	written := Config{
		Domain: "cdn.example.com", AdditionalDomains: []string{"b.example.com"}, Bucket: "images", CreateBucket: new(true),
		ZoneId: "Z1", ZoneIds: map[string]string{"b.example.com": "Z2"}, WebAcl: "none", MinTtl: new(1), DefaultTtl: new(2),
		MaxTtl: new(3), ErrorTtl: new(4), CachePolicyId: "id", PriceClass: "PriceClass_100", WaitForDeployment: new(false),
		ValidationTimeout: "90s", Tags: map[string]string{"team": "images"},
	}
	args, faults := written.args()
	assert.Empty(t, faults)
	config, component := reflect.ValueOf(written), reflect.ValueOf(args)
	for field := range config.Type().Fields() {
		given := component.FieldByName(field.Name)
		require.True(t, given.IsValid(), field.Name)
		assert.False(t, given.IsZero(), "%s is lost", field.Name)
		if field.Type.Kind() != reflect.Map && field.Name != "ValidationTimeout" {
			assert.Equal(t, fmt.Sprint(reflect.Indirect(config.FieldByName(field.Name))), fmt.Sprint(reflect.Indirect(given)), field.Name)
		}
	}
	assert.Equal(t, written.ZoneIds, args.ZoneIds)
	assert.Equal(t, "1m30s", args.ValidationTimeout.String())
	assert.Equal(t, pulumi.StringMap{"team": pulumi.String("images")}, args.Tags)
}

func FuzzNoConfigurationMakesTheReaderPanic(f *testing.F) {
	for key := range settings() {
		f.Add(key, "[]")
		f.Add(key, `{"a":"b"}`)
		f.Add(key, "null")
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		target := reflect.New(reflect.TypeFor[Config]()).Elem()
		for i := range target.NumField() {
			name, _, _ := strings.Cut(target.Type().Field(i).Tag.Get("json"), ",")
			if name == key && decode(value, target.Field(i)) == nil {
				_, err := target.Interface().(Config).Values()
				require.NoError(t, err)
			}
		}
	})
}
