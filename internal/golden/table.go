// Package golden keeps tables of the documentation that tests write from the code.
package golden

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Table compares the rows of a page's table with those that the code says. With UPDATE set it writes them. The table
// is between a comment that starts with the name, and says which test writes it, and one that ends it.
func Table(t *testing.T, page, name string, rows []string) {
	t.Helper()
	content, err := os.ReadFile(page)
	require.NoError(t, err)
	place := regexp.MustCompile(`(?s)(<!-- ` + name + `: written by (UPDATE=1 go test \S+) -->\n)(.*?)(<!-- end of ` + name + ` -->)`)
	found := place.FindStringSubmatchIndex(string(content))
	require.NotNil(t, found, "%s has a table of %s", page, name)
	part := func(i int) string { return string(content[found[2*i]:found[2*i+1]]) }
	want := strings.Join(rows, "\n") + "\n"
	if os.Getenv("UPDATE") == "" {
		assert.Equal(t, want, part(3), "run "+part(2))
		return
	}
	updated := string(content[:found[2*3]]) + want + string(content[found[2*3+1]:])
	require.NoError(t, os.WriteFile(page, []byte(updated), 0o600))
}

// Code is text as it is, in a cell of a table.
func Code(text string) string {
	return fmt.Sprintf("`` %s ``", strings.ReplaceAll(text, "|", `\|`))
}
