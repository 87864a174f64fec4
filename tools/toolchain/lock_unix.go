//go:build unix

package main

import (
	"fmt"
	"os"
	"syscall"
)

// lockFile waits until no other process holds the lock, and takes it. It goes with the process, however that ends.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, fmt.Errorf("waiting for another run: %w", err)
	}

	return func() { f.Close() }, nil // nothing was written
}
