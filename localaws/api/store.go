package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"imagecdn/localaws/internal/atomicfile"
)

// store keeps one snapshot file per service, and beside it the items of those
// that have any.
type store struct {
	dir  string
	last map[string][]byte
	logs map[string]*itemLog
	// unsaved are the names of items whose change could not be saved.
	unsaved map[string][]string
}

func (s *store) file(service Service) string {
	return filepath.Join(s.dir, service.Name()+".json")
}

// load gives a service its last snapshot and its items, if there are any.
func (s *store) load(service Service) error {
	if s.dir == "" {
		return nil
	}
	if err := s.loadSnapshot(service); err != nil {
		return err
	}
	itemized, ok := service.(Itemized)
	if !ok {
		return nil
	}
	if err := s.log(service).load(itemized); err != nil {
		return fmt.Errorf("restoring %s: %w", service.Name(), err)
	}
	return nil
}

// log is the log of a service's items.
func (s *store) log(service Service) *itemLog {
	if s.logs == nil {
		s.logs = map[string]*itemLog{}
	}
	if s.logs[service.Name()] == nil {
		s.logs[service.Name()] = &itemLog{file: filepath.Join(s.dir, service.Name()+"-items.jsonl")}
	}
	return s.logs[service.Name()]
}

func (s *store) loadSnapshot(service Service) error {
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
// it, and one account only; in version 2 the objects of S3 were in the snapshot. A change that an older server would misread needs
// another version, and one that a newer server cannot read itself a conversion.
const stateVersion = 3

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

// save writes the items of a service that have changed, and its snapshot if it
// differs from the last one. The items come first: after a kill in between, what
// they belong to is as it was before a call that nobody heard the answer of.
func (s *store) save(service Service) error {
	if err := s.saveItems(service); err != nil || s.dir == "" {
		return err
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
	if err := atomicfile.Write(s.file(service), kept, 0o600); err != nil {
		return err
	}
	if s.last == nil {
		s.last = map[string][]byte{}
	}
	s.last[service.Name()] = snapshot
	return nil
}

func (s *store) saveItems(service Service) error {
	itemized, ok := service.(Itemized)
	if !ok {
		return nil
	}
	names := itemized.TakeItems()
	if s.dir == "" {
		return nil
	}
	names = append(s.unsaved[service.Name()], names...)
	err := s.log(service).save(itemized, names)
	if s.unsaved == nil {
		s.unsaved = map[string][]string{}
	}
	s.unsaved[service.Name()] = nil
	if err != nil {
		s.unsaved[service.Name()] = names
	}
	return err
}
