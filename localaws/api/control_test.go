package api_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

func TestHealthSaysWhereTheStateIs(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	w, err := startWorld(t, dir)
	require.NoError(t, err)
	got := w.must(t, http.MethodGet, "/_localaws/health", "", nil)
	require.Equal(t, http.StatusOK, got.status)
	var health api.Health
	require.NoError(t, json.Unmarshal([]byte(got.body), &health))
	assert.Equal(t, api.Health{StateDir: dir}, health)
	assert.JSONEq(t, `{"stateDir":""}`, newWorld(t).must(t, http.MethodGet, "/_localaws/health", "", nil).body)
}

func TestTheJournalIsReadAndClearedOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, acm(map[string]api.Operation{"ListThings": answers("")}))
	assert.JSONEq(t, "[]", w.must(t, http.MethodGet, "/_localaws/journal", "", nil).body)
	w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
	var entries []api.Entry
	require.NoError(t, json.Unmarshal([]byte(w.must(t, http.MethodGet, "/_localaws/journal", "", nil).body), &entries))
	require.Len(t, entries, 1)
	assert.Equal(t, "ListThings", entries[0].Operation)
	assert.Equal(t, http.StatusNoContent, w.must(t, http.MethodDelete, "/_localaws/journal", "", nil).status)
	assert.JSONEq(t, "[]", w.must(t, http.MethodGet, "/_localaws/journal", "", nil).body)
}

func TestDelaysAreReadAndSetOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := w.must(t, http.MethodPut, "/_localaws/delays", `{"certificateIssue":2000000000,"recordChange":1}`, nil)
	require.Equal(t, http.StatusNoContent, set.status)
	want := api.Delays{CertificateIssue: 2 * time.Second, RecordChange: 1}
	w.Lock()
	assert.Equal(t, want, *w.delays)
	w.Unlock()
	var got api.Delays
	require.NoError(t, json.Unmarshal([]byte(w.must(t, http.MethodGet, "/_localaws/delays", "", nil).body), &got))
	assert.Equal(t, want, got)

	for sentence, body := range map[string]string{
		"an unknown member":   `{"deploy":1,"deplyo":1}`,
		"a text":              `{"deploy":"1s"}`,
		"what is not JSON":    `deploy=1`,
		"nothing":             ``,
		"an unfinished value": `{"deploy":1`,
	} {
		refused := w.must(t, http.MethodPut, "/_localaws/delays", body, nil)
		assert.Equal(t, http.StatusBadRequest, refused.status, sentence)
	}
	w.Lock()
	defer w.Unlock()
	assert.Equal(t, want, *w.delays, "what is refused changes nothing")
}

func TestControlEndpointsAreNoBuckets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &service{name: "s3", protocol: api.S3XML, operations: map[string]api.Operation{"GET /_localaws/nothing": answers("")}})
	assert.Equal(t, http.StatusNotFound, w.must(t, http.MethodGet, "/_localaws/nothing", "", nil).status)
	assert.Equal(t, http.StatusMethodNotAllowed, w.must(t, http.MethodPost, "/_localaws/faults", "[]", nil).status)
	assert.Empty(t, w.Journal().Entries())
}
