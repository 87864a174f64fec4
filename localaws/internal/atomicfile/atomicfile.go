// Package atomicfile replaces files at once: whoever reads one, after a kill or
// a power failure too, finds the old content or the new, whole.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Unfinished ends the names of files that are not whole yet. What is left of
// them after a kill is of no use.
const Unfinished = ".new"

// File is a file that takes its place when it is committed.
type File struct {
	*os.File

	name string
}

// Create begins a file, and makes the directories that it is in, for the owner only.
func Create(name string, mode fs.FileMode) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, fmt.Errorf("making the directory of %s: %w", name, err)
	}
	f, err := os.OpenFile(name+Unfinished, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", name, err)
	}
	return &File{File: f, name: name}, nil
}

// Commit writes the file to the disk and puts it into place. If that fails, or
// err says that something failed before, nothing is left of it.
func (f *File) Commit(err error) error {
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), f.name)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.name, errors.Join(err, os.Remove(f.Name())))
	}
	if err := syncDirectory(filepath.Dir(f.name)); err != nil {
		return fmt.Errorf("writing the directory of %s: %w", f.name, err)
	}
	return nil
}

// Write replaces a file by another one.
func Write(name string, content []byte, mode fs.FileMode) error {
	f, err := Create(name, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return f.Commit(err)
}
