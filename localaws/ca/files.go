package ca

import (
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"imagecdn/localaws/internal/atomicfile"
)

// The files of an Authority in its directory.
const (
	rootFile = "root.pem"
	keyFile  = "root-key.pem"
)

// Open loads the authority kept in dir, or makes one and keeps it there. With
// an empty dir it lives in memory only, as in tests.
func Open(dir string) (*Authority, error) {
	if dir == "" {
		return newAuthority(time.Now())
	}
	a, err := load(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return create(dir)
	}
	return a, err
}

// load reads what create wrote. It fails with fs.ErrNotExist if there is no
// root yet; a root without its key is another failure, because a new root
// would silently take the trust given to the old one away.
func load(dir string) (*Authority, error) {
	file := filepath.Join(dir, rootFile)
	root, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the root certificate: %w", err)
	}
	key, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, fmt.Errorf("reading the key of the root certificate %s (delete both for a new root): %v", file, err) //nolint:errorlint // ErrNotExist must not get out
	}
	pair, err := tls.X509KeyPair(root, key)
	if err != nil {
		return nil, fmt.Errorf("reading the root certificate %s and its key: %w", file, err)
	}
	signer, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the key of the root certificate %s cannot sign", file)
	}
	return &Authority{certificate: pair.Leaf, key: signer, file: file}, nil
}

// create makes an authority and keeps it, the key first: a crash in between
// leaves no root certificate, and the next Open starts over.
func create(dir string) (*Authority, error) {
	a, err := newAuthority(time.Now())
	if err != nil {
		return nil, err
	}
	key, err := keyPEM(a.key)
	if err != nil {
		return nil, fmt.Errorf("encoding the root key: %w", err)
	}
	if err := atomicfile.Write(filepath.Join(dir, keyFile), key, 0o600); err != nil {
		return nil, fmt.Errorf("keeping the root key: %w", err)
	}
	a.file = filepath.Join(dir, rootFile)
	if err := atomicfile.Write(a.file, a.RootPEM(), 0o644); err != nil {
		return nil, fmt.Errorf("keeping the root certificate: %w", err)
	}
	return a, nil
}
