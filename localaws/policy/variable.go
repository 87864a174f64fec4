package policy

import (
	"strings"

	"imagecdn/localaws/internal/glob"
)

// expand puts what a request has in place of the variables in a text ("IAM
// policy elements: Variables and tags"). Without a value, and a default, the text
// matches nothing: ok is false. A wildcard in a value is none.
func expand(text string, context map[string][]string) (expanded string, ok bool) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		out.WriteString(before)
		if !found {
			return out.String(), true
		}
		variable, after, closed := strings.Cut(rest, "}")
		value, known := valueOf(variable, context)
		if !closed || !known {
			return "", false
		}
		out.WriteString(glob.Literal(value))
		text = after
	}
}

func valueOf(variable string, context map[string][]string) (string, bool) {
	if variable == "*" || variable == "?" || variable == "$" {
		return variable, true
	}
	key, otherwise, hasDefault := strings.Cut(variable, ",")
	if values := context[strings.ToLower(strings.TrimSpace(key))]; len(values) == 1 {
		return values[0], true
	}
	return strings.Trim(strings.TrimSpace(otherwise), "'"), hasDefault
}
