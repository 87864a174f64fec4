package iam_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/iam"
)

const (
	reads = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}`
	trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}`
)

// world is an IAM behind a front.
type world struct {
	*sdk.Client
	service *iam.Service
}

func newWorld(t *testing.T, stateDir string) *world {
	t.Helper()
	env := api.Environment{Now: time.Now, Delays: &api.Delays{}, Limits: &api.Limits{}}
	w := &world{service: iam.New(env)}
	front, err := api.NewFront(api.FrontOptions{Services: []api.Service{w.service}, Environment: env, StateDir: stateDir})
	require.NoError(t, err)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	w.Client = sdk.New(sdk.Options{
		BaseEndpoint: aws.String(server.URL), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	return w
}

// code is the error code of a refusal.
func code(t *testing.T, err error) string {
	t.Helper()
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	return refusal.ErrorCode()
}

func TestAUserLives(t *testing.T) {
	t.Parallel()
	w, ctx, name := newWorld(t, ""), t.Context(), aws.String("deploy")
	made, err := w.CreateUser(ctx, &sdk.CreateUserInput{UserName: name, Path: aws.String("/team/")})
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:iam::123456789012:user/team/deploy", *made.User.Arn)
	assert.Regexp(t, `^AIDA[A-Z2-7]{17}$`, *made.User.UserId)
	_, err = w.CreateUser(ctx, &sdk.CreateUserInput{UserName: name})
	assert.Equal(t, "EntityAlreadyExists", code(t, err), "a name is unique whatever its path")
	got, err := w.GetUser(ctx, &sdk.GetUserInput{UserName: name})
	require.NoError(t, err)
	assert.Equal(t, made.User.UserId, got.User.UserId)

	_, err = w.PutUserPolicy(ctx, &sdk.PutUserPolicyInput{UserName: name, PolicyName: aws.String("reads"), PolicyDocument: aws.String(reads)})
	require.NoError(t, err)
	policy, err := w.GetUserPolicy(ctx, &sdk.GetUserPolicyInput{UserName: name, PolicyName: aws.String("reads")})
	require.NoError(t, err)
	document, err := url.QueryUnescape(*policy.PolicyDocument)
	require.NoError(t, err)
	assert.Equal(t, reads, document)
	names, err := w.ListUserPolicies(ctx, &sdk.ListUserPoliciesInput{UserName: name})
	require.NoError(t, err)
	assert.Equal(t, []string{"reads"}, names.PolicyNames)

	_, err = w.DeleteUser(ctx, &sdk.DeleteUserInput{UserName: name})
	assert.Equal(t, "DeleteConflict", code(t, err), "it has a policy")
	_, err = w.DeleteUserPolicy(ctx, &sdk.DeleteUserPolicyInput{UserName: name, PolicyName: aws.String("reads")})
	require.NoError(t, err)
	_, err = w.DeleteUser(ctx, &sdk.DeleteUserInput{UserName: name})
	require.NoError(t, err)
	users, err := w.ListUsers(ctx, &sdk.ListUsersInput{})
	require.NoError(t, err)
	assert.Empty(t, users.Users)
	_, err = w.GetUser(ctx, &sdk.GetUserInput{UserName: name})
	assert.Equal(t, "NoSuchEntity", code(t, err))
}

func TestARoleLives(t *testing.T) {
	t.Parallel()
	w, ctx, name := newWorld(t, ""), t.Context(), aws.String("deploy")
	made, err := w.CreateRole(ctx, &sdk.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(trust), MaxSessionDuration: aws.Int32(7200)})
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:iam::123456789012:role/deploy", *made.Role.Arn)
	assert.EqualValues(t, 7200, *made.Role.MaxSessionDuration)
	_, err = w.UpdateAssumeRolePolicy(ctx, &sdk.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: aws.String(reads)})
	assert.Equal(t, "MalformedPolicyDocument", code(t, err), "a trust policy names a principal and no resource")
	other := strings.Replace(trust, "123456789012", "111122223333", 1)
	_, err = w.UpdateAssumeRolePolicy(ctx, &sdk.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: &other})
	require.NoError(t, err)
	got, err := w.GetRole(ctx, &sdk.GetRoleInput{RoleName: name})
	require.NoError(t, err)
	document, err := url.QueryUnescape(*got.Role.AssumeRolePolicyDocument)
	require.NoError(t, err)
	assert.Equal(t, other, document)

	_, err = w.PutRolePolicy(ctx, &sdk.PutRolePolicyInput{RoleName: name, PolicyName: aws.String("reads"), PolicyDocument: aws.String(reads)})
	require.NoError(t, err)
	_, err = w.GetRolePolicy(ctx, &sdk.GetRolePolicyInput{RoleName: name, PolicyName: aws.String("reads")})
	require.NoError(t, err)
	names, err := w.ListRolePolicies(ctx, &sdk.ListRolePoliciesInput{RoleName: name})
	require.NoError(t, err)
	assert.Len(t, names.PolicyNames, 1)
	_, err = w.DeleteRolePolicy(ctx, &sdk.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String("reads")})
	require.NoError(t, err)
	roles, err := w.ListRoles(ctx, &sdk.ListRolesInput{})
	require.NoError(t, err)
	assert.Len(t, roles.Roles, 1)
	_, err = w.DeleteRole(ctx, &sdk.DeleteRoleInput{RoleName: name})
	require.NoError(t, err)
}

