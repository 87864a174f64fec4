//go:build unix

package netport

import "syscall"

// errAddressInUse is what the system answers for a port that is taken.
const errAddressInUse = syscall.EADDRINUSE
