// Package standin serves Pulumi's provider protocol as pulumi-aws does, by forwarding to the Terraform bridge.
package standin

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"imagecdn/tools/pulumi-resource-aws/internal/translate"
)

// Version is the version of pulumi-aws that this program stands in for.
const Version = "6.83.2"

// Server is pulumi-aws to the engine, and an engine to the bridge.
type Server struct {
	pulumirpc.UnimplementedResourceProviderServer

	bridge pulumirpc.ResourceProviderClient
	engine *Engine
	// cancelled ends when the engine asks for an end of all operations.
	cancelled context.Context //nolint:containedctx // it belongs to the server's life, not to one call
	cancel    context.CancelFunc
}

// New returns a server that forwards to the bridge. The engine is the way of the bridge's messages to the real one.
func New(bridge pulumirpc.ResourceProviderClient, engine *Engine) *Server {
	ctx, cancel := context.WithCancel(context.Background())
	return &Server{bridge: bridge, engine: engine, cancelled: ctx, cancel: cancel}
}

// Register makes the server known to gRPC.
func (s *Server) Register(g *grpc.Server) error {
	pulumirpc.RegisterResourceProviderServer(g, s)
	return nil
}

// GetPluginInfo tells the version that the engine asked for.
func (s *Server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: Version}, nil
}

// Attach tells the way to an engine that did not start this program itself.
func (s *Server) Attach(ctx context.Context, req *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	if err := s.engine.Connect(req.GetAddress()); err != nil {
		return nil, err
	}
	_, err := s.bridge.Attach(ctx, &pulumirpc.PluginAttach{Address: s.engine.Address()})

	return &emptypb.Empty{}, translate.Fields{}.Failure(err)
}

// Cancel passes the wish on, and abandons what only waits: the bridge would let it wait to its end. What makes things
// in AWS is left to finish, because its state would be lost.
func (s *Server) Cancel(ctx context.Context, req *emptypb.Empty) (*emptypb.Empty, error) {
	s.cancel()
	out, err := s.bridge.Cancel(ctx, req)

	return out, translate.Fields{}.Failure(err)
}

// abandonable returns a context that ends with Cancel if the resource makes nothing in AWS.
func (s *Server) abandonable(ctx context.Context, e translate.Entity) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if !e.WaitsOnly {
		return ctx, cancel
	}
	stop := context.AfterFunc(s.cancelled, cancel)

	return ctx, func() { stop(); cancel() }
}

// GetSchema returns the bridge's schema under pulumi-aws's tokens and names.
func (s *Server) GetSchema(
	ctx context.Context, req *pulumirpc.GetSchemaRequest,
) (*pulumirpc.GetSchemaResponse, error) {
	out, err := s.bridge.GetSchema(ctx, req)
	if err != nil {
		return nil, translate.Fields{}.Failure(err)
	}
	schema, err := translate.Schema(out.GetSchema(), Version)
	if err != nil {
		return nil, err
	}

	return &pulumirpc.GetSchemaResponse{Schema: schema}, nil
}

// Invoke reads a data source.
func (s *Server) Invoke(ctx context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	f, err := translate.Function(req.GetTok())
	if err != nil {
		return nil, err
	}
	req.Tok, req.Args = f.Bridge, toBridge(f, req.GetArgs())
	out, err := s.bridge.Invoke(ctx, req)
	if err != nil {
		return nil, f.Fields.Failure(err)
	}
	out.Return, out.Failures = toSDK(f, out.GetReturn()), f.Fields.Checks(out.GetFailures())

	return out, nil
}

// Call calls a method of the provider. The only one is terraformConfig, which both sides call by the same name.
func (s *Server) Call(ctx context.Context, req *pulumirpc.CallRequest) (*pulumirpc.CallResponse, error) {
	out, err := s.bridge.Call(ctx, req)

	return out, translate.Configuration().Fields.Failure(err)
}

func toBridge(e translate.Entity, properties *structpb.Struct) *structpb.Struct {
	return e.Fields.Properties(properties, translate.ToBridge)
}

func toSDK(e translate.Entity, properties *structpb.Struct) *structpb.Struct {
	translated := e.Fields.Properties(properties, translate.ToSDK)
	if e.Sparse {
		delete(translated.GetFields(), rawStateDelta)
	}

	return translated
}

// rawStateDelta is what the bridge keeps of Terraform's own state besides the properties. It does not fit where lists
// that were empty are absent; without it the bridge makes the state of the properties alone.
const rawStateDelta = "__pulumi_raw_state_delta"
