package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// struck is a world with an ACM that counts the calls that get through, and faults.
func struck(t *testing.T, faults string) (world, *atomic.Int64) {
	t.Helper()
	var served atomic.Int64
	operations := map[string]api.Operation{"ListThings": count(&served), "AddThing": count(&served), "GET /b": count(&served)}
	w := newWorld(t, acm(operations), &service{name: "s3", protocol: api.S3XML, operations: operations})
	w.inject(t, faults)
	return w, &served
}

func (w world) inject(t *testing.T, faults string) {
	t.Helper()
	got := w.must(t, http.MethodPut, "/_localaws/faults", faults, nil)
	require.Equal(t, http.StatusNoContent, got.status, got.body)
}

func (w world) list(t *testing.T) answer {
	t.Helper()
	return w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
}

func TestAFaultIsAnsweredInTheProtocolOfItsService(t *testing.T) {
	t.Parallel()
	w, served := struck(t, `[{"code":"Throttling","message":"100% too fast","status":429}]`)
	got := w.list(t)
	assert.Equal(t, http.StatusTooManyRequests, got.status)
	assert.JSONEq(t, `{"__type":"Throttling","message":"100% too fast","Message":"100% too fast"}`, got.body)
	inXML := w.must(t, http.MethodGet, "/b", "", signed("s3", "us-east-1"))
	assert.Equal(t, http.StatusTooManyRequests, inXML.status)
	assert.Contains(t, inXML.body, "<Error><Code>Throttling</Code><Message>100% too fast</Message>")
	assert.Zero(t, served.Load(), "a struck call does nothing")
	entries := w.Journal().Entries()
	require.Len(t, entries, 2)
	assert.Equal(t, "Throttling", entries[0].Error)
	assert.Equal(t, "ListThings", entries[0].Operation)
}

func TestAFaultWithoutAStatusIsABadRequest(t *testing.T) {
	t.Parallel()
	w, _ := struck(t, `[{"code":"LimitExceededException"}]`)
	assert.Equal(t, http.StatusBadRequest, w.list(t).status)
}

func TestAFaultStrikesTheCallsItNames(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		fault          string
		list, add, get int
	}{
		"every call":                       {`[{"code":"X"}]`, 400, 400, 400},
		"a service":                        {`[{"code":"X","service":"acm"}]`, 400, 400, 200},
		"an operation":                     {`[{"code":"X","operation":"AddThing"}]`, 200, 400, 200},
		"an operation of a service":        {`[{"code":"X","service":"acm","operation":"ListThings"}]`, 400, 200, 200},
		"an operation of no such service":  {`[{"code":"X","service":"sts","operation":"ListThings"}]`, 200, 200, 200},
		"the first that matches wins":      {`[{"code":"X","operation":"AddThing","status":500},{"code":"Y"}]`, 400, 500, 400},
		"none, once the faults are empty":  {`[]`, 200, 200, 200},
		"a call skipped goes to the next":  {`[{"code":"X","service":"acm","skip":1,"status":500},{"code":"Y","service":"acm"}]`, 400, 500, 200},
		"a delay alone lets the call pass": {`[{"delay":1000}]`, 200, 200, 200},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			w, _ := struck(t, test.fault)
			assert.Equal(t, test.list, w.list(t).status)
			assert.Equal(t, test.add, w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.AddThing")).status)
			assert.Equal(t, test.get, w.must(t, http.MethodGet, "/b", "", signed("s3", "us-east-1")).status)
		})
	}
}

