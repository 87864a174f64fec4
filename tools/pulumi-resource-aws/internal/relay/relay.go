// Package relay stands between the Terraform bridge and the Terraform provider. It passes on every call but one: the
// schema comes from a file, with no more in it than what the stand-in serves.
//
// Terraform's provider for AWS needs some three seconds of processor time to describe its 1,600 resources and data
// sources, and the bridge two more to read that. pulumi-aws has the schema built in, and needs neither.
package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"runtime"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// protocol is the version of Terraform's plugin protocol that the AWS provider speaks.
const protocol = 5

// pluginName is what Terraform calls the one service of a provider.
const pluginName = "provider"

// handshake is Terraform's: it keeps people from starting a provider by hand.
var handshake = plugin.HandshakeConfig{
	ProtocolVersion:  protocol,
	MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
	MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
}

// Serve starts the Terraform provider by the command, and serves whoever started this process, until told to end.
// What the provider logs goes to log.
func Serve(provider *exec.Cmd, schema Schema, log io.Writer) error {
	runtime.LockOSThread() // the provider dies with the thread that started it, and this one lives as long as the process
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  handshake,
		VersionedPlugins: map[int]plugin.PluginSet{protocol: {pluginName: link{}}},
		Cmd:              provider,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		Stderr:           log,
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	conn, err := connect(client)
	if err != nil {
		return err
	}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  handshake,
		VersionedPlugins: map[int]plugin.PluginSet{protocol: {pluginName: link{}}},
		Logger:           hclog.NewNullLogger(),
		GRPCServer: func(opts []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(opts, grpc.ForceServerCodecV2(codec{}), grpc.MaxRecvMsgSize(math.MaxInt32),
				grpc.UnknownServiceHandler(relay{conn, schema}.handle))...)
		},
	})

	return nil
}

func connect(client *plugin.Client) (*grpc.ClientConn, error) {
	protocolClient, err := client.Client()
	if err != nil {
		return nil, fmt.Errorf("starting the Terraform provider: %w", err)
	}
	service, err := protocolClient.Dispense(pluginName)
	if err != nil {
		return nil, fmt.Errorf("connecting to the Terraform provider: %w", err)
	}
	conn, ok := service.(*grpc.ClientConn)
	if !ok {
		return nil, errors.New("the Terraform provider does not speak gRPC")
	}

	return conn, nil
}

// link is the provider's service as go-plugin wants it: bare, for neither side looks into the messages.
type link struct{ plugin.NetRPCUnsupportedPlugin }

func (link) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return nil }

func (link) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

type relay struct {
	conn   *grpc.ClientConn
	schema Schema
}

// schemaMethod is not passed on where the answer is known.
const schemaMethod = "/tfplugin5.Provider/GetSchema"

// handle passes one call on. All those of the protocol are of one request and one answer.
func (r relay) handle(_ any, stream grpc.ServerStream) error {
	method, ok := grpc.MethodFromServerStream(stream)
	if !ok {
		return status.Error(codes.Internal, "the call has no method")
	}
	request := &frame{}
	if err := stream.RecvMsg(request); err != nil {
		return err //nolint:wrapcheck // gRPC says what failed
	}
	ask := func(request *frame) (*frame, error) {
		answer := &frame{}

		return answer, r.conn.Invoke(stream.Context(), method, request, answer, grpc.ForceCodecV2(codec{}),
			grpc.MaxCallRecvMsgSize(math.MaxInt32), grpc.MaxCallSendMsgSize(math.MaxInt32))
	}
	answer, err := r.answer(method, request, ask)
	if err != nil {
		return err //nolint:wrapcheck // it has the status that the provider gave it
	}

	return stream.SendMsg(answer) //nolint:wrapcheck // gRPC says what failed
}

func (r relay) answer(method string, request *frame, ask func(*frame) (*frame, error)) (*frame, error) {
	switch method {
	case schemaMethod:
		return r.schema.get(func() (*frame, error) { return ask(request) })
	case prepareMethod:
		return prepare(request, ask)
	}

	return ask(request)
}
