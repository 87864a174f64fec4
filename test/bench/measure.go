package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// figure is what one operation took.
type figure struct {
	wall          time.Duration
	peak          int64 // of the processes' proportional memory, in bytes; 0 where /proc has it not
	calls, writes int
}

// figures are those of all operations of one contestant.
type figures map[operation]figure

// command is a program to run.
type command struct {
	dir, program string
	arguments    []string
	environment  []string
}

// with is the command with other arguments.
func (c command) with(verb string, arguments ...string) command {
	c.arguments = append([]string{verb}, arguments...)
	return c
}

// run runs it to a good end.
func (c command) run(ctx context.Context) error {
	_, err := c.measure(ctx)
	return err
}

// sampling is how often memory is looked at: often enough for what lasts, and
// seldom enough to take little of what is measured.
const sampling = 200 * time.Millisecond

// measure runs it to a good end, and says what it took.
func (c command) measure(ctx context.Context) (figure, error) {
	cmd := exec.CommandContext(ctx, c.program, c.arguments...) //nolint:gosec // pulumi and terraform
	cmd.Dir, cmd.Env = c.dir, c.environment
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = time.Minute
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return figure{}, fmt.Errorf("starting %s: %w", c.program, err)
	}
	ended, peak := make(chan struct{}), make(chan int64, 1)
	go func() { peak <- peakMemory(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	f := figure{wall: time.Since(started)}
	close(ended)
	f.peak = <-peak
	if err != nil {
		return figure{}, fmt.Errorf("%s %s: %w\n%s", c.program, strings.Join(c.arguments, " "), err, &said)
	}
	return f, nil
}

// peakMemory is the most that a process and its descendants had at any sample.
func peakMemory(pid int, ended <-chan struct{}) int64 {
	var peak int64
	tick := time.NewTicker(sampling)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return peak
		case <-tick.C:
			var sum int64
			for _, p := range tree(pid, parents()) {
				sum += memory(p)
			}
			peak = max(peak, sum)
		}
	}
}

// tree is a process and all its descendants.
func tree(pid int, parents map[int]int) []int {
	found := []int{pid}
	for i := 0; i < len(found); i++ {
		for child, parent := range parents {
			if parent == found[i] {
				found = append(found, child)
			}
		}
	}
	return found
}

// parents is the parent of every process.
func parents() map[int]int {
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is good
	all := map[int]int{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The name, in brackets, may hold anything.
		fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
		pid, pidErr := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if len(fields) < 2 || pidErr != nil {
			continue
		}
		if parent, err := strconv.Atoi(fields[1]); err == nil {
			all[pid] = parent
		}
	}
	return all
}

var proportional = regexp.MustCompile(`(?m)^Pss:\s+(\d+) kB$`)

// memory is the proportional memory of a process: what it shares with others
// counts in equal parts. That of one that has ended is 0.
func memory(pid int) int64 {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "smaps_rollup"))
	if err != nil {
		return 0
	}
	match := proportional.FindSubmatch(content)
	if match == nil {
		return 0
	}
	kilobytes, err := strconv.ParseInt(string(match[1]), 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes << 10
}
