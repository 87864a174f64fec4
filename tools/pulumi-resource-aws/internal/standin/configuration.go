package standin

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"imagecdn/tools/pulumi-resource-aws/internal/translate"
)

// Handshake passes the engine's introduction on, with this program in the engine's place.
func (s *Server) Handshake(
	ctx context.Context, req *pulumirpc.ProviderHandshakeRequest,
) (*pulumirpc.ProviderHandshakeResponse, error) {
	if err := s.engine.Connect(req.GetEngineAddress()); err != nil {
		return nil, err
	}
	req.EngineAddress = s.engine.Address()
	out, err := s.bridge.Handshake(ctx, req)

	return out, translate.Fields{}.Failure(err)
}

// CheckConfig checks the provider's configuration.
func (s *Server) CheckConfig(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	req.Olds = translate.Config(req.GetOlds(), translate.ToBridge)
	req.News = translate.Config(translate.WithDefaults(req.GetNews()), translate.ToBridge)
	out, err := s.bridge.CheckConfig(ctx, req)
	fields := translate.Configuration().Fields
	if err != nil {
		return nil, fields.Failure(err)
	}
	out.Inputs = translate.Config(out.GetInputs(), translate.ToSDK)
	out.Failures = fields.Checks(out.GetFailures())

	return out, nil
}

// DiffConfig compares two configurations of the provider, and tells whether the difference replaces the provider.
func (s *Server) DiffConfig(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	fields := translate.Configuration().Fields
	oldInputs := req.GetOldInputs()
	req.Olds = translate.Config(req.GetOlds(), translate.ToBridge)
	req.OldInputs = translate.Config(oldInputs, translate.ToBridge)
	req.News = translate.Config(req.GetNews(), translate.ToBridge)
	req.IgnoreChanges = fields.Paths(req.GetIgnoreChanges(), translate.ToBridge)
	out, err := s.bridge.DiffConfig(ctx, req)
	if err != nil {
		return nil, fields.Failure(err)
	}

	return translate.Replacements(fields.Diff(out), oldInputs), nil
}

// Configure configures the provider.
func (s *Server) Configure(
	ctx context.Context, req *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	req.Args = translate.Config(req.GetArgs(), translate.ToBridge)
	req.Variables = translate.Variables(req.GetVariables(), translate.ToBridge) //nolint:staticcheck // older engines send only these
	out, err := s.bridge.Configure(ctx, req)

	return out, translate.Configuration().Fields.Failure(err)
}
