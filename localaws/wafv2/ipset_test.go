package wafv2_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func addresses(name string, version types.IPAddressVersion, ranges ...string) *sdk.CreateIPSetInput {
	return &sdk.CreateIPSetInput{
		Name: &name, Scope: types.ScopeCloudfront, IPAddressVersion: version, Addresses: append([]string{}, ranges...),
		Description: aws.String("of a test"), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}},
	}
}

func TestAnIPSetIsMadeUsedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, ""), t.Context()
	made, err := w.CreateIPSet(ctx, addresses("office", "IPV4", "192.0.2.0/24", "198.51.100.7/32"))
	require.NoError(t, err)
	set := made.Summary
	assert.Regexp(t, `^arn:aws:wafv2:us-east-1:123456789012:global/ipset/office/[0-9a-f-]{36}$`, *set.ARN)
	rule := blocking("office", 0, types.Statement{NotStatement: &types.NotStatement{Statement: &types.Statement{
		IPSetReferenceStatement: &types.IPSetReferenceStatement{ARN: set.ARN},
	}}})
	acl := w.create(input("images", rule))
	got, err := w.GetWebACL(ctx, &sdk.GetWebACLInput{ARN: acl.ARN})
	require.NoError(t, err)
	assert.EqualValues(t, 1, got.WebACL.Capacity)

	updated, err := w.UpdateIPSet(ctx, &sdk.UpdateIPSetInput{
		Name: set.Name, Id: set.Id, Scope: types.ScopeCloudfront, LockToken: set.LockToken, Addresses: []string{"203.0.113.0/24"},
	})
	require.NoError(t, err)
	read, err := w.GetIPSet(ctx, &sdk.GetIPSetInput{Name: set.Name, Id: set.Id, Scope: types.ScopeCloudfront})
	require.NoError(t, err)
	assert.Equal(t, []string{"203.0.113.0/24"}, read.IPSet.Addresses)
	assert.Equal(t, updated.NextLockToken, read.LockToken)
	tags, err := w.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceARN: set.ARN})
	require.NoError(t, err)
	assert.Len(t, tags.TagInfoForResource.TagList, 1)

	remove := func(token *string) error {
		_, err := w.DeleteIPSet(ctx, &sdk.DeleteIPSetInput{Name: set.Name, Id: set.Id, Scope: types.ScopeCloudfront, LockToken: token})
		return err
	}
	assert.Equal(t, "WAFOptimisticLockException", code(t, remove(set.LockToken)))
	assert.Equal(t, "WAFAssociatedItemException", code(t, remove(updated.NextLockToken)))
	_, err = w.DeleteWebACL(ctx, &sdk.DeleteWebACLInput{Name: acl.Name, Id: acl.Id, Scope: types.ScopeCloudfront, LockToken: acl.LockToken})
	require.NoError(t, err)
	require.NoError(t, remove(updated.NextLockToken))
	assert.Equal(t, "WAFNonexistentItemException", code(t, remove(updated.NextLockToken)))
}

func TestIPSetsThatAWSRefusesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	_, err := w.CreateIPSet(t.Context(), addresses("taken", "IPV6", "2001:db8::/32"))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		in   *sdk.CreateIPSetInput
		code string
	}{
		"a name that is taken":          {addresses("taken", "IPV4"), "WAFDuplicateItemException"},
		"a name with a space":           {addresses("a b", "IPV4"), "WAFInvalidParameterException"},
		"an address without a length":   {addresses("new", "IPV4", "192.0.2.1"), "WAFInvalidParameterException"},
		"an address of another version": {addresses("new", "IPV4", "2001:db8::/32"), "WAFInvalidParameterException"},
		"everybody":                     {addresses("new", "IPV4", "0.0.0.0/0"), "WAFInvalidParameterException"},
		"an unknown version":            {addresses("new", "IPV5"), "WAFInvalidParameterException"},
	} {
		_, err := w.CreateIPSet(t.Context(), c.in)
		require.Error(t, err, name)
		assert.Equal(t, c.code, code(t, err), name)
	}
}

func TestIPSetsAreListedInPagesAndSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir)
	for _, name := range []string{"c", "a", "b"} {
		_, err := w.CreateIPSet(t.Context(), addresses(name, "IPV4"))
		require.NoError(t, err)
	}
	w = newWorld(t, dir)
	first, err := w.ListIPSets(t.Context(), &sdk.ListIPSetsInput{Scope: types.ScopeCloudfront, Limit: aws.Int32(2)})
	require.NoError(t, err)
	require.Len(t, first.IPSets, 2)
	second, err := w.ListIPSets(t.Context(), &sdk.ListIPSetsInput{Scope: types.ScopeCloudfront, NextMarker: first.NextMarker})
	require.NoError(t, err)
	require.Len(t, second.IPSets, 1)
	assert.Equal(t, "c", *second.IPSets[0].Name)
}

func TestANewIPSetCannotBeReferredToBeforeItIsKnownEverywhere(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, ""), t.Context()
	w.delays.ReadLag = time.Minute
	made, err := w.CreateIPSet(ctx, addresses("office", "IPV4", "192.0.2.0/24"))
	require.NoError(t, err)
	in := input("images", blocking("office", 0, types.Statement{IPSetReferenceStatement: &types.IPSetReferenceStatement{ARN: made.Summary.ARN}}))
	_, err = w.CreateWebACL(ctx, in)
	assert.Equal(t, "WAFUnavailableEntityException", code(t, err))
	w.passed.Add(int64(time.Minute))
	_, err = w.CreateWebACL(ctx, in)
	require.NoError(t, err)
}
