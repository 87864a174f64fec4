package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// store keeps one snapshot file per service.
type store struct {
	dir  string
	last map[string][]byte
}

func (s *store) file(service Service) string {
	return filepath.Join(s.dir, service.Name()+".json")
}

// load gives a service its last snapshot, if there is one.
func (s *store) load(service Service) error {
	if s.dir == "" {
		return nil
	}
	snapshot, err := os.ReadFile(s.file(service))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the state of %s: %w", service.Name(), err)
	}
	if err := service.Restore(snapshot); err != nil {
		return fmt.Errorf("restoring %s from %s: %w", service.Name(), s.file(service), err)
	}
	return nil
}

// save writes the snapshot of a service if it differs from the last one. The
// file is replaced at once, so that a kill leaves the old or the new, never half.
func (s *store) save(service Service) error {
	if s.dir == "" {
		return nil
	}
	snapshot, err := service.Snapshot()
	if err != nil || snapshot == nil || bytes.Equal(snapshot, s.last[service.Name()]) {
		return err
	}
	if err := writeAtomically(s.file(service), snapshot); err != nil {
		return err
	}
	if s.last == nil {
		s.last = map[string][]byte{}
	}
	s.last[service.Name()] = snapshot
	return nil
}

func writeAtomically(file string, content json.RawMessage) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	temporary := file + ".new"
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, file)
}
