package standin

import (
	"context"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	stack  = "urn:pulumi:dev::cdn::"
	record = "aws:route53/record:Record"
	bridge = "aws:index/route53Record:Route53Record"
)

// fakeBridge notes what it is asked and answers with what it is given.
type fakeBridge struct {
	pulumirpc.ResourceProviderClient

	create  *pulumirpc.CreateRequest
	diff    *pulumirpc.DiffRequest
	update  *pulumirpc.UpdateRequest
	invoke  *pulumirpc.InvokeRequest
	waiting chan struct{}
}

func (f *fakeBridge) Create(
	ctx context.Context, req *pulumirpc.CreateRequest, _ ...grpc.CallOption,
) (*pulumirpc.CreateResponse, error) {
	f.create = req
	if f.waiting != nil {
		close(f.waiting)
		<-ctx.Done()

		return nil, ctx.Err()
	}

	return &pulumirpc.CreateResponse{Id: "id", Properties: req.GetProperties()}, nil
}

func (f *fakeBridge) Diff(
	_ context.Context, req *pulumirpc.DiffRequest, _ ...grpc.CallOption,
) (*pulumirpc.DiffResponse, error) {
	f.diff = req
	return &pulumirpc.DiffResponse{Diffs: []string{"alias"}}, nil
}

func (f *fakeBridge) Update(
	_ context.Context, req *pulumirpc.UpdateRequest, _ ...grpc.CallOption,
) (*pulumirpc.UpdateResponse, error) {
	f.update = req
	return &pulumirpc.UpdateResponse{Properties: req.GetNews()}, nil
}

func (f *fakeBridge) Read(
	_ context.Context, req *pulumirpc.ReadRequest, _ ...grpc.CallOption,
) (*pulumirpc.ReadResponse, error) {
	return &pulumirpc.ReadResponse{Id: req.GetId(), Properties: req.GetProperties(), Inputs: req.GetProperties()}, nil
}

func (f *fakeBridge) Invoke(
	_ context.Context, req *pulumirpc.InvokeRequest, _ ...grpc.CallOption,
) (*pulumirpc.InvokeResponse, error) {
	f.invoke = req
	return &pulumirpc.InvokeResponse{Return: req.GetArgs()}, nil
}

func (f *fakeBridge) DiffConfig(
	context.Context, *pulumirpc.DiffRequest, ...grpc.CallOption,
) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{DetailedDiff: map[string]*pulumirpc.PropertyDiff{
		"region": {Kind: pulumirpc.PropertyDiff_UPDATE}, "defaultTags": {Kind: pulumirpc.PropertyDiff_UPDATE},
	}}, nil
}

func (f *fakeBridge) Call(
	_ context.Context, req *pulumirpc.CallRequest, _ ...grpc.CallOption,
) (*pulumirpc.CallResponse, error) {
	return &pulumirpc.CallResponse{Return: &structpb.Struct{
		Fields: map[string]*structpb.Value{"called": structpb.NewStringValue(req.GetTok())},
	}}, nil
}

func (f *fakeBridge) Cancel(context.Context, *emptypb.Empty, ...grpc.CallOption) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func properties(t *testing.T, text string) *structpb.Struct {
	t.Helper()
	var s structpb.Struct
	require.NoError(t, protojson.Unmarshal([]byte(text), &s))

	return &s
}

func text(t *testing.T, s *structpb.Struct) string {
	t.Helper()
	out, err := protojson.Marshal(s)
	require.NoError(t, err)

	return string(out)
}

func TestTheBridgeSeesItsOwnTokensAndTheEngineItsOwn(t *testing.T) {
	t.Parallel()
	f := &fakeBridge{}
	out, err := New(f, nil).Create(t.Context(), &pulumirpc.CreateRequest{
		Urn: stack + record + "::a", Type: record, Name: "a", Properties: properties(t, `{"aliases":[{"name":"d"}]}`),
	})

	require.NoError(t, err)
	assert.Equal(t, stack+bridge+"::a", f.create.GetUrn())
	assert.Equal(t, bridge, f.create.GetType())
	assert.JSONEq(t, `{"alias":{"name":"d"}}`, text(t, f.create.GetProperties()))
	assert.JSONEq(t, `{"aliases":[{"name":"d"}]}`, text(t, out.GetProperties()))
}

func TestATimeLimitReachesTerraformAndStaysInTheState(t *testing.T) {
	t.Parallel()
	const state = `{"timeouts":{"create":"1m30s","update":"30m","delete":"30m"}}`
	f := &fakeBridge{}
	s := New(f, nil)
	urn := stack + record + "::a"

	out, err := s.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn, Properties: properties(t, `{}`), Timeout: 90})
	require.NoError(t, err)
	assert.JSONEq(t, state, text(t, out.GetProperties()))

	_, err = s.Diff(t.Context(), &pulumirpc.DiffRequest{Urn: urn, Olds: properties(t, state), News: properties(t, `{}`)})
	require.NoError(t, err)
	assert.JSONEq(t, state, text(t, f.diff.GetNews()), "a limit is no change")

	_, err = s.Update(t.Context(), &pulumirpc.UpdateRequest{
		Urn: urn, Olds: properties(t, state), News: properties(t, `{}`), Timeout: 5,
	})
	require.NoError(t, err)
	assert.JSONEq(t, `{"timeouts":{"create":"1m30s","update":"5s","delete":"30m"}}`, text(t, f.update.GetNews()))

	read, err := s.Read(t.Context(), &pulumirpc.ReadRequest{Urn: urn, Id: "id", Properties: properties(t, state)})
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, text(t, read.GetInputs()), "no program has given it")
}

