package components

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

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
		a.Dns = DnsArgs{ZoneId: pulumi.String("Z2"), ZoneIds: map[string]pulumi.StringInput{
			"CDN.example.net": pulumi.String("/hostedzone/Z4"), "*.img.example.com": pulumi.String("Z2"),
		}}
	}))
	for domain, want := range map[string]string{"img.example.com": "Z2", "*.img.example.com": "Z2", "cdn.example.net": "Z4"} {
		assert.Equal(t, want, c.resource("cdn-alias-"+domain+"-https").input("zoneId"), domain)
	}
}

func TestAZoneMayBeGivenByItsARN(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Dns.ZoneId = pulumi.String("arn:aws:route53:::hostedzone/Z1") }))
	assert.Equal(t, "Z1", c.resource("cdn-alias-cdn.example.com-a").input("zoneId"))
	assert.Equal(t, "Z1", c.resource("cdn-certificate-validation-cdn.example.com").input("zoneId"))
}

func TestAZoneOfTheSameProgramNeedNotBeThereYet(t *testing.T) {
	t.Parallel()
	for sentence, dns := range map[string]DnsArgs{
		"for all domains": {ZoneId: pulumi.String("Z9").ToStringOutput()},
		"for one of them": {ZoneIds: map[string]pulumi.StringInput{"cdn.example.com": pulumi.String("Z9").ToStringOutput()}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.zones = nil
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Dns = dns }))
			assert.Equal(t, "Z9", c.resource("cdn-alias-cdn.example.com-a").input("zoneId"))
			assert.Equal(t, "Z9", c.resource("cdn-certificate-validation-cdn.example.com").input("zoneId"))
			assert.Empty(t, c.callsOf(getDomainsToken), "it cannot be looked up")
		})
	}
}

func TestAZoneIdThatIsNotKnownYetIsUnknownInThePreview(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		unconfigured bool
		dns          DnsArgs
	}{
		"because the zone is of the same program": {false, DnsArgs{ZoneId: unknown()}},
		"because nobody could look":               {true, DnsArgs{}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.preview, c.unconfigured = true, test.unconfigured
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Dns = test.dns }))
			assert.True(t, c.resource("cdn-alias-cdn.example.com-a").inputs["zoneId"].IsComputed())
			assert.True(t, c.resource("cdn-certificate-validation-cdn.example.com").inputs["zoneId"].IsComputed())
		})
	}
}

// unknown is an output that a preview does not know.
func unknown() pulumi.StringOutput {
	return pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
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
			"dns", "AccessDenied: route53:ListHostedZones",
		},
		"it is not delegated to": {
			one(), []zoneAt{public, {id: "Z2", name: "cdn.example.com", undelegated: true}}, nil,
			"domain", "the hosted zone cdn.example.com (Z2) is not delegated to: its parent zone example.com has no NS record",
		},
		"the one given does not exist": {
			with(one(), func(a *ImageCdnArgs) { a.Dns.ZoneId = pulumi.String("Z404") }), []zoneAt{public}, nil,
			"dns.zoneId", "cannot be read: hosted zone Z404 does not exist",
		},
		"the one given is private": {
			with(one(), func(a *ImageCdnArgs) { a.Dns.ZoneId = pulumi.String("Z1") }), []zoneAt{{id: "Z1", name: "example.com", private: true}}, nil,
			"dns.zoneId", "is private",
		},
		"the one given is another domain's": {
			with(one(), func(a *ImageCdnArgs) {
				a.Dns.ZoneIds = map[string]pulumi.StringInput{"cdn.example.com": pulumi.String("Z2")}
			}),
			[]zoneAt{public, {id: "Z2", name: "ample.com"}}, nil, "dns.zoneIds.cdn.example.com", "ample.com cannot hold records of cdn.example.com",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.zones, c.broken = test.zones, map[string]error{getDomainsToken: test.broken}
			fault := c.oneFault(test.args)
			assert.Equal(t, test.field, fault.Field)
			assert.Contains(t, fault.Problem, test.problem)
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
			c.oneFault(with(three(), func(a *ImageCdnArgs) { a.Dns.ZoneId = pulumi.String("Z9") }))
			assert.Len(t, c.callsOf(getDomainsToken), 1)
		})
	}
}

func TestAWrongZoneIdOfADomainIsReportedWhereItWasGiven(t *testing.T) {
	t.Parallel()
	faults := newCloud(t).faults(with(three(), func(a *ImageCdnArgs) {
		a.Dns = DnsArgs{ZoneId: pulumi.String("Z8"), ZoneIds: map[string]pulumi.StringInput{"CDN.example.net": pulumi.String("Z9")}}
	}))
	var where []string
	for _, fault := range faults {
		where = append(where, fault.Field+" "+fault.Value)
	}
	assert.ElementsMatch(t, []string{"dns.zoneId Z8", "dns.zoneIds.cdn.example.net Z9"}, where)
}

func TestAZoneIdOfNoDomainIsReported(t *testing.T) {
	t.Parallel()
	for _, stranger := range []string{"www.example.com", "example.com", "not a domain"} {
		fault := newCloud(t).oneFault(with(one(), func(a *ImageCdnArgs) {
			a.Dns.ZoneIds = map[string]pulumi.StringInput{stranger: pulumi.String("Z1")}
		}))
		assert.Equal(t, "dns.zoneIds", fault.Field)
		assert.Equal(t, stranger, fault.Value)
		assert.Contains(t, fault.Problem, "none of the domains (cdn.example.com)")
	}
}

func TestWhoWritesTheRecordsIsManagedOrNone(t *testing.T) {
	t.Parallel()
	fault := newCloud(t).oneFault(with(one(), func(a *ImageCdnArgs) { a.Dns.Records = "manual" }))
	assert.Equal(t, "dns.records", fault.Field)
	assert.Contains(t, fault.Problem, "neither")
	newCloud(t).mustUp(with(one(), func(a *ImageCdnArgs) { a.Dns.Records = Managed }))
}
