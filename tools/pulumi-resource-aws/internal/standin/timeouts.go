package standin

import (
	"maps"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	"imagecdn/tools/pulumi-resource-aws/internal/translate"
)

// timeoutsKey is the property in which Terraform takes time limits. pulumi-aws has no such property: there the limit
// comes with each operation (the resource option customTimeouts), and the bridge ignores it. So it is put where
// Terraform looks. It stays in the state, and each later operation is given the state's: otherwise it would be a change.
const timeoutsKey = "timeouts"

// withTimeouts returns the inputs with the limits that the state holds and, if one is asked for, that of the operation
// in seconds. Limits are given all together or not at all, because the bridge cannot keep a state with only some.
func withTimeouts(
	r translate.Entity, inputs, state *structpb.Struct, operation string, seconds float64,
) *structpb.Struct {
	limits := maps.Clone(state.GetFields()[timeoutsKey].GetStructValue().GetFields())
	if _, takes := r.Timeouts[operation]; takes && seconds > 0 {
		if len(limits) == 0 {
			limits = make(map[string]*structpb.Value, len(r.Timeouts))
			for other, limit := range r.Timeouts {
				limits[other] = structpb.NewStringValue(limit)
			}
		}
		limit := time.Duration(seconds * float64(time.Second))
		limits[operation] = structpb.NewStringValue(limit.String())
	}
	if len(limits) == 0 {
		return inputs
	}
	fields := map[string]*structpb.Value{timeoutsKey: structpb.NewStructValue(&structpb.Struct{Fields: limits})}
	maps.Copy(fields, inputs.GetFields())

	return &structpb.Struct{Fields: fields}
}

// withoutTimeouts returns the inputs of a resource that was read without the limits, which no program has given.
func withoutTimeouts(inputs *structpb.Struct) *structpb.Struct {
	if _, set := inputs.GetFields()[timeoutsKey]; !set {
		return inputs
	}
	fields := maps.Clone(inputs.GetFields())
	delete(fields, timeoutsKey)

	return &structpb.Struct{Fields: fields}
}
