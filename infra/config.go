package infra

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"imagecdn/components"
)

// Project is the name of the Pulumi project, as in Pulumi.yaml. A project made
// from it by `pulumi new` has a name of its own: the configuration is read from
// whatever project runs.
const Project = "imagecdn"

// movedKeys are the keys of versions before 0.2.0, and where they went.
var movedKeys = map[string]string{
	"createBucket": "origin.createBucket", "zoneId": "dns.zoneId", "zoneIds": "dns.zoneIds",
	"webAcl": "protection.webAcl", "minTtl": "cache.minTtl", "defaultTtl": "cache.defaultTtl", "maxTtl": "cache.maxTtl",
	"errorTtl": "cache.errorTtl", "cachePolicyId": "cache.policyId", "priceClass": "operation.priceClass",
	"waitForDeployment": "operation.waitForDeployment", "validationTimeout": "certificate.validationTimeout",
}

// readConfig reads the stack's configuration, which has the names and the shape of the
// component's arguments, and says of each value that cannot be read what is wrong.
func readConfig(ctx *pulumi.Context) (components.ImageCdnArgs, []components.Fault) {
	args := components.ImageCdnArgs{}
	r := &configReader{}
	stack := config.New(ctx, "")
	options := optionsOf(reflect.TypeFor[components.ImageCdnArgs]())
	for key, index := range options {
		text, err := stack.Try(key)
		if err != nil {
			continue // not set
		}
		r.secret = ctx.IsConfigSecret(ctx.Project() + ":" + key)
		r.read(key, parse(text), reflect.ValueOf(&args).Elem().Field(index))
	}
	for _, key := range slices.Sorted(maps.Keys(movedKeys)) {
		if text, err := stack.Try(key); err == nil {
			r.secret = ctx.IsConfigSecret(ctx.Project() + ":" + key)
			r.fail(key, text, "this key is now "+movedKeys[key],
				"Move it: pulumi config set --path "+movedKeys[key]+" VALUE && pulumi config rm "+key)
		}
	}
	r.unknownKeys(ctx, os.Getenv("PULUMI_CONFIG"), options)
	slices.SortFunc(r.faults, func(a, b components.Fault) int { return strings.Compare(a.Field, b.Field) })
	return args, r.faults
}

// optionsOf are the fields of a struct of arguments by configuration key. Those without
// a name there are for Go programs only.
func optionsOf(t reflect.Type) map[string]int {
	options := map[string]int{}
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("pulumi"); key != "" {
			options[key] = i
		}
	}
	return options
}

// parse is a value of the configuration: JSON where it is an object or a list, else text.
func parse(text string) any {
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return text
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber() // 4711 is a tag's value as it is written
	var value any
	if decoder.Decode(&value) != nil || decoder.More() {
		return text
	}
	return value
}

// configReader collects faults while it fills arguments.
type configReader struct {
	secret bool // whether the key being read is
	faults []components.Fault
}

func (r *configReader) fail(field, value, problem, cure string) {
	if r.secret {
		value = "[secret]"
	}
	r.faults = append(r.faults, components.Fault{Field: field, Value: value, Problem: problem, Cure: cure})
}

// unknownKeys reports what is set and read by nobody. all is the whole configuration as
// the engine gives it to a program that is a process.
func (r *configReader) unknownKeys(ctx *pulumi.Context, all string, options map[string]int) {
	set := map[string]string{}
	if json.Unmarshal([]byte(all), &set) != nil {
		return // an inline program: its configuration comes from a typed spec
	}
	for full, text := range set {
		key, ours := strings.CutPrefix(full, ctx.Project()+":")
		_, known := options[key]
		_, moved := movedKeys[key]
		if ours && !known && !moved {
			r.secret = ctx.IsConfigSecret(full)
			r.unknown("", key, text, options)
		}
	}
}

