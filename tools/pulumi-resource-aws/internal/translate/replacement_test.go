package translate

import (
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
)

func TestOnlyAChangeOfTheRegionReplacesTheProvider(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		setting, olds string
		kind, want    pulumirpc.PropertyDiff_Kind
		replaces      []string
	}{
		"another region":     {"region", `{"region":"a"}`, pulumirpc.PropertyDiff_UPDATE, pulumirpc.PropertyDiff_UPDATE_REPLACE, []string{"region"}},
		"no region any more": {"region", `{"region":"a"}`, pulumirpc.PropertyDiff_DELETE, pulumirpc.PropertyDiff_DELETE_REPLACE, []string{"region"}},
		"a region at last":   {"region", `{}`, pulumirpc.PropertyDiff_ADD, pulumirpc.PropertyDiff_ADD, nil},
		"another profile":    {"profile", `{"profile":"a"}`, pulumirpc.PropertyDiff_UPDATE, pulumirpc.PropertyDiff_UPDATE, nil},
		"other tags":         {"defaultTags", `{"defaultTags":"{}"}`, pulumirpc.PropertyDiff_UPDATE, pulumirpc.PropertyDiff_UPDATE, nil},
		"another role":       {"assumeRole", `{"assumeRole":"{}"}`, pulumirpc.PropertyDiff_UPDATE, pulumirpc.PropertyDiff_UPDATE, nil},
		"other endpoints":    {"endpoints", `{"endpoints":"[]"}`, pulumirpc.PropertyDiff_UPDATE, pulumirpc.PropertyDiff_UPDATE, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diff := Replacements(&pulumirpc.DiffResponse{
				DetailedDiff: map[string]*pulumirpc.PropertyDiff{c.setting: {Kind: c.kind}},
			}, properties(t, c.olds))

			assert.Equal(t, c.replaces, diff.GetReplaces())
			assert.Equal(t, c.want, diff.GetDetailedDiff()[c.setting].GetKind())
		})
	}
}
