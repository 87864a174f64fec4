//go:build unix

package main

import (
	"os"
	"syscall"
)

// detached are the attributes of a process that outlives its parent's terminal.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// askToEnd asks a process to end.
func askToEnd(process *os.Process) error { return process.Signal(syscall.SIGTERM) }
