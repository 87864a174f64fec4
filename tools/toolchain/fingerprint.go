package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// fingerprint sums up what a build depends on: the module's requirements and sources, Go's version and the platform.
func fingerprint(module string) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	err := filepath.WalkDir(module, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isSource(entry.Name()) {
			return err
		}
		name, err := filepath.Rel(module, path)
		if err != nil {
			return err
		}
		fmt.Fprintln(sum, filepath.ToSlash(name))

		return copyInto(sum, path)
	})
	if err != nil {
		return "", fmt.Errorf("reading the sources of %s: %w", filepath.Base(module), err)
	}

	return hex.EncodeToString(sum.Sum(nil)), nil
}

func isSource(name string) bool {
	return name == "go.mod" || name == "go.sum" || strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

func copyInto(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)

	return err
}
