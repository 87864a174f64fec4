package automation

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	urn       = "urn:pulumi:dev::imagecdn::imagecdn:index:ImageCdn$aws:s3/bucketV2:BucketV2::cdn-bucket"
	typeToken = "aws:s3/bucketV2:BucketV2"
	second    = 1793534400 // 2026-11-01 12:00:00 UTC
)

func engineEvent(e apitype.EngineEvent) events.EngineEvent {
	e.Timestamp = second
	return events.EngineEvent{EngineEvent: e}
}

func step(operation apitype.OpType) apitype.StepEventMetadata {
	return apitype.StepEventMetadata{Op: operation, URN: urn, Type: typeToken}
}

func diagnostic(severity, message, about string) events.EngineEvent {
	return engineEvent(apitype.EngineEvent{DiagnosticEvent: &apitype.DiagnosticEvent{Severity: severity, Message: message, URN: about}})
}

func started(operation apitype.OpType) events.EngineEvent {
	return engineEvent(apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{Metadata: step(operation)}})
}

func TestAnEngineEventBecomesAnEvent(t *testing.T) {
	t.Parallel()
	about := func(kind EventKind, operation string) Event {
		return Event{Kind: kind, Operation: operation, Resource: "cdn-bucket", Type: typeToken}
	}
	for sentence, test := range map[string]struct {
		engine events.EngineEvent
		want   Event
	}{
		"a resource is started": {started(apitype.OpCreate), about(ResourceStarted, "create")},
		"a resource is done": {
			engineEvent(apitype.EngineEvent{ResOutputsEvent: &apitype.ResOutputsEvent{Metadata: step(apitype.OpUpdate)}}),
			about(ResourceDone, "update"),
		},
		"a resource failed": {
			engineEvent(apitype.EngineEvent{ResOpFailedEvent: &apitype.ResOpFailedEvent{Metadata: step(apitype.OpDelete)}}),
			about(ResourceFailed, "delete"),
		},
		"a message about nothing": {diagnostic("info", "hello", ""), Event{Kind: Message, Severity: "info", Text: "hello"}},
		"a warning about a resource": {
			diagnostic("warning", "careful", urn),
			Event{Kind: Message, Severity: "warning", Text: "careful", Resource: "cdn-bucket", Type: typeToken},
		},
		"an error": {diagnostic("error", "bad", ""), Event{Kind: Message, Severity: "error", Text: "bad"}},
		"what a program wrote to its standard error": {
			diagnostic("info#err", "noise", ""), Event{Kind: Message, Severity: "info", Text: "noise"},
		},
		"colours are removed": {
			diagnostic("error", "<{%fg 1%}>error: <{%reset%}>bad <{%bold%}>thing<{%reset%}>\n", ""),
			Event{Kind: Message, Severity: "error", Text: "error: bad thing"},
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			got, ok := newEvent(test.engine)
			require.True(t, ok)
			test.want.Time = time.Unix(second, 0)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestWhatTellsACallerNothingIsNoEvent(t *testing.T) {
	t.Parallel()
	for sentence, e := range map[string]events.EngineEvent{
		"a debug message":       diagnostic("debug", "details", urn),
		"an empty message":      diagnostic("info", "", ""),
		"colours and no text":   diagnostic("error", "<{%reset%}> \n", ""),
		"the prelude":           engineEvent(apitype.EngineEvent{PreludeEvent: &apitype.PreludeEvent{}}),
		"the summary":           engineEvent(apitype.EngineEvent{SummaryEvent: &apitype.SummaryEvent{}}),
		"standard output":       engineEvent(apitype.EngineEvent{StdoutEvent: &apitype.StdoutEngineEvent{Message: "x"}}),
		"a cancellation":        engineEvent(apitype.EngineEvent{CancelEvent: &apitype.CancelEvent{}}),
		"a policy":              engineEvent(apitype.EngineEvent{PolicyEvent: &apitype.PolicyEvent{}}),
		"progress":              engineEvent(apitype.EngineEvent{ProgressEvent: &apitype.ProgressEvent{}}),
		"an unknown event":      engineEvent(apitype.EngineEvent{}),
		"an unreadable message": {Error: assert.AnError},
		"a provider that the engine starts by itself": engineEvent(apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{
			Metadata: apitype.StepEventMetadata{Op: apitype.OpCreate, URN: "urn:pulumi:dev::imagecdn::pulumi:providers:pulumi::default", Type: "pulumi:providers:pulumi"},
		}}),
	} {
		_, ok := newEvent(e)
		assert.False(t, ok, sentence)
	}
}

func FuzzATextIsWithoutColours(f *testing.F) {
	for _, seed := range []string{"", "plain", "<{%reset%}>", "<{%fg 1%}>a<{%reset%}>", "<{%", "%}>", "<{<{%x%}>%y%}>", "a <{% b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := plain(text)
		assert.NotContains(t, got, "<{%")
		assert.Equal(t, strings.TrimSpace(got), got)
		if !strings.Contains(text, "<{%") {
			assert.Equal(t, strings.TrimSpace(text), got)
		}
	})
}

func TestTheListenerWaitsForEveryEvent(t *testing.T) {
	t.Parallel()
	const count = 200
	for sentence, closes := range map[string]bool{"the SDK closes the channel": true, "the SDK leaves the channel open": false} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			var (
				at    atomic.Int64
				heard []string
			)
			l := listen(func(e Event) {
				assert.EqualValues(t, 1, at.Add(1), "one at a time")
				time.Sleep(10 * time.Microsecond) // slower than the engine
				heard = append(heard, e.Text)
				at.Add(-1)
			})
			var want []string
			for i := range count {
				text := strings.Repeat("x", i+1)
				want = append(want, text)
				l.channel <- diagnostic("info", text, "")
			}
			if closes {
				close(l.channel)
			}
			l.wait()
			assert.Equal(t, want, heard)
		})
	}
}

func TestTheListenerOfAnEngineThatNeverSpokeReturns(t *testing.T) {
	t.Parallel()
	l := listen(nil)
	l.wait()
	assert.Empty(t, l.steps)
	assert.Empty(t, l.errors)
}

func TestTheListenerNotesStepsAndErrors(t *testing.T) {
	t.Parallel()
	l := listen(nil) // nobody need listen
	for _, e := range []events.EngineEvent{
		started(apitype.OpSame), diagnostic("error", "<{%fg 1%}>one<{%reset%}>", urn), diagnostic("warning", "no error", urn),
		engineEvent(apitype.EngineEvent{ResOutputsEvent: &apitype.ResOutputsEvent{Metadata: step(apitype.OpSame)}}),
		started(apitype.OpReplace), diagnostic("error", "two", ""), diagnostic("debug", "nothing", ""),
	} {
		l.channel <- e
	}
	l.wait()
	require.Len(t, l.errors, 2)
	assert.Equal(t, "one", l.errors[0].Text)
	assert.Equal(t, "two", l.errors[1].Text)
	assert.Equal(t, []Step{
		{Operation: "same", Type: typeToken, Resource: "cdn-bucket"}, {Operation: "replace", Type: typeToken, Resource: "cdn-bucket"},
	}, l.steps)
}
