package api

import (
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheJournalForgetsItsOldestEntriesFirst(t *testing.T) {
	t.Parallel()
	journal := &Journal{}
	call := &Request{HTTP: httptest.NewRequest("GET", "/", nil)}
	const more = 10
	for i := range journalSize + more {
		call.Operation = strconv.Itoa(i)
		journal.add(call, time.Now(), 0, "")
	}
	entries := journal.Entries()
	require.LessOrEqual(t, len(entries), journalSize)
	require.GreaterOrEqual(t, len(entries), journalSize/2)
	assert.Equal(t, strconv.Itoa(journalSize+more-1), entries[len(entries)-1].Operation)
	for i, entry := range entries {
		require.Equal(t, strconv.Itoa(journalSize+more-len(entries)+i), entry.Operation, "nothing is missing in between")
	}
}
