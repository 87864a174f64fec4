package automation

import (
	"os"
	"os/exec"
	"syscall"

	"github.com/iwdgo/sigintwindows"
)

func ownProcessGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// interrupt sends Ctrl-Break, as Pulumi's SDK does: Windows has no other signal that a
// process can answer, and it reaches the engine's own group alone.
func interrupt(process *os.Process) error { return sigintwindows.SendCtrlBreak(process.Pid) }
