package engine

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

func TestEverythingThatSomebodyChangedByHandIsMendedByARefreshAndAnUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before, spec := w.inventory(), w.spec("drifted")
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.changeEverythingByHand(made.Outputs)

	_, err = w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	mended, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Empty(t, w.unserved(made.Outputs.Domains))
	assert.Equal(t, made.Outputs.DistributionId, mended.Outputs.DistributionId)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// The AWS provider deletes the old policy by the version that the state knows. Once that has
// failed, a refresh does not help any more.
func TestAPolicyThatSomebodyChangedByHandIsNotReplacedBeforeTheStateKnowsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before, spec := w.inventory(), w.spec("edited")
	spec.Config.Protection.WebAcl = "none"
	_, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.changeCachePolicyByHand()

	spec.Config.Cache.DefaultTtl = pulumi.Int(120)
	w.aws.Front().Journal().Clear()
	_, err = w.cdn(spec).Up(within(t))
	require.ErrorContains(t, err, "Run `pulumi refresh`")
	assert.Empty(t, writesOf(change, w.aws.Front().Journal().Entries()))
	_, err = w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Len(t, w.inventory().Policies, 1)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// changeEverythingByHand deletes what AWS lets anybody delete, and changes the rest.
func (w *world) changeEverythingByHand(made automation.Outputs) {
	w.t.Helper()
	w.deleteRecords(func(set types.ResourceRecordSet) bool { return set.AliasTarget != nil || set.Type == types.RRTypeCname })
	ctx, t := w.t.Context(), w.t
	policy := w.inventory().Policy.(map[string]any)
	policy["Statement"] = slices.DeleteFunc(policy["Statement"].([]any), func(statement any) bool {
		sid, _ := statement.(map[string]any)["Sid"].(string)
		return strings.HasPrefix(sid, "ImageCdn")
	})
	text, err := json.Marshal(policy)
	require.NoError(t, err)
	_, err = w.s3().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(bucketName), Policy: aws.String(string(text))})
	require.NoError(t, err)

	edge := w.cloudfront()
	w.changeCachePolicyByHand()
	distribution, err := edge.GetDistributionConfig(ctx, &cloudfront.GetDistributionConfigInput{Id: aws.String(made.DistributionId)})
	require.NoError(t, err)
	control, err := edge.GetOriginAccessControl(ctx, &cloudfront.GetOriginAccessControlInput{Id: distribution.DistributionConfig.Origins.Items[0].OriginAccessControlId})
	require.NoError(t, err)
	control.OriginAccessControl.OriginAccessControlConfig.Description = aws.String("changed by hand")
	_, err = edge.UpdateOriginAccessControl(ctx, &cloudfront.UpdateOriginAccessControlInput{
		Id: control.OriginAccessControl.Id, IfMatch: control.ETag, OriginAccessControlConfig: control.OriginAccessControl.OriginAccessControlConfig,
	})
	require.NoError(t, err)
	distribution.DistributionConfig.Enabled, distribution.DistributionConfig.Comment = aws.Bool(false), aws.String("changed by hand")
	_, err = edge.UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{
		Id: aws.String(made.DistributionId), IfMatch: distribution.ETag, DistributionConfig: distribution.DistributionConfig,
	})
	require.NoError(t, err)
	w.changeWebACLByHand()
	_, err = acm.NewFromConfig(w.config("us-east-1")).AddTagsToCertificate(ctx, &acm.AddTagsToCertificateInput{
		CertificateArn: aws.String(made.CertificateArn), Tags: []acmtypes.Tag{{Key: aws.String("changed"), Value: aws.String("by hand")}},
	})
	require.NoError(t, err)
}

func (w *world) changeCachePolicyByHand() {
	w.t.Helper()
	edge, id := w.cloudfront(), w.cachePolicyID()
	found, err := edge.GetCachePolicyConfig(w.t.Context(), &cloudfront.GetCachePolicyConfigInput{Id: id})
	require.NoError(w.t, err)
	found.CachePolicyConfig.DefaultTTL = aws.Int64(17)
	_, err = edge.UpdateCachePolicy(w.t.Context(), &cloudfront.UpdateCachePolicyInput{Id: id, IfMatch: found.ETag, CachePolicyConfig: found.CachePolicyConfig})
	require.NoError(w.t, err)
}

func (w *world) cachePolicyID() *string {
	w.t.Helper()
	policies, err := w.cloudfront().ListCachePolicies(w.t.Context(), &cloudfront.ListCachePoliciesInput{Type: "custom"})
	require.NoError(w.t, err)
	require.Len(w.t, policies.CachePolicyList.Items, 1)
	return policies.CachePolicyList.Items[0].CachePolicy.Id
}

