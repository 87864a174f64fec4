package edge

import "strings"

// matches says whether a path pattern of a behaviour matches: `*` stands for
// any characters, slashes too, `?` for exactly one. Case counts. The leading
// slash of the pattern may be left out.
func matches(pattern, path string) bool {
	if !strings.HasPrefix(pattern, "/") && !strings.HasPrefix(pattern, "*") {
		pattern = "/" + pattern
	}
	return glob(pattern, path)
}

// glob matches a whole text against a pattern with * and ?.
func glob(pattern, path string) bool {
	// The classical two-pointer walk: on a mismatch, let the last * take one more.
	p, star, retry := 0, -1, 0
	for i := 0; i < len(path); {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, retry = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == path[i]):
			p++
			i++
		case star >= 0:
			retry++
			p, i = star+1, retry
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
