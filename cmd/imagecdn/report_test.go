package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// logStore is an S3 with one log file of a minute ago, and one of last week.
func logStore(t *testing.T) string {
	t.Helper()
	now := time.Now().UTC()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/my-logs" || r.URL.Path == "/my-logs/" {
			assert.Contains(t, []string{"", "cdn/"}, r.URL.Query().Get("prefix"))
			w.Header().Set("Content-Type", "application/xml")
			_, _ = fmt.Fprintf(w, `<ListBucketResult><Contents><Key>cdn/new.gz</Key><LastModified>%s</LastModified></Contents>`+
				`<Contents><Key>cdn/old.gz</Key><LastModified>%s</LastModified></Contents></ListBucketResult>`,
				now.Format(time.RFC3339), now.AddDate(0, 0, -7).Format(time.RFC3339))
			return
		}
		assert.Equal(t, "/my-logs/cdn/new.gz", r.URL.Path, "what is too old is not fetched")
		zip := gzip.NewWriter(w)
		_, _ = fmt.Fprintf(zip, `{"date":%q,"time":%q,"cs-uri-stem":"/a.jpg","sc-status":"200","sc-bytes":"1000","x-edge-result-type":"Hit"}`,
			now.Format(time.DateOnly), now.Format(time.TimeOnly))
		_ = zip.Close()
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestTheLogsOfAStackAreReported(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	store := logStore(t)
	const logged = `{"logsUri":"s3://my-logs/cdn"}`
	status, out, errs := call(t, logged, "report", "--outputs", "-", "--s3-endpoint", store)
	require.Equal(t, 0, status, errs)
	assert.Contains(t, out, "from cache     100.0 %")

	status, out, errs = call(t, logged, "report", "--outputs", "-", "--s3-endpoint", store, "--json")
	require.Equal(t, 0, status, errs)
	var document map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &document))
	assert.InDelta(t, 1, document["hitRatio"], 0)

	page := filepath.Join(t.TempDir(), "report.html")
	status, _, errs = call(t, "", "report", "--logs", "s3://my-logs/cdn/", "--s3-endpoint", store, "--html", page)
	require.Equal(t, 0, status, errs)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Contains(t, string(text), "<svg")

	status, _, errs = call(t, "", "report", "--logs", "s3://my-logs/cdn", "--s3-endpoint", store, "--since", "1ns")
	assert.Equal(t, 1, status)
	assert.Contains(t, errs, "look further back with --since")
}

func TestAReportNeedsLogs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stdin string
		args  []string
		says  string
	}{
		"nothing is given":     {"", []string{"report"}, "give --outputs"},
		"a stack logs nothing": {`{"logsUri":""}`, []string{"report", "--outputs", "-"}, "set logging.bucket"},
		"what is no place":     {"", []string{"report", "--logs", "/var/log"}, "s3://BUCKET/PREFIX"},
		"two forms at once":    {"", []string{"report", "--logs", "s3://a/b", "--json", "--html", "x"}, "not both"},
	} {
		status, _, errs := call(t, test.stdin, test.args...)
		assert.Equal(t, 2, status, name)
		assert.Contains(t, errs, test.says, name)
	}
}
