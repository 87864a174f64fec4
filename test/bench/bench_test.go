package main

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRatiosAreTakenWithinARound(t *testing.T) {
	t.Parallel()
	in := func(project, terraform time.Duration) round {
		return round{
			figures{preview: {wall: project, peak: 600 << 20, calls: 12}},
			figures{preview: {wall: terraform, peak: 300 << 20, calls: 24, writes: 1}},
		}
	}
	// The second round was a busy one for both.
	rounds := []round{in(10*time.Second, 20*time.Second), in(50*time.Second, 100*time.Second), in(12*time.Second, 20*time.Second)}

	text := table(rounds, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))

	assert.Contains(t, text, "Measured on 2026-11-25, rounds: 3.")
	assert.Contains(t, text, "| preview, no change | 12.0 / 20.0 | 0.50 | 600 / 300 | 2.00 | 12 / 24 | 0 / 1 |\n")
}

func TestTheMedianOfAnEvenNumberIsBetweenTheMiddleTwo(t *testing.T) {
	t.Parallel()
	for want, values := range map[float64][]float64{0: nil, 3: {3}, 2.5: {4, 1, 2, 3}} {
		assert.InDelta(t, want, median(values), 0.001, "%v", values)
	}
}

func TestATreeIsAProcessAndItsDescendants(t *testing.T) {
	t.Parallel()
	assert.ElementsMatch(t, []int{2, 3, 4, 5}, tree(2, map[int]int{2: 1, 3: 2, 4: 3, 5: 2, 6: 1}))
}

func TestTheMemoryOfAChildCounts(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/smaps_rollup"); err != nil {
		assert.Zero(t, memory(os.Getpid()), "this system does not tell")
		return
	}
	child := exec.CommandContext(t.Context(), "sleep", "60")
	require.NoError(t, child.Start())
	t.Cleanup(func() { _ = child.Process.Kill(); _ = child.Wait() })
	assert.Contains(t, tree(os.Getpid(), parents()), child.Process.Pid)
	assert.Positive(t, memory(child.Process.Pid))
}

func TestAFailureSaysWhatTheProgramSaid(t *testing.T) {
	t.Parallel()
	err := command{program: "sh", environment: os.Environ()}.with("-c", "echo no such stack; exit 3").run(t.Context())
	require.ErrorContains(t, err, "exit status 3\nno such stack")
}
