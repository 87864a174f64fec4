package route53_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/route53"
)

// servers are the name servers of a zone, as values of NS records.
func (w *world) servers(zone string) []string {
	w.t.Helper()
	got, err := w.GetHostedZone(w.t.Context(), &sdk.GetHostedZoneInput{Id: &zone})
	require.NoError(w.t, err)
	var values []string
	for _, server := range got.DelegationSet.NameServers {
		values = append(values, server+".")
	}
	return values
}

// address is the IPv4 address that public DNS has for a name, "" for none.
func (w *world) address(name string) string {
	w.t.Helper()
	w.front.Lock()
	defer w.front.Unlock()
	for _, rr := range w.service.Answer(name, dns.TypeA).Records {
		if a, ok := rr.(*dns.A); ok {
			return a.A.String()
		}
	}
	return ""
}

// family is a zone and one below it, both with a record of the same name.
func (w *world) family() (parent, child string) {
	w.t.Helper()
	parent, child = w.zone("example.com"), w.zone("cdn.example.com")
	w.mustChange(parent, create(set("a.cdn.example.com", types.RRTypeA, "192.0.2.1")))
	w.mustChange(child, create(set("a.cdn.example.com", types.RRTypeA, "192.0.2.2")))
	return parent, child
}

func TestAChildZoneAnswersOnlyWhereItsParentDelegatesToIt(t *testing.T) {
	t.Parallel()
	const parents, childs, nobodys = "192.0.2.1", "192.0.2.2", ""
	for sentence, test := range map[string]struct {
		delegate func(w *world, parent, child string)
		want     string
	}{
		"no delegation": {func(*world, string, string) {}, parents},
		"a delegation to its name servers": {func(w *world, parent, child string) {
			w.mustChange(parent, create(set("cdn.example.com", types.RRTypeNs, w.servers(child)...)))
		}, childs},
		"a delegation to one of its name servers, in capitals": {func(w *world, parent, child string) {
			w.mustChange(parent, create(set("cdn.example.com", types.RRTypeNs, strings.ToUpper(w.servers(child)[1]))))
		}, childs},
		"a delegation to somebody else": {func(w *world, parent, _ string) {
			w.mustChange(parent, create(set("cdn.example.com", types.RRTypeNs, "ns1.example.net.")))
		}, nobodys},
		"a delegation to the name servers of an earlier zone of the name": {func(w *world, parent, _ string) {
			w.mustChange(parent, create(set("cdn.example.com", types.RRTypeNs, w.servers(w.zone("cdn.example.com"))...)))
		}, nobodys},
		"a delegation with one name server too many": {func(w *world, parent, child string) {
			w.mustChange(parent, create(set("cdn.example.com", types.RRTypeNs, append(w.servers(child), "ns1.example.net.")...)))
		}, nobodys},
		"a parent that nobody delegates to": {func(w *world, parent, child string) {
			w.mustChange(parent, create(set("cdn.example.com", types.RRTypeNs, w.servers(child)...)))
			w.delegate(parent, "false")
		}, nobodys},
		"a parent elsewhere that delegates to it": {func(w *world, parent, child string) {
			w.delegate(parent, "false")
			w.delegate(child, "true")
		}, childs},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "")
			parent, child := w.family()
			test.delegate(w, parent, child)
			assert.Equal(t, test.want, w.address("a.cdn.example.com."))
		})
	}
}

func TestADelegationIsRemovedWithItsRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	parent, child := w.family()
	delegation := set("cdn.example.com", types.RRTypeNs, w.servers(child)...)
	w.mustChange(parent, create(delegation))
	require.Equal(t, "192.0.2.2", w.address("a.cdn.example.com."))
	w.delays.RecordChange = time.Minute
	w.mustChange(parent, remove(delegation))
	assert.Equal(t, "192.0.2.2", w.address("a.cdn.example.com."), "the removal has not reached DNS")
	w.pass(time.Minute)
	assert.Equal(t, "192.0.2.1", w.address("a.cdn.example.com."))
}

func TestDelegationsAreFollowedThroughGenerations(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	top, middle, low := w.zone("example.com"), w.zone("b.example.com"), w.zone("a.b.example.com")
	w.mustChange(low, create(set("x.a.b.example.com", types.RRTypeA, "192.0.2.3")))
	w.mustChange(middle, create(set("a.b.example.com", types.RRTypeNs, w.servers(low)...)))
	assert.Empty(t, w.address("x.a.b.example.com."), "the middle is not delegated")
	w.mustChange(top, create(set("b.example.com", types.RRTypeNs, w.servers(middle)...)))
	assert.Equal(t, "192.0.2.3", w.address("x.a.b.example.com."))
}

func TestValidationRecordsInAnUndelegatedZoneAreNotSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	parent, child := w.family()
	w.mustChange(child, create(set("_x.cdn.example.com", types.RRTypeCname, "y.acm-validations.aws.")),
		create(set("cdn.example.com", types.RRTypeCaa, `0 issue "letsencrypt.org"`)))
	_, found := w.service.ResolveCNAME("_x.cdn.example.com.")
	assert.False(t, found)
	_, restricted := w.service.CAA("cdn.example.com", false)
	assert.False(t, restricted)
	w.mustChange(parent, create(set("cdn.example.com", types.RRTypeNs, w.servers(child)...)))
	_, found = w.service.ResolveCNAME("_x.cdn.example.com.")
	assert.True(t, found)
	_, restricted = w.service.CAA("cdn.example.com", false)
	assert.True(t, restricted)
}

