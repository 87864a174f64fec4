package infra

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
	"imagecdn/internal/golden"
)

// project is what Pulumi makes of Pulumi.yaml.
func project(t *testing.T) *workspace.Project {
	t.Helper()
	loaded, err := workspace.LoadProject(filepath.Join("..", "Pulumi.yaml"))
	require.NoError(t, err)
	return loaded
}

// arguments are the component's arguments, by which everything about the configuration is checked.
var arguments = reflect.TypeFor[components.ImageCdnArgs]()

// typeOf is the type that Pulumi.yaml gives an option.
func typeOf(field reflect.Type) string {
	switch field {
	case reflect.TypeFor[string](), reflect.TypeFor[pulumi.StringInput]():
		return "string"
	case reflect.TypeFor[[]string](), reflect.TypeFor[[]components.PathArgs]():
		return "array"
	}
	return "object"
}

func TestPulumiYamlDescribesTheConfiguration(t *testing.T) {
	t.Parallel()
	described := project(t)
	options := optionsOf(arguments)
	assert.Equal(t, Project, described.Name.String())
	assert.ElementsMatch(t, keys(options), keys(described.Config))
	for key, index := range options {
		field, entry := arguments.Field(index).Type, described.Config[key]
		require.NotNil(t, entry.Type, key)
		assert.Equal(t, typeOf(field), *entry.Type, key)
		assert.NotEmpty(t, entry.Description, key)
		for _, option := range optionsInside(field) {
			assert.Regexp(t, `\b`+option+`\b`, entry.Description, "%s is in it", key)
		}
	}
}

// optionsInside are the names of all options of a group, groups inside it included.
func optionsInside(group reflect.Type) []string {
	if group.Kind() != reflect.Struct {
		return nil
	}
	var all []string
	for key, index := range optionsOf(group) {
		all = append(append(all, key), optionsInside(group.Field(index).Type)...)
	}
	return all
}

func TestPulumiYamlHasNoDefaultThatSaysAnything(t *testing.T) {
	t.Parallel()
	for key, entry := range project(t).Config {
		want := map[string]any{"string": nil, "array": []any{}, "object": map[string]any{}}[*entry.Type]
		assert.Equal(t, want, entry.Default, "%s: defaults are the component's", key)
	}
}

func TestTheDefaultsOfPulumiYamlChangeNothing(t *testing.T) {
	t.Parallel()
	// Pulumi puts the defaults into the configuration of every stack.
	values := smallest()
	for key, entry := range project(t).Config {
		if entry.Default == nil {
			continue
		}
		encoded, err := json.Marshal(entry.Default)
		require.NoError(t, err)
		values[key] = string(encoded)
	}
	bare, full := newCloud(t), newCloud(t)
	require.NoError(t, bare.up(withValue("operation", "{}")))
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

// reading runs a program that has a stack configuration.
func reading(t *testing.T, values map[string]string, secrets []string, program func(ctx *pulumi.Context)) {
	t.Helper()
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		program(ctx)
		return nil
	}, pulumi.WithMocks(Project, "test", newCloud(t)), func(info *pulumi.RunInfo) {
		info.Config, info.ConfigSecretKeys = namespaced(values), secrets
	}))
}

// read runs readConfig on a stack configuration.
func read(t *testing.T, values map[string]string) (args components.ImageCdnArgs, faults []components.Fault) {
	t.Helper()
	reading(t, values, nil, func(ctx *pulumi.Context) { args, faults = readConfig(ctx) })
	return args, faults
}

// fill gives every option a value: the one that is lost most easily, where there is one.
func fill(t *testing.T, value reflect.Value, path string) {
	t.Helper()
	text := "text of " + path
	switch target := value.Addr().Interface().(type) {
	case *string:
		*target = text
	case *bool:
		*target = true
	case **bool:
		*target = new(false)
	case *pulumi.StringInput:
		*target = pulumi.String(text)
	case *pulumi.IntInput:
		*target = pulumi.Int(0)
	case *[]int:
		*target = []int{404, 503}
	case *[]string:
		*target = []string{text, "true", "4711"}
	case *[]pulumi.StringInput:
		*target = []pulumi.StringInput{pulumi.String(text), pulumi.String("true")}
	case *pulumi.StringMapInput:
		*target = pulumi.StringMap{"team": pulumi.String(`"quoted" <images> & 日本`), "empty": pulumi.String("")}
	case *map[string]pulumi.StringInput:
		*target = map[string]pulumi.StringInput{"b.example.com": pulumi.String(text)}
	default:
		if value.Kind() == reflect.Slice {
			value.Set(reflect.MakeSlice(value.Type(), 2, 2))
			for i := range value.Len() {
				fill(t, value.Index(i), fmt.Sprintf("%s[%d]", path, i))
			}
			return
		}
		require.Equal(t, reflect.Struct, value.Kind(), "%s is of a type that configurations do not have", path)
		for key, index := range optionsOf(value.Type()) {
			fill(t, value.Field(index), join(path, key))
		}
	}
}

func TestAConfigurationIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	full := components.ImageCdnArgs{}
	fill(t, reflect.ValueOf(&full).Elem(), "")
	for sentence, written := range map[string]components.ImageCdnArgs{
		"with every value": full,
		"with none":        {},
		"with texts that look like something else": {
			Domain: "true", Bucket: pulumi.String(`{"a"`), AdditionalDomains: []string{"null", "[1]"},
			Tags: pulumi.StringMap{"a": pulumi.String("4711"), "b": pulumi.String("true"), "c": pulumi.String("1.50")},
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			values, err := ConfigOf(written)
			require.NoError(t, err)
			got, faults := read(t, values)
			assert.Empty(t, faults)
			assert.Equal(t, written, got)
		})
	}
}

func TestEveryOptionHasItsOwnPlaceInTheConfiguration(t *testing.T) {
	t.Parallel()
	full := components.ImageCdnArgs{}
	fill(t, reflect.ValueOf(&full).Elem(), "")
	values, err := ConfigOf(full)
	require.NoError(t, err)
	assert.ElementsMatch(t, keys(optionsOf(arguments)), keys(values))
	for key, index := range optionsOf(arguments) {
		inside := optionsInside(arguments.Field(index).Type)
		for _, option := range inside {
			assert.Contains(t, values[key], `"`+option+`":`, key)
		}
	}
}

func TestAnOutputCannotBeWrittenIntoAConfiguration(t *testing.T) {
	t.Parallel()
	later := pulumi.String("later").ToStringOutput()
	for path, args := range map[string]components.ImageCdnArgs{
		"bucket":          {Bucket: later},
		"dns.zoneId":      {Dns: components.DnsArgs{ZoneId: later}},
		"dns.zoneIds.a.b": {Dns: components.DnsArgs{ZoneIds: map[string]pulumi.StringInput{"a.b": later}}},
		"cache.maxTtl":    {Cache: components.CacheArgs{MaxTtl: pulumi.Int(1).ToIntOutput()}},
		"tags.team":       {Tags: pulumi.StringMap{"team": later}},
		"tags":            {Tags: pulumi.StringMap{}.ToStringMapOutput()},

		"origin.keyArns[1]": {Origin: components.OriginArgs{KeyArns: []pulumi.StringInput{pulumi.String("arn"), later}}},
	} {
		_, err := ConfigOf(args)
		assert.ErrorContains(t, err, path+" is an output")
	}
	values, err := ConfigOf(components.ImageCdnArgs{Bucket: pulumi.ID("images")})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"bucket": "images"}, values, "an id is a text like any other")
}

func TestNumbersAndBooleansMayBeTexts(t *testing.T) {
	t.Parallel()
	want := components.ImageCdnArgs{
		Cache:     components.CacheArgs{MinTtl: pulumi.Int(0), MaxTtl: pulumi.Int(60)},
		Origin:    components.OriginArgs{CreateBucket: true, RetainBucket: new(false)},
		Operation: components.OperationArgs{WaitForDeployment: new(true)},
	}
	for sentence, values := range map[string]map[string]string{
		"as JSON has them": {
			"cache": `{"minTtl":0,"maxTtl":60}`, "origin": `{"createBucket":true,"retainBucket":false}`, "operation": `{"waitForDeployment":true}`,
		},
		"as texts": {
			"cache": `{"minTtl":"0","maxTtl":"60"}`, "origin": `{"createBucket":"true","retainBucket":"false"}`,
			"operation": `{"waitForDeployment":"true"}`,
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			got, faults := read(t, values)
			assert.Empty(t, faults)
			assert.Equal(t, want, got)
		})
	}
}

func TestTheValuesOfTagsKeepTheirSpelling(t *testing.T) {
	t.Parallel()
	got, faults := read(t, map[string]string{"tags": `{"a":4711,"b":true,"c":1.50,"d":1e3,"e":"007","f":12345678901234567890}`})
	assert.Empty(t, faults)
	assert.Equal(t, pulumi.StringMap{
		"a": pulumi.String("4711"), "b": pulumi.String("true"), "c": pulumi.String("1.50"), "d": pulumi.String("1e3"),
		"e": pulumi.String("007"), "f": pulumi.String("12345678901234567890"),
	}, got.Tags)
}

