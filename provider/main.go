package provider

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Main runs the plugin executable: it takes the engine's address as its argument, prints the port it listens on, and
// ends on an interrupt. The engine starts one process for each provider instance.
func Main() error {
	err := provider.Main(Name, func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		return plugin.NewProviderServer(New(notesTo(host))), nil
	})
	if err != nil {
		return fmt.Errorf("serving the %s provider: %w", Name, err)
	}
	return nil
}

// notesTo shows notes beside the resource. The engine is not there when the plugin runs by itself.
func notesTo(host *provider.HostClient) Option {
	return WithNotes(func(ctx context.Context, urn resource.URN, message string) {
		if host != nil {
			_ = host.Log(ctx, diag.Info, urn, message) // a note that is lost changes nothing
		}
	})
}
