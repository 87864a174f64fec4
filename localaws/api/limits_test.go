package api_test

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// slow is a service that answers two calls a second to an account.
type slow struct{ *service }

func (slow) Rate(operation string) api.Rate {
	if operation == "FreeThing" {
		return api.Rate{}
	}
	return api.Rate{PerSecond: 2, Together: "slow", Code: "Throttling"}
}

func TestMoreCallsASecondThanAWSAnswersAreRefusedIfRatesAreOn(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	limits := &api.Limits{}
	operations := map[string]api.Operation{"ListThings": answers("{}"), "AddThing": answers("{}"), "FreeThing": answers("{}")}
	w := startIn(t, api.Environment{
		Now: func() time.Time { return time.Unix(0, passed.Load()) }, Delays: &api.Delays{}, Limits: limits,
	}, slow{acm(operations)})
	call := func(operation string) int {
		return w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager."+operation)).status
	}
	for range 5 {
		require.Equal(t, http.StatusOK, call("ListThings"), "rates are off")
	}
	require.Equal(t, http.StatusNoContent, w.must(t, http.MethodPut, "/_localaws/limits", `{"rates":true}`, nil).status)
	assert.Equal(t, []int{200, 200, 400}, []int{call("ListThings"), call("AddThing"), call("ListThings")})
	assert.Equal(t, http.StatusOK, call("FreeThing"))
	passed.Add(int64(500 * time.Millisecond))
	assert.Equal(t, []int{200, 400}, []int{call("ListThings"), call("ListThings")}, "half a second is one call")
	passed.Add(int64(time.Hour))
	assert.Equal(t, []int{200, 200, 400}, []int{call("ListThings"), call("ListThings"), call("ListThings")}, "calls are not saved up")
	entries := w.Journal().Entries()
	assert.Equal(t, "Throttling", entries[len(entries)-1].Error)
}

func TestLimitsAreReadAndSetOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	read := func() (limits api.Limits) {
		require.NoError(t, json.Unmarshal([]byte(w.must(t, http.MethodGet, "/_localaws/limits", "", nil).body), &limits))
		return limits
	}
	assert.Equal(t, api.Limits{CertificateNames: 10, Certificates: 2500, Distributions: 500}, read())
	require.Equal(t, http.StatusNoContent, w.must(t, http.MethodPut, "/_localaws/limits", `{"certificateNames":25}`, nil).status)
	assert.Equal(t, 25, read().CertificateNames)
	for _, body := range []string{`{"certificateNames":-1}`, `{"rate":true}`, `[]`} {
		assert.Equal(t, http.StatusBadRequest, w.must(t, http.MethodPut, "/_localaws/limits", body, nil).status, body)
	}
	assert.Equal(t, 25, read().CertificateNames)
}
