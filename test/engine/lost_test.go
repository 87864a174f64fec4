package engine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
	"imagecdn/components"
	"imagecdn/localaws/api"
)

// Somebody may have taken a distribution out of the state to keep it. While a record
// points at it, it is no leftover.
func TestADistributionThatARecordPointsAtIsNoLeftover(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := w.spec("kept")
	spec.Config.Protection.WebAcl = "none"
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	var mark string
	for _, r := range w.state(spec.Stack) {
		if r.named("cdn-mark") {
			mark, _ = r.Outputs["mark"].(string)
		}
	}
	sweep := w.inlineStack("sweep", func(ctx *pulumi.Context) error {
		provider, err := w.plugin(ctx)
		if err != nil {
			return err
		}
		return ctx.RegisterResource("imagecdn:index:Leftovers", "left", pulumi.Map{
			"mark": pulumi.String(mark), "kinds": pulumi.ToStringArray([]string{"distribution"}),
		}, &pulumi.CustomResourceState{}, pulumi.Provider(provider))
	})
	for _, pointedAt := range []bool{true, false} {
		if !pointedAt {
			w.removeAliasRecords()
		}
		_, err := sweep.Up(within(t))
		require.NoError(t, err)
		done, err := sweep.Destroy(within(t))
		require.NoError(t, err)
		if pointedAt {
			assert.Contains(t, done.StdOut+done.StdErr, "a record of cdn.example.com points at it")
			assert.Equal(t, []string{made.Outputs.DistributionId}, w.inventory().Distributions)
			w.assertServed()
		}
	}
	assert.Empty(t, w.inventory().Distributions)
}

// removeAliasRecords takes every alias record out of the zone.
func (w *world) removeAliasRecords() {
	w.t.Helper()
	w.deleteRecords(func(set types.ResourceRecordSet) bool { return set.AliasTarget != nil })
}

// lose has AWS do what it is asked, and loses the answer, once.
func (w *world) lose(service string, operations ...string) {
	w.t.Helper()
	var faults []api.Fault
	for _, operation := range operations {
		faults = append(faults, api.Fault{Service: service, Operation: operation, Times: 1, When: api.After, Drop: true})
	}
	w.inject(faults)
}

// AWS has made something, and its answer was lost: no state knows it. The next up goes on,
// and the destroy finds what was left by the stack's mark.
func TestWhatAWSMadeAlthoughItsAnswerWasLostIsDeletedByTheDestroy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("lost")
	spec.Config.Headers.Security, spec.Config.Functions.ContentTypes = true, true
	onCurve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	spec.Config.Signing = components.SigningArgs{Everywhere: new(false), PublicKeys: map[string]pulumi.StringInput{
		"shop": pulumi.String(newKeyPair(t, onCurve, onCurve.Public(), err).public),
	}}
	spec.Config.Paths = []components.PathArgs{{Pattern: "/albums/*", Signed: new(true)}}
	w.inject([]api.Fault{
		{Service: "cloudfront", Operation: "CreatePublicKey", Times: 1, When: api.After, Drop: true},
		{Service: "cloudfront", Operation: "CreateFunction", Times: 1, When: api.After, Drop: true},
		{Service: "cloudfront", Operation: "CreateOriginAccessControl", Times: 1, When: api.After, Drop: true},
		{Service: "cloudfront", Operation: "CreateCachePolicy", Times: 1, When: api.After, Drop: true},
		{Service: "cloudfront", Operation: "CreateResponseHeadersPolicy", Times: 1, When: api.After, Drop: true},
		// The token of the request is in the program's memory, as good as killed with it.
		{Service: "acm", Operation: "RequestCertificate", Times: 1, When: api.After, Code: "InternalFailure", Message: "the answer is lost", Status: 400},
	})
	_, err = w.cdn(spec).Up(within(t))
	require.ErrorIs(t, err, automation.ErrFailed)
	w.inject([]api.Fault{
		{Service: "cloudfront", Operation: "CreateKeyGroup", Times: 1, When: api.After, Drop: true},
		{Service: "wafv2", Operation: "CreateWebACL", Times: 1, When: api.After, Drop: true},
	})
	_, err = w.cdn(spec).Up(within(t))
	require.ErrorIs(t, err, automation.ErrFailed)
	left := w.inventory()
	assert.NotEmpty(t, left.AccessControls)
	assert.GreaterOrEqual(t, len(left.Policies), 2, "one of the cache, one of headers: %v", left.Policies)
	assert.NotEmpty(t, left.WebACLs)
	assert.GreaterOrEqual(t, len(left.SigningKeys), 2, "a key and a group: %v", left.SigningKeys)
	assert.NotEmpty(t, left.Functions)
	assert.NotEmpty(t, left.Certificates)

	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err, "the next up goes on without help")
	w.assertServed()
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// The domains are that distribution's: the next up takes it over.
func TestADistributionWhoseCreationWasNotAnsweredIsTakenOverByTheNextUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("taken-over")
	spec.Config.Protection.WebAcl = "none"
	w.lose("cloudfront", "CreateDistributionWithTags")
	_, err := w.cdn(spec).Up(within(t))
	require.ErrorIs(t, err, automation.ErrFailed)
	left := w.inventory().Distributions
	require.Len(t, left, 1)

	spec.Config.Cache.ErrorTtl = pulumi.Int(7) // meanwhile, the options are others
	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	done, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, planned.Changes, done.Changes)
	assert.Equal(t, left[0], done.Outputs.DistributionId)
	assert.Equal(t, left, w.inventory().Distributions)
	w.assertServed()
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// A distribution whose creation was not answered holds all that it uses.
func TestADistributionWhoseCreationWasNotAnsweredGoesWithTheStack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("lost-distribution")
	w.lose("cloudfront", "CreateDistributionWithTags")
	_, err := w.cdn(spec).Up(within(t))
	require.ErrorIs(t, err, automation.ErrFailed)
	require.Len(t, w.inventory().Distributions, 1)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}
