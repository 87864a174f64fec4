package provider

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/packageschema"
)

func TestTheCommittedSchemaSaysWhatTheCodeSays(t *testing.T) {
	t.Parallel()
	base, err := os.ReadFile("resources.json")
	require.NoError(t, err)
	derived, err := packageschema.Complete(base, filepath.Join("..", "components"))
	require.NoError(t, err)
	assert.Equal(t, string(derived), string(schema), "run make schema")
}
