package components

import "testing"

func TestADistributionIsSeenInTheCountriesThatWereSaid(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		protection ProtectionArgs
		kind       string
		countries  any
	}{
		"everywhere":              {ProtectionArgs{}, "none", nil},
		"in these alone":          {ProtectionArgs{AllowCountries: []string{"FR", "DE"}}, "whitelist", []any{"DE", "FR"}},
		"everywhere but in these": {ProtectionArgs{BlockCountries: []string{"FR"}}, "blacklist", []any{"FR"}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Protection = test.protection }))
			expectInputs(t, c.resource("cdn-distribution"), map[string]any{
				"restrictions.geoRestriction.restrictionType": test.kind, "restrictions.geoRestriction.locations": test.countries,
			})
		})
	}
}
