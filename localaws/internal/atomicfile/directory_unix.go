//go:build unix

package atomicfile

import (
	"errors"
	"os"
)

// syncDirectory writes the names in a directory to the disk.
func syncDirectory(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
