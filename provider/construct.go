package provider

import (
	"context"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"imagecdn/components"
)

// server serves the components besides the custom resources. The SDK's server for
// providers has everything but Construct, which is done the way the SDK's own Go
// components are.
type server struct {
	pulumirpc.ResourceProviderServer

	engine *grpc.ClientConn

	mu      sync.Mutex
	sharing map[string]*components.SharedProviders // by the engine's run
}

// Construct registers a component of a program in any language.
func (s *server) Construct(ctx context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return provider.Construct(ctx, req, s.engine, //nolint:wrapcheck // the engine shows it to a person
		func(ctx *pulumi.Context, token, name string, inputs provider.ConstructInputs, options pulumi.ResourceOption) (*provider.ConstructResult, error) {
			component, err := construct(components.WithSharedProviders(ctx, s.shared(req.GetMonitorEndpoint())), token, name, inputs, options)
			if err != nil {
				return nil, err
			}
			return provider.NewConstructResult(component)
		})
}

// shared are the providers of one run of the engine. A preview and the up after it are two:
// what the one has registered the other does not know.
func (s *server) shared(run string) *components.SharedProviders {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sharing == nil {
		s.sharing = map[string]*components.SharedProviders{}
	}
	if s.sharing[run] == nil {
		s.sharing[run] = &components.SharedProviders{}
	}
	return s.sharing[run]
}

func construct(
	ctx *pulumi.Context, token, name string, inputs provider.ConstructInputs, options pulumi.ResourceOption,
) (pulumi.ComponentResource, error) {
	switch token {
	case components.ImageCdnToken:
		return build(ctx, name, inputs, options, components.NewImageCdn)
	case components.ValidatedCertificateToken:
		return build(ctx, name, inputs, options, components.NewValidatedCertificate)
	case components.BucketOriginToken:
		return build(ctx, name, inputs, options, components.NewBucketOrigin)
	}
	return nil, fmt.Errorf("package %s has no component %s", Name, token) //nolint:err113 // for people
}

// build reads the arguments of a component and makes it.
func build[Args any, Component pulumi.ComponentResource](
	ctx *pulumi.Context, name string, inputs provider.ConstructInputs, options pulumi.ResourceOption,
	make func(*pulumi.Context, string, *Args, ...pulumi.ResourceOption) (Component, error),
) (pulumi.ComponentResource, error) {
	args := new(Args)
	if err := inputs.CopyTo(args); err != nil {
		return nil, fmt.Errorf("reading the arguments of %q: %w", name, err)
	}
	component, err := make(ctx, name, args, options)
	if err != nil {
		return nil, err //nolint:wrapcheck // it is for people as it is
	}
	return component, nil
}
