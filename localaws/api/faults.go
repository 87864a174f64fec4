package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"
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
	// Delay is slept before the call goes on or fails.
	Delay time.Duration `json:"delay"`
	// Code is the AWS error to answer, such as Throttling; "" lets the call
	// proceed after the delay.
	Code string `json:"code"`
	// Message is the message of the error.
	Message string `json:"message"`
	// Status is the HTTP status of the error; 0 means 400.
	Status int `json:"status"`
	// Drop closes the connection without an answer.
	Drop bool `json:"drop"`
}

// errDropped is a call whose connection is to be closed without an answer.
var errDropped = errors.New("connection dropped on purpose")

type faults struct {
	mu   sync.Mutex
	list []Fault
}

func (f *faults) set(list []Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = list
}

// strike applies the first fault that matches the call.
func (f *faults) strike(ctx context.Context, req *Request) error {
	fault := f.next(req)
	if fault == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(fault.Delay):
	}
	switch {
	case fault.Drop:
		return errDropped
	case fault.Code == "":
		return nil
	case fault.Status == 0:
		fault.Status = http.StatusBadRequest
	}
	return RefuseStatus(fault.Status, fault.Code, "%s", fault.Message)
}

// next returns a copy of the fault that strikes this call, and counts it.
func (f *faults) next(req *Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.list {
		fault := &f.list[i]
		if !fault.matches(req) {
			continue
		}
		if fault.Skip > 0 {
			fault.Skip--
			continue
		}
		struck := *fault
		if fault.Times == 1 {
			f.list = slices.Delete(f.list, i, i+1)
		} else if fault.Times > 1 {
			fault.Times--
		}
		return &struck
	}
	return nil
}

func (f *Fault) matches(req *Request) bool {
	return (f.Service == "" || f.Service == req.Service) && (f.Operation == "" || f.Operation == req.Operation)
}
