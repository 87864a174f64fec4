package dnsname

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADomainHasOneSpelling(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"cdn.example.com":       "cdn.example.com",
		"CDN.Example.COM.":      "cdn.example.com",
		"  cdn.example.com\n":   "cdn.example.com",
		"*.Example.com":         "*.example.com",
		"bücher.example":        "xn--bcher-kva.example",
		"BÜCHER.example":        "xn--bcher-kva.example",
		"xn--bcher-kva.de":      "xn--bcher-kva.de",
		"*.straße.de":           "*.xn--strae-oqa.de",
		"ｅｘａｍｐｌｅ.com":           "example.com",
		"例え。jp":                 "xn--r8jz45g.jp",
		"1.2.example.com":       "1.2.example.com",
		"cdn.xn--p1ai":          "cdn.xn--p1ai",
		"a--b.example.com":      "a--b.example.com",
		label63 + ".example.eu": label63 + ".example.eu",
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			got, err := Normalize(in)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

var (
	label63 = strings.Repeat("a", 63)
	name254 = strings.Repeat("a.", 126) + "ab"
)

func TestWhatIsNoDomainIsRefusedWithACure(t *testing.T) {
	t.Parallel()
	for in, says := range map[string]string{
		"":                                "cdn.example.com",
		"  ":                              "empty",
		"https://cdn.example.com/a.jpg":   `write "cdn.example.com"`,
		"cdn.example.com/images":          `write "cdn.example.com"`,
		"cdn.example.com:8443":            `write "cdn.example.com"`,
		"me@example.com":                  `write "example.com"`,
		"localhost":                       "localhost.example.com",
		"*":                               "wildcard",
		"*.com":                           "single label",
		"cdn.*.example.com":               "*.example.com",
		"c*.example.com":                  "*.example.com",
		"*.*.example.com":                 "*.example.com",
		".example.com":                    "extra dot",
		"cdn..example.com":                "extra dot",
		"example.com..":                   "extra dot",
		"-cdn.example.com":                "hyphen",
		"cdn-.example.com":                "hyphen",
		"my_cdn.example.com":              "only letters",
		"cdn example.com":                 "only letters",
		"cdn.example.com,www.example.com": "only letters",
		"192.0.2.1":                       "IP address",
		"2001:db8::1":                     "IP address",
		"a" + label63 + ".example.com":    "64 characters",
		name254:                           "254 characters",
		"*." + strings.TrimSuffix(name254, "ab") + "a": "255 characters",
		"xn--a.example.com":                            "punycode",
		"a\u202eb.example.com":                         "domain",
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			_, err := Normalize(in)
			require.ErrorContains(t, err, says)
		})
	}
}

func FuzzNormalizeGivesANameThatItKeeps(f *testing.F) {
	for _, seed := range []string{
		"cdn.example.com", "*.Bücher.example.", "xn--a.b", "a.b:1", "ß.de", "a\u00ad.b", "ﬃ.example", "\xc3.A", "*.1", "㏂.com"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := Normalize(s)
		if err != nil {
			return
		}
		again, err := Normalize(name)
		require.NoError(t, err)
		require.Equal(t, name, again)
		require.LessOrEqual(t, len(name), 253)
		require.True(t, InZone(name, Parents(name)[0]))
		for label := range strings.SplitSeq(ValidationKey(name), ".") {
			require.Regexp(t, `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`, label)
		}
	})
}
