package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
}

// Why a caller gets no answer, or half of one.
var (
	errDropped = errors.New("connection dropped on purpose")
	errCut     = errors.New("connection cut half-way through the answer on purpose")
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
		return errCut
	case f.Drop:
		return errDropped
	case f.Code == "":
		return nil
	}
	return RefuseStatus(cmp.Or(f.Status, http.StatusBadRequest), f.Code, "%s", f.Message)
}

// Strike applies a fault to what is not a call of the API, such as the edge's
// fetch from an origin. It sleeps, and says what is to go wrong: nothing (nil),
// no answer at all (dropped), or half of one (cut).
func (f *Front) Strike(ctx context.Context, service, operation string) (refusal *Error, dropped, cut bool) {
	fault := f.faults.next(service, operation)
	if fault == nil {
		return nil, false, false
	}
	err := fault.strike(ctx)
	if errors.As(err, &refusal) {
		return refusal, false, false
	}
	return nil, errors.Is(err, errDropped), errors.Is(err, errCut)
}
