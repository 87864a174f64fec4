package main

import (
	"bufio"
	"context"
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

func TestThePluginFileAndTheProgramAgreeOnTheVersion(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("PulumiPlugin.yaml")
	require.NoError(t, err)
	assert.Contains(t, strings.Split(string(file), "\n"), "version: "+provider.Version)
}
