package api_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// service is a service of a test's making: its operations go by the name in
// X-Amz-Target, else by the form's Action, else by method and path.
type service struct {
	name       string
	protocol   api.Protocol
	operations map[string]api.Operation

	value      string // all that it remembers, under the world's lock
	ticked     func(time.Time) bool
	restored   func(json.RawMessage) // instead of remembering it
	snapshots  int
	unsaveable bool
}

func (s *service) Name() string           { return s.name }
func (s *service) Protocol() api.Protocol { return s.protocol }
func (s *service) Operations() []string   { return nil }

func (s *service) Route(r *api.Request) (string, api.Operation) {
	_, name, _ := strings.Cut(r.HTTP.Header.Get("X-Amz-Target"), ".")
	if form, err := url.ParseQuery(string(r.Body)); err == nil && name == "" {
		name = form.Get("Action")
	}
	if name == "" {
		name = r.HTTP.Method + " " + r.HTTP.URL.Path
	}
	return name, s.operations[name]
}

func (s *service) Snapshot() (json.RawMessage, error) {
	if s.unsaveable {
		return nil, errors.New("the snapshot is broken")
	}
	s.snapshots++
	return json.Marshal(s.value)
}

func (s *service) Restore(snapshot json.RawMessage) error {
	if s.restored != nil {
		s.restored(snapshot)
		return nil
	}
	return json.Unmarshal(snapshot, &s.value)
}

func (s *service) Tick(now time.Time) bool { return s.ticked != nil && s.ticked(now) }

// answers is an operation that succeeds with a body.
func answers(body string) api.Operation {
	return func(*api.Request) (*api.Response, error) { return &api.Response{Body: []byte(body)}, nil }
}

// refuses is an operation that fails.
func refuses(err error) api.Operation {
	return func(*api.Request) (*api.Response, error) { return nil, err }
}

// remembers is an operation that replaces the state of its service.
func (s *service) remembers(value string) api.Operation {
	return func(*api.Request) (*api.Response, error) {
		s.value = value
		return &api.Response{}, nil
	}
}

// acm is a service of the JSON protocol.
func acm(operations map[string]api.Operation) *service {
	return &service{name: "acm", protocol: api.JSON, operations: operations}
}

// world is a front behind a real server.
type world struct {
	*api.Front
	url    string
	delays *api.Delays
}

func newWorld(t *testing.T, services ...*service) world {
	t.Helper()
	w, err := startWorld(t, "", services...)
	require.NoError(t, err)
	return w
}

func startWorld(t *testing.T, stateDir string, services ...*service) (world, error) {
	t.Helper()
	list := make([]api.Service, len(services))
	for i := range services {
		list[i] = services[i]
	}
	return startServices(t, stateDir, list...)
}

// serve is a world of any services.
func serve(t *testing.T, services ...api.Service) world {
	t.Helper()
	w, err := startServices(t, "", services...)
	require.NoError(t, err)
	return w
}

func startServices(t *testing.T, stateDir string, services ...api.Service) (world, error) {
	t.Helper()
	environment := api.Environment{Now: time.Now, Delays: &api.Delays{}, Limits: &api.Limits{}}
	return startWith(t, api.FrontOptions{Services: services, Environment: environment, StateDir: stateDir})
}

// startIn is a world with a clock and limits of the test's.
func startIn(t *testing.T, environment api.Environment, services ...api.Service) world {
	t.Helper()
	w, err := startWith(t, api.FrontOptions{Services: services, Environment: environment})
	require.NoError(t, err)
	return w
}

func startWith(t *testing.T, o api.FrontOptions) (world, error) {
	t.Helper()
	front, err := api.NewFront(o)
	if err != nil {
		return world{}, err
	}
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	return world{Front: front, url: server.URL, delays: o.Environment.Delays}, nil
}

// config is the configuration of aws-sdk-go-v2 for this world, without retries.
func (w world) config(region string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(w.url),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// answer is what a caller got.
type answer struct {
	status int
	header http.Header
	body   string
}

// signed are the headers of a signed call, in AWS's terms.
func signed(service, region string) map[string]string {
	return map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261101/" + region + "/" + service +
		"/aws4_request, SignedHeaders=host;x-amz-date, Signature=0123"}
}

// targeted are the headers of a signed call in the JSON protocol.
func targeted(service, target string) map[string]string {
	headers := signed(service, "us-east-1")
	headers["X-Amz-Target"] = target
	return headers
}

// do makes a call as it is, or returns why there was no answer.
func (w world) do(t *testing.T, method, path, body string, headers map[string]string) (answer, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
	require.NoError(t, err)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, header: response.Header, body: string(content)}, err
}

// must makes a call that is answered.
func (w world) must(t *testing.T, method, path, body string, headers map[string]string) answer {
	t.Helper()
	got, err := w.do(t, method, path, body, headers)
	require.NoError(t, err)
	return got
}

// count is an operation that counts its calls.
func count(calls *atomic.Int64) api.Operation {
	return func(*api.Request) (*api.Response, error) {
		calls.Add(1)
		return &api.Response{Body: []byte("{}")}, nil
	}
}