func (r *configReader) unknown(group, key, text string, options map[string]int) {
	keys := slices.Sorted(maps.Keys(options))
	nearest := slices.MinFunc(keys, func(a, b string) int {
		return levenshtein.Distance(key, a, nil) - levenshtein.Distance(key, b, nil)
	})
	cure := "There are " + strings.Join(keys, ", ")
	if levenshtein.Distance(key, nearest, nil) <= 1+len(key)/4 {
		cure = "Did you mean " + group + nearest + "?"
	}
	r.fail(group+key, text, "there is no such option", cure)
}

// read fills one argument; path is what people call it.
func (r *configReader) read(path string, value any, into reflect.Value) {
	switch target := into.Addr().Interface().(type) {
	case *string:
		r.scalar(path, value, func(text string) error { *target = text; return nil })
	case *bool:
		r.scalar(path, value, func(text string) (err error) { *target, err = parseBool(text); return err })
	case **bool:
		r.scalar(path, value, func(text string) error {
			flag, err := parseBool(text)
			*target = &flag
			return err
		})
	case *pulumi.StringInput:
		r.scalar(path, value, func(text string) error { *target = r.text(text); return nil })
	case *pulumi.IntInput:
		r.scalar(path, value, func(text string) error { return readInt(text, target) })
	case *[]string:
		r.list(path, value, func(text string) { *target = append(*target, text) })
	case *[]pulumi.StringInput:
		r.list(path, value, func(text string) { *target = append(*target, r.text(text)) })
	case *[]int:
		r.numbers(path, value, target)
	case *pulumi.StringMapInput:
		texts := pulumi.StringMap{}
		if r.texts(path, value, texts); len(texts) > 0 { // Pulumi.yaml's default is an empty one
			*target = texts
		}
	case *map[string]pulumi.StringInput:
		texts := map[string]pulumi.StringInput{}
		if r.texts(path, value, texts); len(texts) > 0 {
			*target = texts
		}
	default:
		if into.Kind() == reflect.Slice {
			r.groups(path, value, into)
			return
		}
		r.group(path, value, into)
	}
}

func (r *configReader) text(text string) pulumi.StringInput {
	if r.secret {
		return pulumi.ToSecret(pulumi.String(text)).(pulumi.StringOutput)
	}
	return pulumi.String(text)
}

// errors of single values; their text is what a person reads.
var (
	errNotBool   = errors.New("true or false")
	errNotNumber = errors.New("a whole number")
)

func parseBool(text string) (bool, error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, errNotBool
}

func readInt(text string, target *pulumi.IntInput) error {
	number, err := strconv.Atoi(text)
	if err != nil {
		return errNotNumber
	}
	*target = pulumi.Int(number)
	return nil
}

func (r *configReader) scalar(path string, value any, set func(string) error) {
	text, isScalar := scalarText(value)
	if !isScalar {
		r.fail(path, jsonText(value), "it must be a single value", "Set it: pulumi config set --path "+path+" VALUE")
		return
	}
	if err := set(text); err != nil {
		r.fail(path, text, "it cannot be read as "+err.Error(), "Set it: pulumi config set --path "+path+" VALUE")
	}
}

// scalarText is a text, a number or a boolean as it is written.
func scalarText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

func (r *configReader) list(path string, value any, add func(text string)) {
	elements, isList := value.([]any)
	if !isList {
		r.fail(path, jsonText(value), "it must be a list", "Set it: pulumi config set --path '"+path+"[0]' VALUE")
		return
	}
	for i, element := range elements {
		r.scalar(path+"["+strconv.Itoa(i)+"]", element, func(text string) error { add(text); return nil })
	}
}

func (r *configReader) numbers(path string, value any, target *[]int) {
	var texts []string
	r.list(path, value, func(text string) { texts = append(texts, text) })
	for i, text := range texts {
		r.scalar(path+"["+strconv.Itoa(i)+"]", text, func(text string) error {
			number, err := strconv.Atoi(text)
			if err != nil {
				return errNotNumber
			}
			*target = append(*target, number)
			return nil
		})
	}
}

