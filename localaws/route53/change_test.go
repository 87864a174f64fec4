package route53_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryRecordTypeIsTakenAndGivenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	for recordType, value := range map[types.RRType]string{
		types.RRTypeA: "192.0.2.1", types.RRTypeAaaa: "2001:db8::1", types.RRTypeCaa: `0 issue "amazon.com"`,
		types.RRTypeCname: "www.example.net", types.RRTypeHttps: `1 . alpn="h2,h3"`, types.RRTypeSvcb: `1 svc.example.com. port="8443"`,
		types.RRTypeMx: "10 mail.example.com.", types.RRTypeNs: "ns1.example.net.", types.RRTypePtr: "host.example.com.",
		types.RRTypeSrv: "1 10 5269 xmpp.example.com.", types.RRTypeTxt: `"one" "t\303\244o; \"quoted\""`, types.RRTypeSpf: `"v=spf1 -all"`,
		types.RRTypeNaptr: `100 50 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .`,
		types.RRTypeDs:    "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118", types.RRTypeTlsa: "3 1 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
		types.RRTypeSshfp: "2 1 123456789abcdef67890123456789abcdef67890",
	} {
		want := set(strings.ToLower(string(recordType))+".example.com.", recordType, value)
		w.mustChange(id, create(want))
		assert.Contains(t, w.list(id), want)
		w.mustChange(id, remove(want))
	}
	assert.Len(t, w.list(id), 2)
}

func TestRefusedChangesSayWhyAndChangeNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	w.mustChange(id,
		create(set("a.example.com", types.RRTypeA, "192.0.2.1")),
		create(set("c.example.com", types.RRTypeCname, "a.example.com")))
	before := w.list(id)
	ttl := alias("x.example.com", types.RRTypeA, cloudFrontZoneID, distribution)
	ttl.TTL = aws.Int64(60)
	health := alias("x.example.com", types.RRTypeA, cloudFrontZoneID, distribution)
	health.AliasTarget.EvaluateTargetHealth = true
	weight := set("x.example.com", types.RRTypeA, "192.0.2.1")
	weight.Weight = aws.Int64(1)
	identified := set("x.example.com", types.RRTypeA, "192.0.2.1")
	identified.SetIdentifier = aws.String("one")
	weightedBesideSimple := set("a.example.com", types.RRTypeA, "192.0.2.1")
	weightedBesideSimple.Weight, weightedBesideSimple.SetIdentifier = aws.Int64(1), aws.String("one")
	checked := set("x.example.com", types.RRTypeA, "192.0.2.1")
	checked.HealthCheckId = aws.String("h")
	one := func(c types.Change) []types.Change { return []types.Change{c} }
	ns, soa := before[0], before[1]

	cases := map[string]struct {
		changes []types.Change
		code    string
		message string
	}{
		"creating what exists": {one(create(set("a.example.com", types.RRTypeA, "192.0.2.9"))), "InvalidChangeBatch",
			"[Tried to create resource record set [name='a.example.com.', type='A'] but it already exists]"},
		"deleting what does not exist": {one(remove(set("b.example.com", types.RRTypeA, "192.0.2.9"))), "InvalidChangeBatch",
			"[Tried to delete resource record set [name='b.example.com.', type='A'] but it was not found]"},
		"deleting with other values": {one(remove(set("a.example.com", types.RRTypeA, "192.0.2.9"))), "InvalidChangeBatch",
			"[Tried to delete resource record set [name='a.example.com.', type='A'] but the values provided do not match the current values]"},
		"a name outside the zone": {one(create(set("a.badexample.com", types.RRTypeA, "192.0.2.9"))), "InvalidChangeBatch",
			"[RRSet with DNS name a.badexample.com. is not permitted in zone example.com.]"},
		"a CNAME beside other data": {one(create(set("a.example.com", types.RRTypeCname, "x.test"))), "InvalidChangeBatch",
			"[RRSet of type CNAME with DNS name a.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.]"},
		"other data beside a CNAME": {one(upsert(set("c.example.com", types.RRTypeTxt, `"x"`))), "InvalidChangeBatch",
			"[RRSet of type TXT with DNS name c.example.com. is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone example.com.]"},
		"a CNAME at the apex": {one(create(set("example.com", types.RRTypeCname, "x.test"))), "InvalidChangeBatch",
			"RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com."},
		"deleting the SOA": {one(remove(soa)), "InvalidChangeBatch", "exactly one SOA record"},
		"deleting the NS":  {one(remove(ns)), "InvalidChangeBatch", "at least one NS record"},
		"an SOA below the apex": {one(create(set("x.example.com", types.RRTypeSoa, *soa.ResourceRecords[0].Value))), "InvalidChangeBatch",
			"only permitted at apex"},
		"all faults of a batch": {[]types.Change{
			create(set("a.example.com", types.RRTypeA, "192.0.2.9")), create(set("b.test", types.RRTypeA, "192.0.2.9")),
		}, "InvalidChangeBatch", "already exists, RRSet with DNS name b.test. is not permitted"},
		"one fault among good changes": {[]types.Change{
			create(set("good.example.com", types.RRTypeA, "192.0.2.9")), create(set("a.example.com", types.RRTypeA, "192.0.2.9")),
		}, "InvalidChangeBatch", "already exists"},
		"the same record set twice": {[]types.Change{
			upsert(set("d.example.com", types.RRTypeA, "192.0.2.9")), upsert(set("d.example.com", types.RRTypeA, "192.0.2.8")),
		}, "InvalidChangeBatch", "[The request contains an invalid set of changes for a resource record set 'A d.example.com.']"},
		"a wrong IPv4 address":                {one(create(set("x.example.com", types.RRTypeA, "2001:db8::1"))), "InvalidChangeBatch", "ARRDATAIllegalIPv4Address"},
		"a wrong IPv6 address":                {one(create(set("x.example.com", types.RRTypeAaaa, "192.0.2.1"))), "InvalidChangeBatch", "AAAARRDATAIllegalIPv6Address"},
		"unquoted text":                       {one(create(set("x.example.com", types.RRTypeTxt, "x"))), "InvalidChangeBatch", "Value should be enclosed in quotation marks"},
		"text over 255 in one of its strings": {one(create(set("x.example.com", types.RRTypeTxt, `"`+strings.Repeat("x", 256)+`"`))), "InvalidChangeBatch", "Invalid Resource Record"},
		"an MX of one field":                  {one(create(set("x.example.com", types.RRTypeMx, "mail.test"))), "InvalidChangeBatch", "MX record doesn't have 2 fields"},
		"a value with a comment":              {one(create(set("x.example.com", types.RRTypeHttps, "1 . ; x"))), "InvalidChangeBatch", "unsupported characters"},
		"a value twice":                       {one(create(set("x.example.com", types.RRTypeA, "192.0.2.1", "192.0.2.1"))), "InvalidChangeBatch", "Duplicate Resource Record: '192.0.2.1'"},
		"a CNAME of two values":               {one(create(set("x.example.com", types.RRTypeCname, "a.test", "b.test"))), "InvalidChangeBatch", "only one value"},
		"a name with empty label":             {one(create(set("x..example.com", types.RRTypeA, "192.0.2.1"))), "InvalidChangeBatch", "DomainLabelEmpty"},
		"an alias with a TTL": {one(create(ttl)), "InvalidInput",
			"Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found more than one in Change with [Action=CREATE, Name=x.example.com, Type=A, SetIdentifier=null]"},
		"neither alias nor values": {one(create(types.ResourceRecordSet{Name: aws.String("x.example.com"), Type: types.RRTypeA})), "InvalidInput", "but found none in Change"},
		"an alias to no distribution": {one(create(alias("x.example.com", types.RRTypeA, cloudFrontZoneID, "dnone.cloudfront.net"))), "InvalidChangeBatch",
			"[Tried to create an alias that targets dnone.cloudfront.net., type A in zone Z2FDTNDATAQYW2, but that target was not found]"},
		"an alias of CloudFront's zone to another domain": {one(create(alias("x.example.com", types.RRTypeA, cloudFrontZoneID, "x.test"))), "InvalidChangeBatch",
			"but the alias target name does not lie within the target zone"},
		"an alias to a distribution in another zone": {one(create(alias("x.example.com", types.RRTypeA, "Z35SXDOTRQ7X7K", distribution))), "InvalidChangeBatch",
			"but the alias target name does not lie within the target zone"},
		"a TXT alias to a distribution":                       {one(create(alias("x.example.com", types.RRTypeTxt, cloudFrontZoneID, distribution))), "InvalidChangeBatch", "that target was not found"},
		"target health of a distribution":                     {one(create(health)), "InvalidChangeBatch", "EvaluateTargetHealth"},
		"an alias in the zone to nothing":                     {one(create(alias("x.example.com", types.RRTypeA, id, "none.example.com"))), "InvalidChangeBatch", "that target was not found"},
		"a policy without identifier":                         {one(create(weight)), "InvalidInput", "Missing field 'SetIdentifier'"},
		"an identifier without policy":                        {one(create(identified)), "InvalidInput", "found none"},
		"a routing policy beside a simple record":             {one(create(weightedBesideSimple)), "InvalidChangeBatch", "cannot be created because a simple RRSet exists with the same name and type"},
		"a CAA value without quotes":                          {one(create(set("x.example.com", types.RRTypeCaa, `0 issue amazon.com`))), "InvalidChangeBatch", "in quotation marks"},
		"an unknown health check":                             {one(create(checked)), "NoSuchHealthCheck", "h"},
		"more than a thousand values, upserts counting twice": {many(501), "InvalidChangeBatch", "Number of records limit of 1000 exceeded"},
		"an unknown type":                                     {one(create(set("x.example.com", "NOPE", "x"))), "InvalidInput", "NOPE"},
		"an unknown action":                                   {one(change("REPLACE", set("x.example.com", types.RRTypeA, "192.0.2.1"))), "InvalidInput", "REPLACE"},
	}
	for name, c := range cases {
		_, err := w.change(id, c.changes...)
		require.Error(t, err, name)
		assert.Equal(t, c.code, code(t, err), name)
		assert.ErrorContains(t, err, c.message, name)
	}
	assert.Equal(t, before, w.list(id))
	_, err := w.change("Z0", create(set("a.test", types.RRTypeA, "192.0.2.1")))
	assert.Equal(t, "NoSuchHostedZone", code(t, err))
}

