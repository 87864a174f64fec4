//go:build !linux

package process

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

// watchInterval is how often the parent is looked for where the kernel does not tell of its death.
const watchInterval = 500 * time.Millisecond

// become runs the program in this process's place and kills it when the parent is gone.
func become(program string, args []string) error {
	parent := os.Getppid()
	cmd := &exec.Cmd{Path: program, Args: args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", program, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				return fmt.Errorf("running %s: %w", program, err)
			}

			return nil
		case <-tick.C:
			if os.Getppid() != parent {
				if err := cmd.Process.Kill(); err != nil {
					return fmt.Errorf("stopping %s: %w", program, err)
				}

				return errOrphan
			}
		}
	}
}
