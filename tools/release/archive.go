package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// archives makes the archives of all platforms, or of one, and the file of their checksums.
func (r *release) archives(ctx context.Context, target, only string) (made []string, err error) {
	if err := os.MkdirAll(target, 0o750); err != nil {
		return nil, fmt.Errorf("making %s: %w", target, err)
	}
	var sums strings.Builder
	for _, goos := range r.Builds[0].Goos {
		for _, goarch := range r.Builds[0].Goarch {
			if only != "" && only != goos+"-"+goarch {
				continue
			}
			file, err := r.archive(ctx, target, goos, goarch)
			if err != nil {
				return made, fmt.Errorf("making the archive for %s-%s: %w", goos, goarch, err)
			}
			made = append(made, file)
			if err := addSum(&sums, file); err != nil {
				return made, err
			}
		}
	}
	if len(made) == 0 {
		return nil, fmt.Errorf("the configuration has no platform %s", only) //nolint:err113 // for people
	}
	name, err := r.name(r.Checksum.NameTemplate, "", "")
	if err != nil {
		return made, err
	}
	if err := os.WriteFile(filepath.Join(target, name), []byte(sums.String()), 0o600); err != nil {
		return made, fmt.Errorf("writing the checksums: %w", err)
	}

	return made, nil
}

func addSum(sums io.Writer, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("summing up %s: %w", file, err)
	}
	fmt.Fprintf(sums, "%x  %s\n", sha256.Sum256(content), filepath.Base(file))

	return nil
}

// archive builds the plugin for one platform and packs it.
func (r *release) archive(ctx context.Context, target, goos, goarch string) (string, error) {
	plugin := r.built
	if plugin == "" {
		dir, err := os.MkdirTemp("", "release")
		if err != nil {
			return "", fmt.Errorf("making room for the build: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		plugin = filepath.Join(dir, "plugin")
		if err := r.compile(ctx, plugin, goos, goarch); err != nil {
			return "", err
		}
	}
	packed := r.Builds[0].Binary
	if goos == "windows" {
		packed += ".exe"
	}
	files := []file{{packed, plugin, 0o755}}
	for _, name := range r.Archives[0].Files {
		files = append(files, file{name, filepath.Join(r.root, name), 0o644})
	}
	name, err := r.name(r.Archives[0].NameTemplate, goos, goarch)
	if err != nil {
		return "", err
	}
	archive := filepath.Join(target, name+".tar.gz")

	return archive, pack(archive, files)
}

func (r *release) compile(ctx context.Context, plugin, goos, goarch string) error {
	b := r.Builds[0]
	plugin, err := filepath.Abs(plugin)
	if err != nil {
		return fmt.Errorf("finding the build: %w", err)
	}
	args := append([]string{"build", "-o", plugin}, b.Flags...)
	args = append(args, "-ldflags", strings.Join(b.Ldflags, " "), b.Main)
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the repository's own configuration
	cmd.Dir = filepath.Join(r.root, b.Dir)
	cmd.Env = append(append(os.Environ(), "GOWORK=off", "GOOS="+goos, "GOARCH="+goarch), b.Env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the plugin: %w\n%s", err, out)
	}

	return nil
}

// file is a file of an archive, and where it is now.
type file struct {
	name, path string
	mode       int64
}

// pack puts files into an archive, side by side.
func pack(target string, files []file) (err error) {
	out, err := os.Create(target)
	if err != nil {
		return fmt.Errorf("making the archive: %w", err)
	}
	zipped := gzip.NewWriter(out)
	archive := tar.NewWriter(zipped)
	defer func() {
		for _, open := range []io.Closer{archive, zipped, out} {
			err = errors.Join(err, open.Close())
		}
	}()
	for _, file := range files {
		if err := add(archive, file); err != nil {
			return fmt.Errorf("packing %s: %w", file.name, err)
		}
	}

	return nil
}

func add(archive *tar.Writer, f file) error {
	content, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer content.Close()
	info, err := content.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: f.name, Mode: f.mode, Size: info.Size(), ModTime: info.ModTime(), Format: tar.FormatUSTAR}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(archive, content)

	return err
}
