package sts

import "testing"

func FuzzATokenHasASubjectOrIsRefused(f *testing.F) {
	f.Add("a.eyJzdWIiOiJ4IiwiYXVkIjpbInkiXX0.b")
	f.Add("a.e30.b")
	f.Fuzz(func(t *testing.T, token string) {
		c, err := readToken(token)
		if err == nil && c.Subject == "" {
			t.Errorf("%q has no subject", token)
		}
		_ = c.audience()
	})
}
