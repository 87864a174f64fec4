package provider

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"imagecdn/localaws/api"
)

const recordURN = "urn:pulumi:dev::images::imagecdn:index:ImageCdn$imagecdn:index:ValidationRecord::cdn-validation"

// recordWorld has a zone, a certificate, and the inputs of its validation record.
type recordWorld struct {
	*world
	zone        string
	certificate string
	name        string
	inputs      map[string]any
}

func newRecordWorld(t *testing.T, zoneAccount string) *recordWorld {
	t.Helper()
	w := &recordWorld{world: newWorld(t)}
	w.zone, _ = w.world.zone(zoneAccount, "example.com", nil)
	arn, asked := w.world.certificate("us-east-1", "cdn.example.com")
	w.certificate, w.name = arn, plainName(*asked[0].Name)
	w.inputs = map[string]any{
		"zoneId": w.zone, "name": *asked[0].Name, "value": *asked[0].Value, "certificateArn": arn, "domain": "cdn.example.com",
	}
	return w
}

// with are the inputs with some changed.
func (w *recordWorld) with(changes ...any) map[string]any {
	inputs := maps.Clone(w.inputs)
	for i := 0; i < len(changes); i += 2 {
		inputs[changes[i].(string)] = changes[i+1]
	}
	return inputs
}

func (c client) makeRecord(inputs map[string]any) (state, error) {
	c.t.Helper()
	s := state{inputs: c.properties(inputs)}
	checked, err := c.Check(c.t.Context(), &pulumirpc.CheckRequest{Urn: recordURN, News: s.inputs})
	require.NoError(c.t, err)
	require.Empty(c.t, checked.GetFailures())
	out, err := c.Create(c.t.Context(), &pulumirpc.CreateRequest{Urn: recordURN, Properties: s.inputs})
	s.id, s.outputs = out.GetId(), out.GetProperties()
	return s, err
}

func (c client) mustMakeRecord(inputs map[string]any) state {
	c.t.Helper()
	s, err := c.makeRecord(inputs)
	require.NoError(c.t, err)
	return s
}

func (c client) updateRecord(s state, inputs map[string]any) state {
	c.t.Helper()
	news := c.properties(inputs)
	out, err := c.Update(c.t.Context(), &pulumirpc.UpdateRequest{
		Id: s.id, Urn: recordURN, Olds: s.outputs, OldInputs: s.inputs, News: news,
	})
	require.NoError(c.t, err)
	return state{id: s.id, inputs: news, outputs: out.GetProperties()}
}

func (c client) diffRecord(s state, inputs map[string]any) *pulumirpc.DiffResponse {
	c.t.Helper()
	out, err := c.Diff(c.t.Context(), &pulumirpc.DiffRequest{
		Id: s.id, Urn: recordURN, Olds: s.outputs, OldInputs: s.inputs, News: c.properties(inputs),
	})
	require.NoError(c.t, err)
	return out
}

func (c client) readRecord(s state) state {
	c.t.Helper()
	out, err := c.Read(c.t.Context(), &pulumirpc.ReadRequest{Id: s.id, Urn: recordURN, Properties: s.outputs, Inputs: s.inputs})
	require.NoError(c.t, err)
	return state{id: out.GetId(), inputs: out.GetInputs(), outputs: out.GetProperties()}
}

func (c client) deleteRecord(s state) {
	c.t.Helper()
	_, err := c.Delete(c.t.Context(), &pulumirpc.DeleteRequest{Id: s.id, Urn: recordURN, Properties: s.outputs, OldInputs: s.inputs})
	require.NoError(c.t, err)
}

// notes collects what the provider tells people.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) option() Option {
	return WithNotes(func(_ context.Context, _ resource.URN, message string) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.lines = append(n.lines, message)
	})
}

func (w *recordWorld) requireWrites(want int) {
	w.t.Helper()
	writes := 0
	for _, call := range w.calls("route53") {
		if strings.HasPrefix(call, "Change") {
			writes++
		}
	}
	require.Equal(w.t, want, writes, w.calls("route53"))
}

func TestARecordIsMadeInTheZoneOfItsOwnerAndDeleted(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, otherAccount)
	c := w.provider(map[string]any{"dns": w.of(otherAccount)})
	made := c.mustMakeRecord(w.inputs)
	assert.Equal(t, w.zone+"/"+w.name, made.id)
	assert.Equal(t, w.name, made.get("fqdn"))
	set := w.at(otherAccount, w.zone, w.name)
	require.NotNil(t, set)
	assert.Equal(t, types.RRTypeCname, set.Type)
	assert.EqualValues(t, 300, *set.TTL)
	assert.Equal(t, w.inputs["value"], *set.ResourceRecords[0].Value)

	read := c.readRecord(made)
	assert.True(t, proto.Equal(made.inputs, read.inputs), "a refresh finds no drift")
	assert.True(t, proto.Equal(made.outputs, read.outputs))
	c.deleteRecord(made)
	assert.Nil(t, w.at(otherAccount, w.zone, w.name))
	c.deleteRecord(made)
	assert.Empty(t, c.readRecord(made).id, "gone")
}

