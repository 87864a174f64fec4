//go:build unix

package dnsserver

import "syscall"

// reuseAddress lets a UDP socket share its port with the machine's multicast DNS,
// which holds 5353 on every address and lets others share it too. What is sent to
// our own address comes to us.
func reuseAddress(_, _ string, connection syscall.RawConn) error {
	var failed error
	err := connection.Control(func(socket uintptr) {
		failed = syscall.SetsockoptInt(int(socket), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	})
	if err != nil {
		return err
	}
	return failed
}
