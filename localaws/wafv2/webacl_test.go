package wafv2_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// three are the rule groups of the console's one-click protection.
func three() []types.Rule {
	return []types.Rule{
		managed("AWSManagedRulesAmazonIpReputationList", 0), managed("AWSManagedRulesCommonRuleSet", 1),
		managed("AWSManagedRulesKnownBadInputsRuleSet", 2),
	}
}

func TestWebACLIsGivenBackAsItCame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	in := input("images", append(three(), blocking("rate", 3, types.Statement{RateBasedStatement: &types.RateBasedStatement{
		Limit: aws.Int64(2000), AggregateKeyType: types.RateBasedStatementAggregateKeyTypeIp, EvaluationWindowSec: 300,
		ScopeDownStatement: &types.Statement{GeoMatchStatement: &types.GeoMatchStatement{CountryCodes: []types.CountryCode{"NL"}}},
	}}))...)
	in.CustomResponseBodies = map[string]types.CustomResponseBody{"b": {Content: aws.String("<b>&</b>"), ContentType: "TEXT_HTML"}}
	in.TokenDomains = []string{"example.com"}
	created := w.create(in)
	assert.Regexp(t, `^arn:aws:wafv2:us-east-1:123456789012:global/webacl/images/[0-9a-f-]{36}$`, *created.ARN)

	for name, get := range map[string]*sdk.GetWebACLInput{
		"by name": {Name: in.Name, Id: created.Id, Scope: in.Scope}, "by ARN": {ARN: created.ARN},
	} {
		got, err := w.GetWebACL(t.Context(), get)
		require.NoError(t, err, name)
		acl := got.WebACL
		assert.Equal(t, in.Rules, acl.Rules, name)
		assert.Equal(t, in.DefaultAction, acl.DefaultAction, name)
		assert.Equal(t, in.VisibilityConfig, acl.VisibilityConfig, name)
		assert.Equal(t, in.CustomResponseBodies, acl.CustomResponseBodies, name)
		assert.Equal(t, in.TokenDomains, acl.TokenDomains, name)
		assert.Equal(t, created.ARN, acl.ARN, name)
		assert.Equal(t, created.Id, acl.Id, name)
		assert.Equal(t, "of a test", *acl.Description, name)
		assert.EqualValues(t, 25+700+200+3, acl.Capacity, name)
		assert.Equal(t, "awswaf:123456789012:webacl:images:", *acl.LabelNamespace, name)
		assert.Equal(t, created.LockToken, got.LockToken, name)
	}
	assert.True(t, w.service.ForCloudFront(*created.ARN))
	assert.False(t, w.service.ForCloudFront(*created.ARN+"x"))
}

func TestRegionalWebACLIsOfItsRegion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	in := input("regional")
	in.Scope = types.ScopeRegional
	out, err := w.in("eu-west-1").CreateWebACL(t.Context(), in)
	require.NoError(t, err)
	assert.Contains(t, *out.Summary.ARN, "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/regional/")
	assert.False(t, w.service.ForCloudFront(*out.Summary.ARN), "a distribution cannot have it")
	_, err = w.GetWebACL(t.Context(), &sdk.GetWebACLInput{Name: in.Name, Id: out.Summary.Id, Scope: in.Scope})
	assert.Equal(t, "WAFNonexistentItemException", code(t, err))
	_, err = w.GetWebACL(t.Context(), &sdk.GetWebACLInput{ARN: out.Summary.ARN})
	assert.Equal(t, "WAFNonexistentItemException", code(t, err))
}

func TestWebACLsThatAWSRefusesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.create(input("taken"))
	bytes := func(c types.PositionalConstraint) types.Statement {
		return types.Statement{ByteMatchStatement: &types.ByteMatchStatement{
			SearchString: []byte("x"), FieldToMatch: &types.FieldToMatch{UriPath: &types.UriPath{}}, PositionalConstraint: c,
			TextTransformations: []types.TextTransformation{{Type: "NONE"}},
		}}
	}
	named := func(name string) *sdk.CreateWebACLInput { return input(name) }
	with := func(rules ...types.Rule) *sdk.CreateWebACLInput { return input("new", rules...) }
	change := func(change func(*sdk.CreateWebACLInput)) *sdk.CreateWebACLInput {
		in := input("new")
		change(in)
		return in
	}
	acting := managed("AWSManagedRulesCommonRuleSet", 0)
	acting.Action = &types.RuleAction{Count: &types.CountAction{}}
	foreign := managed("AWSManagedRulesCommonRuleSet", 0)
	foreign.Statement.ManagedRuleGroupStatement.VendorName = aws.String("Somebody")
	passive := blocking("passive", 0, bytes("EXACTLY"))
	passive.Action = nil
	hidden := blocking("hidden", 0, bytes("EXACTLY"))
	hidden.VisibilityConfig = visible("All")
	rate := func(limit int64, key types.RateBasedStatementAggregateKeyType) types.Rule {
		return blocking("rate", 0, types.Statement{RateBasedStatement: &types.RateBasedStatement{Limit: &limit, AggregateKeyType: key}})
	}
	cases := map[string]struct {
		in   *sdk.CreateWebACLInput
		code string
	}{
		"a name that is taken": {named("taken"), "WAFDuplicateItemException"},
		"a name with a space":  {named("a b"), "WAFInvalidParameterException"},
		"an unknown scope":     {change(func(in *sdk.CreateWebACLInput) { in.Scope = "EVERYWHERE" }), "WAFInvalidParameterException"},
		"no default action":    {change(func(in *sdk.CreateWebACLInput) { in.DefaultAction = &types.DefaultAction{} }), "WAFInvalidParameterException"},
		"a wrong metric name":  {change(func(in *sdk.CreateWebACLInput) { in.VisibilityConfig = visible("a b") }), "WAFInvalidParameterException"},
		"a reserved tag": {change(func(in *sdk.CreateWebACLInput) {
			in.Tags = []types.Tag{{Key: aws.String("aws:x"), Value: aws.String("")}}
		}), "WAFInvalidParameterException"},
		"one priority for two rules":   {with(managed("AWSManagedRulesCommonRuleSet", 1), managed("AWSManagedRulesPHPRuleSet", 1)), "WAFInvalidParameterException"},
		"one name for two rules":       {with(managed("AWSManagedRulesPHPRuleSet", 1), managed("AWSManagedRulesPHPRuleSet", 2)), "WAFInvalidParameterException"},
		"an unknown managed group":     {with(managed("AWSManagedRulesNoSuchRuleSet", 1)), "WAFNonexistentItemException"},
		"a group of another vendor":    {with(foreign), "WAFNonexistentItemException"},
		"an action for a rule group":   {with(acting), "WAFInvalidParameterException"},
		"no action":                    {with(passive), "WAFInvalidParameterException"},
		"a reserved metric in a rule":  {with(hidden), "WAFInvalidParameterException"},
		"an empty statement":           {with(blocking("empty", 0, types.Statement{})), "WAFInvalidParameterException"},
		"a rate that is too low":       {with(rate(9, "IP")), "WAFInvalidParameterException"},
		"an unknown aggregate key":     {with(rate(100, "COOKIE")), "WAFInvalidParameterException"},
		"a constant without narrowing": {with(rate(100, "CONSTANT")), "WAFInvalidParameterException"},
		"an AND of one": {with(blocking("and", 0, types.Statement{AndStatement: &types.AndStatement{
			Statements: []types.Statement{bytes("EXACTLY")},
		}})), "WAFInvalidParameterException"},
		"an IP set that does not exist": {with(blocking("set", 0, types.Statement{
			IPSetReferenceStatement: &types.IPSetReferenceStatement{ARN: aws.String("arn:aws:wafv2:us-east-1:123456789012:global/ipset/x/y")},
		})), "WAFNonexistentItemException"},
		"too much capacity": {with(blocking("many", 0, types.Statement{OrStatement: &types.OrStatement{
			Statements: repeated(bytes("CONTAINS"), 501),
		}})), "WAFLimitsExceededException"},
	}
	for name, c := range cases {
		_, err := w.CreateWebACL(t.Context(), c.in)
		require.Error(t, err, name)
		assert.Equal(t, c.code, code(t, err), name)
	}
	_, err := w.in("eu-west-1").CreateWebACL(t.Context(), input("elsewhere"))
	var refusal *types.WAFInvalidParameterException
	require.ErrorAs(t, err, &refusal, "scope CLOUDFRONT is in us-east-1 only")
	assert.Equal(t, types.ParameterExceptionField("SCOPE_VALUE"), refusal.Field)
	assert.Equal(t, "CLOUDFRONT", *refusal.Parameter)
}

