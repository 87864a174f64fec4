package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// startTimeout bounds the start of the bridge and of the Terraform provider, whose schema alone takes seconds.
const startTimeout = 2 * time.Minute

// Bridge is a running Terraform bridge that serves the AWS provider.
type Bridge struct {
	pulumirpc.ResourceProviderClient

	cmd   *exec.Cmd
	conn  *grpc.ClientConn
	ended chan error
}

// Start runs the bridge of the plugin in home, with the arguments that the engine gives to plugins, and has it serve
// the included Terraform resources and data sources. What the bridge prints goes to log.
func Start(ctx context.Context, home string, args, include []string, log io.Writer) (*Bridge, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the plugin's own program: %w", err)
	}
	cmd := &exec.Cmd{Path: self, Args: append([]string{bridgeRole}, args...), Stderr: log}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("connecting to the Terraform bridge: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the Terraform bridge: %w", err)
	}
	b := &Bridge{cmd: cmd, ended: make(chan error, 1)}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := b.connect(ctx, stdout, log); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	if err := b.parameterize(ctx, filepath.Join(home, relayRole), include); err != nil {
		return nil, errors.Join(err, b.Close())
	}

	return b, nil
}

// connect reads the port that the bridge prints first, and passes on whatever it prints later.
func (b *Bridge) connect(ctx context.Context, stdout io.Reader, log io.Writer) error {
	lines := bufio.NewReader(stdout)
	port := make(chan string, 1)
	go func() {
		line, _ := lines.ReadString('\n')
		port <- strings.TrimSpace(line)
		_, copyErr := io.Copy(log, lines)
		b.ended <- errors.Join(copyErr, b.cmd.Wait())
	}()
	select {
	case <-ctx.Done():
		return fmt.Errorf("waiting for the Terraform bridge: %w", ctx.Err())
	case p := <-port:
		if p == "" {
			return errors.New("the Terraform bridge ended before it served")
		}
		conn, err := grpc.NewClient("127.0.0.1:"+p,
			grpc.WithTransportCredentials(insecure.NewCredentials()), rpcutil.GrpcChannelOptions())
		if err != nil {
			return fmt.Errorf("connecting to the Terraform bridge: %w", err)
		}
		b.conn, b.ResourceProviderClient = conn, pulumirpc.NewResourceProviderClient(conn)

		return nil
	}
}

func (b *Bridge) parameterize(ctx context.Context, provider string, include []string) error {
	_, err := b.Parameterize(ctx, &pulumirpc.ParameterizeRequest{
		Parameters: &pulumirpc.ParameterizeRequest_Args{Args: &pulumirpc.ParameterizeRequest_ParametersArgs{
			Args: []string{provider, "--include", strings.Join(include, ",")},
		}},
	}, grpc.WaitForReady(true))
	if err != nil {
		return fmt.Errorf("starting the Terraform provider %s: %w", provider, err)
	}

	return nil
}

// Ended receives the bridge's end.
func (b *Bridge) Ended() <-chan error { return b.ended }

// Close ends the bridge, and with it the Terraform provider.
func (b *Bridge) Close() error {
	if b.conn != nil {
		if err := b.conn.Close(); err != nil {
			return fmt.Errorf("disconnecting from the Terraform bridge: %w", err)
		}
	}
	if err := b.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("ending the Terraform bridge: %w", err)
	}

	return nil
}
