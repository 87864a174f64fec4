package components

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

func TestEveryDomainHasThreeAliasRecordsInItsZone(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(three())
	zones := map[string]string{"img.example.com": "Z1", "*.img.example.com": "Z1", "cdn.example.net": "Z2"}
	for domain, zone := range zones {
		for suffix, kind := range map[string]string{"a": "A", "aaaa": "AAAA", "https": "HTTPS"} {
			assert.Equal(t, map[string]any{
				"zoneId": zone, "name": domain, "type": kind, "allowOverwrite": false,
				"aliases": []any{map[string]any{
					"name": distributionDomain, "zoneId": "Z2FDTNDATAQYW2", "evaluateTargetHealth": false,
				}},
			}, c.resource("cdn-alias-"+domain+"-"+suffix).inputs.Mappable())
		}
	}
}

func TestAnAliasRecordIsOverwrittenOnlyIfItIsTheStacksOwn(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		domain   string
		existing []recordAt
		want     map[string]bool
	}{
		"there is none": {"cdn.example.com", nil, map[string]bool{"a": false, "aaaa": false, "https": false}},
		"it points at this distribution": {
			"cdn.example.com", []recordAt{{name: "cdn.example.com", kind: "A", alias: "d111.cloudfront.net"}},
			map[string]bool{"a": true, "aaaa": false, "https": false},
		},
		"it is a wildcard's": {
			"*.example.com", []recordAt{{name: "*.example.com", kind: "HTTPS", alias: "d111.cloudfront.net"}},
			map[string]bool{"a": false, "aaaa": false, "https": true},
		},
		"it is of another domain": {
			"cdn.example.com", []recordAt{{name: "www.example.com", kind: "A", alias: "d111.cloudfront.net"}},
			map[string]bool{"a": false, "aaaa": false, "https": false},
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.records["Z1"] = test.existing
			c.state = []any{distributionInState(distributionARN, distributionDomain)}
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Domain = test.domain }))
			for kind, want := range test.want {
				record := c.resource("cdn-alias-" + test.domain + "-" + kind)
				assert.Equal(t, want, record.input("allowOverwrite"), kind)
				assert.Contains(t, record.request.GetIgnoreChanges(), "allowOverwrite", "a second up changes nothing")
			}
		})
	}
}

func TestWhatElseIsAtADomainIsNotInTheWay(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.zones = append(c.zones, zoneAt{id: "Z3", name: "cdn.example.com"})
	c.records["Z3"] = []recordAt{
		{name: "cdn.example.com", kind: "NS", ttl: 172800, value: "ns-1.awsdns-01.org"},
		{name: "cdn.example.com", kind: "SOA", ttl: 900, value: "ns-1.awsdns-01.org. hostmaster 1 7200 900 1209600 86400"},
		{name: "cdn.example.com", kind: "TXT", ttl: 300, value: `"v=spf1 -all"`},
		{name: "www.cdn.example.com", kind: "CNAME", ttl: 300, value: "elsewhere.example.org"},
	}
	c.mustUp(one())
	assert.Equal(t, "Z3", c.resource("cdn-alias-cdn.example.com-a").input("zoneId"))
}

func TestAnythingElseThatAnswersForADomainIsReportedBeforehand(t *testing.T) {
	t.Parallel()
	for sentence, existing := range map[string]recordAt{
		"a CNAME":             {name: "cdn.example.com", kind: "CNAME", ttl: 300, value: "legacy.example.org"},
		"an address":          {name: "cdn.example.com", kind: "A", ttl: 300, value: "203.0.113.7"},
		"an IPv6 address":     {name: "cdn.example.com", kind: "AAAA", ttl: 300, value: "2001:db8::7"},
		"an HTTPS record":     {name: "cdn.example.com", kind: "HTTPS", ttl: 300, value: "1 . alpn=h2"},
		"an alias elsewhere":  {name: "cdn.example.com", kind: "A", alias: "lb-1.eu-central-1.elb.amazonaws.com"},
		"an alias look-alike": {name: "cdn.example.com", kind: "A", alias: "d1.cloudfront.net.example.org"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.records["Z1"] = []recordAt{existing}
			faults := c.faults(one())
			assert.Len(t, faults, 1)
			assert.Equal(t, "domain", faults[0].Field)
			assert.Equal(t, "cdn.example.com", faults[0].Value)
			assert.Contains(t, faults[0].Problem, existing.kind+" record")
		})
	}
}

func TestDomainsPointAtTheDistributionOnceItMayReadTheBucket(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(one())
	for _, kind := range []string{"a", "aaaa", "https"} {
		assert.Contains(t, dependants(c, "cdn-read"), "cdn-alias-cdn.example.com-"+kind)
	}
}

func TestRecordsOfSomebodyElseAreSaidInAnOutput(t *testing.T) {
	t.Parallel()
	validation := func(domain string) string { return validationName(domain) + ". CNAME " + validationValue(domain) + "." }
	for sentence, test := range map[string]struct {
		change func(*ImageCdnArgs)
		want   []string
	}{
		"where there are none, it is empty": {func(*ImageCdnArgs) {}, []string{}},
		"with those of the certificate": {func(a *ImageCdnArgs) { a.Dns.Records = None }, []string{
			validation("cdn.example.net"), validation("img.example.com"),
			"img.example.com CNAME " + distributionDomain, "*.img.example.com CNAME " + distributionDomain, "cdn.example.net CNAME " + distributionDomain,
		}},
		"without them, if the certificate is given": {func(a *ImageCdnArgs) {
			a.Dns.Records, a.Certificate.Arn = None, pulumi.String(issuedARN)
		}, []string{
			"img.example.com CNAME " + distributionDomain, "*.img.example.com CNAME " + distributionDomain, "cdn.example.net CNAME " + distributionDomain,
		}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.certificates[issuedARN] = certificateAt{"ISSUED", []string{"img.example.com", "*.img.example.com", "*.example.net"}}
			got := c.output(with(three(), test.change), func(cdn *ImageCdn) pulumi.Output { return cdn.DnsRecords })
			assert.ElementsMatch(t, test.want, got)
		})
	}
}

func TestNoZoneIsLookedUpForRecordsOfSomebodyElse(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.zones = nil
	c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Dns.Records = None }))
	assert.Empty(t, c.callsOf(getDomainsToken))
}

// Route 53 answers five requests a second of an account.
func TestNeverMoreThanFifteenAliasRecordsAreWrittenSideBySide(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		for i := range 9 {
			a.AdditionalDomains = append(a.AdditionalDomains, fmt.Sprintf("n%d.example.com", i))
		}
	}))
	free := 0
	for _, made := range c.all() {
		if made.kind != "aws:route53/record:Record" {
			continue
		}
		if !slices.ContainsFunc(made.request.GetDependencies(), func(urn string) bool { return strings.Contains(urn, "::cdn-alias-") }) {
			free++
		}
	}
	assert.Equal(t, 15, free, "of 30 records")
}
