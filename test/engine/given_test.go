package engine

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// With dns.records and origin.grant "none", somebody else writes what the stack asks for,
// while the stack waits for the certificate and afterwards.
func TestRecordsAndGrantMayBeSomebodyElsesToWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("others-write")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Dns.Records, spec.Config.Origin.Grant, spec.Config.Missing.NotFound = "none", "none", true
	var once sync.Once
	made, err := w.cdn(spec, automation.OnEvent(func(e automation.Event) {
		if _, records, announced := strings.Cut(e.Text, "it does so once it can resolve:\n"); announced {
			once.Do(func() { w.write(types.ChangeActionCreate, strings.TrimSpace(records)) })
		}
	})).Up(within(t))
	require.NoError(t, err, "the records to make are printed while the wait runs")
	assert.Equal(t, before.Policy, w.inventory().Policy, "the bucket's policy is left alone")
	require.Len(t, made.Outputs.DnsRecords, 2, "one for ACM, one for the domain")
	alias := made.Outputs.DnsRecords[1]
	assert.Equal(t, "cdn.example.com CNAME "+made.Outputs.DistributionDomain, alias)

	w.write(types.ChangeActionCreate, alias)
	statement := map[string]any{}
	require.NoError(t, json.Unmarshal([]byte(made.Outputs.GrantStatement), &statement))
	w.putStatements(append(w.statements(), statement))
	w.awaitName("cdn." + zoneName)
	w.assertServed()
	assert.Equal(t, http.StatusNotFound, w.status("/never.jpg"), "the statement has what missing images need, too")

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)
	w.write(types.ChangeActionDelete, alias)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Contains(t, w.statements(), statement, "what others wrote stays")
	assert.Contains(t, strings.Join(w.records(), " "), strings.Fields(made.Outputs.DnsRecords[0])[0])
}

// write changes a record that is given as "name type value".
func (w *world) write(action types.ChangeAction, record string) {
	part := strings.Fields(record)
	_, err := w.route53().ChangeResourceRecordSets(w.t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: w.zoneID(),
		ChangeBatch: &types.ChangeBatch{Changes: []types.Change{{Action: action, ResourceRecordSet: &types.ResourceRecordSet{
			Name: aws.String(part[0]), Type: types.RRType(part[1]), TTL: aws.Int64(300),
			ResourceRecords: []types.ResourceRecord{{Value: aws.String(part[2])}},
		}}}},
	})
	assert.NoError(w.t, err, "%s %s", action, record)
}

// putStatements makes these the statements of the bucket's policy.
func (w *world) putStatements(statements []any) {
	w.t.Helper()
	policy := w.inventory().Policy.(map[string]any)
	policy["Statement"] = statements
	text, err := json.Marshal(policy)
	require.NoError(w.t, err)
	_, err = w.s3().PutBucketPolicy(w.t.Context(), &s3.PutBucketPolicyInput{
		Bucket: aws.String(bucketName), Policy: aws.String(string(text)),
	})
	require.NoError(w.t, err)
}

// A certificate that is there already is used as it is, given up for one of the stack's
// own without a refused request, and never deleted.
//
// So is a response headers policy: here one of AWS's own.
func TestWhatWasGivenIsUsedAndLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arn, record := w.validated("us-east-1", "cdn."+zoneName)
	w.write(types.ChangeActionCreate, *record.Name+" CNAME "+*record.Value)
	require.Eventually(t, func() bool { return w.isIssued("us-east-1", arn) }, operationTimeout, pollInterval)
	before := w.inventory()
	w.aws.Front().Journal().Clear()

	spec := w.spec("given")
	spec.Config.Protection.WebAcl, spec.Config.Certificate.Arn = "none", pulumi.String(arn)
	spec.Config.Headers.PolicyId = pulumi.String("67f7725c-6f97-4210-82d7-5512b31e9d03") // SecurityHeadersPolicy
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, arn, made.Outputs.CertificateArn)
	for _, call := range w.aws.Front().Journal().Entries() {
		assert.NotContains(t, []string{"RequestCertificate", "CreateResponseHeadersPolicy"}, call.Operation)
	}
	answer, _ := w.get(image())
	assert.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
	client := w.askAllTheTime("cdn."+zoneName, func(int) string { return imagePath })
	for _, given := range []pulumi.StringInput{nil, pulumi.String(arn)} {
		spec.Config.Certificate.Arn = given
		_, err := w.cdn(spec).Up(within(t))
		require.NoError(t, err)
	}
	assert.Equal(t, []int{http.StatusOK}, client.stop())
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
	_, err = acm.NewFromConfig(w.config("us-east-1")).DescribeCertificate(t.Context(), &acm.DescribeCertificateInput{CertificateArn: aws.String(arn)})
	require.NoError(t, err)
}