func TestTheParentAnswersForTheDSRecordOfADelegatedZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	parent, child := w.family()
	w.mustChange(parent, create(set("cdn.example.com", types.RRTypeNs, w.servers(child)...)),
		create(set("cdn.example.com", types.RRTypeDs, "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118")))
	assert.Len(t, w.service.Answer("cdn.example.com.", dns.TypeDS).Records, 1)
	assert.Equal(t, "cdn.example.com.", w.service.Answer("cdn.example.com.", dns.TypeA).SOA.Header().Name)
}

func TestOfTwoTopZonesOfOneNameTheOlderAnswersUnlessItIsSwitchedOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	older, newer := w.zone("example.com"), w.zone("example.com")
	w.mustChange(newer, create(set("a.example.com", types.RRTypeA, "192.0.2.2")))
	assert.Empty(t, w.address("a.example.com."))
	w.mustChange(older, create(set("a.example.com", types.RRTypeA, "192.0.2.1")))
	assert.Equal(t, "192.0.2.1", w.address("a.example.com."))
	w.delegate(newer, "true")
	assert.Equal(t, "192.0.2.2", w.address("a.example.com."))
	w.delegate(newer, "null")
	assert.Equal(t, "192.0.2.1", w.address("a.example.com."))
	w.delegate(older, "false")
	assert.Equal(t, "192.0.2.2", w.address("a.example.com."), "the registry has the newer one")
	w.delegate(newer, "false")
	assert.False(t, w.service.Answer("a.example.com.", dns.TypeA).Found)
}

func TestDNSAnswersAreTestedAtTheZonesOwnNameServers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	parent, child := w.family()
	w.mustChange(child, create(alias("cdn.example.com", types.RRTypeA, cloudFrontZoneID, distribution)))
	for _, test := range []struct {
		zone, name string
		recordType types.RRType
		code       string
		data       []string
	}{
		{child, "a.cdn.example.com", types.RRTypeA, "NOERROR", []string{"192.0.2.2"}},
		{child, "cdn.example.com", types.RRTypeA, "NOERROR", []string{"127.0.0.1"}},
		{child, "a.cdn.example.com", types.RRTypeTxt, "NOERROR", nil},
		{child, "none.cdn.example.com", types.RRTypeA, "NXDOMAIN", nil},
		{child, "example.com", types.RRTypeA, "REFUSED", nil},
		{parent, "a.cdn.example.com", types.RRTypeA, "NOERROR", []string{"192.0.2.1"}},
	} {
		got, err := w.TestDNSAnswer(t.Context(), &sdk.TestDNSAnswerInput{HostedZoneId: &test.zone, RecordName: &test.name, RecordType: test.recordType})
		require.NoError(t, err)
		assert.Equal(t, test.code, *got.ResponseCode, test.name)
		assert.ElementsMatch(t, test.data, got.RecordData, test.name)
		assert.Contains(t, w.servers(test.zone), *got.Nameserver+".")
	}
	_, err := w.TestDNSAnswer(t.Context(), &sdk.TestDNSAnswerInput{HostedZoneId: &child, RecordName: aws.String("x"), RecordType: "NOPE"})
	assert.Equal(t, "InvalidInput", code(t, err))
}

// put sends a control request about a zone's delegation.
func (w *world) put(zone, body string) int {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut, w.url+"/_localaws/zones/"+zone+"/delegation", strings.NewReader(body))
	require.NoError(w.t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	require.NoError(w.t, response.Body.Close())
	return response.StatusCode
}

func (w *world) delegate(zone, delegated string) {
	w.t.Helper()
	require.Equal(w.t, http.StatusNoContent, w.put(zone, fmt.Sprintf(`{"delegated": %s}`, delegated)))
}

func TestTheSwitchOfADelegationIsShownAndKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir)
	id := w.zone("example.com")
	child := w.zone("cdn.example.com")
	w.delegate(id, "false")
	for body, status := range map[string]int{
		`{}`: http.StatusBadRequest, `{"delegated": "no"}`: http.StatusBadRequest, `{"delegate": true}`: http.StatusBadRequest,
	} {
		assert.Equal(t, status, w.put(id, body), body)
	}
	assert.Equal(t, http.StatusNotFound, w.put("Z0", `{"delegated": true}`))

	restarted := newWorld(t, dir)
	response, err := http.Get(restarted.url + "/_localaws/zones")
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	var shown []route53.PublicZone
	require.NoError(t, json.NewDecoder(response.Body).Decode(&shown))
	require.Len(t, shown, 2)
	for _, zone := range shown {
		assert.False(t, zone.Answers, zone.Name)
		assert.Len(t, zone.NameServers, 4)
		switch zone.ID {
		case id:
			assert.Equal(t, "example.com", zone.Name)
			assert.Equal(t, aws.Bool(false), zone.Delegated)
		case child:
			assert.Nil(t, zone.Delegated)
		}
	}
}