func TestAFaultStrikesTheNthCall(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		fault string
		want  []int
	}{
		"the third only":     {`[{"code":"X","skip":2,"times":1}]`, []int{200, 200, 400, 200, 200}},
		"the first two":      {`[{"code":"X","times":2}]`, []int{400, 400, 200, 200}},
		"all but the first":  {`[{"code":"X","skip":1}]`, []int{200, 400, 400, 400}},
		"one after another":  {`[{"code":"X","times":1},{"code":"Y","times":1,"status":500}]`, []int{400, 500, 200}},
		"calls of no effect": {`[{"code":"X","skip":1,"times":1,"operation":"AddThing"}]`, []int{200, 200, 200}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			w, _ := struck(t, test.fault)
			var got []int
			for range test.want {
				got = append(got, w.list(t).status)
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestADelayIsSleptWithoutHoldingUpTheWorld(t *testing.T) {
	t.Parallel()
	w, served := struck(t, `[{"operation":"AddThing","delay":400000000},{"operation":"ListThings","delay":50000000,"code":"X"}]`)
	started := time.Now()
	var slow sync.WaitGroup
	slow.Go(func() {
		got, err := w.do(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.AddThing"))
		assert.NoError(t, err)
		assert.Equal(t, http.StatusOK, got.status)
		assert.GreaterOrEqual(t, time.Since(started), 400*time.Millisecond)
	})
	assert.Equal(t, http.StatusOK, w.must(t, http.MethodGet, "/b", "", signed("s3", "us-east-1")).status)
	assert.EqualValues(t, 1, served.Load(), "the other call still sleeps")
	before := time.Now()
	assert.Equal(t, http.StatusBadRequest, w.list(t).status)
	assert.GreaterOrEqual(t, time.Since(before), 50*time.Millisecond)
	slow.Wait()
}

func TestADelayEndsWhenTheCallerLeaves(t *testing.T) {
	t.Parallel()
	w, served := struck(t, `[{"delay":3600000000000}]`)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/b", nil)
	w.ServeHTTP(httptest.NewRecorder(), request)
	assert.Zero(t, served.Load())
}

func TestADroppedCallerSeesAClosedConnection(t *testing.T) {
	t.Parallel()
	w, served := struck(t, `[{"drop":true,"times":1}]`)
	_, err := w.do(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
	require.Error(t, err)
	assert.True(t, errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET), "%v", err)
	assert.Zero(t, served.Load())
	entries := w.Journal().Entries()
	require.Len(t, entries, 1)
	assert.Equal(t, "ListThings", entries[0].Operation)
	assert.Zero(t, entries[0].Status)
	assert.NotEmpty(t, entries[0].Error)
	assert.Equal(t, http.StatusOK, w.list(t).status, "the next connection is served")
}

func TestFaultsThatCannotBeReadAreRefusedAndTheOldStay(t *testing.T) {
	t.Parallel()
	w, _ := struck(t, `[{"code":"X"}]`)
	for _, body := range []string{
		`[{"cod":"X"}]`, `{"code":"X"}`, `[{"delay":"1s"}]`, ``, `[{"code":"X","status":99}]`, `[{"code":"X","status":200}]`,
		`[{"code":"X","status":1000}]`, `[{"code":"X","status":-1}]`, `[{"status":503}]`, `[{"delay":-1}]`, `[{"skip":-1}]`,
		`[{"times":-1}]`, `[{"when":"later"}]`, `[{"when":"during","code":"X"}]`, `[{"drop":true,"code":"X"}]`, `[{"corrupt":true,"when":"before"}]`,
		`[{"corrupt":true,"when":"during"}]`, `[{"corrupt":true,"code":"X"}]`, `[{"corrupt":true,"drop":true}]`,
		`[{"code":"Y"},{"delay":-1}]`,
	} {
		assert.Equal(t, http.StatusBadRequest, w.must(t, http.MethodPut, "/_localaws/faults", body, nil).status, body)
	}
	assert.Equal(t, http.StatusBadRequest, w.list(t).status)
}

func TestAFaultThatSaysNothingDoesNothing(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[null]`, `[{}]`, `null`} {
		w, _ := struck(t, body)
		got, err := w.do(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
		require.NoError(t, err, body)
		assert.Equal(t, http.StatusOK, got.status, body)
	}
}

func TestConcurrentCallsAreStruckExactlyAsOftenAsSaid(t *testing.T) {
	t.Parallel()
	w, served := struck(t, `[{"code":"X","skip":5,"times":10}]`)
	var (
		refused atomic.Int64
		all     sync.WaitGroup
	)
	for range 30 {
		all.Go(func() {
			got, err := w.do(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
			assert.NoError(t, err)
			if got.status == http.StatusBadRequest {
				refused.Add(1)
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, 10, refused.Load())
	assert.EqualValues(t, 20, served.Load())
}

func TestAnAnswerIsLostAfterTheOperationTookEffect(t *testing.T) {
	t.Parallel()
	w, served := struck(t, `[{"when":"after","drop":true,"times":1},{"when":"after","code":"InternalFailure","status":500,"times":1},
		{"when":"after","delay":50000000,"times":1}]`)
	_, err := w.do(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
	require.Error(t, err)
	assert.EqualValues(t, 1, served.Load(), "AWS did it")
	assert.Equal(t, http.StatusInternalServerError, w.list(t).status)
	assert.EqualValues(t, 2, served.Load())
	started := time.Now()
	assert.Equal(t, http.StatusOK, w.list(t).status)
	assert.GreaterOrEqual(t, time.Since(started), 50*time.Millisecond)
	assert.Equal(t, http.StatusOK, w.list(t).status)
	var when []string
	for _, entry := range w.Journal().Entries() {
		when = append(when, entry.Struck)
	}
	assert.Equal(t, []string{"after", "after", "after", ""}, when)
}

func TestWhatWasLostIsSaved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, _ := keeper(t, dir)
	w.inject(t, `[{"when":"after","drop":true}]`)
	_, err := w.do(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.AddThing"))
	require.Error(t, err)
	assert.Equal(t, `"added"`, saved(t, dir))
}

func TestAnAnswerEndsHalfWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, acm(map[string]api.Operation{
		"ListThings": answers(strings.Repeat("x", 100)), "AddThing": answers(""), "BreakThing": refuses(api.Refuse("X", "no")),
	}))
	w.inject(t, `[{"when":"during"}]`)
	got, err := w.do(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, http.StatusOK, got.status)
	assert.Len(t, got.body, 50)
	for _, operation := range []string{"AddThing", "BreakThing"} {
		_, err = w.do(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager."+operation))
		require.Error(t, err, operation)
	}
	entries := w.Journal().Entries()
	require.Len(t, entries, 3)
	assert.Equal(t, "during", entries[0].Struck)
	assert.Zero(t, entries[0].Status)
}

func TestAnAnswerHasWrongBytes(t *testing.T) {
	t.Parallel()
	var served atomic.Int64
	w := newWorld(t, acm(map[string]api.Operation{
		"ListThings": answers(`{"Things":[]}`), "AddThing": count(&served), "BreakThing": refuses(api.Refuse("X", "no")),
	}))
	w.inject(t, `[{"corrupt":true}]`)
	got := w.list(t)
	assert.Equal(t, http.StatusOK, got.status)
	assert.Len(t, got.body, len(`{"Things":[]}`), "as long as it should be")
	assert.NotContains(t, got.body, "Things")
	w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.AddThing"))
	assert.EqualValues(t, 1, served.Load(), "AWS did it")
	refused := w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.BreakThing"))
	assert.Contains(t, refused.body, `"__type":"X"`, "a refusal stays as it is")
	assert.Equal(t, "after", w.Journal().Entries()[0].Struck)
}

func TestWhatIsNoCallIsStruckToo(t *testing.T) {
	t.Parallel()
	fetched := 0
	fetch := func() (*api.Response, error) {
		fetched++
		return &api.Response{Stream: io.NopCloser(strings.NewReader("an image"))}, nil
	}
	for _, c := range []struct {
		fault   string
		fetched int
		err     error
		body    string
	}{
		{`{"drop":true}`, 0, api.ErrDropped, ""},
		{`{"code":"SlowDown","status":503}`, 0, api.RefuseStatus(503, "SlowDown", ""), ""},
		{`{"when":"after","code":"SlowDown","status":503}`, 1, api.RefuseStatus(503, "SlowDown", ""), ""},
		{`{"when":"after","drop":true}`, 1, api.ErrDropped, ""},
		{`{"when":"during"}`, 1, api.ErrCut, "an image"},
		{`{"corrupt":true}`, 1, nil, "\x9e\x91\xdf\x96\x92\x9e\x98\x9a"},
		{`{"delay":1}`, 1, nil, "an image"},
		{`{"service":"s3","drop":true}`, 1, nil, "an image"},
	} {
		w, _ := struck(t, "["+c.fault+"]")
		fetched = 0
		response, err := w.Strike(t.Context(), "edge", "FetchOrigin", fetch)
		assert.Equal(t, c.err, err, c.fault)
		assert.Equal(t, c.fetched, fetched, c.fault)
		if c.body == "" {
			assert.Nil(t, response, c.fault)
			continue
		}
		if response.Stream != nil {
			response.Body, err = io.ReadAll(response.Stream)
			require.NoError(t, err)
		}
		assert.Equal(t, c.body, string(response.Body), c.fault)
	}
}
