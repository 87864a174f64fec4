package route53_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/route53"
)

func TestAZoneAnswersForNamesAtALabelBoundary(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.mustChange(w.zone("example.com"), create(set("a.example.com", types.RRTypeA, "192.0.2.1")))
	require.Len(t, w.service.Answer("A.example.com.", dns.TypeA).Records, 1)
	assert.False(t, w.service.Answer("badexample.com.", dns.TypeA).Found, "a suffix counts at a label boundary only")
	assert.Equal(t, "example.com.", w.service.Answer("none.example.com.", dns.TypeA).SOA.Header().Name)
}

func TestPrivateZoneAnswersNothingToThePublic(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	out, err := w.CreateHostedZone(t.Context(), &sdk.CreateHostedZoneInput{
		Name: aws.String("example.com"), CallerReference: aws.String("1"),
		VPC: &types.VPC{VPCId: aws.String("vpc-1"), VPCRegion: types.VPCRegionEuWest1},
	})
	require.NoError(t, err)
	w.mustChange(*out.HostedZone.Id, create(set("_x.example.com", types.RRTypeCname, "y.test")))
	_, found := w.service.ResolveCNAME("_x.example.com.")
	assert.False(t, found)
}

func TestAnswersFollowTheRulesOfDNS(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	weighted := func(identifier, value string, weight int64) types.ResourceRecordSet {
		r := set("w.example.com", types.RRTypeA, value)
		r.SetIdentifier, r.Weight = &identifier, &weight
		return r
	}
	multi := func(identifier, value string) types.ResourceRecordSet {
		r := set("m.example.com", types.RRTypeA, value)
		r.SetIdentifier, r.MultiValueAnswer = &identifier, aws.Bool(true)
		return r
	}
	w.mustChange(id,
		create(set("a.example.com", types.RRTypeA, "192.0.2.1")),
		create(set("*.wild.example.com", types.RRTypeA, "192.0.2.2")),
		create(set("taken.wild.example.com", types.RRTypeTxt, `"a\\b\344"`)),
		create(set("deep.empty.example.com", types.RRTypeA, "192.0.2.3")),
		create(set("c.example.com", types.RRTypeCname, "a.example.com")),
		create(set("sub.example.com", types.RRTypeNs, "ns.example.net")),
		create(set("sub.example.com", types.RRTypeDs, "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118")),
		create(alias("cdn.example.com", types.RRTypeA, cloudFrontZoneID, distribution)),
		create(alias("inner.example.com", types.RRTypeA, id, "a.example.com")),
		create(weighted("light", "192.0.2.4", 1)), create(weighted("heavy", "192.0.2.5", 9)),
		create(multi("1", "192.0.2.6")), create(multi("2", "192.0.2.7")),
	)
	cases := map[string]struct {
		name    string
		qtype   uint16
		exists  bool
		records []string
	}{
		"a record":                              {"a.example.com.", dns.TypeA, true, []string{"a.example.com.\t300\tIN\tA\t192.0.2.1"}},
		"another type of a name":                {"a.example.com.", dns.TypeAAAA, true, nil},
		"no such name":                          {"none.example.com.", dns.TypeA, false, nil},
		"a wildcard":                            {"x.y.wild.example.com.", dns.TypeA, true, []string{"x.y.wild.example.com.\t300\tIN\tA\t192.0.2.2"}},
		"a wildcard beside an existing name":    {"taken.wild.example.com.", dns.TypeA, true, nil},
		"a wildcard below an existing name":     {"x.taken.wild.example.com.", dns.TypeA, false, nil},
		"the wildcard's name itself":            {"*.wild.example.com.", dns.TypeA, true, []string{"*.wild.example.com.\t300\tIN\tA\t192.0.2.2"}},
		"text with escapes":                     {"taken.wild.example.com.", dns.TypeTXT, true, []string{"taken.wild.example.com.\t300\tIN\tTXT\t\"a\\\\b\\228\""}},
		"a name with only names below":          {"empty.example.com.", dns.TypeA, true, nil},
		"a CNAME instead of what was asked for": {"c.example.com.", dns.TypeA, true, []string{"c.example.com.\t300\tIN\tCNAME\ta.example.com."}},
		"an alias in the zone":                  {"inner.example.com.", dns.TypeA, true, []string{"inner.example.com.\t300\tIN\tA\t192.0.2.1"}},
		"the heaviest of weighted records":      {"w.example.com.", dns.TypeA, true, []string{"w.example.com.\t300\tIN\tA\t192.0.2.5"}},
		"all of multivalue answers": {"m.example.com.", dns.TypeA, true, []string{
			"m.example.com.\t300\tIN\tA\t192.0.2.6", "m.example.com.\t300\tIN\tA\t192.0.2.7",
		}},
		"a DS of a delegated zone": {"sub.example.com.", dns.TypeDS, true, []string{
			"sub.example.com.\t300\tIN\tDS\t60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
		}},
	}
	for name, c := range cases {
		a := w.service.Answer(c.name, c.qtype)
		assert.True(t, a.Found, name)
		assert.Equal(t, c.exists, a.Exists, name)
		assert.Equal(t, c.records, text(a.Records), name)
	}
	assert.Equal(t, distribution, w.service.Answer("cdn.example.com.", dns.TypeA).Alias)
	assert.Equal(t, []string{"sub.example.com.\t300\tIN\tNS\tns.example.net."},
		text(w.service.Answer("www.sub.example.com.", dns.TypeA).Delegation))
	target, found := w.service.ResolveCNAME("c.example.com")
	assert.True(t, found)
	assert.Equal(t, "a.example.com.", target)
}

