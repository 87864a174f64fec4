package packageschema

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func complete(t *testing.T) map[string]any {
	t.Helper()
	text, err := Complete([]byte(`{"name": "imagecdn", "resources": {}}`), "../../components")
	require.NoError(t, err)
	whole := map[string]any{}
	require.NoError(t, json.Unmarshal(text, &whole))
	return whole
}

// find is what is at a path of keys.
func find(t *testing.T, tree any, path ...string) any {
	t.Helper()
	for _, key := range path {
		require.IsType(t, map[string]any{}, tree, "%v", path)
		tree = tree.(map[string]any)[key]
	}
	return tree
}

func TestTwoValuesAreAllThatAnImageCdnRequires(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []any{"bucket", "domain"}, find(t, complete(t), "resources", "imagecdn:index:ImageCdn", "requiredInputs"))
}

func TestWhatIsPassedThroughIsAnInputAndWhatDecidesIsPlain(t *testing.T) {
	t.Parallel()
	inputs := find(t, complete(t), "resources", "imagecdn:index:ImageCdn", "inputProperties")
	assert.Nil(t, find(t, inputs, "bucket", "plain"))
	assert.Equal(t, true, find(t, inputs, "domain", "plain"))
	assert.Equal(t, "#/types/imagecdn:index:Cache", find(t, inputs, "cache", "$ref"))
	cache := find(t, complete(t), "types", "imagecdn:index:Cache", "properties")
	assert.Equal(t, "integer", find(t, cache, "maxTtl", "type"))
	assert.Contains(t, find(t, cache, "maxTtl", "description"), "Default: 31536000.")
}

func TestEveryPropertyAndTypeIsDescribed(t *testing.T) {
	t.Parallel()
	whole := complete(t)
	described := func(tree any) {
		assert.NotEmpty(t, find(t, tree, "description"))
	}
	for _, section := range []string{"resources", "types"} {
		for token, entry := range find(t, whole, section).(map[string]any) {
			described(entry)
			for _, kind := range []string{"inputProperties", "properties"} {
				properties, _ := find(t, entry, kind).(map[string]any)
				for name, property := range properties {
					assert.NotEmpty(t, find(t, property, "description"), "%s.%s", token, name)
				}
			}
		}
	}
}

func TestProvidersOfAGoProgramAreNotInThePackage(t *testing.T) {
	t.Parallel()
	assert.NotContains(t, find(t, complete(t), "resources", "imagecdn:index:ImageCdn", "inputProperties"), "providers")
}