func TestARecordThatIsThereIsAdoptedAsItIs(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	w.records(w.zone, record(w.name, types.RRTypeCname, w.inputs["value"].(string)))
	w.clear()
	c := w.provider(nil)
	made := c.mustMakeRecord(w.with("name", strings.TrimSuffix(w.name, "."), "value", strings.TrimSuffix(w.inputs["value"].(string), ".")))
	w.requireWrites(0)
	assert.EqualValues(t, 77, *w.at(ours, w.zone, w.name).TTL)

	c.updateRecord(made, w.with("certificateArn", w.certificate[:len(w.certificate)-1]+"0", "domain", "other"))
	w.requireWrites(0)
	c.updateRecord(made, w.with("ttl", 60.0))
	w.requireWrites(1)
	assert.EqualValues(t, 60, *w.at(ours, w.zone, w.name).TTL)
}

func TestAnotherRecordOfTheNameIsNamedAndLeftAlone(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	for kind, value := range map[types.RRType]string{types.RRTypeCname: "else.example.net.", types.RRTypeTxt: `"x"`} {
		w.records(w.zone, record(w.name, kind, value))
		_, err := w.provider(nil).makeRecord(w.inputs)
		require.ErrorContains(t, err, "validation record "+w.name+" of cdn.example.com")
		require.ErrorContains(t, err, string(kind)+" "+strings.TrimSuffix(value, "."))
		_, err = w.route53(ours).ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
			HostedZoneId: aws.String(w.zone), ChangeBatch: &types.ChangeBatch{Changes: []types.Change{
				{Action: types.ChangeActionDelete, ResourceRecordSet: w.at(ours, w.zone, w.name)},
			}},
		})
		require.NoError(t, err)
	}
}

// Two stacks with the same domain come up at the same moment: both have looked before either has written.
func TestARecordThatSomebodyElseMakesFirstIsAdopted(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	var group sync.WaitGroup
	for range 4 {
		c := w.provider(nil)
		group.Go(func() {
			_, err := c.makeRecord(w.inputs)
			assert.NoError(t, err)
		})
	}
	group.Wait()
	assert.NotNil(t, w.at(ours, w.zone, w.name))
}

func TestAnEditedRecordIsDriftAndMended(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	c := w.provider(nil)
	made := c.mustMakeRecord(w.inputs)
	w.records(w.zone, record(w.name, types.RRTypeCname, "else.example.net."))
	read := c.readRecord(made)
	assert.Equal(t, "else.example.net", read.get("value"))
	assert.Equal(t, []string{"value"}, c.diffRecord(read, w.inputs).GetDiffs())

	c.deleteRecord(made)
	require.NotNil(t, w.at(ours, w.zone, w.name), "it is not ours any more")
	c.updateRecord(read, w.inputs)
	assert.Equal(t, w.inputs["value"], *w.at(ours, w.zone, w.name).ResourceRecords[0].Value)
}

func TestOnlyAnotherZoneOrNameReplacesARecord(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	c := w.provider(nil)
	made := c.mustMakeRecord(w.inputs)
	unknown := resource.Computed{Element: resource.NewProperty("")}
	for name, check := range map[string]struct {
		changes  []any
		diffs    []string
		replaces []string
	}{
		"nothing":                  {nil, nil, nil},
		"spelling":                 {[]any{"name", w.name, "zoneId", "/hostedzone/" + w.zone}, nil, nil},
		"a certificate":            {[]any{"certificateArn", w.certificate + "0"}, []string{"certificateArn"}, nil},
		"a certificate to be made": {[]any{"name", unknown, "value", unknown, "certificateArn", unknown}, []string{"certificateArn", "name", "value"}, nil},
		"a zone":                   {[]any{"zoneId", "Z2"}, []string{"zoneId"}, []string{"zoneId"}},
		"a name":                   {[]any{"name", "_b.example.com."}, []string{"name"}, []string{"name"}},
	} {
		diff := c.diffRecord(made, w.with(check.changes...))
		assert.ElementsMatch(t, check.diffs, diff.GetDiffs(), name)
		assert.ElementsMatch(t, check.replaces, diff.GetReplaces(), name)
		assert.False(t, diff.GetDeleteBeforeReplace(), name)
	}
	for _, inputs := range []map[string]any{w.with("name", unknown), w.inputs} {
		preview, err := c.Update(t.Context(), &pulumirpc.UpdateRequest{
			Id: made.id, Urn: recordURN, Olds: made.outputs, OldInputs: made.inputs, News: c.properties(inputs), Preview: true,
		})
		require.NoError(t, err)
		assert.NotEmpty(t, preview.GetProperties().GetFields()["fqdn"].GetStringValue())
	}
}

