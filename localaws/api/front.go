package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"
)

// MaxBody is the largest payload a call may carry; larger ones are refused with
// EntityTooLarge. Larger objects come to S3 in parts.
const MaxBody = 64 << 20

// tickEvery is how often services are given the chance to let time pass.
const tickEvery = 100 * time.Millisecond

// FrontOptions are what a Front is made of.
type FrontOptions struct {
	// Services answer the calls; a call to any other service is a 501. One of
	// them may be an Identifier; without it every signed call is the User's.
	Services []Service
	// Environment is the one the services were made with.
	Environment Environment
	// StateDir keeps one snapshot file per service; "" keeps state in memory only.
	StateDir string
	// Log receives one line for each call that fails on the server's side; nil discards.
	Log *slog.Logger
}

// Front is the API endpoint: an http.Handler that finds the service and the
// operation of each call, and sees to what is the same for all of them.
//
// All services share one lock, the Front itself: calls are short, and rules
// reach across services, so that one lock is simpler than six that must be
// taken in order.
type Front struct {
	mu sync.Mutex

	services   map[string]Service
	identifier Identifier
	authorizer Authorizer
	env        Environment
	journal    Journal
	faults     faults
	rates      rates
	store      store
	log        *slog.Logger
	control    http.Handler
	bodies     bodies
	// pause is how long a payload may stall.
	pause time.Duration
}

// NewFront restores the services from the state directory and returns their front.
func NewFront(o FrontOptions) (*Front, error) {
	f := &Front{bodies: newBodies(), pause: bodyPause, services: map[string]Service{}, env: o.Environment, store: store{dir: o.StateDir}, log: o.Log}
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	for _, s := range o.Services {
		f.services[s.Name()] = s
		if i, ok := s.(Identifier); ok {
			f.identifier = i
		}
		if a, ok := s.(Authorizer); ok {
			f.authorizer = a
		}
		if err := f.store.load(s); err != nil {
			return nil, err
		}
	}
	f.control = f.controlRoutes()
	return f, nil
}

// Lock implements sync.Locker.
func (f *Front) Lock() { f.mu.Lock() }

// Unlock implements sync.Locker. What was changed by the way, by a read or by
// the edge or DNS asking, is saved first: nobody hears of what a kill could lose.
func (f *Front) Unlock() {
	defer f.mu.Unlock()
	for _, s := range f.services {
		if lazy, ok := s.(Lazy); ok && lazy.TakeChanges() {
			if err := f.store.save(s); err != nil {
				f.log.Error("saving state", "service", s.Name(), "error", err)
			}
		}
	}
}

// save writes down a service, with what it had not yet reported.
func (f *Front) save(s Service) error {
	if lazy, ok := s.(Lazy); ok {
		lazy.TakeChanges()
	}
	return f.store.save(s)
}

// Journal returns the calls so far.
func (f *Front) Journal() *Journal { return &f.journal }

// Run lets time pass in the services until the context ends.
func (f *Front) Run(ctx context.Context) {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f.tick()
		}
	}
}

func (f *Front) tick() {
	f.Lock()
	defer f.Unlock()
	for _, s := range f.services {
		f.tickOne(s)
	}
}

// tickOne lets time pass in a service. A panic there ends neither the server nor
// the time of the others.
func (f *Front) tickOne(s Service) {
	defer func() {
		if p := recover(); p != nil {
			f.log.Error("letting time pass", "service", s.Name(), "panic", p, "stack", string(debug.Stack()))
		}
	}()
	if t, ok := s.(Ticker); ok && t.Tick(f.env.Now()) {
		if err := f.save(s); err != nil {
			f.log.Error("saving state", "service", s.Name(), "error", err)
		}
	}
}

// ServeHTTP answers one call.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if why := foreign(r); why != "" {
		f.refuseForeign(w, r, why)
		return
	}
	if isControl(r) {
		f.control.ServeHTTP(w, r)
		return
	}
	started := time.Now()
	req := newRequest(r)
	service, found := f.services[req.Service]
	if !found {
		f.refuseService(w, req, started)
		return
	}
	release, err := f.readBody(w, req)
	defer release()
	var response *Response
	if err == nil {
		response, err = f.call(service, req)
	}
	if errors.Is(err, ErrDropped) || errors.Is(err, ErrCut) {
		f.journal.add(req, started, 0, err.Error())
		abort(w, req, response)
	}
	if err != nil {
		refusal := asError(err)
		f.write(w, service, req, started, refusal, nil)
		return
	}
	f.write(w, service, req, started, nil, response)
}

// abort ends the connection after half of an answer, or without one for nil.
func abort(w http.ResponseWriter, req *Request, half *Response) {
	if half != nil {
		w.Header().Set("Content-Length", strconv.Itoa(len(half.Body)))
		send(w, req, cmp.Or(half.Status, http.StatusOK), half.Header, half.Body[:len(half.Body)/2])
		_ = http.NewResponseController(w).Flush() // a writer that cannot has sent it
	}
	panic(http.ErrAbortHandler) // net/http's way to close a connection
}

// newRequest reads who calls what.
func newRequest(r *http.Request) *Request {
	req := &Request{ID: newID(), HTTP: r}
	req.Service, req.Region, req.accessKey, req.Signed = scope(r)
	if !req.Signed {
		req.Service = unsignedService(r)
	}
	return req
}

