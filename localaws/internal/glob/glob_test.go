package glob_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/internal/glob"
)

func TestWildcardsStandForCharacters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true},
		{"", "", true},
		{"", "a", false},
		{"a*c", "abbc", true},
		{"a*c", "ab", false},
		{"*/x/*.jpg", "/a/x/b/c.jpg", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"***", "anything", true},
		{"a*b*c", "a-b-b-c", true},
		{glob.Literal("a*"), "a*", true},
		{glob.Literal("a*"), "ab", false},
		{glob.Literal("?"), "a", false},
	} {
		assert.Equal(t, c.want, glob.Match(c.pattern, c.text), c)
	}
	assert.Equal(t, "a*?", glob.Plain(glob.Literal("a*?")))
}

func FuzzAPatternMatchesAsTheRegularExpressionOfIt(f *testing.F) {
	f.Add("a*b?c", "a--bxc")
	f.Add("**", "")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if strings.ContainsAny(pattern, "\x01\x02") || len(pattern)+len(text) > 1000 {
			return
		}
		latin := func(s string) string { // a byte is a character
			var b strings.Builder
			for i := range len(s) {
				b.WriteRune(rune(s[i]))
			}
			return b.String()
		}
		quoted := regexp.QuoteMeta(latin(pattern))
		expression := regexp.MustCompile(`^(?s:` + strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted) + `)$`)
		assert.Equal(t, expression.MatchString(latin(text)), glob.Match(pattern, text))
	})
}