func TestARecordIsImportedByItsID(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	c := w.provider(nil)
	made := c.mustMakeRecord(w.inputs)
	imported := c.readRecord(state{id: made.id})
	assert.Equal(t, made.id, imported.id)
	assert.Equal(t, w.name, imported.get("name"))
	assert.Equal(t, plainName(w.inputs["value"].(string)), imported.get("value"))
	assert.ElementsMatch(t, []string{"certificateArn", "domain"}, c.diffRecord(imported, w.inputs).GetDiffs(), "and the program's other inputs come to it")
	checked, err := c.Check(t.Context(), &pulumirpc.CheckRequest{Urn: recordURN, News: imported.inputs})
	require.NoError(t, err)
	assert.Empty(t, checked.GetFailures())
	_, err = c.Read(t.Context(), &pulumirpc.ReadRequest{Id: w.zone, Urn: recordURN})
	require.ErrorContains(t, err, "<zone id>/<name>")
}

func TestARecordStaysWhileAnotherCertificateNeedsIt(t *testing.T) {
	t.Parallel()
	for name, region := range map[string]string{"in the same region": "us-east-1", "in another region": "ap-northeast-1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newRecordWorld(t, ours)
			other, asked := w.world.certificate(region, "shop.example.com", "*.cdn.example.com")
			require.Equal(t, w.name, plainName(*asked[1].Name), "a wildcard shares its apex's record")
			var told notes
			c := w.provider(nil, told.option())
			made := c.mustMakeRecord(w.inputs)
			c.deleteRecord(made)
			require.NotNil(t, w.at(ours, w.zone, w.name))
			require.Len(t, told.lines, 1)
			assert.Contains(t, told.lines[0], "certificate "+other+" is validated by it, too")

			_, err := w.acm(region).DeleteCertificate(t.Context(), &acm.DeleteCertificateInput{CertificateArn: aws.String(other)})
			require.NoError(t, err)
			c.deleteRecord(made)
			assert.Nil(t, w.at(ours, w.zone, w.name), "the last one takes it away")
		})
	}
}

func TestCertificatesOfOtherNamesDoNotKeepARecord(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	for i := range 20 {
		w.world.certificate("eu-central-1", fmt.Sprintf("t%d.example.com", i))
	}
	c := w.provider(nil)
	made := c.mustMakeRecord(w.inputs)
	w.clear()
	c.deleteRecord(made)
	assert.Nil(t, w.at(ours, w.zone, w.name))
	assert.NotContains(t, w.calls("acm"), "DescribeCertificate", "the names in the list are enough")
	assert.Len(t, w.calls("acm"), len(defaultRegions["aws"]))
}

func TestARecordStaysWhereACMCannotBeAsked(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	var told notes
	c := w.provider(nil, told.option())
	made := c.mustMakeRecord(w.inputs)
	w.fault(api.Fault{Service: "acm", Operation: "ListCertificates", Skip: 3, Times: 1, Code: "AccessDeniedException", Status: 400, Message: "not you"})
	c.deleteRecord(made)
	require.NotNil(t, w.at(ours, w.zone, w.name))
	require.Len(t, told.lines, 1)
	assert.Contains(t, told.lines[0], "cannot be told (AccessDeniedException: not you)")
}

func TestAnOptInRegionThatTheAccountIsWithoutIsNoReason(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	c := w.provider(map[string]any{"aws": w.settings("region", "me-central-1"), "dns": w.settings()})
	made := c.mustMakeRecord(w.inputs)
	refused := optInRefuser(t, w.server.APIURL(), "me-central-1")
	c = w.provider(map[string]any{"aws": settingsFor(refused, "token", "", "region", "me-central-1"), "dns": w.settings()})
	c.deleteRecord(made)
	assert.Nil(t, w.at(ours, w.zone, w.name))
}

func TestAFreshCertificateWithoutItsRecordsKeepsThem(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	w.server.Delays().ValidationOptions = 1 << 50
	_, err := w.acm("us-east-1").RequestCertificate(t.Context(), &acm.RequestCertificateInput{
		DomainName: aws.String("cdn.example.com"), ValidationMethod: acmtypes.ValidationMethodDns,
	})
	require.NoError(t, err)
	c := w.provider(nil)
	made := c.mustMakeRecord(w.inputs)
	c.deleteRecord(made)
	assert.NotNil(t, w.at(ours, w.zone, w.name))
}

