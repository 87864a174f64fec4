package edge

import (
	"strings"

	"imagecdn/localaws/internal/glob"
)

// matches says whether a path pattern of a behaviour matches: `*` stands for
// any characters, slashes too, `?` for exactly one. Case counts. The leading
// slash of the pattern may be left out.
func matches(pattern, path string) bool {
	if !strings.HasPrefix(pattern, "/") && !strings.HasPrefix(pattern, "*") {
		pattern = "/" + pattern
	}
	return glob.Match(pattern, path)
}