// unreadable is a value of the configuration that cannot be read, and how it is reported.
type unreadable struct{ key, value, field, shown, problem, cure string }

func unreadables() map[string]unreadable {
	return map[string]unreadable{
		"a list as text": {
			"additionalDomains", "a.example.com,b.example.com", "additionalDomains", "a.example.com,b.example.com",
			"must be a list", "--path 'additionalDomains[0]' VALUE",
		},
		"a list in a list":      {"additionalDomains", `["a",["b"]]`, "additionalDomains[1]", `["b"]`, "single value", "--path additionalDomains[1] VALUE"},
		"an object as domain":   {"domain", `{"a":"b"}`, "domain", `{"a":"b"}`, "single value", "--path domain VALUE"},
		"tags as text":          {"tags", "team=images", "tags", "team=images", "must be an object", "--path tags.NAME VALUE"},
		"an object as tag":      {"tags", `{"a":{"b":"<c>"}}`, "tags.a", `{"b":"<c>"}`, "single value", "--path tags.a VALUE"},
		"nothing as tag":        {"tags", `{"a":null}`, "tags.a", "null", "single value", "--path tags.a VALUE"},
		"a zone that is none":   {"dns", `{"zoneIds":{"a":[]}}`, "dns.zoneIds.a", "[]", "single value", "--path dns.zoneIds.a VALUE"},
		"a group as text":       {"cache", "60", "cache", "60", "a group of options", "--path cache.OPTION VALUE"},
		"paths as text":         {"paths", "/new/*", "paths", "/new/*", "must be a list", "--path 'paths[0].OPTION' VALUE"},
		"a path as text":        {"paths", `["/new/*"]`, "paths[0]", "/new/*", "a group of options", "--path paths[0].OPTION VALUE"},
		"a number in a path":    {"paths", `[{"pattern":"a","cache":{"minTtl":"b"}}]`, "paths[0].cache.minTtl", "b", "a whole number", ""},
		"two objects":           {"cache", `{"minTtl":1} {"maxTtl":2}`, "cache", `{"minTtl":1} {"maxTtl":2}`, "a group of options", ""},
		"yes":                   {"origin", `{"createBucket":"yes"}`, "origin.createBucket", "yes", "true or false", "--path origin.createBucket VALUE"},
		"1 for true":            {"operation", `{"waitForDeployment":1}`, "operation.waitForDeployment", "1", "true or false", ""},
		"a fraction":            {"cache", `{"minTtl":1.5}`, "cache.minTtl", "1.5", "a whole number", "--path cache.minTtl VALUE"},
		"a status that is none": {"origin", `{"failover":{"statusCodes":["5xx"]}}`, "origin.failover.statusCodes[0]", "5xx", "a whole number", ""},
		"a power":               {"cache", `{"minTtl":1e3}`, "cache.minTtl", "1e3", "a whole number", ""},
		"a unit":                {"cache", `{"defaultTtl":"1d"}`, "cache.defaultTtl", "1d", "a whole number", ""},
		"a boolean as number":   {"cache", `{"errorTtl":true}`, "cache.errorTtl", "true", "a whole number", ""},
	}
}

func TestAValueThatCannotBeReadIsReportedWithItsCure(t *testing.T) {
	t.Parallel()
	for sentence, test := range unreadables() {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			_, faults := read(t, map[string]string{test.key: test.value})
			require.Len(t, faults, 1)
			assert.Equal(t, test.field, faults[0].Field)
			assert.Equal(t, test.shown, faults[0].Value)
			assert.Contains(t, faults[0].Problem, test.problem)
			assert.Contains(t, faults[0].Cure, test.cure)
		})
	}
}

func TestTheDocumentationHasWhatIsSaidOfAConfigurationThatCannotBeRead(t *testing.T) {
	t.Parallel()
	cases := map[string]map[string]string{
		"a key of a version before 0.2.0": {"minTtl": "60"}, "a misspelt key": {"cache": `{"maxTTL":60}`}, "an unknown key": {"zoom": "on"},
	}
	for sentence, test := range unreadables() {
		cases[sentence] = map[string]string{test.key: test.value}
	}
	rows := []string{"| given | message |", "|---|---|"}
	for _, sentence := range slices.Sorted(maps.Keys(cases)) {
		for _, fault := range readProcess(t, cases[sentence]) {
			rows = append(rows, "| "+sentence+" | "+golden.Code(fault.String())+" |")
		}
	}
	golden.Table(t, "../docs/wrong-inputs.md", "configuration", rows)
}

