package kms_test

import (
	"errors"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/kms"
	"imagecdn/localaws/policy"
)

const (
	account = api.AccountID
	region  = "eu-central-1"
	day     = 24 * time.Hour
)

// world is a KMS behind a front.
type world struct {
	*sdk.Client
	t       *testing.T
	service *kms.Service
	url     string
	limits  *api.Limits
	delays  *api.Delays
	passed  atomic.Int64
	own     policy.Decision   // what the caller's own policies say
	known   map[string]string // unique ids by ARN
}

func newWorld(t *testing.T, stateDir string) *world {
	t.Helper()
	w := &world{t: t, limits: &api.Limits{}, delays: &api.Delays{}, own: policy.Allow, known: map[string]string{}}
	start := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	env := api.Environment{Now: func() time.Time { return start.Add(time.Duration(w.passed.Load())) }, Delays: w.delays, Limits: w.limits}
	w.service = kms.New(env, kms.Options{
		Decide:      func(api.Caller, policy.Request) policy.Decision { return w.own },
		PrincipalID: func(arn string) (string, bool) { id, known := w.known[arn]; return id, known },
	})
	front, err := api.NewFront(api.FrontOptions{Services: []api.Service{w.service}, Environment: env, StateDir: stateDir})
	require.NoError(t, err)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.Client = w.in(region)
	return w
}

// in is a client of another region.
func (w *world) in(region string) *sdk.Client {
	return sdk.New(sdk.Options{
		BaseEndpoint: aws.String(w.url), Region: region, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// pass lets time pass.
func (w *world) pass(d time.Duration) { w.passed.Add(int64(d)) }

// key makes a key and returns its id and ARN.
func (w *world) key() (id, arn string) {
	w.t.Helper()
	made, err := w.CreateKey(w.t.Context(), &sdk.CreateKeyInput{Description: aws.String("images")})
	require.NoError(w.t, err)
	return *made.KeyMetadata.KeyId, *made.KeyMetadata.Arn
}

func requireCode(t *testing.T, err error, code string) {
	t.Helper()
	var own *api.Error
	if errors.As(err, &own) {
		require.Equal(t, code, own.Code, own.Message)
		return
	}
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, code, refusal.ErrorCode(), refusal.ErrorMessage())
}
