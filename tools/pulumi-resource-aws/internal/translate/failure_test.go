package translate

import (
	"errors"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

func TestAFailureKeepsTheStateOfWhatWasMadeInPart(t *testing.T) {
	t.Parallel()
	original, err := status.New(codes.Unknown, "aws:index/route53Record:Route53Record failed").WithDetails(
		&pulumirpc.ErrorResourceInitFailed{
			Id:         "Z_a_A",
			Properties: properties(t, `{"alias":{"name":"d"},"route53RecordId":"Z_a_A"}`),
			Inputs:     properties(t, `{"alias":{"name":"d"}}`),
			Reasons:    []string{"aws:index/route53Record:Route53Record timed out"},
		},
		durationpb.New(7),
	)
	require.NoError(t, err)

	got, ok := status.FromError(fields(t, "aws:route53/record:Record").Failure(original.Err()))

	require.True(t, ok)
	assert.Equal(t, codes.Unknown, got.Code())
	assert.Equal(t, "aws:route53/record:Record failed", got.Message())
	require.Len(t, got.Details(), 2)
	partial, ok := got.Details()[0].(*pulumirpc.ErrorResourceInitFailed)
	require.True(t, ok)
	assert.Equal(t, "Z_a_A", partial.GetId())
	assert.JSONEq(t, `{"aliases":[{"name":"d"}],"id":"Z_a_A"}`, text(t, partial.GetProperties()))
	assert.JSONEq(t, `{"aliases":[{"name":"d"}]}`, text(t, partial.GetInputs()))
	assert.Equal(t, []string{"aws:route53/record:Record timed out"}, partial.GetReasons())
	assert.IsType(t, durationpb.New(0), got.Details()[1])
}

func TestAFailureNamesPropertiesOfPulumiAWS(t *testing.T) {
	t.Parallel()
	original, err := status.New(codes.InvalidArgument, "invalid").WithDetails(&pulumirpc.InputPropertiesError{
		Errors: []*pulumirpc.InputPropertiesError_PropertyError{{PropertyPath: "alias.name", Reason: "empty"}},
	})
	require.NoError(t, err)

	got, ok := status.FromError(fields(t, "aws:route53/record:Record").Failure(original.Err()))

	require.True(t, ok)
	invalid, ok := got.Details()[0].(*pulumirpc.InputPropertiesError)
	require.True(t, ok)
	assert.Equal(t, "aliases[0].name", invalid.GetErrors()[0].GetPropertyPath())
}

func TestWhatIsNoFailureStaysNone(t *testing.T) {
	t.Parallel()
	require.NoError(t, Fields{}.Failure(nil))
	require.ErrorContains(t, Fields{}.Failure(errors.New("broken pipe")), "broken pipe")
}

func TestADiffNamesPropertiesOfPulumiAWS(t *testing.T) {
	t.Parallel()
	replace := &pulumirpc.PropertyDiff{Kind: pulumirpc.PropertyDiff_UPDATE_REPLACE}

	got := fields(t, "aws:route53/record:Record").Diff(&pulumirpc.DiffResponse{
		Changes: pulumirpc.DiffResponse_DIFF_SOME, Diffs: []string{"alias"}, Replaces: []string{"name"},
		DetailedDiff: map[string]*pulumirpc.PropertyDiff{"alias.zoneId": replace},
	})

	assert.Equal(t, []string{"aliases"}, got.GetDiffs())
	assert.Equal(t, []string{"name"}, got.GetReplaces())
	assert.Equal(t, map[string]*pulumirpc.PropertyDiff{"aliases[0].zoneId": replace}, got.GetDetailedDiff())
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_SOME, got.GetChanges())
}

func TestAFaultOfACheckNamesThePropertyOfPulumiAWS(t *testing.T) {
	t.Parallel()
	got := fields(t, "aws:cloudwatch/metricAlarm:MetricAlarm").Checks([]*pulumirpc.CheckFailure{
		{Property: "alarmName", Reason: "aws:index/cloudwatchMetricAlarm:CloudwatchMetricAlarm needs it"},
	})
	assert.Equal(t, "name", got[0].GetProperty())
	assert.Equal(t, "aws:cloudwatch/metricAlarm:MetricAlarm needs it", got[0].GetReason())
}
