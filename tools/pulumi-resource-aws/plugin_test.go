package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"imagecdn/tools/pulumi-resource-aws/internal/standin"
)

// patience bounds all that a test asks of a plugin.
const patience = 3 * time.Minute

// plugin is a running stand-in, built from the sources under test.
type plugin struct {
	pulumirpc.ResourceProviderClient

	home string
	cmd  *exec.Cmd
}

// startPlugin builds the stand-in and starts it as the engine does.
func startPlugin(t *testing.T) plugin {
	t.Helper()
	home, program := buildPlugin(t)

	return runPlugin(t, home, program)
}

// buildPlugin builds the stand-in into a directory of its own, beside the bridge and the Terraform provider that the
// toolchain has put in this checkout.
func buildPlugin(t *testing.T) (home, program string) {
	t.Helper()
	home = t.TempDir()
	installed, err := filepath.Abs(filepath.Join("..", "..", ".tools", "pulumi-home", "plugins", "resource-aws-v"+standin.Version))
	require.NoError(t, err)
	for _, name := range []string{"pulumi-resource-terraform-provider", "terraform-provider-aws_v5.100.0_x5"} {
		_, err := os.Stat(filepath.Join(installed, name))
		require.NoError(t, err, "the bridge and the Terraform provider are needed: "+
			"run `go -C tools/toolchain run . ensure`, with TERRAFORM_PROVIDER_MIRROR set if it finds no provider")
		require.NoError(t, os.Symlink(filepath.Join(installed, name), filepath.Join(home, name)))
	}
	program = filepath.Join(home, "pulumi-resource-aws")
	require.NoError(t, os.Symlink("pulumi-resource-aws", filepath.Join(home, "terraform-provider-aws")))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(out))

	return home, program
}

func runPlugin(t *testing.T, home, program string, args ...string) plugin {
	t.Helper()
	cmd := exec.Command(program, args...) // it is ended by the cleanup, however the test ends
	cmd.Dir = home                        // the bridge would read the project file of this repository
	cmd.Env = append(os.Environ(), homeVariable+"="+home)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		_ = cmd.Wait()
	})
	port, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port),
		grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })

	return plugin{ResourceProviderClient: pulumirpc.NewResourceProviderClient(conn), home: home, cmd: cmd}
}

// homeVariable marks the processes of one test's plugin: children inherit it.
const homeVariable = "STAND_IN_TEST_HOME"
