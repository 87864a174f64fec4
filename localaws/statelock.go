package localaws

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// errLocked is that another process has the file.
var errLocked = errors.New("another process has it")

// lockState keeps a state directory to one server: two would overwrite each
// other's state. The file stays; only who holds it counts.
func lockState(dir string) (*os.File, error) {
	if dir == "" {
		return nil, nil //nolint:nilnil // nothing is kept, so nothing is locked
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the state directory: %w", err)
	}
	file, err := lockFile(filepath.Join(dir, "lock"))
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("another embedded AWS runs with its state in %s: stop it, or choose another directory", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("locking the state directory: %w", err)
	}
	return file, nil
}
