package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// shelf is a service with items: "PUT /things/<name>" sets one to the payload,
// and DELETE removes it.
type shelf struct {
	*service
	things   map[string]string
	changed  []string
	restored int
}

func newShelf() *shelf {
	return &shelf{service: &service{name: "s3", protocol: api.S3XML}, things: map[string]string{}}
}

func (s *shelf) Route(r *api.Request) (string, api.Operation) {
	name := strings.TrimPrefix(r.HTTP.URL.Path, "/things/")
	return r.HTTP.Method, func(r *api.Request) (*api.Response, error) {
		s.things[name] = string(r.Body)
		if r.HTTP.Method == http.MethodDelete {
			delete(s.things, name)
		}
		s.changed = append(s.changed, name)
		return &api.Response{}, nil
	}
}

func (s *shelf) TakeItems() []string {
	taken := s.changed
	s.changed = nil
	return taken
}

func (s *shelf) Items() (names []string) {
	for name := range s.things {
		names = append(names, name)
	}
	return names
}

func (s *shelf) Item(name string) (json.RawMessage, error) {
	thing, found := s.things[name]
	if !found {
		return nil, nil
	}
	return json.Marshal(thing)
}

func (s *shelf) RestoreItem(name string, state json.RawMessage) error {
	if state == nil {
		delete(s.things, name)
		return nil
	}
	var thing string
	err := json.Unmarshal(state, &thing)
	s.things[name] = thing
	return err
}

func (s *shelf) Restored() error {
	s.restored++
	return nil
}

// shelved is a world of a shelf in a directory, and the log of its items.
func shelved(t *testing.T, dir string) (w world, s *shelf, log string) {
	t.Helper()
	s = newShelf()
	w, err := startServices(t, dir, s)
	require.NoError(t, err)
	assert.Equal(t, 1, s.restored)
	return w, s, filepath.Join(dir, "s3-items.jsonl")
}

func (w world) shelve(t *testing.T, method, name, thing string) int {
	t.Helper()
	return w.must(t, method, "/things/"+name, thing, signed("s3", "us-east-1")).status
}

func TestItemsAreKeptOneByOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, _, log := shelved(t, dir)
	w.shelve(t, http.MethodPut, "a", "old")
	w.shelve(t, http.MethodPut, "b", "gone")
	before, err := os.ReadFile(log)
	require.NoError(t, err)
	w.shelve(t, http.MethodPut, "a", "new")
	w.shelve(t, http.MethodDelete, "b", "")
	after, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Equal(t, string(before)+`{"name":"a","state":"new"}`+"\n"+`{"name":"b"}`+"\n", string(after))
	info, err := os.Stat(log)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	_, again, _ := shelved(t, dir)
	assert.Equal(t, map[string]string{"a": "new"}, again.things)
}

func TestTheEndOfALogThatAKillLeftIsNotTaken(t *testing.T) {
	t.Parallel()
	for _, end := range []string{`{"name":"b","sta`, "\x00\x00\x00\n", `{"name":"b"}`} {
		dir := t.TempDir()
		w, _, log := shelved(t, dir)
		w.shelve(t, http.MethodPut, "a", "kept")
		f, err := os.OpenFile(log, os.O_WRONLY|os.O_APPEND, 0)
		require.NoError(t, err)
		_, err = f.WriteString(end)
		require.NoError(t, err)
		require.NoError(t, f.Close())

		w, s, _ := shelved(t, dir)
		assert.Equal(t, map[string]string{"a": "kept"}, s.things)
		w.shelve(t, http.MethodPut, "c", "added")
		_, s, _ = shelved(t, dir)
		assert.Equal(t, map[string]string{"a": "kept", "c": "added"}, s.things, "what comes after it is whole")
	}
}

func TestALogThatCannotBeReadIsAnErrorThatNamesIt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{\n{\"name\":\"a\"}\n", `{"name":"a","state":7}` + "\n"} {
		dir := t.TempDir()
		log := filepath.Join(dir, "s3-items.jsonl")
		require.NoError(t, os.WriteFile(log, []byte(text), 0o600))
		_, err := startServices(t, dir, newShelf())
		require.ErrorContains(t, err, log)
	}
}

func TestALogIsWrittenAnewWhenMostOfItIsOld(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, s, log := shelved(t, dir)
	for i := range 3000 {
		w.Lock()
		s.things["a"] = fmt.Sprint(i)
		s.changed = append(s.changed, "a")
		w.Unlock()
		if i%100 == 99 {
			w.shelve(t, http.MethodPut, "b", "kept")
		}
	}
	text, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Less(t, strings.Count(string(text), "\n"), 1200)
	_, again, _ := shelved(t, dir)
	assert.Equal(t, map[string]string{"a": "2999", "b": "kept"}, again.things)
}

func TestAnItemThatCouldNotBeSavedIsSavedWithTheNext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, _, log := shelved(t, dir)
	w.shelve(t, http.MethodPut, "a", "first")
	aside := log + ".aside"
	require.NoError(t, os.Rename(log, aside))
	require.NoError(t, os.Mkdir(log, 0o700))
	assert.Equal(t, http.StatusInternalServerError, w.shelve(t, http.MethodPut, "b", "second"))
	require.NoError(t, os.Remove(log))
	require.NoError(t, os.Rename(aside, log))
	assert.Equal(t, http.StatusOK, w.shelve(t, http.MethodPut, "c", "third"))
	_, again, _ := shelved(t, dir)
	assert.Equal(t, map[string]string{"a": "first", "b": "second", "c": "third"}, again.things)
}

func TestWithoutADirectoryItemsAreForgottenOnceTaken(t *testing.T) {
	t.Parallel()
	s := newShelf()
	w := serve(t, s)
	w.shelve(t, http.MethodPut, "a", "first")
	w.Lock()
	defer w.Unlock()
	assert.Empty(t, s.changed)
}
