// Package glob matches texts against patterns in which * stands for any
// characters, a slash too, and ? for exactly one.
package glob

import "strings"

// These bytes, which no pattern of a user has, stand for wildcards that are none.
const (
	star     = '\x01'
	question = '\x02'
)

var (
	literal = strings.NewReplacer("*", string(star), "?", string(question))
	plain   = strings.NewReplacer(string(star), "*", string(question), "?")
)

// Literal makes a pattern that matches the text itself only.
func Literal(text string) string { return literal.Replace(text) }

// Plain takes back what Literal did.
func Plain(pattern string) string { return plain.Replace(pattern) }

// Match says whether all of a text matches a pattern. It goes back to the last
// star only, so it takes len(pattern)*len(text) steps at worst.
func Match(pattern, text string) bool {
	p, t, last, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			last, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t] ||
			pattern[p] == star && text[t] == '*' || pattern[p] == question && text[t] == '?'):
			p++
			t++
		case last >= 0:
			mark++
			p, t = last+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