// A public report's batches: what each must give is in its test.
func (w *world) report(zone, file string) error {
	w.t.Helper()
	content, err := os.ReadFile("testdata/" + file)
	require.NoError(w.t, err)
	var batch types.ChangeBatch
	require.NoError(w.t, json.Unmarshal(content, &batch))
	_, err = w.ChangeResourceRecordSets(w.t.Context(), &sdk.ChangeResourceRecordSetsInput{HostedZoneId: &zone, ChangeBatch: &batch})
	return err
}

func TestAnEscapedBackslashInAValueIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	require.NoError(t, w.report(id, "f10-txt.json"))
	assert.Equal(t, `"a\\052b"`, *w.list(id)[2].ResourceRecords[0].Value)
	assert.Equal(t, []string{`a\\052b`}, w.service.Texts("a.example.com"), "not the star that \\052 would be")

	w.mustChange(id, create(set("n.example.com", types.RRTypeNaptr, `100 50 "u" "E2U+sip" "!^\\053(.*)$!sip:\\1@example.com!" .`)))
	answer := w.service.Answer("n.example.com.", dns.TypeNAPTR)
	require.Len(t, answer.Records, 1)
	assert.Contains(t, answer.Records[0].String(), `"!^\\053(.*)$!sip:\\1@example.com!"`)
}

func TestOneRegionPlaceOrFailoverRoleIsForOneRecordSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	err := w.report(id, "f11-latency-twice.json")
	assert.Equal(t, "InvalidChangeBatch", code(t, err))
	require.ErrorContains(t, err, "region eu-west-1")
	for policy, change := range map[string]func(*types.ResourceRecordSet){
		"place":    func(r *types.ResourceRecordSet) { r.GeoLocation = &types.GeoLocation{CountryCode: aws.String("NL")} },
		"failover": func(r *types.ResourceRecordSet) { r.Failover = types.ResourceRecordSetFailoverPrimary },
	} {
		routed := func(identifier string) types.ResourceRecordSet {
			r := set(policy+".example.com", types.RRTypeA, "192.0.2.1")
			r.SetIdentifier = &identifier
			change(&r)
			return r
		}
		w.mustChange(id, create(routed("one")))
		w.mustChange(id, upsert(routed("one")))
		_, err := w.change(id, create(routed("two")))
		require.Error(t, err, policy)
		assert.Equal(t, "InvalidChangeBatch", code(t, err), policy)
		w.mustChange(id, remove(routed("one")), create(routed("two")))
	}
}

