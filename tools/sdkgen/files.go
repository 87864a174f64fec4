package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// notOurs are directories that other tools make inside an SDK.
var notOurs = []string{"node_modules", "bin", "__pycache__"}

// write puts the files in place and removes those that are made no longer.
func write(directory string, made sdks) error {
	there, err := existing(directory)
	if err != nil {
		return err
	}
	for name := range there {
		if _, known := made[name]; known {
			continue
		}
		if err := os.Remove(filepath.Join(directory, name)); err != nil {
			return fmt.Errorf("removing what is made no longer: %w", err)
		}
	}
	for name, content := range made {
		file := filepath.Join(directory, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			return fmt.Errorf("writing the SDKs: %w", err)
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			return fmt.Errorf("writing the SDKs: %w", err)
		}
	}

	return nil
}

// existing are the files below the directory now, by slash-separated path.
func existing(directory string) (sdks, error) {
	there := sdks{}
	files := os.DirFS(directory)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(notOurs, entry.Name()):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		there[name], err = fs.ReadFile(files, name)

		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the SDKs: %w", err)
	}

	return there, nil
}
