package api

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Entry is one call in the journal. Account and Caller say who made it, the
// caller by the ARN of the user or the assumed role; both are empty for a call
// without credentials. Struck says when a fault struck it: Before, After, During,
// or "" for not at all. Denied is the action that the caller lacked the permission
// for.
type Entry struct {
	Time      time.Time     `json:"time"`
	Duration  time.Duration `json:"duration"`
	Service   string        `json:"service"`
	Operation string        `json:"operation"`
	Region    string        `json:"region"`
	Account   string        `json:"account,omitempty"`
	Caller    string        `json:"caller,omitempty"`
	Resource  string        `json:"resource,omitempty"`
	UserAgent string        `json:"userAgent,omitempty"`
	Status    int           `json:"status"`
	Error     string        `json:"error,omitempty"`
	Struck    string        `json:"struck,omitempty"`
	Denied    string        `json:"denied,omitempty"`
}

// ReadOnly says whether the operation only looks.
func (e Entry) ReadOnly() bool { return readOnly.MatchString(e.Operation) }

// readOnly matches the names AWS gives to operations that change nothing.
var readOnly = regexp.MustCompile(`^(Get|List|Describe|Head|Check|Test)[A-Z]`)

// journalSize bounds the journal; the oldest entries go first.
const journalSize = 100_000

// Journal is the record of every call. The zero value is ready.
type Journal struct {
	mu      sync.Mutex
	entries []Entry
}

// Entries returns a copy of the calls so far, oldest first.
func (j *Journal) Entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Entry{}, j.entries...)
}

// Clear forgets all calls.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = nil
}

func (j *Journal) add(req *Request, started time.Time, status int, code string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) >= journalSize {
		j.entries = append(j.entries[:0], j.entries[journalSize/2:]...)
	}
	j.entries = append(j.entries, Entry{
		Time: started, Duration: time.Since(started), Service: req.Service, Operation: req.Operation,
		Region: req.Region, Account: req.Caller.Account, Caller: req.Caller.ARN, Resource: req.Resource, UserAgent: req.HTTP.UserAgent(), Status: status, Error: code,
		Struck: req.struck, Denied: req.Denied,
	})
}

// hintSize bounds how much of a call to a service nobody serves is read.
const hintSize = 64 << 10

// operationHint names the operation of a call to a service nobody serves: by its
// header in the JSON protocols, by its form in the query protocols of EC2 and
// IAM, and else by what was asked for.
func operationHint(r *http.Request) string {
	if _, name, found := strings.Cut(r.Header.Get("X-Amz-Target"), "."); found {
		return name
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, hintSize)) // a hint at best
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") != "" {
		return form.Get("Action")
	}
	return r.Method + " " + r.URL.Path
}
