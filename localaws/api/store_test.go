package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// keeper is an ACM that remembers, in a state directory.
func keeper(t *testing.T, dir string) (world, *service) {
	t.Helper()
	s := acm(nil)
	s.operations = map[string]api.Operation{
		"AddThing":        s.remembers("added"),
		"DescribeThing":   s.remembers("a read that changed something all the same"),
		"GetSessionToken": s.remembers("a session"),
		"GET /thing":      s.remembers("a read that changed something all the same"),
		"HEAD /thing":     s.remembers("a read that changed something all the same"),
		"PUT /thing":      s.remembers("put"),
		"DELETE /thing":   s.remembers("deleted"),
		"BreakThing":      refuses(api.Refuse("LimitExceededException", "no more")),
		"KeepThing":       answers(""),
	}
	w, err := startWorld(t, dir, s)
	require.NoError(t, err)
	return w, s
}

// saved is the state in the file of ACM, "" if there is no file.
func saved(t *testing.T, dir string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "acm.json"))
	if os.IsNotExist(err) {
		return ""
	}
	require.NoError(t, err)
	var kept struct {
		Version int
		State   json.RawMessage
	}
	require.NoError(t, json.Unmarshal(content, &kept), "%s", content)
	assert.Equal(t, 3, kept.Version)
	return string(kept.State)
}

func TestASnapshotOfBeforeThereWereVersionsIsRead(t *testing.T) {
	t.Parallel()
	for _, state := range []string{`"old"`, `{"version":"of a service's own"}`} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "acm.json"), []byte(state), 0o600))
		s := acm(nil)
		s.restored = func(text json.RawMessage) { s.value = string(text) }
		_, err := startWorld(t, dir, s)
		require.NoError(t, err)
		assert.Equal(t, state, s.value)
	}
}

func TestASnapshotOfANewerServerIsNotMisread(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "acm.json"), []byte(`{"version":4,"state":"new"}`), 0o600))
	_, err := startWorld(t, dir, acm(nil))
	require.ErrorContains(t, err, "written by a newer embedded AWS")
}

func TestAChangeIsSavedBeforeItIsAnswered(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ method, path, target, want string }{
		{http.MethodPost, "/", "AddThing", `"added"`},
		{http.MethodPost, "/", "GetSessionToken", `"a session"`}, // changes something in spite of its name
		{http.MethodPost, "/", "DescribeThing", ""},
		{http.MethodPost, "/", "BreakThing", ""},
		{http.MethodGet, "/thing", "", ""},
		{http.MethodHead, "/thing", "", ""},
		{http.MethodPut, "/thing", "", `"put"`},
		{http.MethodDelete, "/thing", "", `"deleted"`},
	} {
		t.Run(test.method+" "+test.path+test.target, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "made", "when needed")
			w, _ := keeper(t, dir)
			headers := signed("acm", "us-east-1")
			if test.target != "" {
				headers = targeted("acm", "CertificateManager."+test.target)
			}
			// The recorder looks at the file at the very moment of the answer.
			at := &moment{ResponseWriter: discard{http.Header{}}, look: func() string { return saved(t, dir) }}
			request, err := http.NewRequestWithContext(t.Context(), test.method, test.path, http.NoBody)
			require.NoError(t, err)
			for name, value := range headers {
				request.Header.Set(name, value)
			}
			w.ServeHTTP(at, request)
			assert.Equal(t, test.want, at.seen)
		})
	}
}

// lazy is a service that a read has changed.
type lazy struct {
	*service
	changed bool
}

func (l *lazy) TakeChanges() bool {
	changed := l.changed
	l.changed = false
	return changed
}

func TestWhatAReadChangesIsSavedBeforeItIsAnswered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := &lazy{service: acm(nil)}
	issue := func(answer *api.Response, err error) api.Operation {
		return func(*api.Request) (*api.Response, error) {
			s.value, s.changed = s.value+"issued ", true
			return answer, err
		}
	}
	s.operations = map[string]api.Operation{
		"DescribeThing": issue(&api.Response{}, nil), "BreakThing": issue(nil, api.Refuse("X", "no")), "ListThings": answers(""),
	}
	other := &service{name: "s3", protocol: api.S3XML, operations: map[string]api.Operation{"GET /b": issue(&api.Response{}, nil)}}
	w, err := startServices(t, dir, s, other)
	require.NoError(t, err)
	w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.DescribeThing"))
	assert.Equal(t, `"issued "`, saved(t, dir))
	w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.BreakThing"))
	assert.Equal(t, `"issued issued "`, saved(t, dir), "a refusal does not undo what time did")
	w.must(t, http.MethodGet, "/b", "", signed("s3", "us-east-1"))
	assert.Equal(t, `"issued issued issued "`, saved(t, dir), "another service asked")
	taken := s.snapshotsTaken(w)
	w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
	assert.Equal(t, taken, s.snapshotsTaken(w), "what changed nothing costs nothing")

	w.Lock() // as the edge and DNS ask
	s.value, s.changed = "asked", true
	w.Unlock()
	assert.Equal(t, `"asked"`, saved(t, dir))
}

