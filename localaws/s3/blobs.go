package s3

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"imagecdn/localaws/internal/atomicfile"
)

// blobs keeps bodies by name: as files in dir, or in memory without one.
//
// A blob that is no longer needed is only removed at the second snapshot after,
// so that the snapshot on disk, which may be one behind when the process dies,
// never refers to a file that is gone.
type blobs struct {
	dir       string
	memory    map[string][]byte
	dropped   []string
	condemned []string
}

// blobSuffix marks the files that are blobs, so that nothing else in the
// directory is ever swept away.
const blobSuffix = ".blob"

func newBlobs(dir string) blobs {
	return blobs{dir: dir, memory: map[string][]byte{}}
}

func (b *blobs) path(name string) string { return filepath.Join(b.dir, name+blobSuffix) }

// put stores a body and returns its new name.
func (b *blobs) put(body []byte) (string, error) {
	name := strings.ToLower(rand.Text())
	if b.dir == "" {
		b.memory[name] = body
		return name, nil
	}
	if err := atomicfile.Write(b.path(name), body, 0o600); err != nil {
		return "", fmt.Errorf("storing an object's body: %w", err)
	}
	return name, nil
}

// copy stores what is read, which is hashed on the way.
func (b *blobs) copy(r io.Reader, hash io.Writer) (name string, size int64, err error) {
	name = strings.ToLower(rand.Text())
	if b.dir == "" {
		b.memory[name], err = io.ReadAll(io.TeeReader(r, hash))
		return name, int64(len(b.memory[name])), err
	}
	f, err := atomicfile.Create(b.path(name), 0o600)
	if err != nil {
		return "", 0, fmt.Errorf("storing a body: %w", err)
	}
	size, err = io.Copy(io.MultiWriter(f, hash), r)
	return name, size, f.Commit(err)
}

// join stores several bodies as one, which is hashed on the way.
func (b *blobs) join(names []string, hash io.Writer) (string, error) {
	name := strings.ToLower(rand.Text())
	if b.dir == "" {
		var all []byte
		for _, n := range names {
			all = append(all, b.memory[n]...)
		}
		_, _ = hash.Write(all) // a hash does not fail
		b.memory[name] = all
		return name, nil
	}
	f, err := atomicfile.Create(b.path(name), 0o600)
	if err != nil {
		return "", fmt.Errorf("storing a joined body: %w", err)
	}
	for _, n := range names {
		if err = b.appendTo(io.MultiWriter(f, hash), n); err != nil {
			break
		}
	}
	return name, f.Commit(err)
}

func (b *blobs) appendTo(w io.Writer, name string) error {
	part, err := os.Open(b.path(name))
	if err != nil {
		return fmt.Errorf("opening a part's body: %w", err)
	}
	_, err = io.Copy(w, part)
	return errors.Join(err, part.Close())
}

// open returns a body from a byte on, length bytes of it. It stays readable
// when the blob is dropped meanwhile.
func (b *blobs) open(name string, from, length int64) (io.ReadCloser, error) {
	if b.dir == "" {
		return io.NopCloser(io.NewSectionReader(bytes.NewReader(b.memory[name]), from, length)), nil
	}
	f, err := os.Open(b.path(name))
	if err != nil {
		return nil, fmt.Errorf("opening an object's body: %w", err)
	}
	return section{Reader: io.NewSectionReader(f, from, length), Closer: f}, nil
}

// section is a part of a file that closes the file.
type section struct {
	io.Reader
	io.Closer
}

// drop marks a blob as no longer needed.
func (b *blobs) drop(name string) {
	if b.dir == "" {
		delete(b.memory, name)
		return
	}
	if name != "" {
		b.dropped = append(b.dropped, name)
	}
}

// collect removes what was dropped before the previous snapshot.
func (b *blobs) collect() {
	for _, name := range b.condemned {
		_ = os.Remove(b.path(name)) // a file left over is swept at the next start
	}
	b.condemned, b.dropped = b.dropped, nil
}

// keepOnly removes every blob that is not named.
func (b *blobs) keepOnly(names map[string]bool) error {
	for name := range b.memory {
		if !names[name] {
			delete(b.memory, name)
		}
	}
	b.dropped, b.condemned = nil, nil
	if b.dir == "" {
		return nil
	}
	files, err := os.ReadDir(b.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("listing object bodies: %w", err)
	}
	for _, f := range files {
		name, isBlob := strings.CutSuffix(f.Name(), blobSuffix)
		unfinished := strings.HasSuffix(f.Name(), blobSuffix+atomicfile.Unfinished)
		if isBlob && !names[name] || unfinished {
			if err := os.Remove(filepath.Join(b.dir, f.Name())); err != nil {
				return fmt.Errorf("removing an orphaned object body: %w", err)
			}
		}
	}
	return nil
}
