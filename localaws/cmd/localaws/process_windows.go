package main

import (
	"os"
	"syscall"
)

// detachedProcess is a process without its parent's console.
const detachedProcess = 0x8

// detached are the attributes of a process that outlives its parent's console.
func detached() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: detachedProcess | syscall.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
}

// askToEnd ends a process: Windows has no way to ask one without a console. A
// kill loses nothing that was acknowledged.
func askToEnd(process *os.Process) error { return process.Kill() }
