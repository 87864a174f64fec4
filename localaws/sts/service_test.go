package sts_test

import (
	"encoding/base64"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/sts"
)

const role = "arn:aws:iam::123456789012:role/deploy/images"

// world is an STS behind a front, with a clock that tests move.
type world struct {
	*sdk.Client
	t       *testing.T
	service *sts.Service
	passed  atomic.Int64
	url     string
}

var start = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func newWorld(t *testing.T, stateDir string) *world {
	t.Helper()
	w := &world{t: t}
	env := api.Environment{Now: func() time.Time { return start.Add(time.Duration(w.passed.Load())) }, Delays: &api.Delays{}}
	w.service = sts.New(env, sts.Options{})
	front, err := api.NewFront(api.FrontOptions{Services: []api.Service{w.service}, Environment: env, StateDir: stateDir})
	require.NoError(t, err)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.Client = w.as("test", "test", "")
	return w
}

// as is a client with other credentials.
func (w *world) as(key, secret, token string) *sdk.Client {
	return sdk.New(sdk.Options{
		BaseEndpoint: aws.String(w.url), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, token),
	})
}

func (w *world) with(c *types.Credentials) *sdk.Client {
	return w.as(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
}

func identity(t *testing.T, client *sdk.Client) string {
	t.Helper()
	out, err := client.GetCallerIdentity(t.Context(), &sdk.GetCallerIdentityInput{})
	require.NoError(t, err)
	assert.Equal(t, api.AccountOf(*out.Arn), *out.Account)
	assert.NotEmpty(t, *out.UserId)
	return *out.Arn
}

func code(t *testing.T, err error) string {
	t.Helper()
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	return refusal.ErrorCode()
}

func TestEveryCallerIsAUserOfTheAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	assert.Equal(t, "arn:aws:iam::123456789012:user/local", identity(t, w.Client))
}

func TestWhoAssumesARoleIsThatRoleUntilItExpires(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	out, err := w.AssumeRole(t.Context(), &sdk.AssumeRoleInput{
		RoleArn: aws.String(role), RoleSessionName: aws.String("ci"), DurationSeconds: aws.Int32(900),
	})
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:sts::123456789012:assumed-role/images/ci", *out.AssumedRoleUser.Arn)
	assert.Regexp(t, `^AROA\w+:ci$`, *out.AssumedRoleUser.AssumedRoleId)
	assert.Regexp(t, `^ASIA\w{16}$`, *out.Credentials.AccessKeyId)
	assert.Equal(t, start.Add(15*time.Minute), out.Credentials.Expiration.UTC())
	assumed := w.with(out.Credentials)
	assert.Equal(t, *out.AssumedRoleUser.Arn, identity(t, assumed))
	token, err := assumed.GetSessionToken(t.Context(), &sdk.GetSessionTokenInput{})
	require.NoError(t, err)
	assert.Equal(t, *out.AssumedRoleUser.Arn, identity(t, w.with(token.Credentials)))

	w.passed.Add(int64(16 * time.Minute))
	_, err = assumed.GetCallerIdentity(t.Context(), &sdk.GetCallerIdentityInput{})
	assert.Equal(t, "ExpiredToken", code(t, err))
	_, err = assumed.AssumeRole(t.Context(), &sdk.AssumeRoleInput{RoleArn: aws.String(role), RoleSessionName: aws.String("ci")})
	assert.Equal(t, "ExpiredToken", code(t, err))
	assert.False(t, w.service.Tick(start.Add(time.Hour)))
	assert.True(t, w.service.Tick(start.Add(72*time.Hour)), "sessions long expired are forgotten")
}

func TestARoleOfAnotherAccountIsAssumedWithoutBeingDefined(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	out, err := w.AssumeRole(t.Context(), &sdk.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::111122223333:role/x"), RoleSessionName: aws.String("ci"),
	})
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:sts::111122223333:assumed-role/x/ci", identity(t, w.with(out.Credentials)))
}

func TestCredentialsThatAnotherServerHandedOutAreNobodys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	out, err := w.AssumeRole(t.Context(), &sdk.AssumeRoleInput{RoleArn: aws.String(role), RoleSessionName: aws.String("ci")})
	require.NoError(t, err)
	_, err = newWorld(t, "").with(out.Credentials).GetCallerIdentity(t.Context(), &sdk.GetCallerIdentityInput{})
	assert.Equal(t, "InvalidClientTokenId", code(t, err))
}

func TestWebIdentityTokenNeedsNoCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	token := func(claims string) *string {
		return aws.String("e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln")
	}
	anonymous := sdk.New(sdk.Options{BaseEndpoint: &w.url, Region: "us-east-1", RetryMaxAttempts: 1})
	assume := func(token *string) (*sdk.AssumeRoleWithWebIdentityOutput, error) {
		return anonymous.AssumeRoleWithWebIdentity(t.Context(), &sdk.AssumeRoleWithWebIdentityInput{
			RoleArn: aws.String(role), RoleSessionName: aws.String("ci"), WebIdentityToken: token,
		})
	}
	for _, audience := range []string{`"sts.amazonaws.com"`, `["sts.amazonaws.com","other"]`} {
		out, err := assume(token(`{"sub":"repo:a/b","iss":"https://token.example.com","aud":` + audience + `}`))
		require.NoError(t, err)
		assert.Equal(t, "repo:a/b", *out.SubjectFromWebIdentityToken)
		assert.Equal(t, "sts.amazonaws.com", *out.Audience)
		assert.Equal(t, "https://token.example.com", *out.Provider)
		assert.Equal(t, *out.AssumedRoleUser.Arn, identity(t, w.with(out.Credentials)))
	}
	for _, wrong := range []*string{aws.String("none"), aws.String("a.!.c"), token("no json"), token(`{"iss":"x"}`)} {
		_, err := assume(wrong)
		assert.Equal(t, "InvalidIdentityToken", code(t, err))
	}
	_, err := anonymous.GetCallerIdentity(t.Context(), &sdk.GetCallerIdentityInput{})
	assert.Error(t, err)
}

func TestRolesThatCannotBeAssumedAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for name, c := range map[string]struct {
		role, session string
		seconds       int32
		code          string
	}{
		"no ARN of a role":  {"arn:aws:iam::123456789012:user/x", "ci", 900, "ValidationError"},
		"a space in a name": {role, "a b", 900, "ValidationError"},
		"too short a time":  {role, "ci", 60, "ValidationError"},
		"too long a time":   {role, "ci", 86400, "ValidationError"},
	} {
		_, err := w.AssumeRole(t.Context(), &sdk.AssumeRoleInput{RoleArn: &c.role, RoleSessionName: &c.session, DurationSeconds: &c.seconds})
		require.Error(t, err, name)
		assert.Equal(t, c.code, code(t, err), name)
	}
	_, err := w.GetSessionToken(t.Context(), &sdk.GetSessionTokenInput{DurationSeconds: aws.Int32(1)})
	assert.Equal(t, "ValidationError", code(t, err))
	_, err = w.GetFederationToken(t.Context(), &sdk.GetFederationTokenInput{Name: aws.String("x")})
	assert.ErrorContains(t, err, "GetFederationToken")
}

func TestSessionsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir)
	out, err := w.AssumeRole(t.Context(), &sdk.AssumeRoleInput{RoleArn: aws.String(role), RoleSessionName: aws.String("ci")})
	require.NoError(t, err)
	restarted := newWorld(t, dir)
	assert.Equal(t, *out.AssumedRoleUser.Arn, identity(t, restarted.with(out.Credentials)))
	assert.Error(t, restarted.service.Restore([]byte("{")))
}
