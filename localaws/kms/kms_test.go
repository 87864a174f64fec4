package kms_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/kms"
	"imagecdn/localaws/policy"
)

func TestAKeyIsFoundByIdArnAndAlias(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	ctx := t.Context()
	id, arn := w.key()
	assert.Equal(t, "arn:aws:kms:"+region+":"+account+":key/"+id, arn)
	alias := aws.String("alias/images")
	_, err := w.CreateAlias(ctx, &sdk.CreateAliasInput{AliasName: alias, TargetKeyId: &id})
	require.NoError(t, err)
	for _, name := range []string{id, arn, *alias, "arn:aws:kms:" + region + ":" + account + ":alias/images"} {
		found, err := w.DescribeKey(ctx, &sdk.DescribeKeyInput{KeyId: &name})
		require.NoError(t, err, name)
		assert.Equal(t, arn, *found.KeyMetadata.Arn)
		assert.Equal(t, types.KeyManagerTypeCustomer, found.KeyMetadata.KeyManager)
		assert.Equal(t, types.KeyStateEnabled, found.KeyMetadata.KeyState)
		assert.Equal(t, "images", *found.KeyMetadata.Description)
	}
	_, err = w.GetKeyPolicy(ctx, &sdk.GetKeyPolicyInput{KeyId: alias})
	requireCode(t, err, "NotFoundException")
	for name, client := range map[string]*sdk.Client{arn: w.in("us-east-1"), id: w.in("us-east-1"), "alias/none": w.Client, "nonsense": w.Client} {
		_, err = client.DescribeKey(ctx, &sdk.DescribeKeyInput{KeyId: &name})
		requireCode(t, err, "NotFoundException")
	}
}

func TestAnAliasIsMovedAndTakenAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	ctx := t.Context()
	first, _ := w.key()
	second, _ := w.key()
	alias := aws.String("alias/images")
	_, err := w.CreateAlias(ctx, &sdk.CreateAliasInput{AliasName: alias, TargetKeyId: &first})
	require.NoError(t, err)
	_, err = w.CreateAlias(ctx, &sdk.CreateAliasInput{AliasName: alias, TargetKeyId: &second})
	requireCode(t, err, "AlreadyExistsException")
	_, err = w.CreateAlias(ctx, &sdk.CreateAliasInput{AliasName: aws.String("alias/aws/mine"), TargetKeyId: &first})
	requireCode(t, err, "InvalidAliasNameException")
	_, err = w.UpdateAlias(ctx, &sdk.UpdateAliasInput{AliasName: alias, TargetKeyId: &second})
	require.NoError(t, err)
	listed, err := w.ListAliases(ctx, &sdk.ListAliasesInput{KeyId: &second})
	require.NoError(t, err)
	require.Len(t, listed.Aliases, 1)
	assert.Equal(t, *alias, *listed.Aliases[0].AliasName)
	_, err = w.DeleteAlias(ctx, &sdk.DeleteAliasInput{AliasName: alias})
	require.NoError(t, err)
	_, err = w.DeleteAlias(ctx, &sdk.DeleteAliasInput{AliasName: alias})
	requireCode(t, err, "NotFoundException")
}

func TestKeysAndAliasesAreListedPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	ctx := t.Context()
	made := map[string]bool{}
	for _, name := range []string{"a", "b", "c"} {
		id, _ := w.key()
		made[id] = true
		_, err := w.CreateAlias(ctx, &sdk.CreateAliasInput{AliasName: aws.String("alias/" + name), TargetKeyId: &id})
		require.NoError(t, err)
	}
	keys, aliases := 0, 0
	for pages := sdk.NewListKeysPaginator(w, &sdk.ListKeysInput{Limit: aws.Int32(2)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		require.NoError(t, err)
		for _, k := range page.Keys {
			assert.True(t, made[*k.KeyId])
			keys++
		}
	}
	for pages := sdk.NewListAliasesPaginator(w, &sdk.ListAliasesInput{Limit: aws.Int32(2)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		require.NoError(t, err)
		aliases += len(page.Aliases)
	}
	assert.Equal(t, 3, keys)
	assert.Equal(t, 3, aliases)
	others, err := w.in("us-east-1").ListKeys(ctx, &sdk.ListKeysInput{})
	require.NoError(t, err)
	assert.Empty(t, others.Keys, "keys are of one region")
}

func TestAPolicyComesBackAsKMSWritesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	ctx := t.Context()
	id, _ := w.key()
	usual, err := w.GetKeyPolicy(ctx, &sdk.GetKeyPolicyInput{KeyId: &id})
	require.NoError(t, err)
	assert.Equal(t, `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::123456789012:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`, *usual.Policy)
	_, err = w.PutKeyPolicy(ctx, &sdk.PutKeyPolicyInput{KeyId: &id, Policy: aws.String(
		`{"Statement":{"Effect":"Allow","Principal":{"AWS":["123456789012"]},"Resource":"*","Action":["kms:Get*","kms:Put*"]}}`)})
	require.NoError(t, err)
	changed, err := w.GetKeyPolicy(ctx, &sdk.GetKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default")})
	require.NoError(t, err)
	assert.Contains(t, *changed.Policy, `"Action" : [ "kms:Get*", "kms:Put*" ]`)
	assert.Contains(t, *changed.Policy, `"AWS" : "arn:aws:iam::123456789012:root"`)
	_, err = w.ListKeyPolicies(ctx, &sdk.ListKeyPoliciesInput{KeyId: &id})
	requireCode(t, err, "AccessDeniedException")
	_, err = w.PutKeyPolicy(ctx, &sdk.PutKeyPolicyInput{KeyId: &id, Policy: usual.Policy})
	require.NoError(t, err)
	names, err := w.ListKeyPolicies(ctx, &sdk.ListKeyPoliciesInput{KeyId: &id})
	require.NoError(t, err)
	assert.Equal(t, []string{"default"}, names.PolicyNames)
}

func TestAPolicyThatKMSDoesNotTakeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id, _ := w.key()
	w.limits.Permissions = true
	open := `{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"kms:*","Resource":"*"}`
	for sentence, test := range map[string]struct{ policy, code string }{
		"no JSON":                    {`{`, "MalformedPolicyDocumentException"},
		"without a principal":        {`{"Statement":[` + open + `,{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}`, "MalformedPolicyDocumentException"},
		"with a role that is nobody": {`{"Statement":[` + open + `,{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/none"},"Action":"kms:*","Resource":"*"}]}`, "MalformedPolicyDocumentException"},
		"that locks the caller out":  {`{"Statement":{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"kms:*","Resource":"*"}}`, "MalformedPolicyDocumentException"},
		"of more than 32 KB":         {`{"Id":"` + strings.Repeat("x", 32<<10) + `","Statement":` + open + `}`, "LimitExceededException"},
	} {
		_, err := w.PutKeyPolicy(t.Context(), &sdk.PutKeyPolicyInput{KeyId: &id, Policy: &test.policy})
		require.Error(t, err, sentence)
		requireCode(t, err, test.code)
	}
	_, err := w.PutKeyPolicy(t.Context(), &sdk.PutKeyPolicyInput{
		KeyId: &id, Policy: aws.String(`{"Statement":{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"}}}`), BypassPolicyLockoutSafetyCheck: true,
	})
	require.NoError(t, err, "a statement without actions is taken, and so is a lockout that is wanted")
	_, err = w.GetKeyPolicy(t.Context(), &sdk.GetKeyPolicyInput{KeyId: &id})
	requireCode(t, err, "AccessDeniedException")
}

func TestAUserOfAKeyWhoIsMadeAnewIsNotLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	id, _ := w.key()
	user := "arn:aws:iam::123456789012:user/anna"
	w.known[user] = "AIDAFIRST"
	_, err := w.PutKeyPolicy(t.Context(), &sdk.PutKeyPolicyInput{KeyId: &id, Policy: aws.String(
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"kms:*","Resource":"*"},` +
			`{"Effect":"Allow","Principal":{"AWS":"` + user + `"},"Action":"kms:Decrypt","Resource":"*"}]}`)})
	require.NoError(t, err)
	w.known[user] = "AIDASECOND"
	now, err := w.GetKeyPolicy(t.Context(), &sdk.GetKeyPolicyInput{KeyId: &id})
	require.NoError(t, err)
	assert.Contains(t, *now.Policy, `"AWS" : "AIDAFIRST"`)
	assert.NotContains(t, *now.Policy, user)
}

func TestThePolicyOfAKeyDecidesAndNotTheCallersOwnAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	ctx := t.Context()
	id, _ := w.key()
	w.own = policy.NoMatch
	_, err := w.DescribeKey(ctx, &sdk.DescribeKeyInput{KeyId: &id})
	requireCode(t, err, "AccessDeniedException")
	_, err = w.CreateKey(ctx, &sdk.CreateKeyInput{})
	requireCode(t, err, "AccessDeniedException")
	w.own = policy.Allow
	me := "arn:aws:iam::123456789012:user/local"
	_, err = w.PutKeyPolicy(ctx, &sdk.PutKeyPolicyInput{KeyId: &id, Policy: aws.String(
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"` + me + `"},"Action":["kms:PutKeyPolicy","kms:DescribeKey"],"Resource":"*"}]}`)})
	require.NoError(t, err)
	_, err = w.EnableKey(ctx, &sdk.EnableKeyInput{KeyId: &id})
	requireCode(t, err, "AccessDeniedException")
	w.own = policy.NoMatch
	_, err = w.DescribeKey(ctx, &sdk.DescribeKeyInput{KeyId: &id})
	require.NoError(t, err, "who is named needs no policy of his own")
}

