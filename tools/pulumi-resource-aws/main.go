// Command pulumi-resource-aws stands in for pulumi-aws where the real plugin cannot be downloaded. It serves the same
// tokens by way of the Terraform provider that pulumi-aws is made of, behind Pulumi's dynamic Terraform bridge. Both
// are found beside it, in the plugin's own directory.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"

	"imagecdn/tools/pulumi-resource-aws/internal/process"
	"imagecdn/tools/pulumi-resource-aws/internal/relay"
	"imagecdn/tools/pulumi-resource-aws/internal/standin"
	"imagecdn/tools/pulumi-resource-aws/internal/translate"
)

func main() {
	if err := run(context.Background(), os.Args, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-aws:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if other, err := process.Become(args); other {
		return err
	}
	home, err := process.Home()
	if err != nil {
		return err
	}
	if process.IsRelay(args) {
		return relayProvider(home, stderr)
	}
	engine, err := standin.NewEngine()
	if err != nil {
		return err
	}
	bridgeArgs, err := introduce(engine, args[1:])
	if err != nil {
		return err
	}
	bridge, err := process.Start(ctx, home, bridgeArgs, translate.Terraform(), stderr)
	if err != nil {
		return err
	}

	return serve(bridge, engine, stdout)
}

// relayProvider serves the bridge in the Terraform provider's place, for as long as the bridge lives.
func relayProvider(home string, stderr io.Writer) error {
	program, cmd, err := process.Provider(home)
	if err != nil {
		return err
	}
	schema, err := relay.NewSchema(home, program, translate.Terraform())
	if err != nil {
		return err
	}
	go func() {
		<-process.Orphaned()
		os.Exit(1) // the provider dies with this process
	}()

	return relay.Serve(cmd, schema, stderr)
}

// introduce connects to the engine whose address is the last argument, if there is one yet, and returns the arguments
// for the bridge, with this program in the engine's place: without an engine the bridge does not live.
func introduce(engine *standin.Engine, args []string) ([]string, error) {
	last := len(args) - 1
	if last < 0 || strings.HasPrefix(args[last], "-") {
		return append(args, engine.Address()), nil
	}
	if err := engine.Connect(args[last]); err != nil {
		return nil, err
	}

	return append(args[:last:last], engine.Address()), nil
}

// serve prints the port that the engine waits for, and ends with the server, the bridge or the engine, whichever ends
// first.
func serve(bridge *process.Bridge, engine *standin.Engine, stdout io.Writer) error {
	server := standin.New(bridge, engine)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Init: server.Register})
	if err != nil {
		return fmt.Errorf("serving: %w", err)
	}
	if _, err := fmt.Fprintln(stdout, handle.Port); err != nil {
		return fmt.Errorf("telling the engine the port: %w", err)
	}
	select {
	case err = <-handle.Done:
		return err
	case <-process.Orphaned():
		return bridge.Close()
	case err = <-bridge.Ended():
		return fmt.Errorf("the Terraform bridge ended: %w", err)
	}
}