func TestThrottlingAndOverlappingChangesAreRetried(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	w.fault(api.Fault{Service: "route53", Operation: "ChangeResourceRecordSets", Times: 1, Code: "PriorRequestNotComplete", Status: 400},
		api.Fault{Service: "route53", Operation: "ListResourceRecordSets", Times: 1, Code: "Throttling", Status: 400})
	w.provider(nil).mustMakeRecord(w.inputs)
	assert.NotNil(t, w.at(ours, w.zone, w.name))
}

func TestARefusedChangeSaysWhatIsNeeded(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	w.fault(api.Fault{Service: "route53", Operation: "ChangeResourceRecordSets", Code: "AccessDenied", Status: 403, Message: "not you"})
	_, err := w.provider(nil).makeRecord(w.inputs)
	require.ErrorContains(t, err, "making validation record "+w.name+" of cdn.example.com: AccessDenied: not you. The caller needs")
	_, err = w.provider(nil).makeRecord(w.with("zoneId", "ZGONE"))
	require.ErrorContains(t, err, "Check the id of the zone")
}

func TestAZoneThatIsGoneHasNoRecord(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	c := w.provider(nil)
	made := c.mustMakeRecord(w.inputs)
	gone := state{id: "ZGONE/" + w.name, inputs: made.inputs, outputs: c.properties(w.with("zoneId", "ZGONE", "fqdn", w.name))}
	c.deleteRecord(gone)
	assert.Empty(t, c.readRecord(gone).id)
}

func TestWrongInputsOfARecordAreReportedAtTheirProperty(t *testing.T) {
	t.Parallel()
	c := start(t)
	out, err := c.Check(t.Context(), &pulumirpc.CheckRequest{Urn: recordURN, News: c.properties(map[string]any{
		"zoneId": "example.com", "name": "x", "certificateArn": "x", "ttl": 1.5, "record": "x",
	})})
	require.NoError(t, err)
	var properties []string
	for _, failure := range out.GetFailures() {
		properties = append(properties, failure.GetProperty())
	}
	assert.Equal(t, []string{"zoneId", "name", "value", "certificateArn", "record", "ttl"}, properties)
}

// optInRefuser passes calls on, except for those of one region, to whose ACM the account is unknown.
func optInRefuser(t *testing.T, url, region string) string {
	t.Helper()
	return proxy(t, func(w http.ResponseWriter, r *http.Request) bool {
		if signedRegion(r) != region || !strings.Contains(r.Header.Get("X-Amz-Target"), "CertificateManager") {
			return false
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}`)
		return true
	}, url)
}

// Route 53 answers five requests a second. Retries alone do not help a hundred records:
// they run out while others have their turn.
func TestRecordsThatAreMadeAtOnceTakeTurnsAtRoute53(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zone, _ := w.zone(ours, "example.com", nil)
	names := make([]string, 8)
	for i := range names {
		names[i] = fmt.Sprintf("n%d.example.com", i)
	}
	arn, asked := w.certificate("us-east-1", names...)
	*w.server.Limits() = api.Limits{Rates: true}
	c := w.provider(nil)
	var all sync.WaitGroup
	for i, record := range asked {
		all.Go(func() {
			_, err := c.makeRecord(map[string]any{
				"zoneId": zone, "name": *record.Name, "value": *record.Value, "certificateArn": arn, "domain": names[i],
			})
			assert.NoError(t, err)
		})
	}
	all.Wait()
	for _, entry := range w.server.Front().Journal().Entries() {
		assert.NotEqual(t, "Throttling", entry.Error)
	}
}

// A destroy that was killed as Route 53 had deleted the record, or a person, leaves a state that still has it.
func TestAnUpWithoutARefreshPutsBackAValidationRecordThatIsGoneOrEdited(t *testing.T) {
	t.Parallel()
	w := newRecordWorld(t, ours)
	c := w.provider(nil)
	made := c.mustMakeRecord(w.inputs)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, c.diffRecord(made, w.inputs).GetChanges())
	w.records(w.zone, record(w.name, types.RRTypeCname, "elsewhere.example.net."))
	assert.Equal(t, []string{"value"}, c.diffRecord(made, w.inputs).GetDiffs(), "edited")
	made = c.updateRecord(made, w.inputs)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, c.diffRecord(made, w.inputs).GetChanges())

	_, err := w.route53(ours).ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: aws.String(w.zone), ChangeBatch: &types.ChangeBatch{Changes: []types.Change{
			{Action: types.ChangeActionDelete, ResourceRecordSet: w.at(ours, w.zone, w.name)},
		}},
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"value"}, c.diffRecord(made, w.inputs).GetDiffs(), "gone")
	c.updateRecord(made, w.inputs)
	assert.NotNil(t, w.at(ours, w.zone, w.name))
}
