package localaws_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheReadmeListsTheFlagsWithTheirDefaults(t *testing.T) {
	t.Parallel()
	readme := read(t, "README.md")
	declared := regexp.MustCompile(`(?:Duration|String|Bool|Int)Var\(&o\.[\w.]+, "([\w-]+)"`).
		FindAllStringSubmatch(read(t, "cmd/localaws/serve.go"), -1)
	listed := regexp.MustCompile("(?m)^\\| `--([\\w-]+)` ").FindAllStringSubmatch(readme, -1)
	assert.Equal(t, groups(declared), groups(listed))
	addresses := regexp.MustCompile(`= "(127\.0\.0\.1:\d+)"`).FindAllStringSubmatch(read(t, "localaws.go"), -1)
	require.Len(t, addresses, 4)
	for _, address := range groups(addresses) {
		assert.Contains(t, readme, "| `"+address+"` |")
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(content)
}

// groups are what the first group of each match holds.
func groups(matches [][]string) []string {
	var found []string
	for _, match := range matches {
		found = append(found, match[1])
	}
	return found
}
