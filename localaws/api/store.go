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
	state, err := unwrap(snapshot)
	if err == nil {
		err = service.Restore(state)
	}
	if err != nil {
		return fmt.Errorf("restoring %s from %s: %w", service.Name(), s.file(service), err)
	}
	return nil
}

// stateVersion is of the snapshots that are written. Version 1 had no version in
// it, and one account only. A change that an older server would misread needs
// another version, and one that a newer server cannot read itself a conversion.
const stateVersion = 2

// versioned is a snapshot as it is kept.
type versioned struct {
	Version *int            `json:"version"`
	State   json.RawMessage `json:"state"`
}

// unwrap takes the state out of what was kept, if this server understands it.
func unwrap(snapshot []byte) (json.RawMessage, error) {
	var kept versioned
	if err := json.Unmarshal(snapshot, &kept); err != nil || kept.Version == nil || kept.State == nil {
		return snapshot, nil //nolint:nilerr // of version 1: the service reads it, or refuses it
	}
	if *kept.Version > stateVersion {
		return nil, fmt.Errorf("it was written by a newer embedded AWS: its version is %d, %d is understood", *kept.Version, stateVersion)
	}
	return kept.State, nil
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
	version := stateVersion
	kept, err := json.Marshal(versioned{Version: &version, State: snapshot})
	if err != nil {
		return fmt.Errorf("writing down the state of %s: %w", service.Name(), err)
	}
	if err := writeAtomically(s.file(service), kept); err != nil {
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