func TestAKeyIsDisabledEnabledAndDeletedAfterAWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	ctx := t.Context()
	id, arn := w.key()
	state := func() types.KeyState {
		found, err := w.DescribeKey(ctx, &sdk.DescribeKeyInput{KeyId: &id})
		require.NoError(t, err)
		return found.KeyMetadata.KeyState
	}
	_, err := w.DisableKey(ctx, &sdk.DisableKeyInput{KeyId: &id})
	require.NoError(t, err)
	assert.Equal(t, types.KeyStateDisabled, state())
	_, err = w.EnableKey(ctx, &sdk.EnableKeyInput{KeyId: &id})
	require.NoError(t, err)
	assert.Equal(t, types.KeyStateEnabled, state())
	_, err = w.CancelKeyDeletion(ctx, &sdk.CancelKeyDeletionInput{KeyId: &id})
	requireCode(t, err, "KMSInvalidStateException")
	_, err = w.ScheduleKeyDeletion(ctx, &sdk.ScheduleKeyDeletionInput{KeyId: &id, PendingWindowInDays: aws.Int32(6)})
	requireCode(t, err, "ValidationException")
	for range 2 {
		gone, err := w.ScheduleKeyDeletion(ctx, &sdk.ScheduleKeyDeletionInput{KeyId: &id, PendingWindowInDays: aws.Int32(7)})
		require.NoError(t, err)
		assert.Equal(t, arn, *gone.KeyId)
		assert.Equal(t, types.KeyStatePendingDeletion, state())
		_, err = w.EnableKey(ctx, &sdk.EnableKeyInput{KeyId: &id})
		requireCode(t, err, "KMSInvalidStateException")
		_, err = w.CancelKeyDeletion(ctx, &sdk.CancelKeyDeletionInput{KeyId: &id})
		require.NoError(t, err)
		assert.Equal(t, types.KeyStateDisabled, state())
	}
	_, err = w.ScheduleKeyDeletion(ctx, &sdk.ScheduleKeyDeletionInput{KeyId: &id, PendingWindowInDays: aws.Int32(7)})
	require.NoError(t, err)
	w.pass(7 * day)
	_, err = w.DescribeKey(ctx, &sdk.DescribeKeyInput{KeyId: &id})
	requireCode(t, err, "NotFoundException")
}

func TestAKeyHasTagsADescriptionAndRotation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir)
	ctx := t.Context()
	id, _ := w.key()
	_, err := w.TagResource(ctx, &sdk.TagResourceInput{KeyId: &id, Tags: []types.Tag{{TagKey: aws.String("a"), TagValue: aws.String("1")}, {TagKey: aws.String("b"), TagValue: aws.String("2")}}})
	require.NoError(t, err)
	_, err = w.TagResource(ctx, &sdk.TagResourceInput{KeyId: &id, Tags: []types.Tag{{TagKey: aws.String("aws:a"), TagValue: aws.String("1")}}})
	requireCode(t, err, "TagException")
	_, err = w.UntagResource(ctx, &sdk.UntagResourceInput{KeyId: &id, TagKeys: []string{"a"}})
	require.NoError(t, err)
	_, err = w.UpdateKeyDescription(ctx, &sdk.UpdateKeyDescriptionInput{KeyId: &id, Description: aws.String("other")})
	require.NoError(t, err)
	_, err = w.EnableKeyRotation(ctx, &sdk.EnableKeyRotationInput{KeyId: &id})
	require.NoError(t, err)

	again := newWorld(t, dir)
	listed, err := again.ListResourceTags(ctx, &sdk.ListResourceTagsInput{KeyId: &id})
	require.NoError(t, err)
	require.Len(t, listed.Tags, 1)
	assert.Equal(t, "b", *listed.Tags[0].TagKey)
	found, err := again.DescribeKey(ctx, &sdk.DescribeKeyInput{KeyId: &id})
	require.NoError(t, err)
	assert.Equal(t, "other", *found.KeyMetadata.Description)
	rotation, err := again.GetKeyRotationStatus(ctx, &sdk.GetKeyRotationStatusInput{KeyId: &id})
	require.NoError(t, err)
	assert.True(t, rotation.KeyRotationEnabled)
	_, err = again.DisableKeyRotation(ctx, &sdk.DisableKeyRotationInput{KeyId: &id})
	require.NoError(t, err)
}

