package api_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

func TestEachCallIsInTheJournal(t *testing.T) {
	t.Parallel()
	about := func(resource string, err error) api.Operation {
		return func(r *api.Request) (*api.Response, error) {
			r.Resource = resource
			return &api.Response{Status: http.StatusCreated}, err
		}
	}
	w := newWorld(t, acm(map[string]api.Operation{
		"AddThing":    about("thing/1", nil),
		"DeleteThing": about("thing/2", api.RefuseStatus(http.StatusConflict, "ResourceInUseException", "in use")),
	}))
	before := time.Now()
	headers := targeted("acm", "CertificateManager.AddThing")
	headers["User-Agent"] = "test/1"
	w.must(t, http.MethodPost, "/", "", headers)
	w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.DeleteThing"))
	w.must(t, http.MethodGet, "/_localaws/health", "", nil)

	entries := w.Journal().Entries()
	require.Len(t, entries, 2, "the control endpoints are not AWS")
	for _, entry := range entries {
		assert.WithinRange(t, entry.Time, before, time.Now())
		assert.Positive(t, entry.Duration)
	}
	entries[0].Time, entries[0].Duration, entries[1].Time, entries[1].Duration = time.Time{}, 0, time.Time{}, 0
	assert.Equal(t, api.Entry{
		Service: "acm", Operation: "AddThing", Region: "us-east-1", Account: api.AccountID, Caller: api.User().ARN, Resource: "thing/1", UserAgent: "test/1", Status: http.StatusCreated,
	}, entries[0])
	entries[1].UserAgent = ""
	assert.Equal(t, api.Entry{
		Service: "acm", Operation: "DeleteThing", Region: "us-east-1", Account: api.AccountID, Caller: api.User().ARN, Resource: "thing/2", Status: http.StatusConflict,
		Error: "ResourceInUseException",
	}, entries[1])

	w.Journal().Clear()
	assert.Empty(t, w.Journal().Entries())
	w.must(t, http.MethodPost, "/", "", headers)
	assert.Len(t, w.Journal().Entries(), 1)
}

func TestEntriesAreACopy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, acm(map[string]api.Operation{"ListThings": answers("")}))
	w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
	w.Journal().Entries()[0].Operation = "changed"
	assert.Equal(t, "ListThings", w.Journal().Entries()[0].Operation)
}

func TestAnEntryKnowsWhetherItsOperationOnlyLooks(t *testing.T) {
	t.Parallel()
	for _, reads := range []string{"GetDistribution", "ListCertificates", "DescribeCertificate", "HeadBucket", "CheckCapacity", "TestDNSAnswer"} {
		assert.True(t, api.Entry{Operation: reads}.ReadOnly(), reads)
	}
	for _, writes := range []string{"CreateBucket", "PutObject", "Getaway", "Listen", "AssumeRole", "UpdateDistribution", ""} {
		assert.False(t, api.Entry{Operation: writes}.ReadOnly(), writes)
	}
}

func TestTheJournalIsReadWhileCallsAreMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t, acm(map[string]api.Operation{"ListThings": answers("")}))
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			_, err := w.do(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
			assert.NoError(t, err)
		})
		all.Go(func() { w.Journal().Entries() })
	}
	all.Wait()
	assert.Len(t, w.Journal().Entries(), 10)
}