func TestATimeLimitThatTerraformDoesNotTakeIsLeftOut(t *testing.T) {
	t.Parallel()
	f := &fakeBridge{}
	_, err := New(f, nil).Create(t.Context(), &pulumirpc.CreateRequest{
		Urn: stack + "aws:cloudfront/distribution:Distribution::d", Properties: properties(t, `{}`), Timeout: 90,
	})
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, text(t, f.create.GetProperties()))
}

func TestADiffIsToldInTheSDKsNames(t *testing.T) {
	t.Parallel()
	f := &fakeBridge{}
	out, err := New(f, nil).Diff(t.Context(), &pulumirpc.DiffRequest{
		Urn: stack + record + "::a", IgnoreChanges: []string{"aliases[0].name"},
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"alias.name"}, f.diff.GetIgnoreChanges())
	assert.Equal(t, []string{"aliases"}, out.GetDiffs())
}

func TestAFunctionIsInvokedUnderTheBridgesToken(t *testing.T) {
	t.Parallel()
	f := &fakeBridge{}
	out, err := New(f, nil).Invoke(t.Context(), &pulumirpc.InvokeRequest{
		Tok: "aws:route53/getZone:getZone", Args: properties(t, `{"name":"example.com"}`),
	})
	require.NoError(t, err)
	assert.Equal(t, "aws:index/getRoute53Zone:getRoute53Zone", f.invoke.GetTok())
	assert.JSONEq(t, `{"name":"example.com"}`, text(t, out.GetReturn()))
}

func TestAnotherRegionReplacesTheProvider(t *testing.T) {
	t.Parallel()
	out, err := New(&fakeBridge{}, nil).DiffConfig(t.Context(), &pulumirpc.DiffRequest{
		OldInputs: properties(t, `{"region":"a","defaultTags":"{}"}`),
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"region"}, out.GetReplaces())
}

func TestTheMethodOfTheProviderIsTheBridges(t *testing.T) {
	t.Parallel()
	const method = "pulumi:providers:aws/terraformConfig"
	out, err := New(&fakeBridge{}, nil).Call(t.Context(), &pulumirpc.CallRequest{Tok: method})
	require.NoError(t, err)
	assert.JSONEq(t, `{"called":"`+method+`"}`, text(t, out.GetReturn()))
}

func TestAnUnknownResourceIsRefusedBeforeTheBridgeIsAsked(t *testing.T) {
	t.Parallel()
	_, err := New(&fakeBridge{}, nil).Create(t.Context(), &pulumirpc.CreateRequest{
		Urn: stack + "aws:ec2/instance:Instance::vm",
	})
	require.ErrorContains(t, err, "aws:ec2/instance:Instance")
}

func TestAnUnsupportedPropertyIsAFaultOfTheCheck(t *testing.T) {
	t.Parallel()
	out, err := New(&fakeBridge{}, nil).Check(t.Context(), &pulumirpc.CheckRequest{
		Urn: stack + "aws:s3/bucketObjectv2:BucketObjectv2::o", News: properties(t, `{"source":"x"}`),
	})
	require.NoError(t, err)
	require.Len(t, out.GetFailures(), 1)
	assert.Equal(t, "source", out.GetFailures()[0].GetProperty())
}

func TestCancelAbandonsWhatOnlyWaits(t *testing.T) {
	t.Parallel()
	f := &fakeBridge{waiting: make(chan struct{})}
	s := New(f, nil)
	ended := make(chan error, 1)
	go func() {
		_, err := s.Create(t.Context(), &pulumirpc.CreateRequest{
			Urn: stack + "aws:acm/certificateValidation:CertificateValidation::v",
		})
		ended <- err
	}()
	<-f.waiting

	_, err := s.Cancel(t.Context(), &emptypb.Empty{})

	require.NoError(t, err)
	select {
	case err := <-ended:
		require.ErrorContains(t, err, "canceled")
	case <-time.After(10 * time.Second):
		t.Fatal("it still waits")
	}
}

func TestCancelLetsWhatMakesThingsFinish(t *testing.T) {
	t.Parallel()
	f := &fakeBridge{}
	s := New(f, nil)
	_, err := s.Cancel(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)

	_, err = s.Create(t.Context(), &pulumirpc.CreateRequest{Urn: stack + record + "::a", Properties: properties(t, `{}`)})

	require.NoError(t, err)
}
