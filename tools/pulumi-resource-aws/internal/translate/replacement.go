package translate

import (
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

// replacing are the settings of the provider whose change replaces it, and with it everything that it has made.
var replacing = []string{"region"}

// Replacements marks the changes of a provider's configuration that replace the provider. A setting that the old inputs
// lack does not count: old versions of the CLI did not keep it, so it may well have been what it is now.
func Replacements(diff *pulumirpc.DiffResponse, oldInputs *structpb.Struct) *pulumirpc.DiffResponse {
	for _, name := range replacing {
		change, changed := diff.GetDetailedDiff()[name]
		if _, known := oldInputs.GetFields()[name]; !changed || !known {
			continue
		}
		change.Kind = asReplacement(change.GetKind())
		if !slices.Contains(diff.GetReplaces(), name) {
			diff.Replaces = append(diff.Replaces, name)
		}
	}

	return diff
}

func asReplacement(kind pulumirpc.PropertyDiff_Kind) pulumirpc.PropertyDiff_Kind {
	switch kind {
	case pulumirpc.PropertyDiff_ADD:
		return pulumirpc.PropertyDiff_ADD_REPLACE
	case pulumirpc.PropertyDiff_DELETE:
		return pulumirpc.PropertyDiff_DELETE_REPLACE
	case pulumirpc.PropertyDiff_UPDATE:
		return pulumirpc.PropertyDiff_UPDATE_REPLACE
	default:
		return kind
	}
}