func TestThePolicyOfAKeyOfAWSCannotBeChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir)
	own, err := w.DescribeKey(t.Context(), &sdk.DescribeKeyInput{KeyId: aws.String("alias/aws/s3")})
	require.NoError(t, err, "it is made when it is first asked for")
	assert.Equal(t, types.KeyManagerTypeAws, own.KeyMetadata.KeyManager)
	again, err := newWorld(t, dir).DescribeKey(t.Context(), &sdk.DescribeKeyInput{KeyId: aws.String("alias/aws/s3")})
	require.NoError(t, err)
	assert.Equal(t, *own.KeyMetadata.Arn, *again.KeyMetadata.Arn)
	text, err := w.GetKeyPolicy(t.Context(), &sdk.GetKeyPolicyInput{KeyId: own.KeyMetadata.KeyId})
	require.NoError(t, err)
	_, err = w.PutKeyPolicy(t.Context(), &sdk.PutKeyPolicyInput{KeyId: own.KeyMetadata.KeyId, Policy: text.Policy})
	requireCode(t, err, "AccessDeniedException")
}

// request is one of CloudFront to read an object by a distribution.
func request(distribution string) policy.Request {
	return policy.Request{
		Caller: policy.Caller{Kind: "Service", Value: "cloudfront.amazonaws.com"}, Action: "kms:Decrypt",
		Context: map[string][]string{"aws:sourcearn": {distribution}},
	}
}

func TestAKeyIsUsedByTheDistributionThatItsPolicyNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	ctx := t.Context()
	id, arn := w.key()
	const mine, other = "arn:aws:cloudfront::123456789012:distribution/E1", "arn:aws:cloudfront::123456789012:distribution/E2"
	requireCode(t, w.service.Use(arn, request(mine), policy.NoMatch), "AccessDeniedException")
	_, err := w.PutKeyPolicy(ctx, &sdk.PutKeyPolicyInput{KeyId: &id, Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"kms:*","Resource":"*"},` +
			`{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*",` +
			`"Condition":{"StringEquals":{"AWS:SourceArn":"` + mine + `"}}}]}`)})
	require.NoError(t, err)
	require.NoError(t, w.service.Use(arn, request(mine), policy.NoMatch))
	requireCode(t, w.service.Use(arn, request(other), policy.NoMatch), "AccessDeniedException")
	_, err = w.DisableKey(ctx, &sdk.DisableKeyInput{KeyId: &id})
	require.NoError(t, err)
	requireCode(t, w.service.Use(arn, request(mine), policy.NoMatch), "DisabledException")
	_, err = w.ScheduleKeyDeletion(ctx, &sdk.ScheduleKeyDeletionInput{KeyId: &id})
	require.NoError(t, err)
	requireCode(t, w.service.Use(arn, request(mine), policy.NoMatch), "KMSInvalidStateException")
	w.pass(30 * day)
	requireCode(t, w.service.Use(arn, request(mine), policy.NoMatch), "NotFoundException")
}

func TestAKeyOfAWSIsUsedByTheAccountAndByNoDistribution(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	arn, err := w.service.KeyOf(account, region, "alias/aws/s3")
	require.NoError(t, err)
	user := policy.Request{
		Caller: policy.Caller{Kind: "AWS", Value: "arn:aws:iam::123456789012:user/anna", Account: account}, Action: "kms:Decrypt", Context: map[string][]string{},
	}
	require.NoError(t, w.service.Use(arn, user, policy.Allow))
	requireCode(t, w.service.Use(arn, request("arn:aws:cloudfront::123456789012:distribution/E1"), policy.NoMatch), "AccessDeniedException")
}

func TestAKeyOfAnotherAccountShowsNobodyItsPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	arn, err := w.service.KeyOf("111122223333", region, "alias/aws/s3")
	require.NoError(t, err)
	_, err = w.GetKeyPolicy(t.Context(), &sdk.GetKeyPolicyInput{KeyId: &arn})
	requireCode(t, err, "AccessDeniedException")
}

func TestKeysThatS3DoesNotTakeAreNotImitated(t *testing.T) {
	t.Parallel()
	_, err := newWorld(t, "").CreateKey(t.Context(), &sdk.CreateKeyInput{KeySpec: types.KeySpecRsa2048})
	requireCode(t, err, "NotImplemented")
	assert.NotContains(t, (&kms.Service{}).Operations(), "Encrypt")
}
