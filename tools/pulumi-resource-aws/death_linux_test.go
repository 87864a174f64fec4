package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNothingOutlivesAKilledPlugin(t *testing.T) {
	t.Parallel()
	p := startPlugin(t)
	require.Len(t, living(t, p.home), 4, "the stand-in, the bridge, the relay and the Terraform provider")

	require.NoError(t, p.cmd.Process.Kill())

	assert.Eventually(t, func() bool { return len(living(t, p.home)) == 0 }, 10*time.Second, 50*time.Millisecond)
}

// An engine that is killed can tell its plugins nothing.
func TestNothingOutlivesAKilledEngine(t *testing.T) {
	t.Parallel()
	home, program := buildPlugin(t)
	p := runPlugin(t, home, "sh", "-c", `"$0" & wait`, program)
	require.Len(t, living(t, home), 5, "the engine, the stand-in, the bridge, the relay and the Terraform provider")

	require.NoError(t, p.cmd.Process.Kill())

	assert.Eventually(t, func() bool { return len(living(t, home)) == 0 }, 10*time.Second, 50*time.Millisecond)
}

// living lists the processes of the plugin in home. A process that has ended but was not waited for has no environment.
func living(t *testing.T, home string) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/environ")
	require.NoError(t, err)
	var found []string
	for _, path := range all {
		environ, err := os.ReadFile(path)
		if err == nil && bytes.Contains(environ, []byte(homeVariable+"="+home+"\x00")) {
			found = append(found, filepath.Dir(path))
		}
	}

	return found
}