// call runs one operation: credentials, fault, handler, snapshot.
func (f *Front) call(service Service, req *Request) (*Response, error) {
	op, err := f.route(service, req)
	if err != nil {
		return nil, service.Protocol().worded(err)
	}
	if !req.Signed && !service.Protocol().takesUnsigned() {
		// "Common Errors" of each service's API reference.
		return nil, RefuseStatus(http.StatusForbidden, "MissingAuthenticationToken", "Missing Authentication Token")
	}
	fault := f.faults.next(req.Service, req.Operation)
	if fault != nil {
		req.struck = fault.When
	}
	return fault.around(req.Context(), func() (*Response, error) {
		if op == nil {
			return nil, RefuseStatus(http.StatusNotImplemented, "NotImplemented",
				"%s %s is not part of the embedded AWS; it serves what the stack and its tools call", service.Name(), req.Operation)
		}
		return f.perform(service, req, op)
	})
}

// route finds out what is called, and by whom.
func (f *Front) route(service Service, req *Request) (op Operation, err error) {
	f.Lock()
	defer f.Unlock()
	req.Operation, op = service.Route(req)
	if !req.Signed {
		return op, nil
	}
	if f.identifier == nil {
		req.Caller = User()
		return op, nil
	}
	req.Caller, err = f.identifier.Identify(req.accessKey)
	return op, err
}

// perform runs the handler and saves what it may have changed before the caller
// hears of it, so that what was acknowledged survives a kill.
func (f *Front) perform(service Service, req *Request, op Operation) (*Response, error) {
	f.Lock()
	defer f.Unlock()
	if rated, ok := service.(Rated); ok && f.env.Quotas().Rates {
		if err := f.rates.admit(rated.Rate(req.Operation), req.Caller.Account, f.env.Now()); err != nil {
			return nil, err
		}
	}
	if err := f.authorize(service, req); err != nil {
		return nil, err
	}
	response, err := op(req)
	if err != nil {
		return nil, err
	}
	if changes(req) {
		if err := f.save(service); err != nil {
			return nil, fmt.Errorf("saving the state of %s: %w", service.Name(), err)
		}
	}
	return response, nil
}

// refuseForeign answers what a web page may have sent.
func (f *Front) refuseForeign(w http.ResponseWriter, r *http.Request, why string) {
	if isControl(r) {
		http.Error(w, why, http.StatusForbidden)
		return
	}
	req, started := newRequest(r), time.Now()
	req.Operation = operationHint(r)
	refusal := RefuseStatus(http.StatusForbidden, "AccessDenied", "%s", why)
	f.journal.add(req, started, refusal.Status, refusal.Code)
	header, body := encodeError(RESTXML, req.ID, refusal)
	send(w, req, refusal.Status, header, body)
}

func (f *Front) refuseService(w http.ResponseWriter, req *Request, started time.Time) {
	req.Operation = operationHint(req.HTTP)
	_, _ = io.Copy(io.Discard, req.HTTP.Body)
	refusal := RefuseStatus(http.StatusNotImplemented, "NotImplemented",
		"service %s (%s) is not part of the embedded AWS", req.Service, req.Operation)
	f.journal.add(req, started, refusal.Status, refusal.Code)
	header, body := encodeError(RESTXML, req.ID, refusal)
	if req.HTTP.Header.Get("X-Amz-Target") != "" {
		header, body = encodeError(JSON, req.ID, refusal)
	}
	send(w, req, refusal.Status, header, body)
}

func (f *Front) write(
	w http.ResponseWriter, service Service, req *Request, started time.Time, refusal *Error, response *Response,
) {
	if refusal != nil {
		if refusal.Status == 0 {
			refusal.Status = http.StatusBadRequest
		}
		if refusal.Status >= http.StatusInternalServerError {
			f.log.Warn("call failed", "service", req.Service, "operation", req.Operation, "error", refusal)
		}
		f.journal.add(req, started, refusal.Status, refusal.Code)
		header, body := encodeError(service.Protocol(), req.ID, refusal)
		send(w, req, refusal.Status, header, body)
		return
	}
	if response.Status == 0 {
		response.Status = http.StatusOK
	}
	f.journal.add(req, started, response.Status, "")
	if response.Stream == nil {
		send(w, req, response.Status, response.Header, response.Body)
		return
	}
	defer func() { _ = response.Stream.Close() }() // it was only read
	send(w, req, response.Status, response.Header, nil)
	_, _ = io.Copy(w, response.Stream) // a caller who is gone need not be told, and who is cut off sees the length
}

func send(w http.ResponseWriter, req *Request, status int, header http.Header, body []byte) {
	for name, values := range header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.Header().Set("X-Amzn-Requestid", req.ID)
	w.Header().Set("X-Amz-Request-Id", req.ID)
	w.WriteHeader(status)
	if req.HTTP.Method != http.MethodHead {
		_, _ = w.Write(body) // the caller is gone: nobody is left to tell
	}
}

// changes says whether a call may have changed state. The services of the JSON
// and query protocols read by POST too, so their operation's name decides.
func changes(req *Request) bool {
	switch req.HTTP.Method {
	case http.MethodGet, http.MethodHead:
		return false
	}
	if req.Operation == "GetSessionToken" {
		return true // it makes a session, whatever its name says
	}
	return !readOnly.MatchString(req.Operation)
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand does not fail
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