func repeated(s types.Statement, n int) []types.Statement {
	list := make([]types.Statement, n)
	for i := range list {
		list[i] = s
	}
	return list
}

func TestUpdateNeedsTheLatestLockTokenAndReplacesEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	created := w.create(input("images", three()...))
	update := func(token *string) (*sdk.UpdateWebACLOutput, error) {
		return w.UpdateWebACL(t.Context(), &sdk.UpdateWebACLInput{
			Name: created.Name, Id: created.Id, Scope: types.ScopeCloudfront, LockToken: token,
			DefaultAction: &types.DefaultAction{Block: &types.BlockAction{}}, VisibilityConfig: visible("new"),
		})
	}
	out, err := update(created.LockToken)
	require.NoError(t, err)
	_, err = update(created.LockToken)
	assert.Equal(t, "WAFOptimisticLockException", code(t, err))
	got, err := w.GetWebACL(t.Context(), &sdk.GetWebACLInput{ARN: created.ARN})
	require.NoError(t, err)
	assert.Equal(t, out.NextLockToken, got.LockToken)
	assert.Empty(t, got.WebACL.Rules)
	assert.NotNil(t, got.WebACL.DefaultAction.Block)
	assert.Zero(t, got.WebACL.Capacity)
	_, err = w.UpdateWebACL(t.Context(), &sdk.UpdateWebACLInput{
		Name: created.Name, Id: aws.String("x"), Scope: types.ScopeCloudfront, LockToken: out.NextLockToken,
		DefaultAction: &types.DefaultAction{Block: &types.BlockAction{}}, VisibilityConfig: visible("new"),
	})
	assert.Equal(t, "WAFNonexistentItemException", code(t, err))
}

func TestWebACLInUseCannotBeDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	created := w.create(input("images"))
	remove := func(token string) error {
		_, err := w.DeleteWebACL(t.Context(), &sdk.DeleteWebACLInput{
			Name: created.Name, Id: created.Id, Scope: types.ScopeCloudfront, LockToken: &token,
		})
		return err
	}
	w.used[*created.ARN] = true
	assert.Equal(t, "WAFAssociatedItemException", code(t, remove(*created.LockToken)))
	w.used[*created.ARN] = false
	assert.Equal(t, "WAFOptimisticLockException", code(t, remove("stale")))
	require.NoError(t, remove(*created.LockToken))
	assert.Equal(t, "WAFNonexistentItemException", code(t, remove(*created.LockToken)))
}

func TestWebACLsAreListedInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for _, name := range []string{"c", "a", "b"} {
		w.create(input(name))
	}
	first, err := w.ListWebACLs(t.Context(), &sdk.ListWebACLsInput{Scope: types.ScopeCloudfront, Limit: aws.Int32(2)})
	require.NoError(t, err)
	require.Len(t, first.WebACLs, 2)
	second, err := w.ListWebACLs(t.Context(), &sdk.ListWebACLsInput{Scope: types.ScopeCloudfront, NextMarker: first.NextMarker})
	require.NoError(t, err)
	require.Len(t, second.WebACLs, 1)
	assert.Equal(t, "c", *second.WebACLs[0].Name)
	assert.Nil(t, second.NextMarker)
	regional, err := w.ListWebACLs(t.Context(), &sdk.ListWebACLsInput{Scope: types.ScopeRegional})
	require.NoError(t, err)
	assert.Empty(t, regional.WebACLs)
}

func TestCapacityOfRulesCanBeAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	field := &types.FieldToMatch{UriPath: &types.UriPath{}}
	lower := []types.TextTransformation{{Type: "LOWERCASE"}}
	none := []types.TextTransformation{{Type: "NONE"}}
	out, err := w.CheckCapacity(t.Context(), &sdk.CheckCapacityInput{Scope: types.ScopeCloudfront, Rules: append(three(),
		blocking("not", 4, types.Statement{NotStatement: &types.NotStatement{Statement: &types.Statement{
			ByteMatchStatement: &types.ByteMatchStatement{SearchString: []byte("x"), FieldToMatch: field, PositionalConstraint: "EXACTLY", TextTransformations: lower},
		}}}),
		blocking("sql", 5, types.Statement{SqliMatchStatement: &types.SqliMatchStatement{FieldToMatch: field, SensitivityLevel: "HIGH", TextTransformations: none}}),
	)})
	require.NoError(t, err)
	assert.EqualValues(t, 925+12+30, out.Capacity)
	groups, err := w.ListAvailableManagedRuleGroups(t.Context(), &sdk.ListAvailableManagedRuleGroupsInput{Scope: types.ScopeCloudfront})
	require.NoError(t, err)
	assert.Len(t, groups.ManagedRuleGroups, 15)
}

func TestTagsAndResourcesOfAWebACL(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	tag := func(k, v string) types.Tag { return types.Tag{Key: &k, Value: &v} }
	in := input("images")
	in.Tags = []types.Tag{tag("a", "1")}
	arn := w.create(in).ARN
	_, err := w.TagResource(t.Context(), &sdk.TagResourceInput{ResourceARN: arn, Tags: []types.Tag{tag("b", "2")}})
	require.NoError(t, err)
	_, err = w.UntagResource(t.Context(), &sdk.UntagResourceInput{ResourceARN: arn, TagKeys: []string{"a"}})
	require.NoError(t, err)
	list, err := w.ListTagsForResource(t.Context(), &sdk.ListTagsForResourceInput{ResourceARN: arn})
	require.NoError(t, err)
	assert.Equal(t, []types.Tag{tag("b", "2")}, list.TagInfoForResource.TagList)
	resources, err := w.ListResourcesForWebACL(t.Context(), &sdk.ListResourcesForWebACLInput{WebACLArn: arn})
	require.NoError(t, err)
	assert.Empty(t, resources.ResourceArns)
	_, err = w.GetWebACLForResource(t.Context(), &sdk.GetWebACLForResourceInput{ResourceArn: aws.String("arn:aws:cloudfront::123456789012:distribution/E1")})
	assert.Equal(t, "WAFInvalidParameterException", code(t, err))
	_, err = w.CreateRuleGroup(t.Context(), &sdk.CreateRuleGroupInput{
		Name: aws.String("x"), Scope: types.ScopeCloudfront, Capacity: aws.Int64(1), VisibilityConfig: visible("x"),
	})
	assert.ErrorContains(t, err, "CreateRuleGroup")
}

func TestWebACLsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir)
	created := w.create(input("images", three()...))
	before, err := w.GetWebACL(t.Context(), &sdk.GetWebACLInput{ARN: created.ARN})
	require.NoError(t, err)
	restarted := newWorld(t, dir)
	after, err := restarted.GetWebACL(t.Context(), &sdk.GetWebACLInput{ARN: created.ARN})
	require.NoError(t, err)
	assert.Equal(t, before.WebACL, after.WebACL)
	assert.Equal(t, before.LockToken, after.LockToken)
	assert.Error(t, restarted.service.Restore([]byte("{")))
}
