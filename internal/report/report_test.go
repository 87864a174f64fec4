package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const jsonLog = `{"date":"2026-11-26","time":"17:05:00","cs-uri-stem":"/a.jpg","sc-status":"200","sc-bytes":"1000","x-edge-result-type":"Miss"}
{"date":"2026-11-26","time":"17:06:00","cs-uri-stem":"/a.jpg","sc-status":"200","sc-bytes":"1000","x-edge-result-type":"Hit"}
{"date":"2026-11-26","time":"18:00:01","cs-uri-stem":"/a.jpg","sc-status":"200","sc-bytes":"1000","x-edge-result-type":"RefreshHit"}
{"date":"2026-11-26","time":"18:00:02","cs-uri-stem":"/<none>.jpg","sc-status":"404","sc-bytes":"300","x-edge-result-type":"Error"}
`

const w3cLog = "#Version: 1.0\n#Fields: date time cs-uri-stem sc-status sc-bytes x-edge-result-type\n" +
	"2026-11-26\t16:59:59\t/old.jpg\t200\t5\tMiss\n2026-11-26\t18:01:00\t/b.jpg\t200\t2000\tMiss\n"

// of is the report of logs since 17:00.
func of(t *testing.T, logs ...string) *Report {
	t.Helper()
	r := New()
	for _, log := range logs {
		require.NoError(t, r.Add(strings.NewReader(log), time.Date(2026, 11, 26, 17, 0, 0, 0, time.UTC)))
	}
	r.Finish(Prices{Gigabyte: 100_000, TenThousand: 20})
	return r
}

func TestAReportCountsWhatTheLogsSay(t *testing.T) {
	t.Parallel()
	r := of(t, jsonLog, w3cLog)
	assert.Equal(t, Count{Requests: 5, Hits: 2, Errors: 1, Bytes: 5300, OriginBytes: 3000}, r.Count)
	assert.InDelta(t, 0.4, r.HitRatio, 0.001)
	assert.InDelta(t, 0.54, r.Cost, 0.001, "5,300 bytes at 100,000 a gigabyte, 5 requests at 20 for ten thousand")
	assert.Equal(t, map[string]int{"200": 4, "404": 1}, r.Statuses)
	assert.Equal(t, []Path{{"/b.jpg", 1, 2000}, {"/a.jpg", 1, 1000}}, r.Misses)
	assert.Equal(t, []Path{{"/<none>.jpg", 1, 300}}, r.Missing)
	require.Len(t, r.Hours, 2)
	assert.Equal(t, Count{Requests: 2, Hits: 1, Bytes: 2000, OriginBytes: 1000}, r.Hours[0].Count)
	assert.Equal(t, "17:05:00", r.From.Format(time.TimeOnly), "what is older is left out")
	assert.Equal(t, "18:01:00", r.To.Format(time.TimeOnly))
}

func TestAReportIsReadOnATerminalAsJSONAndAsAPageOfItsOwn(t *testing.T) {
	t.Parallel()
	r := of(t, jsonLog)
	var text, html bytes.Buffer
	require.NoError(t, r.Text(&text))
	assert.Contains(t, text.String(), "from cache     50.0 %")
	assert.Contains(t, text.String(), "2026-11-26 17:00         2    50.0 % ####################\n")
	assert.Contains(t, text.String(), "1 kB  /a.jpg")

	document, err := json.Marshal(r)
	require.NoError(t, err)
	var again map[string]any
	require.NoError(t, json.Unmarshal(document, &again))
	assert.InDelta(t, 4, again["requests"], 0)
	assert.Len(t, again["hours"], 2)

	require.NoError(t, r.HTML(&html))
	assert.Equal(t, 4, strings.Count(html.String(), "<rect "), "two plots of two hours")
	assert.Contains(t, html.String(), "/&lt;none&gt;.jpg", "paths are anybody's to choose")
	for _, elsewhere := range []string{"http://", "https://", "<script", "src="} {
		assert.NotContains(t, html.String(), elsewhere)
	}
}

func TestWhatIsNoLogIsAnError(t *testing.T) {
	t.Parallel()
	for name, log := range map[string]string{
		"half a record": `{"date":"2026-`, "Parquet": "PAR1\x15", "plain text": "date\ttime\n2026-11-26\t17:00:00\n",
		"no time":         strings.Replace(jsonLog, "17:05:00", "never", 1),
		"no number":       strings.Replace(jsonLog, `"1000"`, `"many"`, 1),
		"too few columns": "#Fields: date time\n2026-11-26\n",
	} {
		require.ErrorIs(t, New().Add(strings.NewReader(log), time.Time{}), ErrFormat, name)
	}
	err := New().Add(strings.NewReader(`{"date":"2026-11-26","time":"17:05:00"}`), time.Time{})
	require.ErrorContains(t, err, "no field cs-uri-stem")
	require.ErrorContains(t, err, "logging.fields")
}
