package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program is this command, built once for the tests that need it as a process.
func program(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "localaws")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", file, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	return file
}

// freeAddresses are flags for ports that nobody listens on.
func freeAddresses(t *testing.T) []string {
	t.Helper()
	var flags []string
	for _, name := range []string{"api", "https", "http", "dns"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		flags = append(flags, "--"+name+"="+l.Addr().String())
		require.NoError(t, l.Close())
	}
	return flags
}

func call(t *testing.T, program string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// The server that start leaves behind holds no pipe of ours.
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	return out.String(), err
}

func TestTheServerIsStartedOnceAndStopped(t *testing.T) {
	t.Parallel()
	localaws, addresses := program(t), freeAddresses(t)
	state := filepath.Join(t.TempDir(), "state")
	started := append([]string{"start", "--state", state}, addresses...)

	out, err := call(t, localaws, started...)
	require.NoError(t, err, out)
	t.Cleanup(func() { _ = exec.Command(localaws, "stop", "--state", state).Run() })
	pid, err := os.ReadFile(runningFile(state))
	require.NoError(t, err)

	out, err = call(t, localaws, started...)
	require.NoError(t, err, out)
	assert.Contains(t, out, "is running")
	again, err := os.ReadFile(runningFile(state))
	require.NoError(t, err)
	assert.Equal(t, pid, again, "a second start starts nothing")

	out, err = call(t, localaws, append([]string{"start", "--state", t.TempDir()}, addresses...)...)
	require.Error(t, err)
	assert.Contains(t, out, "address already in use", "an AWS with other state is not taken for this one")
	out, err = call(t, localaws, "start", "--state", state, "--dns=127.0.0.1:1")
	require.Error(t, err)
	assert.Contains(t, out, "not at 127.0.0.1:1: stop it first")
	out, err = call(t, localaws, "serve", "--state", state)
	require.Error(t, err)
	assert.Contains(t, out, "another embedded AWS runs with its state in "+state)

	out, err = call(t, localaws, "stop", "--state", state)
	require.NoError(t, err, out)
	_, err = health(t.Context(), addresses[0][len("--api="):])
	require.Error(t, err)
	out, err = call(t, localaws, "stop", "--state", state)
	require.NoError(t, err, out)
	assert.Contains(t, out, "not running")
	out, err = call(t, localaws, "endpoints", "--state", state)
	require.Error(t, err)
	assert.Contains(t, out, "not running")
}

// The defaults are the machine's, so other programs may hold them while this runs,
// but at least one of each is taken: by this test, or by them.
func TestTakenPortsAreLeftToWhoHasThem(t *testing.T) {
	t.Parallel()
	localaws, first, second := program(t), filepath.Join(t.TempDir(), "state"), filepath.Join(t.TempDir(), "state")
	addresses := map[string]string{}
	for _, state := range []string{first, second} {
		for _, port := range []string{"4566", "8443", "8080", "5353"} {
			if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
				defer func() { _ = l.Close() }()
			}
		}
		out, err := call(t, localaws, "start", "--state", state)
		require.NoError(t, err, out)
		t.Cleanup(func() { _ = exec.Command(localaws, "stop", "--state", state).Run() })
		assert.Contains(t, out, "127.0.0.1:4566 is taken: the AWS API is at 127.0.0.1:")
		assert.Contains(t, out, "127.0.0.1:5353 is taken: DNS is at 127.0.0.1:")

		out, err = call(t, localaws, "endpoints", "--state", state)
		require.NoError(t, err, out)
		lines := strings.Fields(out)
		require.Len(t, lines, 4)
		for i, name := range []string{"api=", "https=", "http=", "dns="} {
			address, found := strings.CutPrefix(lines[i], name)
			require.True(t, found, out)
			assert.Empty(t, addresses[address], "%s is another server's", address)
			addresses[address] = state
		}
		running, err := health(t.Context(), strings.TrimPrefix(lines[0], "api="))
		require.NoError(t, err)
		assert.Equal(t, state, running.StateDir)
	}
}

func TestAPortInUseIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	localaws, addresses := program(t), freeAddresses(t)
	l, err := net.Listen("tcp", addresses[1][len("--https="):])
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	out, err := call(t, localaws, append([]string{"start", "--state", t.TempDir()}, addresses...)...)
	require.Error(t, err)
	assert.Contains(t, out, "address already in use: end what listens there, or give no address")
}

// After a kill -9 the process id may be another program's.
func TestStopLeavesAProcessAloneThatIsNotTheServer(t *testing.T) {
	t.Parallel()
	localaws, state := program(t), t.TempDir()
	other := exec.Command("sleep", "60")
	require.NoError(t, other.Start())
	t.Cleanup(func() { _ = other.Process.Kill(); _ = other.Wait() })
	address := freeAddresses(t)[0][len("--api="):]
	require.NoError(t, os.WriteFile(runningFile(state), fmt.Appendf(nil, `{"pid": %d, "api": %q}`, other.Process.Pid, address), 0o600))

	out, err := call(t, localaws, "stop", "--state", state)

	require.NoError(t, err, out)
	assert.NoError(t, other.Process.Signal(syscall.Signal(0)), "it lives")
	assert.NoFileExists(t, runningFile(state))
}
