package wafv2_test

import (
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/wafv2"
)

// world is a WAF behind a front.
type world struct {
	*sdk.Client
	t       *testing.T
	service *wafv2.Service
	url     string
	used    map[string]bool
	delays  *api.Delays
	passed  atomic.Int64
}

func newWorld(t *testing.T, stateDir string) *world {
	t.Helper()
	w := &world{t: t, used: map[string]bool{}, delays: &api.Delays{}}
	start := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	env := api.Environment{Now: func() time.Time { return start.Add(time.Duration(w.passed.Load())) }, Delays: w.delays}
	w.service = wafv2.New(env, wafv2.Options{InUse: func(arn string) bool { return w.used[arn] }})
	front, err := api.NewFront(api.FrontOptions{Services: []api.Service{w.service}, Environment: env, StateDir: stateDir})
	require.NoError(t, err)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.Client = w.in("us-east-1")
	return w
}

// in is a client of another region.
func (w *world) in(region string) *sdk.Client {
	return sdk.New(sdk.Options{
		BaseEndpoint: aws.String(w.url), Region: region, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// input is a request that is accepted.
func input(name string, rules ...types.Rule) *sdk.CreateWebACLInput {
	return &sdk.CreateWebACLInput{
		Name: &name, Scope: types.ScopeCloudfront, Description: aws.String("of a test"), Rules: rules,
		DefaultAction:    &types.DefaultAction{Allow: &types.AllowAction{}},
		VisibilityConfig: visible(name),
	}
}

func visible(metric string) *types.VisibilityConfig {
	return &types.VisibilityConfig{SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: &metric}
}

// managed is a rule that refers to a managed rule group of AWS.
func managed(name string, priority int32) types.Rule {
	return types.Rule{
		Name: &name, Priority: priority, VisibilityConfig: visible(name),
		OverrideAction: &types.OverrideAction{None: &types.NoneAction{}},
		Statement: &types.Statement{ManagedRuleGroupStatement: &types.ManagedRuleGroupStatement{
			VendorName: aws.String("AWS"), Name: &name,
			RuleActionOverrides: []types.RuleActionOverride{{
				Name: aws.String("SizeRestrictions_BODY"), ActionToUse: &types.RuleAction{Count: &types.CountAction{}},
			}},
		}},
	}
}

// blocking is a rule with a statement of its own.
func blocking(name string, priority int32, statement types.Statement) types.Rule {
	return types.Rule{
		Name: &name, Priority: priority, VisibilityConfig: visible(name), Statement: &statement,
		Action: &types.RuleAction{Block: &types.BlockAction{}},
	}
}

func (w *world) create(in *sdk.CreateWebACLInput) *types.WebACLSummary {
	w.t.Helper()
	out, err := w.CreateWebACL(w.t.Context(), in)
	require.NoError(w.t, err)
	return out.Summary
}

// code is the error code of a refusal.
func code(t *testing.T, err error) string {
	t.Helper()
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	return refusal.ErrorCode()
}
