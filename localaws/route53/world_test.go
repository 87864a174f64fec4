package route53_test

import (
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/route53"
)

const (
	distribution     = "d111111abcdef8.cloudfront.net"
	cloudFrontZoneID = "Z2FDTNDATAQYW2"
)

// world is a Route 53 behind a front, with a clock that tests move.
type world struct {
	*sdk.Client
	t       *testing.T
	service *route53.Service
	front   *api.Front
	delays  *api.Delays
	limits  *api.Limits
	passed  atomic.Int64
	url     string
}

func newWorld(t *testing.T, stateDir string) *world {
	t.Helper()
	w := &world{t: t, delays: &api.Delays{}, limits: &api.Limits{}}
	start := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	env := api.Environment{
		Now:    func() time.Time { return start.Add(time.Duration(w.passed.Load())) },
		Delays: w.delays, Limits: w.limits,
	}
	w.service = route53.New(env, route53.Options{AliasTarget: func(d string) bool { return d == distribution }})
	front, err := api.NewFront(api.FrontOptions{Services: []api.Service{w.service}, Environment: env, StateDir: stateDir})
	require.NoError(t, err)
	w.front = front
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.Client = sdk.New(sdk.Options{
		BaseEndpoint: aws.String(server.URL), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	return w
}

func (w *world) pass(d time.Duration) { w.passed.Add(int64(d)) }

// zone creates a public hosted zone and returns its id.
func (w *world) zone(name string) string {
	w.t.Helper()
	out, err := w.CreateHostedZone(w.t.Context(), &sdk.CreateHostedZoneInput{
		Name: aws.String(name), CallerReference: aws.String(w.t.Name() + name + time.Now().String()),
	})
	require.NoError(w.t, err)
	return strings.TrimPrefix(*out.HostedZone.Id, "/hostedzone/")
}

// change submits a batch.
func (w *world) change(zone string, changes ...types.Change) (*sdk.ChangeResourceRecordSetsOutput, error) {
	return w.ChangeResourceRecordSets(w.t.Context(), &sdk.ChangeResourceRecordSetsInput{
		HostedZoneId: aws.String(zone), ChangeBatch: &types.ChangeBatch{Changes: changes},
	})
}

func (w *world) mustChange(zone string, changes ...types.Change) {
	w.t.Helper()
	_, err := w.change(zone, changes...)
	require.NoError(w.t, err)
}

func (w *world) list(zone string) []types.ResourceRecordSet {
	w.t.Helper()
	out, err := w.ListResourceRecordSets(w.t.Context(), &sdk.ListResourceRecordSetsInput{HostedZoneId: aws.String(zone)})
	require.NoError(w.t, err)
	return out.ResourceRecordSets
}

// code is the error code of a refusal.
func code(t *testing.T, err error) string {
	t.Helper()
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	return refusal.ErrorCode()
}

func change(action types.ChangeAction, set types.ResourceRecordSet) types.Change {
	return types.Change{Action: action, ResourceRecordSet: &set}
}

func create(set types.ResourceRecordSet) types.Change { return change(types.ChangeActionCreate, set) }
func upsert(set types.ResourceRecordSet) types.Change { return change(types.ChangeActionUpsert, set) }
func remove(set types.ResourceRecordSet) types.Change { return change(types.ChangeActionDelete, set) }

func set(name string, recordType types.RRType, values ...string) types.ResourceRecordSet {
	r := types.ResourceRecordSet{Name: aws.String(name), Type: recordType, TTL: aws.Int64(300)}
	for _, v := range values {
		r.ResourceRecords = append(r.ResourceRecords, types.ResourceRecord{Value: aws.String(v)})
	}
	return r
}

func alias(name string, recordType types.RRType, zone, target string) types.ResourceRecordSet {
	return types.ResourceRecordSet{Name: aws.String(name), Type: recordType, AliasTarget: &types.AliasTarget{
		HostedZoneId: aws.String(zone), DNSName: aws.String(target),
	}}
}

func testEnvironment() api.Environment { return api.Environment{Now: time.Now, Delays: &api.Delays{}} }
