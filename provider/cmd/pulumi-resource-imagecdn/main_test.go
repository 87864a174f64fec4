package main

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"

	"imagecdn/provider"
)

// asPlugin makes the test binary the plugin.
const asPlugin = "IMAGECDN_TEST_AS_PLUGIN"

func TestMain(m *testing.M) {
	if os.Getenv(asPlugin) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// In a checkout the engine starts a script, which becomes the plugin as its source is now.
func TestThePluginPrintsItsPortServesAndEndsOnAnInterrupt(t *testing.T) {
	t.Parallel()
	for name, program := range map[string]string{"the plugin": os.Args[0], "the script": "./pulumi-resource-imagecdn"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			servesAndEnds(t, program)
		})
	}
}

func servesAndEnds(t *testing.T, program string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	plugin := exec.CommandContext(ctx, program)
	plugin.Env = append(os.Environ(), asPlugin+"=1")
	stdout, err := plugin.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, plugin.Start())
	port, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)

	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	info, err := pulumirpc.NewResourceProviderClient(conn).GetPluginInfo(ctx, &emptypb.Empty{})
	require.NoError(t, err)
	assert.Equal(t, provider.Version, info.GetVersion())
	require.NoError(t, conn.Close())

	require.NoError(t, plugin.Process.Signal(os.Interrupt))
	require.NoError(t, plugin.Wait())
}

// A killed engine cannot end its plugins. One that goes on would write to AWS beside the next one.
func TestThePluginEndsWhenItsEngineIsGone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	engine := grpc.NewServer()
	go func() { _ = engine.Serve(listener) }()
	plugin := exec.CommandContext(ctx, os.Args[0], listener.Addr().String())
	plugin.Env = append(os.Environ(), asPlugin+"=1")
	stdout, err := plugin.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, plugin.Start())
	_, err = bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- plugin.Wait() }()
	select {
	case err := <-ended:
		t.Fatalf("the plugin ended although its engine is there: %v", err)
	case <-time.After(5 * time.Second):
	}
	engine.Stop()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-ctx.Done():
		t.Fatal("the plugin goes on without its engine")
	}
}

func TestThePluginFileAndTheProgramAgreeOnTheVersion(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("PulumiPlugin.yaml")
	require.NoError(t, err)
	assert.Contains(t, strings.Split(string(file), "\n"), "version: "+provider.Version)
}
