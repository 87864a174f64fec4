package translate

import (
	"encoding/json"
	"maps"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

// defaultsKey lists, in each object, the properties that hold defaults.
const defaultsKey = "__defaults"

// Properties returns the object as the other side wants it. Secrets stay secret, unknowns unknown, and what is not
// named in the fields passes unchanged.
func (fs Fields) Properties(object *structpb.Struct, to Direction) *structpb.Struct {
	if object == nil || len(fs) == 0 {
		return object
	}
	out := &structpb.Struct{Fields: make(map[string]*structpb.Value, len(object.GetFields()))}
	for name, value := range object.GetFields() {
		f, differs := fs.find(name, to)
		switch {
		case differs:
			_, target := f.names(to)
			out.Fields[target] = f.value(value, to)
		case name == defaultsKey:
			out.Fields[name] = fs.defaults(value, to)
		default:
			out.Fields[name] = value
		}
	}

	return out
}

// defaults renames the properties listed as defaulted.
func (fs Fields) defaults(list *structpb.Value, to Direction) *structpb.Value {
	var names []*structpb.Value
	for _, name := range list.GetListValue().GetValues() {
		if f, differs := fs.find(name.GetStringValue(), to); differs {
			_, target := f.names(to)
			name = structpb.NewStringValue(target)
		}
		names = append(names, name)
	}

	return structpb.NewListValue(&structpb.ListValue{Values: names})
}

// value reshapes one value.
func (f Field) value(v *structpb.Value, to Direction) *structpb.Value {
	return through(v, func(plain *structpb.Value) *structpb.Value {
		if isNothing(plain) || isUnknown(plain) {
			return plain
		}

		return f.within(f.reshaped(plain, to), to)
	})
}

// through applies a change to the value inside the wrappings of secrets and outputs, and keeps the wrappings.
func through(v *structpb.Value, change func(*structpb.Value) *structpb.Value) *structpb.Value {
	wrapped := v.GetStructValue().GetFields()
	switch wrapped[sig.Key].GetStringValue() {
	case sig.Secret, resource.OutputValueSig:
	default:
		return change(v)
	}
	fields := maps.Clone(wrapped)
	if inner, known := fields["value"]; known {
		fields["value"] = through(inner, change)
	}

	return structpb.NewStructValue(&structpb.Struct{Fields: fields})
}

func (f Field) reshaped(v *structpb.Value, to Direction) *structpb.Value {
	switch {
	case f.wraps(to):
		return structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{v}})
	case f.unwraps(to):
		return only(v)
	case f.Shape == BoolInSDK:
		return boolean(v, to)
	case f.Shape == DocumentInSDK && to == ToBridge:
		return document(f.SDK, v)
	default:
		return v
	}
}

// within translates the object, or each object of the list, that the value holds.
func (f Field) within(v *structpb.Value, to Direction) *structpb.Value {
	if len(f.Fields) == 0 {
		return v
	}

	return through(v, func(plain *structpb.Value) *structpb.Value {
		if object := plain.GetStructValue(); object != nil {
			return structpb.NewStructValue(f.Fields.Properties(object, to))
		}
		list := plain.GetListValue()
		if list == nil {
			return plain
		}
		values := make([]*structpb.Value, len(list.GetValues()))
		for i, item := range list.GetValues() {
			values[i] = f.within(item, to)
		}

		return structpb.NewListValue(&structpb.ListValue{Values: values})
	})
}

// only takes the one element out of a list. A longer list cannot be said in the other shape: it stays a list, and the
// bridge refuses it by its type.
func only(v *structpb.Value) *structpb.Value {
	list := v.GetListValue()
	switch {
	case list == nil || len(list.GetValues()) > 1:
		return v
	case len(list.GetValues()) == 0:
		return structpb.NewNullValue()
	default:
		return list.GetValues()[0]
	}
}

func boolean(v *structpb.Value, to Direction) *structpb.Value {
	switch kind := v.GetKind().(type) {
	case *structpb.Value_BoolValue:
		if to == ToBridge {
			return structpb.NewStringValue(strconv.FormatBool(kind.BoolValue))
		}
	case *structpb.Value_StringValue:
		if b, err := strconv.ParseBool(kind.StringValue); err == nil && to == ToSDK {
			return structpb.NewBoolValue(b)
		}
	}

	return v
}

// document turns an object into JSON text; text stays what it is. A part that is unknown makes all of it unknown.
func document(name string, v *structpb.Value) *structpb.Value {
	if _, isText := v.GetKind().(*structpb.Value_StringValue); isText {
		return v
	}
	properties, err := plugin.UnmarshalPropertyValue(resource.PropertyKey(name), v, plugin.MarshalOptions{KeepUnknowns: true})
	if err != nil || properties == nil {
		return v
	}
	if properties.ContainsUnknowns() {
		return structpb.NewStringValue(plugin.UnknownStringValue)
	}
	text, err := json.Marshal(properties.Mappable())
	if err != nil {
		return v
	}

	return structpb.NewStringValue(string(text))
}

func isNothing(v *structpb.Value) bool {
	_, null := v.GetKind().(*structpb.Value_NullValue)
	return null || v == nil
}

func isUnknown(v *structpb.Value) bool {
	switch v.GetStringValue() {
	case plugin.UnknownStringValue, plugin.UnknownArrayValue, plugin.UnknownObjectValue, plugin.UnknownBoolValue:
		return true
	default:
		return false
	}
}

// Refused names the properties that are set but cannot be carried over.
func (fs Fields) Refused(inputs *structpb.Struct) []*pulumirpc.CheckFailure {
	var failures []*pulumirpc.CheckFailure
	for _, f := range fs {
		if f.Shape == Unsupported && !isNothing(inputs.GetFields()[f.SDK]) {
			failures = append(failures, &pulumirpc.CheckFailure{
				Property: f.SDK, Reason: "the stand-in for pulumi-aws cannot carry this property over",
			})
		}
	}

	return failures
}