func (r *configReader) texts(path string, value any, into map[string]pulumi.StringInput) {
	entries, isObject := value.(map[string]any)
	if !isObject {
		r.fail(path, jsonText(value), "it must be an object", "Set it: pulumi config set --path "+path+".NAME VALUE")
		return
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		r.scalar(path+"."+key, entries[key], func(text string) error { into[key] = r.text(text); return nil })
	}
}

func (r *configReader) group(path string, value any, into reflect.Value) {
	entries, isObject := value.(map[string]any)
	if !isObject {
		r.fail(path, jsonText(value), "it is a group of options", "Set one of them: pulumi config set --path "+path+".OPTION VALUE")
		return
	}
	options := optionsOf(into.Type())
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		index, known := options[key]
		if !known {
			r.unknown(path+".", key, jsonText(entries[key]), options)
			continue
		}
		r.read(path+"."+key, entries[key], into.Field(index))
	}
}

// groups reads a list of groups.
func (r *configReader) groups(path string, value any, into reflect.Value) {
	elements, isList := value.([]any)
	if !isList {
		r.fail(path, jsonText(value), "it must be a list", "Set it: pulumi config set --path '"+path+"[0].OPTION' VALUE")
		return
	}
	if len(elements) > 0 { // Pulumi.yaml's default is an empty one
		into.Set(reflect.MakeSlice(into.Type(), len(elements), len(elements)))
	}
	for i, element := range elements {
		r.group(path+"["+strconv.Itoa(i)+"]", element, into.Index(i))
	}
}

func jsonText(value any) string {
	if text, isScalar := scalarText(value); isScalar {
		return text
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // it came from JSON
	return strings.TrimSpace(buffer.String())
}

// ConfigOf is the stack configuration that arguments amount to: key to text, with
// groups and lists as JSON. Keys are without the project's namespace. It returns an
// error for an argument that is not plain: an output belongs to a program.
func ConfigOf(args components.ImageCdnArgs) (map[string]string, error) {
	tree, err := structTree(reflect.ValueOf(args), "")
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for key, value := range tree {
		values[key] = jsonText(value)
	}
	return values, nil
}

// treeOf is an argument as JSON has it, nil where it is not set.
func treeOf(value reflect.Value, path string) (any, error) {
	if value.IsZero() {
		return nil, nil
	}
	switch v := value.Interface().(type) {
	case pulumi.String:
		return string(v), nil // "", too, where it was given
	case pulumi.Int:
		return int(v), nil
	case pulumi.Output:
		return nil, fmt.Errorf("%s is an output: only plain values can be written into a stack's configuration", path) //nolint:err113 // for people
	}
	switch value.Kind() { //nolint:exhaustive // the others are as they are
	case reflect.Struct:
		return structTree(value, path)
	case reflect.Map:
		return mapTree(value, path)
	case reflect.Slice:
		return listTree(value, path)
	case reflect.Interface:
		return treeOf(value.Elem(), path)
	case reflect.Pointer:
		return value.Elem().Interface(), nil // false, too, where it was given
	case reflect.String: // an id, and the like
		return value.String(), nil
	}
	return value.Interface(), nil
}

func structTree(value reflect.Value, path string) (map[string]any, error) {
	tree := map[string]any{}
	for key, index := range optionsOf(value.Type()) {
		entry, err := treeOf(value.Field(index), join(path, key))
		if err != nil {
			return nil, err
		}
		if entry != nil {
			tree[key] = entry
		}
	}
	return tree, nil
}

func mapTree(value reflect.Value, path string) (any, error) {
	tree := map[string]any{}
	for _, key := range value.MapKeys() {
		entry, err := treeOf(value.MapIndex(key), join(path, key.String()))
		if err != nil {
			return nil, err
		}
		tree[key.String()] = entry
	}
	return tree, nil
}

func listTree(value reflect.Value, path string) (any, error) {
	list := make([]any, value.Len())
	for i := range list {
		entry, err := treeOf(value.Index(i), path+"["+strconv.Itoa(i)+"]")
		if err != nil {
			return nil, err
		}
		list[i] = entry
	}
	return list, nil
}

func join(path, key string) string { return strings.TrimPrefix(path+"."+key, ".") }
