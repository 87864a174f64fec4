package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/policy"
)

func conditioned(t *testing.T, condition string) (*policy.Document, error) {
	t.Helper()
	return policy.Parse([]byte(statement(t, map[string]string{"Condition": condition})))
}

func TestConditionKeysOfTheDocumentationAreKnown(t *testing.T) {
	t.Parallel()
	for _, key := range []string{
		"aws:SourceVpcArn", "AWS:SOURCEIP", "aws:PrincipalTag/team", "aws:PrincipalOrgPaths", "aws:VpceOrgID", "aws:ResourceTag/a b",
		"s3:TlsVersion", "s3:authType", "s3:ExistingObjectTag/scan", "s3:object-lock-remaining-retention-days", "s3:x-amz-object-ownership",
		"s3:DataAccessPointArn", "s3:if-none-match", "s3:VersionId", "s3:BucketTag/team", "s3:ObjectCreationOperation",
		"accounts.google.com:aud", "saml:sub", "ec2:SourceInstanceARN", "lambda:SourceFunctionArn",
	} {
		_, err := conditioned(t, `{"StringEquals":{"`+key+`":"x"}}`)
		require.NoError(t, err, key)
	}
	for _, key := range []string{
		"aws:SourceARNs", "s3:auth", "s3:ExistingObjectTag", "s3:ExistingObjectTag/", "aws:PrincipalTag", "ec2:Owner", "s3:", "s3:key",
	} {
		_, err := conditioned(t, `{"StringEquals":{"`+key+`":"x"}}`)
		require.EqualError(t, err, "Policy has an invalid condition key", key)
	}
}

func TestAKeyThatIsNotJudgedLetsNobodyInAndIsNamed(t *testing.T) {
	t.Parallel()
	request := cloudFront()
	request.Unjudged = []string{"aws:tokenissuetime", "aws:principaltag/"}
	for key, unjudged := range map[string]bool{"aws:TokenIssueTime": true, "aws:PrincipalTag/team": true, "aws:PrincipalOrgID": false} {
		allow, err := conditioned(t, `{"StringNotEquals":{"`+key+`":"x"}}`)
		require.NoError(t, err)
		deny := *allow
		deny.Statements = append([]policy.Statement{}, allow.Statements...)
		deny.Statements[0].Deny = true
		if !unjudged {
			assert.Equal(t, policy.Allow, allow.Evaluate(request), "absent, so not equal")
			assert.Empty(t, allow.Unjudged(request))
			continue
		}
		assert.Equal(t, policy.NoMatch, allow.Evaluate(request), key)
		assert.Equal(t, policy.Deny, deny.Evaluate(request), key)
		assert.Equal(t, []string{key}, deny.Unjudged(request))
		elsewhere := request
		elsewhere.Action = "s3:PutObject"
		assert.Empty(t, deny.Unjudged(elsewhere), "the statement is about something else")
	}
}

func TestVariablesStandForWhatTheRequestHas(t *testing.T) {
	t.Parallel()
	request := cloudFront()
	request.Context["aws:username"] = []string{"cat"}
	for resource, want := range map[string]policy.Decision{
		"${aws:username}.jpg":        policy.Allow,
		"${AWS:UserName}.jpg":        policy.Allow,
		"${aws:userid}.jpg":          policy.NoMatch,
		"${aws:userid, 'cat'}.jpg":   policy.Allow,
		"${aws:username, 'dog'}.jpg": policy.Allow,
		"ca${?}.jpg":                 policy.NoMatch,
		"ca?.jpg":                    policy.Allow,
		"${unfinished":               policy.NoMatch,
		"${*}":                       policy.NoMatch,
		"*":                          policy.Allow,
	} {
		text := statement(t, map[string]string{"Resource": `"arn:aws:s3:::pictures/` + resource + `"`})
		assert.Equal(t, want, parse(t, text).Evaluate(request), resource)
		old := parse(t, strings.Replace(text, "2012-10-17", "2008-10-17", 1)).Evaluate(request)
		assert.Equal(t, want == policy.Allow && !strings.Contains(resource, "$"), old == policy.Allow, "before 2012 %s is only text", resource)
	}
	condition, err := conditioned(t, `{"StringEquals":{"aws:SourceAccount":"${aws:username}"}}`)
	require.NoError(t, err)
	assert.Equal(t, policy.NoMatch, condition.Evaluate(request))
	request.Context["aws:username"] = []string{"123456789012"}
	assert.Equal(t, policy.Allow, condition.Evaluate(request))
	request.Context["aws:username"] = []string{"*"}
	like, err := conditioned(t, `{"StringLike":{"aws:SourceAccount":"${aws:username}"}}`)
	require.NoError(t, err)
	assert.Equal(t, policy.NoMatch, like.Evaluate(request), "a value is no pattern")
}