func TestAKeyOfAnEarlierVersionIsReportedWithItsNewName(t *testing.T) {
	t.Parallel()
	for old, path := range movedKeys {
		_, faults := read(t, map[string]string{old: "60"})
		require.Len(t, faults, 1, old)
		assert.Equal(t, old, faults[0].Field)
		assert.Contains(t, faults[0].Problem, "is now "+path)
		assert.Contains(t, faults[0].Cure, "pulumi config set --path "+path+" VALUE && pulumi config rm "+old)
		assert.NotContains(t, optionsOf(arguments), old, "it would be read")
		group, option, _ := strings.Cut(path, ".")
		index, known := optionsOf(arguments)[group]
		require.True(t, known, path)
		assert.Contains(t, optionsOf(arguments.Field(index).Type), option)
	}
}

func TestAMisspeltKeyIsReportedWithTheOneThatIsMeant(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct{ key, value, field, cure string }{
		"at the top":       {"aditionalDomains", "a.example.com", "aditionalDomains", "Did you mean additionalDomains?"},
		"inside a group":   {"cache", `{"maxTTL":60}`, "cache.maxTTL", "Did you mean cache.maxTtl?"},
		"two groups down":  {"identities", `{"dns":{"rolearn":"x"}}`, "identities.dns.rolearn", "Did you mean identities.dns.roleArn?"},
		"like nothing":     {"zoom", "on", "zoom", "There are additionalDomains, adopt, bucket, cache,"},
		"like none inside": {"origin", `{"encryption":"kms"}`, "origin.encryption", "There are createBucket, domainName, failover, grant, keyArns, keyGrant, mounts, prefix, retainBucket"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			faults := readProcess(t, map[string]string{test.key: test.value})
			require.Len(t, faults, 1)
			assert.Equal(t, test.field, faults[0].Field)
			assert.Contains(t, faults[0].Problem, "no such option")
			assert.Contains(t, faults[0].Cure, test.cure)
		})
	}
}

// readProcess reads a configuration as a program that is a process does: it has the whole of it.
func readProcess(t *testing.T, values map[string]string, secrets ...string) (faults []components.Fault) {
	t.Helper()
	encoded, err := json.Marshal(namespaced(values))
	require.NoError(t, err)
	reading(t, values, secrets, func(ctx *pulumi.Context) {
		_, faults = readConfig(ctx)
		r := &configReader{}
		r.unknownKeys(ctx, string(encoded), optionsOf(arguments))
		faults = append(faults, r.faults...)
	})
	return faults
}

func TestKeysOfOthersAreNotMisspelt(t *testing.T) {
	t.Parallel()
	assert.Empty(t, readProcess(t, map[string]string{"aws:domian": "x", "domain": "cdn.example.com", "other:bucket": "x"}))
	assert.Len(t, readProcess(t, map[string]string{"webAcl": "none"}), 1, "an old key is reported once")
}

func TestASecretIsInNoMessage(t *testing.T) {
	t.Parallel()
	for key, value := range map[string]string{
		"tags": "hidden", "cache": `{"minTtl":"hidden"}`, "webAcl": "hidden", "domian": "hidden",
	} {
		faults := readProcess(t, map[string]string{key: value}, Project+":"+key)
		require.Len(t, faults, 1, key)
		assert.NotContains(t, faults[0].String(), "hidden")
	}
}

func TestFaultsComeInTheSameOrderEveryTime(t *testing.T) {
	t.Parallel()
	values := map[string]string{"cache": "x", "dns": "x", "tags": "x", "webAcl": "x", "minTtl": "x", "origin": "x"}
	_, first := read(t, values)
	assert.Len(t, first, len(values))
	for range 5 {
		_, again := read(t, values)
		assert.Equal(t, first, again)
	}
}

func FuzzNoConfigurationMakesTheReaderPanic(f *testing.F) {
	for _, key := range slices.Sorted(maps.Keys(optionsOf(arguments))) {
		for _, value := range []string{"[]", `{"a":"b"}`, "{}", "null", `{"dns":{"profile":1}}`, `{"minTtl":1}`} {
			f.Add(key, value)
		}
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		index, known := optionsOf(arguments)[key]
		if !known {
			return
		}
		r, args := &configReader{}, components.ImageCdnArgs{}
		r.read(key, parse(value), reflect.ValueOf(&args).Elem().Field(index))
		_, err := ConfigOf(args)
		require.NoError(t, err)
	})
}
