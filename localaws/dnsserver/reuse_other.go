//go:build !unix

package dnsserver

import "syscall"

// reuseAddress does nothing here: the port must be free.
func reuseAddress(_, _ string, _ syscall.RawConn) error { return nil }
