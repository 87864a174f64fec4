package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// When a fault strikes.
const (
	// Before the operation: nothing happens but the fault.
	Before = "before"
	// After the operation took effect: AWS did it, and the caller does not hear.
	After = "after"
	// During the answer: it took effect, and the connection ends half-way
	// through the answer.
	During = "during"
)

// Fault makes calls fail, or be slow, on purpose.
type Fault struct {
	// Service and Operation say which calls; "" is any.
	Service   string `json:"service"`
	Operation string `json:"operation"`
	// Skip lets so many matching calls pass first.
	Skip int `json:"skip"`
	// Times is how many calls it strikes; 0 is every one.
	Times int `json:"times"`
	// When it strikes: Before, After or During; "" is Before.
	When string `json:"when"`
	// Delay is slept before the call, or its answer, goes on or fails.
	Delay time.Duration `json:"delay"`
	// Code is the AWS error to answer, such as Throttling; "" lets the call, or
	// its answer, proceed after the delay.
	Code string `json:"code"`
	// Message is the message of the error.
	Message string `json:"message"`
	// Status is the HTTP status of the error; 0 means 400.
	Status int `json:"status"`
	// Drop closes the connection without an answer.
	Drop bool `json:"drop"`
	// Corrupt changes every byte of the answer's body, after the operation took
	// effect. A refusal stays as it is.
	Corrupt bool `json:"corrupt"`
}

// Why a caller gets no answer, or half of one.
var (
	// ErrDropped is that there is none.
	ErrDropped = errors.New("connection dropped on purpose")
	// ErrCut is that it ends after half of its body.
	ErrCut = errors.New("connection cut half-way through the answer on purpose")
)

// check refuses a fault that could not strike.
func (f *Fault) check() error {
	switch {
	case f.Status != 0 && (f.Status < http.StatusMultipleChoices || f.Status > 599):
		return fmt.Errorf("status %d is not one of an error: 300 to 599", f.Status)
	case f.Delay < 0:
		return fmt.Errorf("delay %d is negative", f.Delay)
	case f.Skip < 0 || f.Times < 0:
		return errors.New("skip and times count calls: they cannot be negative")
	case !slices.Contains([]string{"", Before, After, During}, f.When):
		return fmt.Errorf("when is %q: it must be %s, %s or %s", f.When, Before, After, During)
	case f.Drop && f.Code != "":
		return errors.New("drop sends no answer, so it cannot have a code")
	case f.When == During && (f.Drop || f.Code != ""):
		return errors.New("during cuts the answer, so it can have neither a code nor drop")
	case f.Corrupt && (f.Drop || f.Code != "" || f.When == Before || f.When == During):
		return errors.New("corrupt changes the answer, so it can have neither a code nor drop, and strikes after the operation")
	case f.Status != 0 && f.Code == "":
		return errors.New("a status needs a code")
	}
	return nil
}

type faults struct {
	mu   sync.Mutex
	list []Fault
}

// set replaces the faults, or refuses them all.
func (f *faults) set(list []Fault) error {
	for i := range list {
		if err := list[i].check(); err != nil {
			return fmt.Errorf("fault %d: %w", i, err)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = list
	return nil
}

// next returns a copy of the fault that strikes a call, and counts it; nil if
// none does.
func (f *faults) next(service, operation string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.list {
		fault := &f.list[i]
		if !fault.matches(service, operation) {
			continue
		}
		if fault.Skip > 0 {
			fault.Skip--
			continue
		}
		struck := *fault
		if struck.Corrupt {
			struck.When = After
		}
		struck.When = cmp.Or(struck.When, Before)
		if fault.Times == 1 {
			f.list = slices.Delete(f.list, i, i+1)
		} else if fault.Times > 1 {
			fault.Times--
		}
		return &struck
	}
	return nil
}

func (f *Fault) matches(service, operation string) bool {
	return (f.Service == "" || f.Service == service) && (f.Operation == "" || f.Operation == operation)
}

// strikes says whether there is a fault, and its time has come.
func (f *Fault) strikes(when string) bool { return f != nil && f.When == when }

// strike sleeps, and returns how the call, or its answer, fails; nil if it does not.
func (f *Fault) strike(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(f.Delay):
	}
	switch {
	case f.When == During:
		return ErrCut
	case f.Drop:
		return ErrDropped
	case f.Code == "":
		return nil
	}
	return RefuseStatus(cmp.Or(f.Status, http.StatusBadRequest), f.Code, "%s", f.Message)
}

// around performs an operation as a fault lets it. With ErrCut comes the answer
// that is to be cut.
func (f *Fault) around(ctx context.Context, perform func() (*Response, error)) (*Response, error) {
	if f.strikes(Before) {
		if err := f.strike(ctx); err != nil {
			return nil, err
		}
	}
	response, refusal := perform()
	if !f.strikes(After) && !f.strikes(During) {
		return response, refusal
	}
	response.gather()
	err := f.strike(ctx)
	switch {
	case err == nil && f.Corrupt && refusal == nil:
		return response.corrupted(), nil
	case err == nil:
		return response, refusal
	case errors.Is(err, ErrCut) && refusal == nil && len(response.Body) > 0:
		return response, err
	}
	// A refusal, or an answer without a body, is lost as a whole.
	return nil, err
}

// gather turns a stream into a body, so that half of it can be told.
func (r *Response) gather() {
	if r == nil || r.Stream == nil {
		return
	}
	r.Body, _ = io.ReadAll(r.Stream) // what cannot be read is lost on purpose anyway
	_ = r.Stream.Close()             // as above
	r.Stream = nil
}

// corrupted is the response with other bytes, as many as before.
func (r *Response) corrupted() *Response {
	wrong := *r
	wrong.Body = bytes.Clone(r.Body)
	for i := range wrong.Body {
		wrong.Body[i] ^= 0xff
	}
	return &wrong
}

// Strike performs what is not a call of the API, such as the edge's fetch from an
// origin, as a fault lets it. It fails with ErrDropped for no answer at all, and
// with ErrCut for half of the one that is returned.
func (f *Front) Strike(ctx context.Context, service, operation string, perform func() (*Response, error)) (*Response, error) {
	return f.faults.next(service, operation).around(ctx, perform)
}
