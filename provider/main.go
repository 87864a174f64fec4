package provider

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// enginePulse is how often the plugin makes sure that its engine is there. The SDK does so too, every five minutes: so long
// a plugin whose engine was killed would go on writing to AWS, beside the next one.
const enginePulse = 2 * time.Second

// Main runs the plugin executable: it takes the engine's address as its argument, prints the port it listens on, and
// ends on an interrupt, or when its engine is gone. The engine starts one process for each provider instance.
func Main() error {
	ctx, end := context.WithCancel(context.Background())
	defer end()
	err := provider.MainContext(ctx, Name, func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		s := &server{ResourceProviderServer: plugin.NewProviderServer(New(notesTo(host)))}
		if host == nil {
			return s, nil
		}
		s.engine = host.EngineConn()
		return s, rpcutil.Healthcheck(ctx, flag.Arg(0), enginePulse, end) //nolint:wrapcheck // the caller says what failed
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
