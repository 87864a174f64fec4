package main

import "testing"

func TestVersionsAreComparedByTheirNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want bool
	}{
		{"v3.256.0", true}, {"3.256.0", true}, {"v3.260.0\n", true}, {"v4.0.0", true}, {"v3.256.1-alpha.5+dirty", true},
		{"v3.255.9", false}, {"v2.999.999", false}, {"3.25.1000", false},
	} {
		v, err := parseVersion(c.text)
		if err != nil || v.atLeast(oldestPulumi) != c.want {
			t.Errorf("%q: got %v, %v", c.text, v.atLeast(oldestPulumi), err)
		}
	}
	for _, text := range []string{"", "v3", "3.x.0", "3.1.2.3", "v3.-1.0"} {
		if _, err := parseVersion(text); err == nil {
			t.Errorf("%q is taken for a version", text)
		}
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, seed := range []string{"v3.256.0", "1.2.3-x+y", "...", "v"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if v, err := parseVersion(text); err == nil && !v.atLeast(version{}) {
			t.Errorf("%q gives %v", text, v)
		}
	})
}
