package engine

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
	"imagecdn/components"
)

// A second stack may not take the domain of the first, and the first is not in its own way: not even under another
// name or comment, which only its state can tell.
func TestADomainOfAnotherStackIsFoundBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := w.spec("first")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Operation.Comment = pulumi.String("images of the shop")
	first, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	before := w.inventory()

	second := w.spec("second")
	second.Config.Operation.Comment = spec.Config.Operation.Comment
	for name, operation := range map[string]func(*automation.CDN) error{
		"preview": func(c *automation.CDN) error { _, err := c.Preview(within(t)); return err },
		"up":      func(c *automation.CDN) error { _, err := c.Up(within(t)); return err },
	} {
		err := operation(w.cdn(second))
		var invalid *components.InvalidArgsError
		require.ErrorAs(t, err, &invalid, name)
		require.Len(t, invalid.Faults, 2, name)
		for _, fault := range invalid.Faults {
			assert.Equal(t, "cdn."+zoneName, fault.Value)
			assert.Contains(t, fault.Problem, first.Outputs.DistributionId+" of account 123456789012")
		}
		assert.Contains(t, invalid.Faults[1].Problem, "it already has a record (A, AAAA, HTTPS) to another distribution")
	}
	assert.Equal(t, before, w.inventory())

	spec.Config.Operation.Comment = pulumi.String("images of the company")
	elsewhere := spec
	elsewhere.Config.AdditionalDomains = []string{"other." + zoneName}
	other := w.byHand()
	w.pointAt(elsewhere.Config.AdditionalDomains[0], *other.DomainName)
	_, err = w.cdn(elsewhere).Preview(within(t))
	var invalid *components.InvalidArgsError
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Faults, 1, "its own domain is not among them")
	assert.Equal(t, "other."+zoneName, invalid.Faults[0].Value)
	assert.Contains(t, invalid.Faults[0].Problem, *other.Id+" of account 123456789012")

	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.assertServed()
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
}

// pointAt makes an alias record to a distribution.
func (w *world) pointAt(domain, distribution string) {
	w.t.Helper()
	_, err := w.route53().ChangeResourceRecordSets(w.t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: w.zoneID(),
		ChangeBatch: &types.ChangeBatch{Changes: []types.Change{{Action: types.ChangeActionCreate, ResourceRecordSet: &types.ResourceRecordSet{
			Name: &domain, Type: types.RRTypeA,
			AliasTarget: &types.AliasTarget{HostedZoneId: aws.String("Z2FDTNDATAQYW2"), DNSName: &distribution},
		}}}},
	})
	require.NoError(w.t, err)
}
