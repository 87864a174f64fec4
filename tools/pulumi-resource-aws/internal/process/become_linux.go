package process

import (
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// become replaces this process with the program. The kernel kills it when its parent dies, however it dies: the wish
// is set before the exec and survives it.
func become(program string, args []string) error {
	runtime.LockOSThread() // the wish belongs to the thread that makes it, and that thread must do the exec
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("asking to die with the parent: %w", err)
	}
	if os.Getppid() == 1 { // it died before the wish was made
		return errOrphan
	}
	if err := syscall.Exec(program, args, os.Environ()); err != nil { //nolint:gosec // a program beside this one
		return fmt.Errorf("starting %s: %w", program, err)
	}

	return nil
}
