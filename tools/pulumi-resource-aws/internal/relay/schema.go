package relay

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Schema is what is served of a provider's schema. It is kept in a file that is written when it is first asked for.
type Schema struct {
	file  string
	names []string
}

// NewSchema is that of a provider's program, with the named resources and data sources, kept in dir. Another program
// and other names have another file.
func NewSchema(dir, program string, names []string) (Schema, error) {
	program, err := filepath.EvalSymlinks(program)
	if err != nil {
		return Schema{}, fmt.Errorf("finding the Terraform provider: %w", err)
	}
	info, err := os.Stat(program)
	if err != nil {
		return Schema{}, fmt.Errorf("finding the Terraform provider: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendln(nil, program, info.Size(), info.ModTime().UnixNano(), names))

	return Schema{file: filepath.Join(dir, fmt.Sprintf("schema-%x", sum[:8])), names: names}, nil
}

// Fields of the answer in Terraform's tfplugin5.proto: the schemas of resources and of data sources, by name.
const (
	resourceSchemas   = 2
	dataSourceSchemas = 3
	entryName         = 1
)

var errMalformed = errors.New("the Terraform provider's schema is malformed")

// get reads the file. Where there is none, the provider is asked.
func (s Schema) get(ask func() (*frame, error)) (*frame, error) {
	if known, err := os.ReadFile(s.file); err == nil {
		return &frame{known}, nil
	}
	whole, err := ask()
	if err != nil {
		return nil, err
	}
	wanted, err := s.only(whole.content)
	if err != nil {
		return nil, err
	}
	s.keep(wanted)

	return &frame{wanted}, nil
}

// only leaves out the schemas of what is not served.
func (s Schema) only(whole []byte) ([]byte, error) {
	var wanted []byte
	for len(whole) > 0 {
		number, kind, head := protowire.ConsumeTag(whole)
		if head < 0 {
			return nil, errMalformed
		}
		body := protowire.ConsumeFieldValue(number, kind, whole[head:])
		if body < 0 {
			return nil, errMalformed
		}
		field := whole[:head+body]
		whole = whole[head+body:]
		if number == resourceSchemas || number == dataSourceSchemas {
			name, err := nameOf(field[head:])
			if err != nil {
				return nil, err
			}
			if !slices.Contains(s.names, name) {
				continue
			}
		}
		wanted = append(wanted, field...)
	}

	return wanted, nil
}

// nameOf is the key of a map's entry.
func nameOf(field []byte) (string, error) {
	entry, size := protowire.ConsumeBytes(field)
	if size < 0 {
		return "", errMalformed
	}
	number, kind, head := protowire.ConsumeTag(entry)
	if head < 0 || number != entryName || kind != protowire.BytesType {
		return "", errMalformed
	}
	name, size := protowire.ConsumeString(entry[head:])
	if size < 0 {
		return "", errMalformed
	}

	return name, nil
}

// keep writes the file whole or not at all: several providers may start at once. Where it cannot be written, the next
// provider is asked again.
func (s Schema) keep(content []byte) {
	partial, err := os.CreateTemp(filepath.Dir(s.file), "schema-*.partial")
	if err != nil {
		return
	}
	_, err = partial.Write(content)
	if err = errors.Join(err, partial.Close()); err == nil {
		err = os.Rename(partial.Name(), s.file)
	}
	if err != nil {
		_ = os.Remove(partial.Name())
	}
}
