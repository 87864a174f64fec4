package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"imagecdn/localaws/internal/atomicfile"
)

// Itemized is a Service with many things of one kind, such as objects. Each is
// written down by itself when it changes, because a snapshot of all of them would
// take ever longer. All methods are called with the lock held.
type Itemized interface {
	// TakeItems returns the names of those that have changed, or are gone, since
	// it was last asked.
	TakeItems() []string
	// Item is one as it is to be kept, nil if there is none of the name.
	Item(name string) (json.RawMessage, error)
	// Items are the names of all there are.
	Items() []string
	// RestoreItem gives one back, after Restore; nil is one that is gone.
	RestoreItem(name string, state json.RawMessage) error
	// Restored is called when all have been given back.
	Restored() error
}

// item is a line of an itemLog: one thing as it is from then on. Without state it
// is gone.
type item struct {
	Name  string          `json:"name"`
	State json.RawMessage `json:"state,omitempty"`
}

// itemLog is a file to which the items of a service are added as they change. The
// last line of a name counts. An end that cannot be read was being written when
// the server was killed or the power failed, and was never acknowledged.
type itemLog struct {
	file string
	// lines are in the file; it is written anew when they are more than most.
	lines, most int
}

// slack is how many lines the log may have beyond twice its items.
const slack = 1000

// load gives a service its items, and removes the end of a line that is not whole.
func (l *itemLog) load(s Itemized) error {
	f, err := os.OpenFile(l.file, os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return s.Restored()
	}
	if err != nil {
		return fmt.Errorf("opening the items: %w", err)
	}
	items, whole, err := l.read(f)
	if err == nil {
		err = f.Truncate(whole)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(items)) {
		if err := s.RestoreItem(name, items[name]); err != nil {
			return fmt.Errorf("restoring %q from %s: %w", name, l.file, err)
		}
	}
	l.most = 2*len(s.Items()) + slack
	return s.Restored()
}

// read returns the last line of each name, and how long the whole lines are together.
func (l *itemLog) read(f io.Reader) (items map[string]json.RawMessage, whole int64, err error) {
	items = map[string]json.RawMessage{}
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return items, whole, nil
		}
		if err != nil {
			return nil, 0, fmt.Errorf("reading %s: %w", l.file, err)
		}
		var one item
		if err := json.Unmarshal(line, &one); err != nil {
			if _, last := lines.Peek(1); errors.Is(last, io.EOF) {
				return items, whole, nil
			}
			return nil, 0, fmt.Errorf("reading line %d of %s: %w", l.lines+1, l.file, err)
		}
		items[one.Name] = one.State
		l.lines++
		whole += int64(len(line))
	}
}

// save adds what has changed. The names are those that were not saved before.
func (l *itemLog) save(s Itemized, names []string) error {
	if len(names) == 0 {
		return nil
	}
	if l.most == 0 || l.lines+len(names) > l.most {
		return l.rewrite(s)
	}
	text, err := lines(s, names)
	if err != nil {
		return err
	}
	if err := appendTo(l.file, text); err != nil {
		return fmt.Errorf("writing %s: %w", l.file, err)
	}
	l.lines += len(names)
	return nil
}

// rewrite writes all items and nothing else.
func (l *itemLog) rewrite(s Itemized) error {
	names := s.Items()
	text, err := lines(s, names)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(l.file, text, 0o600); err != nil {
		return err
	}
	l.lines, l.most = len(names), 2*len(names)+slack
	return nil
}

func lines(s Itemized, names []string) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	for _, name := range names {
		state, err := s.Item(name)
		if err == nil {
			err = encoder.Encode(item{Name: name, State: state})
		}
		if err != nil {
			return nil, fmt.Errorf("writing down %q: %w", name, err)
		}
	}
	return text.Bytes(), nil
}

// appendTo adds text to the end of a file and writes it to the disk. If that fails,
// the file is as it was, so that a later line is not added to half of one.
func appendTo(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	before, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		if _, err = f.Write(text); err == nil {
			err = f.Sync()
		}
		if err != nil {
			err = errors.Join(err, f.Truncate(before))
		}
	}
	return errors.Join(err, f.Close())
}
