package components

import (
	"errors"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/dnsname"
)

func TestTheZoneOfADomainIsThePublicOneWithTheLongestName(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		domain string
		zones  []zoneAt
		want   string
	}{
		"its parent":                  {"cdn.example.com", []zoneAt{{id: "Z1", name: "example.com"}}, "Z1"},
		"the domain itself":           {"example.com", []zoneAt{{id: "Z1", name: "example.com"}}, "Z1"},
		"the base of a wildcard":      {"*.cdn.example.com", []zoneAt{{id: "Z1", name: "cdn.example.com"}}, "Z1"},
		"one with a two-label suffix": {"cdn.example.co.uk", []zoneAt{{id: "Z1", name: "example.co.uk"}}, "Z1"},
		"some levels up":              {"a.b.c.example.com", []zoneAt{{id: "Z1", name: "example.com"}}, "Z1"},
		"the longest of nested ones": {
			"a.b.example.com", []zoneAt{{id: "Z1", name: "example.com"}, {id: "Z2", name: "b.example.com"}}, "Z2",
		},
		"not one whose name ends alike": {
			"cdn.badexample.com", []zoneAt{{id: "Z1", name: "example.com"}, {id: "Z2", name: "badexample.com"}}, "Z2",
		},
		"the public one of two": {
			"cdn.example.com", []zoneAt{{id: "Z1", name: "example.com", private: true}, {id: "Z2", name: "example.com"}}, "Z2",
		},
		"not a private one, though longer": {
			"cdn.example.com", []zoneAt{{id: "Z1", name: "cdn.example.com", private: true}, {id: "Z2", name: "example.com"}}, "Z2",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.zones = test.zones
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Domain = test.domain }))
			assert.Equal(t, test.want, c.resource("cdn-alias-"+test.domain+"-a").input("zoneId"))
			assert.Equal(t, test.want, c.resource("cdn-certificate-validation-"+dnsname.ValidationKey(test.domain)).input("zoneId"))
		})
	}
}

func TestAZoneThatIsGivenIsUsed(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.zones = []zoneAt{
		{id: "Z1", name: "example.com"}, {id: "Z2", name: "example.com"}, {id: "Z3", name: "img.example.com"}, {id: "Z4", name: "example.net"},
	}
	c.mustUp(with(three(), func(a *ImageCdnArgs) {
		a.ZoneId, a.ZoneIds = "Z2", map[string]string{"CDN.example.net": "Z4", "*.img.example.com": "Z2"}
	}))
	for domain, want := range map[string]string{"img.example.com": "Z2", "*.img.example.com": "Z2", "cdn.example.net": "Z4"} {
		assert.Equal(t, want, c.resource("cdn-alias-"+domain+"-https").input("zoneId"), domain)
	}
}

func TestNoZoneIsAskedForTwice(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.AdditionalDomains = []string{"a.example.com", "b.example.com", "*.a.example.com"}
	}))
	assert.Len(t, c.callsOf("aws:route53/getZone:getZone"), 4, "cdn, a, b and example.com itself")
	assert.Len(t, c.callsOf("aws:route53/getRecords:getRecords"), 1)
}

