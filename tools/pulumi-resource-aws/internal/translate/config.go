package translate

import (
	"encoding/json"
	"maps"
	"os"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

// Config returns a provider's configuration as the other side wants it. The engine sends what is not a string as JSON
// text, so each value that differs is decoded, reshaped and encoded again; one that came as it is, stays so.
func Config(config *structpb.Struct, to Direction) *structpb.Struct {
	if config == nil {
		return nil
	}
	out := &structpb.Struct{Fields: make(map[string]*structpb.Value, len(config.GetFields()))}
	for name, value := range config.GetFields() {
		f, differs := configuration.find(name, to)
		if !differs {
			out.Fields[name] = value
			continue
		}
		_, target := f.names(to)
		out.Fields[target] = through(value, func(plain *structpb.Value) *structpb.Value { return f.configured(plain, to) })
	}

	return out
}

func (f Field) configured(v *structpb.Value, to Direction) *structpb.Value {
	text, isText := v.GetKind().(*structpb.Value_StringValue)
	if !isText {
		return f.value(v, to)
	}
	if f.Shape == BoolInSDK { // the JSON text of a boolean is what the bridge keeps
		return v
	}

	return structpb.NewStringValue(f.configuredText(text.StringValue, to))
}

// configuredText reshapes a value that is JSON text. What is not JSON, an unknown for instance, stays what it is.
func (f Field) configuredText(text string, to Direction) string {
	var v structpb.Value
	if err := protojson.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	encoded, err := json.Marshal(f.value(&v, to).AsInterface())
	if err != nil {
		return text
	}

	return string(encoded)
}

// variablePrefix stands before each name in the older form of a provider's configuration.
const variablePrefix = "aws:config:"

// Variables does what Config does for the older form of the configuration, which is sent beside the other.
func Variables(variables map[string]string, to Direction) map[string]string {
	out := maps.Clone(variables)
	for _, f := range configuration {
		from, target := f.names(to)
		text, set := variables[variablePrefix+from]
		if !set {
			continue
		}
		delete(out, variablePrefix+from)
		if f.Shape != BoolInSDK {
			text = f.configuredText(text, to)
		}
		out[variablePrefix+target] = text
	}

	return out
}

// WithDefaults adds what pulumi-aws sets where the program and the stack say nothing: the region of the environment,
// and no check that the region is one that this version knows.
func WithDefaults(config *structpb.Struct) *structpb.Struct {
	out := &structpb.Struct{Fields: maps.Clone(config.GetFields())}
	if out.Fields == nil {
		out.Fields = make(map[string]*structpb.Value)
	}
	for name, value := range map[string]string{
		"region":                    environment("AWS_REGION", "AWS_DEFAULT_REGION"),
		"skipCredentialsValidation": "false",
		"skipRegionValidation":      "true",
	} {
		if _, set := out.Fields[name]; !set && value != "" {
			out.Fields[name] = structpb.NewStringValue(value)
		}
	}

	return out
}

func environment(names ...string) string {
	for _, name := range names {
		if value := strings.TrimSpace(os.Getenv(name)); value != "" {
			return value
		}
	}

	return ""
}
