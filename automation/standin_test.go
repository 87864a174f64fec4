package automation

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a stand-in for the Pulumi CLI is told, in its environment.
const (
	standInSays   = "STAND_IN_SAYS"   // written to standard error
	standInRecord = "STAND_IN_RECORD" // a file that gets directory, arguments and environment
	standInWaits  = "STAND_IN_WAITS"  // if set, it waits for an interrupt
	standInLog    = "STAND_IN_LOG"    // a file to which arguments and standard input are added; it succeeds then
)

// TestMain makes a stand-in for the Pulumi CLI of this test program, when it is
// started by that name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "pulumi" {
		os.Exit(standIn())
	}
	os.Exit(m.Run())
}

// standIn answers with its version, and fails at everything else.
func standIn() int {
	if os.Args[len(os.Args)-1] == "version" {
		version, _ := os.ReadFile(filepath.Join(filepath.Dir(os.Args[0]), "version"))
		fmt.Println(string(version))
		return 0
	}
	if file := os.Getenv(standInLog); file != "" {
		return logCall(file)
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	directory, _ := os.Getwd()
	record := append([]string{directory, strings.Join(os.Args[1:], " ")}, os.Environ()...)
	_ = os.WriteFile(os.Getenv(standInRecord), []byte(strings.Join(record, "\n")), 0o600)
	if os.Getenv(standInWaits) != "" {
		select {
		case <-interrupted:
			time.Sleep(100 * time.Millisecond) // an engine has things to tidy up
			_ = os.WriteFile(os.Getenv(standInRecord), []byte("interrupted"), 0o600)
		case <-time.After(time.Minute):
		}
	}
	fmt.Fprintln(os.Stderr, os.Getenv(standInSays))
	return 255
}

// logCall keeps one call in one line.
func logCall(file string) int {
	input, _ := io.ReadAll(os.Stdin)
	log, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 1
	}
	defer func() { _ = log.Close() }()
	_, _ = fmt.Fprintf(log, "%s < %s\n", strings.Join(os.Args[1:], " "), input)
	return 0
}

// newStandIn is an engine's root with the stand-in.
func newStandIn(t *testing.T, version string) string {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	root := t.TempDir()
	bin := filepath.Join(root, "bin")
	require.NoError(t, os.Mkdir(bin, 0o700))
	require.NoError(t, os.Symlink(program, filepath.Join(bin, "pulumi")))
	require.NoError(t, os.WriteFile(filepath.Join(bin, "version"), []byte(version), 0o600))
	return root
}