func (w *world) changeWebACLByHand() {
	w.t.Helper()
	client, scope := wafv2.NewFromConfig(w.config("us-east-1")), waftypes.ScopeCloudfront
	listed, err := client.ListWebACLs(w.t.Context(), &wafv2.ListWebACLsInput{Scope: scope})
	require.NoError(w.t, err)
	require.Len(w.t, listed.WebACLs, 1)
	acl, err := client.GetWebACL(w.t.Context(), &wafv2.GetWebACLInput{Scope: scope, Id: listed.WebACLs[0].Id, Name: listed.WebACLs[0].Name})
	require.NoError(w.t, err)
	_, err = client.UpdateWebACL(w.t.Context(), &wafv2.UpdateWebACLInput{
		Scope: scope, Id: acl.WebACL.Id, Name: acl.WebACL.Name, LockToken: acl.LockToken, Description: acl.WebACL.Description,
		DefaultAction: acl.WebACL.DefaultAction, VisibilityConfig: acl.WebACL.VisibilityConfig, Rules: acl.WebACL.Rules[:1],
	})
	require.NoError(w.t, err)
}

// Each round changes the stack, so that there is something to lose.
func TestTwoUpsAtOnceLeaveAStackAsOneDoesTenTimes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before, spec := w.inventory(), w.spec("twice")
	spec.Config.Protection.WebAcl = "none"
	for round := range 10 {
		spec.Config.Cache.ErrorTtl = pulumi.Int(5 + round)
		done := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := w.cdn(spec).Up(within(t))
				done <- err
			}()
		}
		refused := 0
		for range 2 {
			if err := <-done; err != nil {
				require.ErrorIs(t, err, automation.ErrConcurrentUpdate)
				refused++
			}
		}
		if refused == 2 { // each has seen the other's lock
			_, err := w.cdn(spec).Up(within(t))
			require.NoError(t, err)
		}
		assert.Empty(t, w.unserved([]string{spec.Config.Domain}))
	}
	assert.Len(t, w.inventory().Distributions, 1)
	_, err := w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// Somebody else reads the policy and writes it with something of their own changed, again and again.
func TestAPolicyThatSomebodyElseRewritesInALoopGetsAndLosesTheGrantAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before, spec := w.inventory(), w.spec("rewritten")
	spec.Config.Protection.WebAcl = "none"
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan int)
	go func() { stopped <- w.rewritePolicy(ctx) }()

	_, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Empty(t, w.unserved([]string{spec.Config.Domain}))
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	stop()
	assert.Greater(t, <-stopped, 50)
	after := w.inventory()
	after.Policy = withoutVersionOfTheirs(after.Policy)
	assert.Equal(t, before, after)
}

const theirSid = "SomebodyElses"

// rewritePolicy writes the policy until it is stopped, and counts how often.
func (w *world) rewritePolicy(ctx context.Context) (times int) {
	for ctx.Err() == nil {
		err := func() error {
			found, err := w.s3().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(bucketName)})
			if err != nil {
				return err
			}
			var policy map[string]any
			if err := json.Unmarshal([]byte(*found.Policy), &policy); err != nil {
				return err
			}
			policy = withoutVersionOfTheirs(policy).(map[string]any)
			policy["Statement"] = append(policy["Statement"].([]any), map[string]any{
				"Sid": theirSid, "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket",
				"Resource": "arn:aws:s3:::" + bucketName, "Condition": map[string]any{"NumericEquals": map[string]any{"s3:max-keys": times}},
			})
			text, err := json.Marshal(policy)
			if err != nil {
				return err
			}
			_, err = w.s3().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(bucketName), Policy: aws.String(string(text))})
			return err
		}()
		if err == nil {
			times++
		} else if !errors.Is(err, context.Canceled) {
			assert.NoError(w.t, err)
			return times
		}
		time.Sleep(200 * time.Millisecond)
	}
	return times
}

func withoutVersionOfTheirs(policy any) any {
	document := policy.(map[string]any)
	document["Statement"] = slices.DeleteFunc(document["Statement"].([]any), func(statement any) bool {
		return statement.(map[string]any)["Sid"] == theirSid
	})
	return document
}

// deleteRecords takes records out of the zone.
func (w *world) deleteRecords(which func(types.ResourceRecordSet) bool) {
	w.t.Helper()
	zone := w.zoneID()
	sets, err := w.route53().ListResourceRecordSets(w.t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: zone})
	require.NoError(w.t, err)
	var changes []types.Change
	for _, set := range sets.ResourceRecordSets {
		if which(set) {
			changes = append(changes, types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: &set})
		}
	}
	_, err = w.route53().ChangeResourceRecordSets(w.t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: zone, ChangeBatch: &types.ChangeBatch{Changes: changes},
	})
	require.NoError(w.t, err)
}
