package standin

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"

	"imagecdn/tools/pulumi-resource-aws/internal/translate"
)

// Engine is the engine that the bridge speaks to. It passes the bridge's messages on to the real one, under the URNs
// that the real one knows.
type Engine struct {
	pulumirpc.UnimplementedEngineServer

	port int

	mu   sync.RWMutex
	conn *grpc.ClientConn
}

// NewEngine serves an engine on a port of its own.
func NewEngine() (*Engine, error) {
	e := &Engine{}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Init: func(g *grpc.Server) error {
		pulumirpc.RegisterEngineServer(g, e)
		return nil
	}})
	if err != nil {
		return nil, fmt.Errorf("listening for the Terraform bridge: %w", err)
	}
	e.port = handle.Port

	return e, nil
}

// Address is where the bridge finds this engine.
func (e *Engine) Address() string { return address(e.port) }

func address(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// Connect tells the way to the real engine.
func (e *Engine) Connect(address string) error {
	conn, err := grpc.NewClient(address,
		grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
	if err != nil {
		return fmt.Errorf("connecting to the engine at %s: %w", address, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.conn != nil {
		if err := e.conn.Close(); err != nil {
			return fmt.Errorf("leaving the former engine: %w", err)
		}
	}
	e.conn = conn

	return nil
}

// Log passes a message of the bridge on.
func (e *Engine) Log(ctx context.Context, req *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.conn == nil {
		return &emptypb.Empty{}, nil
	}
	req.Urn, req.Message = translate.Text(req.GetUrn()), translate.Text(req.GetMessage())
	if _, err := pulumirpc.NewEngineClient(e.conn).Log(ctx, req); err != nil {
		return nil, fmt.Errorf("passing a message on to the engine: %w", err)
	}

	return &emptypb.Empty{}, nil
}
