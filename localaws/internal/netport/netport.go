// Package netport says why a port cannot be listened at.
package netport

import "errors"

// Taken says whether an error is that somebody else has the port.
func Taken(err error) bool { return errors.Is(err, errAddressInUse) }