func TestAManagedPolicyIsForSeveral(t *testing.T) {
	t.Parallel()
	w, ctx, name := newWorld(t, ""), t.Context(), aws.String("deploy")
	made, err := w.CreatePolicy(ctx, &sdk.CreatePolicyInput{PolicyName: aws.String("reads"), PolicyDocument: aws.String(reads)})
	require.NoError(t, err)
	arn := made.Policy.Arn
	assert.Equal(t, "arn:aws:iam::123456789012:policy/reads", *arn)
	_, err = w.CreateUser(ctx, &sdk.CreateUserInput{UserName: name})
	require.NoError(t, err)
	_, err = w.CreateRole(ctx, &sdk.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(trust)})
	require.NoError(t, err)
	_, err = w.AttachUserPolicy(ctx, &sdk.AttachUserPolicyInput{UserName: name, PolicyArn: arn})
	require.NoError(t, err)
	_, err = w.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: name, PolicyArn: arn})
	require.NoError(t, err)
	_, err = w.AttachRolePolicy(ctx, &sdk.AttachRolePolicyInput{RoleName: name, PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")})
	require.NoError(t, err)
	got, err := w.GetPolicy(ctx, &sdk.GetPolicyInput{PolicyArn: arn})
	require.NoError(t, err)
	assert.EqualValues(t, 2, *got.Policy.AttachmentCount)
	version, err := w.GetPolicyVersion(ctx, &sdk.GetPolicyVersionInput{PolicyArn: arn, VersionId: got.Policy.DefaultVersionId})
	require.NoError(t, err)
	assert.Contains(t, *version.PolicyVersion.Document, "s3%3AGet")
	attached, err := w.ListAttachedRolePolicies(ctx, &sdk.ListAttachedRolePoliciesInput{RoleName: name})
	require.NoError(t, err)
	assert.Len(t, attached.AttachedPolicies, 2)
	ofUser, err := w.ListAttachedUserPolicies(ctx, &sdk.ListAttachedUserPoliciesInput{UserName: name})
	require.NoError(t, err)
	assert.Len(t, ofUser.AttachedPolicies, 1)
	local, err := w.ListPolicies(ctx, &sdk.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal})
	require.NoError(t, err)
	assert.Len(t, local.Policies, 1)

	_, err = w.DeletePolicy(ctx, &sdk.DeletePolicyInput{PolicyArn: arn})
	assert.Equal(t, "DeleteConflict", code(t, err))
	_, err = w.DetachUserPolicy(ctx, &sdk.DetachUserPolicyInput{UserName: name, PolicyArn: arn})
	require.NoError(t, err)
	_, err = w.DetachRolePolicy(ctx, &sdk.DetachRolePolicyInput{RoleName: name, PolicyArn: arn})
	require.NoError(t, err)
	_, err = w.DeletePolicy(ctx, &sdk.DeletePolicyInput{PolicyArn: arn})
	require.NoError(t, err)
}

func TestAUserHasTwoAccessKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, ctx, name := newWorld(t, dir), t.Context(), aws.String("deploy")
	_, err := w.CreateUser(ctx, &sdk.CreateUserInput{UserName: name})
	require.NoError(t, err)
	first, err := w.CreateAccessKey(ctx, &sdk.CreateAccessKeyInput{UserName: name})
	require.NoError(t, err)
	_, err = w.CreateAccessKey(ctx, &sdk.CreateAccessKeyInput{UserName: name})
	require.NoError(t, err)
	_, err = w.CreateAccessKey(ctx, &sdk.CreateAccessKeyInput{UserName: name})
	assert.Equal(t, "LimitExceeded", code(t, err))
	id := first.AccessKey.AccessKeyId

	again := newWorld(t, dir)
	caller, of, err := again.service.User(*id)
	require.NoError(t, err)
	assert.True(t, of)
	assert.Equal(t, "arn:aws:iam::123456789012:user/deploy", caller.ARN)
	_, err = again.UpdateAccessKey(ctx, &sdk.UpdateAccessKeyInput{UserName: name, AccessKeyId: id, Status: types.StatusTypeInactive})
	require.NoError(t, err)
	_, of, err = again.service.User(*id)
	assert.True(t, of)
	require.ErrorIs(t, err, api.ErrUnknownKey)
	_, err = again.DeleteAccessKey(ctx, &sdk.DeleteAccessKeyInput{UserName: name, AccessKeyId: id})
	require.NoError(t, err)
	_, _, err = again.service.User(*id)
	require.ErrorIs(t, err, api.ErrUnknownKey, "it is nobody's, and not the account's")
	listed, err := again.ListAccessKeys(ctx, &sdk.ListAccessKeysInput{UserName: name})
	require.NoError(t, err)
	assert.Len(t, listed.AccessKeyMetadata, 1)
}

func TestPoliciesThatIAMWouldNotTakeAreRefused(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, ""), t.Context()
	_, err := w.CreateUser(ctx, &sdk.CreateUserInput{UserName: aws.String("deploy")})
	require.NoError(t, err)
	put := func(document string) error {
		_, err := w.PutUserPolicy(ctx, &sdk.PutUserPolicyInput{UserName: aws.String("deploy"), PolicyName: aws.String("p"), PolicyDocument: &document})
		return err
	}
	statement := func(members string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + members + `}]}`
	}
	for document, words := range map[string]string{
		statement(`"Principal":"*","Action":"s3:*","Resource":"*"`): "should not specify a principal",
		statement(`"Action":"s3:*"`):                                "must contain resources",
		statement(`"Resource":"*"`):                                 "must contain actions",
		statement(`"Action":"GetObject","Resource":"*"`):            "prefaced by a vendor",
		statement(`"Action":"s3:*","Resource":"images"`):            "must be in ARN format",
		`{`: "invalid Json",
	} {
		err := put(document)
		assert.Equal(t, "MalformedPolicyDocument", code(t, err), document)
		assert.ErrorContains(t, err, words)
	}
	assert.Equal(t, "LimitExceeded", code(t, put(statement(`"Action":"s3:*","Resource":"arn:aws:s3:::`+strings.Repeat("a", 2048)+`"`))))
	require.NoError(t, put(statement(`"NotAction":"s3:*","NotResource":"arn:aws:s3:::a","Condition":{"StringEquals":{"acm:DomainNames":"a"}}`)))
}

func TestACallNeedsAPermissionForWhatItIsAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	_, err := w.CreateUser(t.Context(), &sdk.CreateUserInput{UserName: aws.String("deploy"), Path: aws.String("/team/")})
	require.NoError(t, err)
	deploy := api.Caller{Account: api.AccountID, ARN: "arn:aws:iam::123456789012:user/team/deploy"}
	for _, c := range []struct{ form, action, resource string }{
		{"Action=GetUser&UserName=deploy", "iam:GetUser", "arn:aws:iam::123456789012:user/team/deploy"},
		{"Action=GetUser", "iam:GetUser", "arn:aws:iam::123456789012:user/team/deploy"},
		{"Action=CreateUser&UserName=other", "iam:CreateUser", "arn:aws:iam::123456789012:user/other"},
		{"Action=ListUsers", "iam:ListUsers", "arn:aws:iam::123456789012:user/"},
		{"Action=AttachRolePolicy&RoleName=r&PolicyArn=arn:aws:iam::123456789012:policy/p", "iam:AttachRolePolicy", "arn:aws:iam::123456789012:role/r"},
		{"Action=CreatePolicy&PolicyName=p", "iam:CreatePolicy", "arn:aws:iam::123456789012:policy/p"},
		{"Action=DeletePolicy&PolicyArn=arn:aws:iam::123456789012:policy/p", "iam:DeletePolicy", "arn:aws:iam::123456789012:policy/p"},
	} {
		r := &api.Request{Caller: deploy, HTTP: httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", http.NoBody), Body: []byte(c.form)}
		r.Operation, _ = w.service.Route(r)
		assert.Equal(t, []api.Need{{Action: c.action, Resource: c.resource}}, w.service.Needs(r), c.form)
	}
}
