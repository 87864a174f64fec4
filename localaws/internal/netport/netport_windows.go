package netport

import "syscall"

// errAddressInUse is what the system answers for a port that is taken
// (WSAEADDRINUSE): Go's EADDRINUSE is another number on Windows.
const errAddressInUse = syscall.Errno(10048)
