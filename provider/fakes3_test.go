package provider

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// fakeS3 stores bucket policies in memory. It is as strict as S3 where the provider could get something wrong.
type fakeS3 struct {
	*httptest.Server

	mu       sync.Mutex
	policies map[string]string
	puts     int
	deletes  int
	gets     int
	faults   map[string][]s3Fault
	after    func(method, bucket string)
	requests func(*http.Request)
	stale    []string
	region   string            // what is said of every bucket, if anything
	settings map[string]string // answers to GET, by sub-resource; "" is a refusal
}

type s3Fault struct {
	status  int
	code    string
	message string
	header  map[string]string
}

// newFakeS3 has the named buckets, each with the policy given ("" for none).
func newFakeS3(t *testing.T, policies map[string]string) *fakeS3 {
	t.Helper()
	f := &fakeS3{policies: policies, faults: map[string][]s3Fault{}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeS3) serve(w http.ResponseWriter, r *http.Request) {
	bucket := strings.Trim(r.URL.Path, "/")
	if !r.URL.Query().Has("policy") {
		f.look(w, r, bucket)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		fail(w, s3Fault{status: http.StatusBadRequest, code: "IncompleteBody", message: err.Error()})
		return
	}
	if f.requests != nil {
		f.requests(r)
	}
	f.answer(w, r.Method, bucket, string(body))
	if f.after != nil {
		f.after(r.Method, bucket)
	}
}

// look answers what is not about the policy: HeadBucket and the settings of a bucket.
func (f *fakeS3) look(w http.ResponseWriter, r *http.Request, bucket string) {
	if f.requests != nil {
		f.requests(r)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.region != "" {
		w.Header().Set("X-Amz-Bucket-Region", f.region)
	}
	if faults := f.faults[r.Method]; len(faults) > 0 {
		f.faults[r.Method] = faults[1:]
		fail(w, faults[0])
		return
	}
	_, exists := f.policies[bucket]
	for setting, answer := range f.settings {
		if r.URL.Query().Has(setting) && answer != "" {
			_, _ = io.WriteString(w, answer)
			return
		}
	}
	switch {
	case !exists:
		fail(w, s3Fault{status: http.StatusNotFound, code: "NoSuchBucket", message: "The specified bucket does not exist"})
	case r.Method == http.MethodHead && f.region != "" && signedRegion(r) != f.region:
		w.WriteHeader(http.StatusMovedPermanently)
	case r.Method == http.MethodHead:
	default:
		fail(w, s3Fault{status: http.StatusForbidden, code: "AccessDenied", message: "Access Denied"})
	}
}

func (f *fakeS3) answer(w http.ResponseWriter, method, bucket, body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if faults := f.faults[method]; len(faults) > 0 {
		f.faults[method] = faults[1:]
		fail(w, faults[0])
		return
	}
	policy, exists := f.policies[bucket]
	if !exists {
		fail(w, s3Fault{status: http.StatusNotFound, code: "NoSuchBucket", message: "The specified bucket does not exist"})
		return
	}
	switch method {
	case http.MethodGet:
		f.gets++
		f.get(w, policy)
	case http.MethodPut:
		f.puts++
		f.put(w, bucket, body)
	case http.MethodDelete:
		f.deletes++
		f.policies[bucket] = ""
		w.WriteHeader(http.StatusNoContent)
	}
}

func (f *fakeS3) get(w http.ResponseWriter, policy string) {
	if len(f.stale) > 0 {
		policy, f.stale = f.stale[0], f.stale[1:]
	}
	if policy == "" {
		fail(w, s3Fault{status: http.StatusNotFound, code: "NoSuchBucketPolicy", message: "The bucket policy does not exist"})
		return
	}
	_, _ = io.WriteString(w, policy)
}

func (f *fakeS3) put(w http.ResponseWriter, bucket, body string) {
	if strings.Contains(body, `"Statement":[]`) || !strings.HasPrefix(body, "{") {
		fail(w, s3Fault{status: http.StatusBadRequest, code: "MalformedPolicy", message: "Policy has invalid resource"})
		return
	}
	f.policies[bucket] = body
	w.WriteHeader(http.StatusNoContent)
}

func fail(w http.ResponseWriter, fault s3Fault) {
	for name, value := range fault.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(fault.status)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}{Code: fault.code, Message: fault.message})
}

// policy is what the bucket has now.
func (f *fakeS3) policy(bucket string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.policies[bucket]
}

// set is somebody else's PutBucketPolicy.
func (f *fakeS3) set(bucket, policy string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.policies[bucket] = policy
}

// fault makes the next calls with this method fail.
func (f *fakeS3) fault(method string, faults ...s3Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[method] = append(f.faults[method], faults...)
}

// serveStale answers the next reads with policies of the past.
func (f *fakeS3) serveStale(policies ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stale = policies
}

func (f *fakeS3) writes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.puts + f.deletes
}

func (f *fakeS3) requireWrites(t *testing.T, want int) {
	t.Helper()
	require.Equal(t, want, f.writes(), "calls that change the policy")
}
