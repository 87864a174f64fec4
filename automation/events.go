package automation

import (
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// EventKind says what an event is about.
type EventKind string

// The kinds of events.
const (
	// ResourceStarted: the engine starts to create, update, delete ... a resource.
	ResourceStarted EventKind = "started"
	// ResourceDone: it has done so.
	ResourceDone EventKind = "done"
	// ResourceFailed: it could not.
	ResourceFailed EventKind = "failed"
	// Message: the engine, a provider or the program says something.
	Message EventKind = "message"
)

// Event is one step of an operation, as it happens.
type Event struct {
	// Time is when the engine saw it, to the second.
	Time time.Time
	// Kind says which of the fields below are set.
	Kind EventKind
	// Resource is the resource's name, such as "cdn-distribution"; "" for a message
	// about no resource.
	Resource string
	// Type is the resource's type token, such as "aws:cloudfront/distribution:Distribution".
	Type string
	// Operation is the engine's: "create", "update", "delete", "replace", "same", "refresh" ...
	Operation string
	// Severity of a message: "info", "warning" or "error".
	Severity string
	// Text of a message, without terminal colours.
	Text string
}

// newEvent makes an Event of the engine's; ok is false for those that tell a
// caller nothing.
func newEvent(e events.EngineEvent) (event Event, ok bool) {
	event.Time = time.Unix(int64(e.Timestamp), 0)
	switch {
	case e.ResourcePreEvent != nil:
		return event.about(ResourceStarted, e.ResourcePreEvent.Metadata)
	case e.ResOutputsEvent != nil:
		return event.about(ResourceDone, e.ResOutputsEvent.Metadata)
	case e.ResOpFailedEvent != nil:
		return event.about(ResourceFailed, e.ResOpFailedEvent.Metadata)
	case e.DiagnosticEvent != nil:
		return event.says(*e.DiagnosticEvent)
	}
	return Event{}, false
}

// about leaves out the providers that the engine starts by itself, as the CLI does.
func (e Event) about(kind EventKind, step apitype.StepEventMetadata) (event Event, ok bool) {
	e.Kind, e.Type, e.Operation = kind, step.Type, string(step.Op)
	e.Resource = resource.URN(step.URN).Name()
	isDefault := e.Resource == "default" || strings.HasPrefix(e.Resource, "default_")
	return e, !isDefault || !strings.HasPrefix(e.Type, "pulumi:providers:")
}

func (e Event) says(d apitype.DiagnosticEvent) (Event, bool) {
	e.Kind, e.Severity, e.Text = Message, strings.TrimSuffix(d.Severity, "#err"), plain(d.Message)
	if d.URN != "" {
		urn := resource.URN(d.URN)
		e.Resource, e.Type = urn.Name(), string(urn.Type())
	}
	return e, e.Text != "" && e.Severity != "debug"
}

// plain takes the engine's colour directives, such as "<{%reset%}>", out of a text.
func plain(text string) string {
	for {
		before, rest, found := strings.Cut(text, "<{%")
		if !found {
			return strings.TrimSpace(text)
		}
		_, after, _ := strings.Cut(rest, "%}>")
		text = before + after
	}
}

// listener receives the engine's events of one operation.
type listener struct {
	channel chan events.EngineEvent
	done    chan struct{}
	errors  []Event
	steps   []Step
}

// listen passes events on until the SDK closes the channel.
func listen(to func(Event)) *listener {
	l := &listener{channel: make(chan events.EngineEvent), done: make(chan struct{})}
	go func() {
		defer close(l.done)
		for engineEvent := range l.channel {
			event, ok := newEvent(engineEvent)
			if !ok {
				continue
			}
			l.note(event)
			if to != nil {
				to(event)
			}
		}
	}()
	return l
}

func (l *listener) note(event Event) {
	switch {
	case event.Kind == Message && event.Severity == "error":
		l.errors = append(l.errors, event)
	case event.Kind == ResourceStarted:
		l.steps = append(l.steps, Step{Operation: event.Operation, Type: event.Type, Resource: event.Resource})
	}
}

// wait returns when every event has been passed on. The SDK closes the channel
// when the engine has spoken, and leaves it open when the engine never started;
// either is settled when the operation has returned.
func (l *listener) wait() {
	func() {
		defer func() { _ = recover() }() // closed already
		close(l.channel)
	}()
	<-l.done
}
