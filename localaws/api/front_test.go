package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

func TestACallGoesToItsServiceOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t,
		acm(map[string]api.Operation{"ListThings": answers("of acm")}),
		&service{name: "wafv2", protocol: api.JSON, operations: map[string]api.Operation{"ListThings": answers("of wafv2")}},
		&service{name: "s3", protocol: api.S3XML, operations: map[string]api.Operation{"GET /b/key": answers("of s3")}},
	)
	assert.Equal(t, "of acm", w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings")).body)
	assert.Equal(t, "of wafv2", w.must(t, http.MethodPost, "/", "", targeted("wafv2", "AWSWAF.ListThings")).body)
	assert.Equal(t, "of s3", w.must(t, http.MethodGet, "/b/key", "", signed("s3", "eu-west-1")).body)
	assert.Equal(t, "of s3", w.must(t, http.MethodGet, "/b/key", "", nil).body)
}

func TestAnAnswerCarriesWhatTheHandlerSaidAndARequestID(t *testing.T) {
	t.Parallel()
	var request *api.Request
	w := newWorld(t, acm(map[string]api.Operation{"MakeThing": func(r *api.Request) (*api.Response, error) {
		request = r
		return &api.Response{Status: http.StatusCreated, Header: http.Header{"etag": {"E1"}}, Body: []byte("made")}, nil
	}}))
	got := w.must(t, http.MethodPost, "/", `{"a":1}`, targeted("acm", "CertificateManager.MakeThing"))
	assert.Equal(t, http.StatusCreated, got.status)
	assert.Equal(t, "E1", got.header.Get("ETag"))
	assert.Equal(t, "made", got.body)
	assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, got.header.Get("X-Amzn-RequestId"))
	assert.Equal(t, got.header.Get("X-Amzn-RequestId"), got.header.Get("X-Amz-Request-Id"))

	assert.Equal(t, request.ID, got.header.Get("X-Amzn-RequestId"))
	assert.Equal(t, "acm", request.Service)
	assert.Equal(t, "MakeThing", request.Operation)
	assert.Equal(t, `{"a":1}`, string(request.Body))
}

func TestHEADHasNoBodyAndTheStatusOfItsError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &service{name: "s3", protocol: api.S3XML, operations: map[string]api.Operation{
		"HEAD /there": answers("never sent"),
		"HEAD /gone":  refuses(api.RefuseStatus(http.StatusNotFound, "NoSuchBucket", "gone")),
	}})
	there := w.must(t, http.MethodHead, "/there", "", signed("s3", "us-east-1"))
	assert.Equal(t, http.StatusOK, there.status)
	assert.Empty(t, there.body)
	assert.Equal(t, http.StatusNotFound, w.must(t, http.MethodHead, "/gone", "", signed("s3", "us-east-1")).status)
}

func TestWhatIsNotServedIsA501ThatNamesServiceAndOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, acm(nil),
		&service{name: "cloudfront", protocol: api.RESTXML}, &service{name: "sts", protocol: api.Query}, &service{name: "s3", protocol: api.S3XML})
	form := func(service string) map[string]string {
		headers := signed(service, "us-east-1")
		headers["Content-Type"] = "application/x-www-form-urlencoded"
		return headers
	}
	for sentence, test := range map[string]struct {
		method, path, body string
		headers            map[string]string
		service, operation string
		document           string
	}{
		"an unknown operation of a JSON service": {
			http.MethodPost, "/", "{}", targeted("acm", "CertificateManager.ExportCertificate"), "acm", "ExportCertificate", `"__type":"NotImplemented"`,
		},
		"an unknown operation of a query service": {
			http.MethodPost, "/", "Action=GetFederationToken&Version=2011-06-15", form("sts"), "sts", "GetFederationToken", "<Code>NotImplemented</Code>",
		},
		"an unknown operation of a REST service": {
			http.MethodGet, "/2020-05-31/function", "", signed("cloudfront", "us-east-1"), "cloudfront", "GET /2020-05-31/function", "<ErrorResponse><Error>",
		},
		"an unknown operation of S3": {
			http.MethodDelete, "/b", "", signed("s3", "us-east-1"), "s3", "DELETE /b", "<Error><Code>NotImplemented</Code>",
		},
		"an unknown JSON service": {
			http.MethodPost, "/", "{}", targeted("dynamodb", "DynamoDB_20120810.ListTables"), "dynamodb", "ListTables", `"__type":"NotImplemented"`,
		},
		"an unknown query service": {
			http.MethodPost, "/", "Action=ListUsers&Version=2010-05-08", form("iam"), "iam", "ListUsers", "<Code>NotImplemented</Code>",
		},
		"an unknown REST service": {
			http.MethodGet, "/2015-03-31/functions", "", signed("lambda", "us-east-1"), "lambda", "GET /2015-03-31/functions", "<Code>NotImplemented</Code>",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			test.headers["User-Agent"] = sentence
			got := w.must(t, test.method, test.path, test.body, test.headers)
			assert.Equal(t, http.StatusNotImplemented, got.status)
			assert.Contains(t, got.body, test.document)
			assert.Contains(t, got.body, test.service)
			assert.Contains(t, got.body, test.operation)
			entry := called(t, w, sentence)
			assert.Equal(t, test.service, entry.Service)
			assert.Equal(t, test.operation, entry.Operation)
			assert.Equal(t, http.StatusNotImplemented, entry.Status)
			assert.Equal(t, "NotImplemented", entry.Error)
		})
	}
}

