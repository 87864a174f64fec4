package standin

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// realEngine keeps what is logged.
type realEngine struct {
	pulumirpc.UnimplementedEngineServer

	logged chan *pulumirpc.LogRequest
}

func (e *realEngine) Log(_ context.Context, req *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	e.logged <- req
	return &emptypb.Empty{}, nil
}

// bridgeTo is the engine's client that the bridge has.
func bridgeTo(t *testing.T, address string) pulumirpc.EngineClient {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, conn.Close()) })

	return pulumirpc.NewEngineClient(conn)
}

func TestAMessageOfTheBridgeReachesTheEngineUnderTheURNThatItKnows(t *testing.T) {
	t.Parallel()
	actual := &realEngine{logged: make(chan *pulumirpc.LogRequest, 1)}
	stop := make(chan bool)
	t.Cleanup(func() { close(stop) })
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: stop, Init: func(g *grpc.Server) error {
		pulumirpc.RegisterEngineServer(g, actual)
		return nil
	}})
	require.NoError(t, err)
	e, err := NewEngine()
	require.NoError(t, err)
	require.NoError(t, e.Connect(address(handle.Port)))

	_, err = bridgeTo(t, e.Address()).Log(t.Context(), &pulumirpc.LogRequest{
		Severity: pulumirpc.LogSeverity_WARNING, Urn: stack + bridge + "::a", Message: "deprecated",
	})

	require.NoError(t, err)
	got := <-actual.logged
	assert.Equal(t, stack+record+"::a", got.GetUrn())
	assert.Equal(t, pulumirpc.LogSeverity_WARNING, got.GetSeverity())
	assert.Equal(t, "deprecated", got.GetMessage())
}

func TestAMessageBeforeThereIsAnEngineIsDropped(t *testing.T) {
	t.Parallel()
	e, err := NewEngine()
	require.NoError(t, err)
	_, err = bridgeTo(t, e.Address()).Log(t.Context(), &pulumirpc.LogRequest{Message: "starting"})
	require.NoError(t, err)
}
