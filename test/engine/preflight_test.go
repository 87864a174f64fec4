package engine

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
	"imagecdn/components"
)

// mostCallsOfAPlan is how many calls a plan takes with all domains in one zone: 3 of Route 53, where a wildcard is asked
// for by itself, 1 of CloudFront, 6 of S3, and that by which the AWS provider starts.
const mostCallsOfAPlan = 11

// What there is on AWS is looked at before anything is made, and all that would stop the up, or make a CDN that
// answers 403, is reported at once: in a preview as in an up.
func TestWhatAWSWouldRefuseIsReportedAtOnceBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refuseCloudFront()
	w.pointAt("cdn."+zoneName, *w.byHand().DomainName)
	w.addRecord("old."+zoneName, types.RRTypeCname, "legacy.example.org")
	w.addRecord("img."+zoneName, types.RRTypeCaa, `0 issue "letsencrypt.org"`)
	before := w.inventory()

	spec := w.spec("refused-beforehand")
	spec.Config.AdditionalDomains = []string{"old." + zoneName, "*.img." + zoneName}
	for name, operation := range map[string]func(*automation.CDN) error{
		"preview": func(c *automation.CDN) error { _, err := c.Preview(within(t)); return err },
		"up":      func(c *automation.CDN) error { _, err := c.Up(within(t)); return err },
	} {
		w.aws.Front().Journal().Clear()
		err := operation(w.cdn(spec))
		calls := w.aws.Front().Journal().Entries()
		assert.LessOrEqual(t, len(calls), mostCallsOfAPlan, "%s: %v", name, calls)
		var invalid *components.InvalidArgsError
		require.ErrorAs(t, err, &invalid, name)
		said := make([]string, len(invalid.Faults))
		for i, fault := range invalid.Faults {
			said[i] = fault.String()
		}
		require.Len(t, said, 5, "%s: %s", name, strings.Join(said, "\n"))
		for i, want := range []string{
			`domain "old.example.com": it already has a CNAME record, to legacy.example.org`,
			`domain "cdn.example.com": it already has a record (A) to another distribution`,
			`domain "*.img.example.com": the CAA record of img.example.com lets only others issue certificates`,
			`bucket "example-images": the statement OurNetworkOnly of its policy refuses CloudFront`,
			`bucket "example-images": its default encryption is SSE-KMS with AWS's own key`,
		} {
			assert.True(t, strings.HasPrefix(said[i], want), "%s: %s", name, said[i])
		}
	}
	assert.Equal(t, before, w.inventory())
}

// refuseCloudFront makes the bucket one that CloudFront cannot read, whatever it is granted.
func (w *world) refuseCloudFront() {
	w.t.Helper()
	bucket := aws.String(bucketName)
	policy, err := w.s3().GetBucketPolicy(w.t.Context(), &s3.GetBucketPolicyInput{Bucket: bucket})
	require.NoError(w.t, err)
	refusing := strings.Replace(*policy.Policy, `"Statement":[`, `"Statement":[{"Sid":"OurNetworkOnly","Effect":"Deny","Principal":"*",`+
		`"Action":"s3:GetObject","Resource":"arn:aws:s3:::`+bucketName+`/*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}},`, 1)
	require.NotEqual(w.t, *policy.Policy, refusing)
	_, err = w.s3().PutBucketPolicy(w.t.Context(), &s3.PutBucketPolicyInput{Bucket: bucket, Policy: &refusing})
	require.NoError(w.t, err)
	_, err = w.s3().PutBucketEncryption(w.t.Context(), &s3.PutBucketEncryptionInput{
		Bucket: bucket, ServerSideEncryptionConfiguration: &s3types.ServerSideEncryptionConfiguration{Rules: []s3types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &s3types.ServerSideEncryptionByDefault{SSEAlgorithm: s3types.ServerSideEncryptionAwsKms},
		}}},
	})
	require.NoError(w.t, err)
}

// addRecord makes a record with one value.
func (w *world) addRecord(name string, kind types.RRType, value string) {
	w.t.Helper()
	_, err := w.route53().ChangeResourceRecordSets(w.t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: w.zoneID(),
		ChangeBatch: &types.ChangeBatch{Changes: []types.Change{{Action: types.ChangeActionCreate, ResourceRecordSet: &types.ResourceRecordSet{
			Name: &name, Type: kind, TTL: aws.Int64(300), ResourceRecords: []types.ResourceRecord{{Value: &value}},
		}}}},
	})
	require.NoError(w.t, err)
}
