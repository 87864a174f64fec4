package localaws

import (
	"errors"
	"os"
	"syscall"
)

// errSharing is what Windows answers for a file that another process has for
// itself alone.
const errSharing = syscall.Errno(32)

// lockFile opens a file for this process alone. The system lets go of it when
// the process ends, however that comes about.
func lockFile(name string) (*os.File, error) {
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	const nobodyElse = 0
	handle, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, nobodyElse, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errSharing) {
		return nil, errLocked
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(handle), name), nil
}
