package engine

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pluginProvider is an instance of the plugin in a program that has nothing else.
type pluginProvider struct{ pulumi.ProviderResourceState }

// plugin makes an instance whose calls come to this world.
func (w *world) plugin(ctx *pulumi.Context) (*pluginProvider, error) {
	endpoint := pulumi.String(w.aws.APIURL())
	provider := &pluginProvider{}
	return provider, ctx.RegisterResource("pulumi:providers:imagecdn", "plugin", pulumi.Map{"aws": pulumi.Map{
		"region": pulumi.String("us-east-1"), "access_key": pulumi.String("test"), "secret_key": pulumi.ToSecret(pulumi.String("test")),
		"s3_use_path_style": pulumi.Bool(true), "skip_metadata_api_check": pulumi.String("true"),
		"endpoints": pulumi.Array{pulumi.Map{"s3": endpoint, "route53": endpoint, "acm": endpoint, "sts": endpoint, "cloudfront": endpoint}},
	}}, provider)
}

// validated requests a certificate, and returns its ARN and the record ACM asks for.
func (w *world) validated(region, domain string, more ...string) (string, acmtypes.ResourceRecord) {
	w.t.Helper()
	client := acm.NewFromConfig(w.config(region))
	out, err := client.RequestCertificate(w.t.Context(), &acm.RequestCertificateInput{
		DomainName: aws.String(domain), SubjectAlternativeNames: more, ValidationMethod: acmtypes.ValidationMethodDns,
	})
	require.NoError(w.t, err)
	var record *acmtypes.ResourceRecord
	require.Eventually(w.t, func() bool {
		described, err := client.DescribeCertificate(w.t.Context(), &acm.DescribeCertificateInput{CertificateArn: out.CertificateArn})
		if err == nil && len(described.Certificate.DomainValidationOptions) > 0 {
			record = described.Certificate.DomainValidationOptions[0].ResourceRecord
		}
		return record != nil
	}, time.Minute, 100*time.Millisecond)
	return *out.CertificateArn, *record
}

func (w *world) isIssued(region, arn string) bool {
	out, err := acm.NewFromConfig(w.config(region)).DescribeCertificate(w.t.Context(), &acm.DescribeCertificateInput{CertificateArn: aws.String(arn)})
	return err == nil && out.Certificate.Status == acmtypes.CertificateStatusIssued
}

func (w *world) hasRecord(name string) bool {
	return slices.Contains(w.records(), name+" CNAME")
}

// Each stack has a certificate of its own for the same name, so both have the
// same record.
func TestStacksShareAValidationRecordAndTheLastOneDeletesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	regions := []string{"us-east-1", "eu-west-1"}
	var stacks []auto.Stack
	var certificates []string
	var asked acmtypes.ResourceRecord
	for i, region := range regions {
		arn, record := w.validated(region, "cdn."+zoneName)
		certificates, asked = append(certificates, arn), record
		stacks = append(stacks, w.inlineStack(fmt.Sprintf("validated-%d", i), func(ctx *pulumi.Context) error {
			provider, err := w.plugin(ctx)
			if err != nil {
				return err
			}
			resource := &pulumi.CustomResourceState{}
			return ctx.RegisterResource("imagecdn:index:ValidationRecord", "record", pulumi.Map{
				"zoneId": pulumi.String(*w.zoneID()), "name": pulumi.String(*record.Name), "value": pulumi.String(*record.Value),
				"certificateArn": pulumi.String(arn), "domain": pulumi.String("cdn." + zoneName),
			}, resource, pulumi.Provider(provider))
		}))
	}
	for i, stack := range stacks {
		_, err := stack.Up(within(t))
		require.NoError(t, err)
		require.Eventually(t, func() bool { return w.isIssued(regions[i], certificates[i]) }, time.Minute, 100*time.Millisecond)
		unchanged, err := stack.Preview(within(t))
		require.NoError(t, err)
		assert.Equal(t, 3, unchanged.ChangeSummary["same"], "stack, provider and record")
	}
	refreshed, err := stacks[0].Refresh(within(t))
	require.NoError(t, err)
	assert.NotContains(t, *refreshed.Summary.ResourceChanges, "update")

	_, err = stacks[0].Destroy(within(t))
	require.NoError(t, err)
	require.True(t, w.hasRecord(*asked.Name), "the other stack's certificate renews by it")
	_, err = acm.NewFromConfig(w.config(regions[0])).DeleteCertificate(t.Context(), &acm.DeleteCertificateInput{CertificateArn: aws.String(certificates[0])})
	require.NoError(t, err)
	_, err = stacks[1].Destroy(within(t))
	require.NoError(t, err)
	require.False(t, w.hasRecord(*asked.Name))
}

func TestAHundredDomainsInALargeZoneAreLookedUpInAFewCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fill(10_000)
	domains := make([]string, 100)
	for i := range domains {
		domains[i] = fmt.Sprintf("t%02d.cdn.%s", i, zoneName)
	}
	type zone struct {
		ID string `pulumi:"id"`
	}
	var found struct {
		Domains []struct {
			Name  string `pulumi:"name"`
			Zones []zone `pulumi:"zones"`
		} `pulumi:"domains"`
	}
	stack := w.inlineStack("look-up", func(ctx *pulumi.Context) error {
		provider, err := w.plugin(ctx)
		if err != nil {
			return err
		}
		return ctx.Invoke("imagecdn:index:getDomains", &struct {
			Domains []string `pulumi:"domains"`
		}{domains}, &found, pulumi.Provider(provider))
	})
	w.aws.Front().Journal().Clear()
	_, err := stack.Preview(within(t))
	require.NoError(t, err)
	require.Len(t, found.Domains, len(domains))
	for i, domain := range found.Domains {
		assert.Equal(t, domains[i], domain.Name)
		assert.Len(t, domain.Zones, 1)
	}
	assert.LessOrEqual(t, len(w.aws.Front().Journal().Entries()), 3)
}

// fill puts records into the zone, in batches that Route 53 takes.
func (w *world) fill(count int) {
	w.t.Helper()
	for start := 0; start < count; start += 500 {
		changes := make([]types.Change, 500)
		for i := range changes {
			changes[i] = types.Change{Action: types.ChangeActionCreate, ResourceRecordSet: &types.ResourceRecordSet{
				Name: aws.String(fmt.Sprintf("host-%05d.%s", start+i, zoneName)), Type: types.RRTypeA, TTL: aws.Int64(300),
				ResourceRecords: []types.ResourceRecord{{Value: aws.String("192.0.2.1")}},
			}}
		}
		_, err := w.route53().ChangeResourceRecordSets(w.t.Context(), &route53.ChangeResourceRecordSetsInput{
			HostedZoneId: w.zoneID(), ChangeBatch: &types.ChangeBatch{Changes: changes},
		})
		require.NoError(w.t, err)
	}
}