func TestADomainWithoutAUsableZoneIsReported(t *testing.T) {
	t.Parallel()
	public := zoneAt{id: "Z1", name: "example.com"}
	for sentence, test := range map[string]struct {
		args           ImageCdnArgs
		zones          []zoneAt
		broken         error
		field, problem string
	}{
		"there is none": {
			one(), nil, nil, "domain", "looked for cdn.example.com, example.com",
		},
		"one ends alike, but not at a label boundary": {
			with(one(), func(a *ImageCdnArgs) { a.Domain = "badexample.com" }), []zoneAt{public}, nil, "domain", "no public hosted zone",
		},
		"the top-level domain is none": {
			one(), []zoneAt{{id: "Z1", name: "com"}}, nil, "domain", "no public hosted zone",
		},
		"it is private": {
			one(), []zoneAt{{id: "Z1", name: "example.com", private: true}}, nil, "domain", "no public hosted zone",
		},
		"there are two of that name": {
			one(), []zoneAt{public, {id: "Z2", name: "example.com"}}, nil, "domain", "several public hosted zones named example.com",
		},
		"the credentials may not look": {
			one(), []zoneAt{public}, errors.New("failed\n\t* AccessDenied: route53:ListHostedZones"),
			"domain", "AccessDenied: route53:ListHostedZones",
		},
		"the one given does not exist": {
			with(one(), func(a *ImageCdnArgs) { a.ZoneId = "Z404" }), []zoneAt{public}, nil,
			"zoneId", "cannot be read: reading Route 53 Hosted Zone",
		},
		"the one given is private": {
			with(one(), func(a *ImageCdnArgs) { a.ZoneId = "Z1" }), []zoneAt{{id: "Z1", name: "example.com", private: true}}, nil,
			"zoneId", "is private",
		},
		"the one given is another domain's": {
			with(one(), func(a *ImageCdnArgs) { a.ZoneIds = map[string]string{"cdn.example.com": "Z2"} }),
			[]zoneAt{public, {id: "Z2", name: "ample.com"}}, nil, "zoneId", "ample.com cannot hold records of cdn.example.com",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.zones, c.broken = test.zones, map[string]error{"aws:route53/getZone:getZone": test.broken}
			faults := c.faults(test.args)
			require.Len(t, faults, 1)
			assert.Equal(t, test.field, faults[0].Field)
			assert.Contains(t, faults[0].Problem, test.problem)
			assert.NotEmpty(t, faults[0].Cure)
		})
	}
}

func TestAZoneIdThatIsWrongForAllDomainsIsReportedOnce(t *testing.T) {
	t.Parallel()
	for sentence, zones := range map[string][]zoneAt{
		"it does not exist": nil,
		"it is private":     {{id: "Z9", name: "example.com", private: true}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.zones = zones
			assert.Len(t, c.faults(with(three(), func(a *ImageCdnArgs) { a.ZoneId = "Z9" })), 1)
			assert.Len(t, c.callsOf("aws:route53/getZone:getZone"), 1)
		})
	}
}

func TestRecordsThatCannotBeReadAreReported(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.broken = map[string]error{"aws:route53/getRecords:getRecords": errors.New("AccessDenied: route53:ListResourceRecordSets")}
	faults := c.faults(one())
	require.Len(t, faults, 1)
	assert.Contains(t, faults[0].Problem, "AccessDenied")
	assert.Contains(t, faults[0].Cure, "route53:ListResourceRecordSets")
}

func TestOnlyRecordsThatConcernTheDomainsAreRead(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(recordsPattern([]string{"cdn.example.com", "*.img.example.com"}))
	for name, want := range map[string]bool{
		"cdn.example.com.": true, "_abc.cdn.example.com.": true, `\052.img.example.com.`: true, "_abc.img.example.com.": true,
		"example.com.": false, "www.cdn.example.com.": false, "cdn.example.com.au.": false, "_a.b.cdn.example.com.": false,
		"cdnxexample.com.": false, "a.img.example.com.": false, "xcdn.example.com.": false,
	} {
		assert.Equal(t, want, pattern.MatchString(name), name)
	}
}

func FuzzThePatternOfRecordsMatchesTheDomainAndItsValidationRecord(f *testing.F) {
	for _, domain := range []string{"cdn.example.com", "*.example.com", "bücher.example", "a-b.co.uk"} {
		f.Add(domain)
	}
	f.Fuzz(func(t *testing.T, given string) {
		domain, err := dnsname.Normalize(given)
		if err != nil {
			return
		}
		pattern, err := regexp.Compile(recordsPattern([]string{domain}))
		require.NoError(t, err)
		assert.True(t, pattern.MatchString("_token."+dnsname.ValidationKey(domain)+"."))
		assert.True(t, pattern.MatchString(regexp.MustCompile(`^\*`).ReplaceAllString(domain, `\052`)+"."))
	})
}

func TestTheLastLineOfAnErrorTells(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "the cause", lastLine(errors.New("invoking x: 1 error occurred:\n\t* the cause\n\n")))
	assert.Equal(t, "alone", lastLine(errors.New("alone")))
}