// moment notes what is to be seen when an answer starts.
type moment struct {
	http.ResponseWriter
	look func() string
	seen string
}

func (m *moment) WriteHeader(status int) {
	m.seen = m.look()
	m.ResponseWriter.WriteHeader(status)
}

// discard is an answer nobody reads.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

func TestStateIsRestoredAtTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, _ := keeper(t, dir)
	w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.AddThing"))
	_, again := keeper(t, dir)
	assert.Equal(t, "added", again.value)
}

func TestWithoutADirectoryNothingIsSaved(t *testing.T) {
	t.Parallel()
	w, s := keeper(t, "")
	assert.Equal(t, http.StatusOK, w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.AddThing")).status)
	w.Lock()
	defer w.Unlock()
	assert.Zero(t, s.snapshots)
}

func TestTheSnapshotIsReplacedAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, _ := keeper(t, dir)
	add := func() { w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.AddThing")) }
	add()
	first, err := os.Stat(filepath.Join(dir, "acm.json"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), first.Mode().Perm(), "it may hold keys")

	add() // changes nothing
	unchanged, err := os.Stat(filepath.Join(dir, "acm.json"))
	require.NoError(t, err)
	assert.True(t, os.SameFile(first, unchanged), "what is the same is not written again")

	w.must(t, http.MethodPut, "/thing", "", signed("acm", "us-east-1"))
	changed, err := os.Stat(filepath.Join(dir, "acm.json"))
	require.NoError(t, err)
	assert.False(t, os.SameFile(first, changed), "a new file takes the place of the old one")
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, files, 1, "nothing temporary is left")
}

func TestALeftoverOfAKilledServerDoesNoHarm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "acm.json"), []byte(`"old"`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "acm.json.new"), []byte(`"hal`), 0o600))
	w, s := keeper(t, dir)
	assert.Equal(t, "old", s.value)
	w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.AddThing"))
	assert.Equal(t, `"added"`, saved(t, dir))
}

func TestASnapshotThatCannotBeRestoredIsAnErrorThatNamesItsFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "acm.json")
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	_, err := startWorld(t, dir, acm(nil))
	require.ErrorContains(t, err, "restoring acm from "+file)

	unreadable := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(unreadable, "acm.json"), 0o700))
	_, err = startWorld(t, unreadable, acm(nil))
	require.ErrorContains(t, err, filepath.Join(unreadable, "acm.json"))
}

func TestAChangeThatCannotBeSavedIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	w, s := keeper(t, t.TempDir())
	s.unsaveable = true
	got := w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.AddThing"))
	assert.Equal(t, http.StatusInternalServerError, got.status)
	assert.Contains(t, got.body, "saving the state of acm: the snapshot is broken")

	dir := filepath.Join(t.TempDir(), "state")
	w, _ = keeper(t, dir)
	require.NoError(t, os.WriteFile(dir, nil, 0o600)) // a file where the directory should be
	got = w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.AddThing"))
	assert.Equal(t, http.StatusInternalServerError, got.status)
}

func TestTimePassesOnlyInOpenWorldsAndWhatItChangesIsSaved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := acm(nil)
	ticks := make(chan time.Time, 100)
	var ticked int
	s.ticked = func(now time.Time) bool {
		ticks <- now
		ticked++
		if ticked == 2 {
			s.value = "issued"
		}
		return ticked == 2
	}
	w, err := startWorld(t, dir, s)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	for range 3 {
		select {
		case now := <-ticks:
			assert.WithinDuration(t, time.Now(), now, 10*time.Second)
		case <-time.After(10 * time.Second):
			require.Fail(t, "time stands still")
		}
	}
	assert.Equal(t, `"issued"`, saved(t, dir))
	assert.Equal(t, 1, s.snapshotsTaken(w), "a tick that changed nothing saves nothing")
	cancel()
	running.Wait() // Run returns
}

func (s *service) snapshotsTaken(w world) int {
	w.Lock()
	defer w.Unlock()
	return s.snapshots
}

func TestAPanicInTheBackgroundEndsNeitherTheServerNorTime(t *testing.T) {
	t.Parallel()
	broken, sound := acm(nil), &service{name: "s3", protocol: api.S3XML}
	broken.ticked = func(time.Time) bool { panic("in the background") }
	ticks := make(chan time.Time, 100)
	sound.ticked = func(now time.Time) bool {
		ticks <- now
		return false
	}
	w, err := startWorld(t, "", broken, sound)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	for range 3 {
		select {
		case <-ticks:
		case <-time.After(10 * time.Second):
			require.Fail(t, "time stands still")
		}
	}
	cancel()
	running.Wait()
	w.Lock() // nobody holds it any more
	defer w.Unlock()
}