func text(rrs []dns.RR) (lines []string) {
	for _, rr := range rrs {
		lines = append(lines, rr.String())
	}
	return lines
}

func TestCAARecordsAreFoundOnTheWayUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	_, restricted := w.service.CAA("a.b.example.com", false)
	assert.False(t, restricted)
	w.mustChange(id, create(set("example.com", types.RRTypeCaa, `0 issue "letsencrypt.org; x=y"`, `0 issuewild ";"`)),
		create(set("open.example.com", types.RRTypeCaa, `0 iodef "mailto:a@example.com"`)))
	allowed, restricted := w.service.CAA("a.b.example.com", false)
	assert.True(t, restricted)
	assert.Equal(t, []string{"letsencrypt.org"}, allowed)
	allowed, restricted = w.service.CAA("example.com", true)
	assert.True(t, restricted)
	assert.Equal(t, []string{""}, allowed)
	_, restricted = w.service.CAA("open.example.com", false)
	assert.False(t, restricted, "the closest records count, and these restrict nothing")
}

func FuzzAnswersNeverPanic(f *testing.F) {
	f.Add("www.example.com.", `"x"`)
	f.Add(`\052.example.com`, `"\303" "b"`)
	f.Add(`a\.b.example.com`, `1 . alpn="h2"`)
	f.Fuzz(func(_ *testing.T, name, value string) {
		s := route53.New(testEnvironment(), route53.Options{})
		s.Answer(name, dns.TypeA)
		s.Answer(name, dns.TypeTXT)
		route53.CheckForTest(name, value)
	})
}

func TestADelegationKnowsTheAddressesOfItsServers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.mustChange(w.zone("example.com"),
		create(set("sub.example.com", types.RRTypeNs, "ns.sub.example.com")),
		create(set("ns.sub.example.com", types.RRTypeA, "192.0.2.53")),
		create(set("ns.sub.example.com", types.RRTypeAaaa, "2001:db8::53")),
		create(set("far.example.com", types.RRTypeNs, "ns.example.net")),
	)
	glue := w.service.Answer("www.sub.example.com.", dns.TypeA).Glue
	require.Len(t, glue, 2)
	assert.Equal(t, "ns.sub.example.com.\t300\tIN\tA\t192.0.2.53", glue[0].String())
	assert.Equal(t, "ns.sub.example.com.\t300\tIN\tAAAA\t2001:db8::53", glue[1].String())
	assert.Empty(t, w.service.Answer("www.far.example.com.", dns.TypeA).Glue)
}
