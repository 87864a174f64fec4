package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// stopTime is how long a program that was told to end may take to do so.
const stopTime = 2 * time.Second

// runCommand runs a program and passes on what it prints.
func runCommand(ctx context.Context, out io.Writer, settings []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // the Pulumi CLI
	cmd.Env = append(os.Environ(), settings...)
	cmd.WaitDelay = stopTime
	var said bytes.Buffer
	w := io.MultiWriter(out, &said)
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", filepath.Base(name), strings.Join(args, " "), err, bytes.TrimSpace(said.Bytes()))
	}

	return nil
}

// signOfLife calls a function once, when a text is first seen in what is written to it.
type signOfLife struct {
	text string
	seen func()

	mu   sync.Mutex
	said bytes.Buffer
	once sync.Once
}

// Write looks for the text.
func (s *signOfLife) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said.Write(p)
	if strings.Contains(s.said.String(), s.text) {
		s.once.Do(s.seen)
	}

	return len(p), nil
}
