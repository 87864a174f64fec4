package golden

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const page = "# Page\n<!-- faults: written by UPDATE=1 go test ./x -->\nold\n<!-- end of faults -->\nrest\n"

func TestATableIsWrittenInItsPlace(t *testing.T) {
	t.Setenv("UPDATE", "1")
	file := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(file, []byte(page), 0o600))
	Table(t, file, "faults", []string{"| a |", "| $1 |"})
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "# Page\n<!-- faults: written by UPDATE=1 go test ./x -->\n| a |\n| $1 |\n<!-- end of faults -->\nrest\n", string(written))
}

func TestATableThatIsAsTheCodeSaysIsLeftAlone(t *testing.T) {
	t.Setenv("UPDATE", "")
	file := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(file, []byte(page), 0o600))
	Table(t, file, "faults", []string{"old"})
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, page, string(written))
}