// zeros is a payload of any size.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestAPayloadAboveTheBoundIsRefused(t *testing.T) {
	t.Parallel()
	var size int
	w := newWorld(t, &service{name: "s3", protocol: api.S3XML, operations: map[string]api.Operation{
		"PUT /b/key": func(r *api.Request) (*api.Response, error) {
			size = len(r.Body)
			return &api.Response{}, nil
		},
	}})
	put := func(bytes int64) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodPut, "http://localhost/b/key", io.LimitReader(zeros{}, bytes))
		request.Header.Set("Authorization", signed("s3", "us-east-1")["Authorization"])
		recorder := httptest.NewRecorder()
		w.ServeHTTP(recorder, request)
		return recorder
	}
	assert.Equal(t, http.StatusOK, put(api.MaxBody).Code)
	assert.Equal(t, api.MaxBody, size)

	size = 0
	refused := put(api.MaxBody + 1)
	assert.Equal(t, http.StatusBadRequest, refused.Code)
	assert.Contains(t, refused.Body.String(), "<Code>EntityTooLarge</Code>")
	assert.Zero(t, size, "the handler must not see half a payload")
}

func TestHandlersRunOneAtATime(t *testing.T) {
	t.Parallel()
	var running, most atomic.Int64
	w := newWorld(t, acm(map[string]api.Operation{"ListThings": func(*api.Request) (*api.Response, error) {
		most.Store(max(most.Load(), running.Add(1)))
		time.Sleep(time.Millisecond)
		running.Add(-1)
		return &api.Response{}, nil
	}}))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := w.do(t, http.MethodPost, "/", strings.Repeat(" ", 100), targeted("acm", "CertificateManager.ListThings"))
			assert.NoError(t, err)
		})
	}
	all.Wait()
	assert.EqualValues(t, 1, most.Load())
	require.Len(t, w.Journal().Entries(), 20)
}

func FuzzEveryCallIsAnsweredAndWrittenDown(f *testing.F) {
	f.Add("POST", "/", signed("acm", "us-east-1")["Authorization"], "CertificateManager.ListThings", "{}")
	f.Add("GET", "/?X-Amz-Credential=A/20261101/eu-west-1/s3/aws4_request", "", "", "")
	f.Add("GET", "/2020-05-31/distribution", "Credential=////aws4_request", "", "Action=%zz")
	f.Add("PUT", "/b/key", "AWS4-HMAC-SHA256 Credential=", ".", "")
	f.Fuzz(func(t *testing.T, method, target, authorization, operation, body string) {
		request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
		if err != nil || strings.HasPrefix(request.URL.Path, api.ControlPrefix) {
			return // not a call
		}
		request.Header.Set("Authorization", authorization)
		request.Header.Set("X-Amz-Target", operation)
		front, err := api.NewFront(api.FrontOptions{Services: []api.Service{
			acm(map[string]api.Operation{"ListThings": answers("{}")}), &service{name: "s3", protocol: api.S3XML},
		}})
		require.NoError(t, err)
		recorder := httptest.NewRecorder()
		front.ServeHTTP(recorder, request)
		assert.NotEmpty(t, recorder.Header().Get("X-Amzn-Requestid"))
		entries := front.Journal().Entries()
		require.Len(t, entries, 1)
		assert.Equal(t, recorder.Code, entries[0].Status)
		assert.Equal(t, recorder.Code >= http.StatusBadRequest, entries[0].Error != "")
	})
}

func TestAPayloadMayBeStreamed(t *testing.T) {
	t.Parallel()
	closed := make(chan bool, 1)
	w := newWorld(t, acm(map[string]api.Operation{"GetThing": func(*api.Request) (*api.Response, error) {
		return &api.Response{Stream: stream{strings.NewReader("a long payload"), closed}}, nil
	}}))
	got := w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.GetThing"))
	assert.Equal(t, "a long payload", got.body)
	assert.True(t, <-closed)
}

// stream says when it is closed.
type stream struct {
	io.Reader
	closed chan<- bool
}

func (s stream) Close() error {
	s.closed <- true
	return nil
}