func many(n int) []types.Change {
	changes := make([]types.Change, 0, n)
	for i := range n {
		changes = append(changes, upsert(set(fmt.Sprintf("n%d.example.com", i), types.RRTypeA, "192.0.2.1")))
	}
	return changes
}

func TestRoute53AnswersFiveCallsASecondIfRatesAreOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	w.limits.Rates = true
	for range 5 {
		w.list(id)
	}
	_, err := w.GetHostedZone(t.Context(), &sdk.GetHostedZoneInput{Id: &id})
	assert.Equal(t, "Throttling", code(t, err))
	w.pass(200 * time.Millisecond)
	w.list(id)
}

func TestAZoneTakesOneChangeAtATimeIfRatesAreOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	one, two := w.zone("one.test"), w.zone("two.test")
	w.limits.Rates = true
	w.mustChange(one, create(set("a.one.test", types.RRTypeA, "192.0.2.1")))
	_, err := w.change(one, create(set("b.one.test", types.RRTypeA, "192.0.2.1")))
	assert.Equal(t, "PriorRequestNotComplete", code(t, err))
	w.mustChange(two, create(set("a.two.test", types.RRTypeA, "192.0.2.1")))
	w.pass(time.Second)
	w.mustChange(one, create(set("b.one.test", types.RRTypeA, "192.0.2.1")))
}

func TestUpsertCreatesAndReplaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	w.mustChange(id, upsert(set("A.Example.com", types.RRTypeA, "192.0.2.1")))
	w.mustChange(id, upsert(set("a.example.com.", types.RRTypeA, "192.0.2.2", "192.0.2.3")))
	assert.Equal(t, set("a.example.com.", types.RRTypeA, "192.0.2.2", "192.0.2.3"), w.list(id)[2])
	w.mustChange(id, remove(set("a.example.com", types.RRTypeA, "192.0.2.3", "192.0.2.2")))
}

func TestBatchCanReplaceARecordByACNAME(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	a, cname := set("a.example.com", types.RRTypeA, "192.0.2.1"), set("a.example.com", types.RRTypeCname, "x.test")
	w.mustChange(id, create(a))
	w.mustChange(id, remove(a), create(cname))
	w.mustChange(id, remove(cname), create(cname))
}

func TestAliasesAreKeptAsAWSWritesThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	for _, recordType := range []types.RRType{types.RRTypeA, types.RRTypeAaaa, types.RRTypeHttps} {
		w.mustChange(id, create(alias("example.com", recordType, cloudFrontZoneID, strings.ToUpper(distribution))))
		assert.Contains(t, w.list(id), alias("example.com.", recordType, cloudFrontZoneID, distribution+"."))
	}
	w.mustChange(id, create(set("a.example.com", types.RRTypeA, "192.0.2.1")), create(alias("b.example.com", types.RRTypeA, id, "a.example.com")))
}

func TestRoutingPoliciesAreKeptWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	routed := func(name, identifier string, change func(*types.ResourceRecordSet)) types.ResourceRecordSet {
		r := set(name+".example.com.", types.RRTypeA, "192.0.2.1")
		r.SetIdentifier = &identifier
		change(&r)
		return r
	}
	sets := []types.ResourceRecordSet{
		routed("failover", "1", func(r *types.ResourceRecordSet) { r.Failover = types.ResourceRecordSetFailoverPrimary }),
		routed("failover", "2", func(r *types.ResourceRecordSet) { r.Failover = types.ResourceRecordSetFailoverSecondary }),
		routed("geo", "1", func(r *types.ResourceRecordSet) {
			r.GeoLocation = &types.GeoLocation{CountryCode: aws.String("US"), SubdivisionCode: aws.String("CA")}
		}),
		routed("latency", "1", func(r *types.ResourceRecordSet) { r.Region = types.ResourceRecordSetRegionEuWest1 }),
		routed("multi", "1", func(r *types.ResourceRecordSet) { r.MultiValueAnswer = aws.Bool(true) }),
		routed("proximity", "1", func(r *types.ResourceRecordSet) {
			r.GeoProximityLocation = &types.GeoProximityLocation{AWSRegion: aws.String("eu-west-1"), Bias: aws.Int32(-5)}
		}),
		routed("weight", "1", func(r *types.ResourceRecordSet) { r.Weight = aws.Int64(0) }),
		routed("weight", "2", func(r *types.ResourceRecordSet) { r.Weight = aws.Int64(255) }),
	}
	for _, r := range sets {
		w.mustChange(id, create(r))
	}
	assert.Equal(t, sets, w.list(id)[2:])
	_, err := w.change(id, create(routed("weight", "3", func(r *types.ResourceRecordSet) { r.Region = types.ResourceRecordSetRegionEuWest1 })))
	assert.Equal(t, "InvalidChangeBatch", code(t, err))
}

func TestRecordSetsAreListedInOrderAndInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	for _, name := range []string{"www", "*", "a-b", "a", "x.a", "under_score"} {
		w.mustChange(id, create(set(name+".example.com", types.RRTypeTxt, `"x"`)))
	}
	w.mustChange(id, create(set("a.example.com", types.RRTypeA, "192.0.2.1")))
	want := []string{
		"example.com. NS", "example.com. SOA", `\052.example.com. TXT`, "a-b.example.com. TXT", "a.example.com. A",
		"a.example.com. TXT", "x.a.example.com. TXT", "under_score.example.com. TXT", "www.example.com. TXT",
	}
	var got []string
	pages := sdk.NewListResourceRecordSetsPaginator(w, &sdk.ListResourceRecordSetsInput{HostedZoneId: &id, MaxItems: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		assert.LessOrEqual(t, len(page.ResourceRecordSets), 2)
		for _, r := range page.ResourceRecordSets {
			got = append(got, *r.Name+" "+string(r.Type))
		}
	}
	assert.Equal(t, want, got)

	from, err := w.ListResourceRecordSets(t.Context(), &sdk.ListResourceRecordSetsInput{
		HostedZoneId: &id, StartRecordName: aws.String("a.example.com"), StartRecordType: types.RRTypeTxt,
	})
	require.NoError(t, err)
	assert.Equal(t, types.RRTypeTxt, from.ResourceRecordSets[0].Type)
	_, err = w.ListResourceRecordSets(t.Context(), &sdk.ListResourceRecordSetsInput{HostedZoneId: &id, StartRecordType: types.RRTypeTxt})
	assert.Equal(t, "InvalidInput", code(t, err))
}

func TestChangeIsPendingUntilTheDelayHasPassed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	w.delays.RecordChange = time.Minute
	w.pass(2 * time.Minute)
	out, err := w.change(id, create(set("a.example.com", types.RRTypeA, "192.0.2.1")))
	require.NoError(t, err)
	assert.Equal(t, types.ChangeStatusPending, out.ChangeInfo.Status)
	status := func() types.ChangeStatus {
		got, err := w.GetChange(t.Context(), &sdk.GetChangeInput{Id: out.ChangeInfo.Id})
		require.NoError(t, err)
		return got.ChangeInfo.Status
	}
	assert.Equal(t, types.ChangeStatusPending, status())
	assert.Len(t, w.list(id), 3, "the API shows a change at once")
	assert.False(t, w.service.Answer("a.example.com.", 1).Exists, "DNS answers as before")
	w.pass(time.Minute)
	assert.Equal(t, types.ChangeStatusInsync, status())
	assert.Len(t, w.service.Answer("a.example.com.", 1).Records, 1)

	w.pass(48 * time.Hour)
	assert.True(t, w.service.Tick(time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC)), "old changes are forgotten")
	_, err = w.GetChange(t.Context(), &sdk.GetChangeInput{Id: out.ChangeInfo.Id})
	assert.Equal(t, "NoSuchChange", code(t, err))
}

func TestOldChangesAreForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id := w.zone("example.com")
	first, err := w.change(id, upsert(set("a.example.com", types.RRTypeA, "192.0.2.1")))
	require.NoError(t, err)
	var last *sdk.ChangeResourceRecordSetsOutput
	for range 500 {
		w.pass(time.Millisecond)
		last, err = w.change(id, upsert(set("a.example.com", types.RRTypeA, "192.0.2.1")))
		require.NoError(t, err)
	}
	w.service.Tick(time.Date(2026, 11, 1, 12, 0, 3, 0, time.UTC))
	_, err = w.GetChange(t.Context(), &sdk.GetChangeInput{Id: last.ChangeInfo.Id})
	require.NoError(t, err)
	_, err = w.GetChange(t.Context(), &sdk.GetChangeInput{Id: first.ChangeInfo.Id})
	assert.Equal(t, "NoSuchChange", code(t, err), "or each change would be written down ever more slowly")
}
