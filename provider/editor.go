package provider

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	// maxWrites bounds how often a lost statement is written again.
	maxWrites = 8
	// maxLooks bounds how long one write is watched when reads contradict each other.
	maxLooks = 10
	// looksToTrust is how many reads in a row must agree before a write counts as kept, or as lost: S3's bucket
	// configuration is eventually consistent (Amazon S3 User Guide, "data consistency model"), and so is KMS (AWS KMS
	// Developer Guide, "AWS KMS eventual consistency").
	looksToTrust = 2
)

// editor changes one document, such as the policy of a bucket or of a key, by reading all of it and writing all of it:
// AWS has no other way, and its calls have no condition on what they replace.
//
// Within the process, edits of one document's owner take turns. Between processes they may overlap, so a write is
// watched: if the change is gone when the document has settled, it is made again on what is there then. Two editors of
// this kind converge, and neither loses its part. What cannot be guaranteed: a tool that writes the whole document
// without looking again may lose its own change to ours, if it writes between our read and our write, a few dozen
// milliseconds; and it may undo ours after we stopped watching, which the next refresh shows.
type editor[D document[D]] struct {
	store[D]

	what  string // the document is, for people, such as "policy"
	owner string // of the document, for people, such as `bucket "my-images"`
	event string // of CloudTrail that says who writes it
	cures cures
	locks *keyedLock
	pace  pace
}

// document is compared by its meaning.
type document[D any] interface{ Equal(other D) bool }

// store is where AWS keeps one document.
type store[D any] interface {
	// get reads it; one that is not there is empty.
	get(ctx context.Context) (D, error)
	// put writes it.
	put(ctx context.Context, wanted D) error
}

// change makes the wanted document of the present one. It must be repeatable: applied to its own result, it changes
// nothing.
type change[D any] func(D) (D, error)

// apply makes the change and stays until it has settled. Nothing is written if the document is as wanted.
func (e *editor[D]) apply(ctx context.Context, c change[D]) error {
	for range maxWrites {
		wrote, err := e.write(ctx, c)
		if err != nil || !wrote {
			return err
		}
		kept, err := e.watch(ctx, c)
		if err != nil || kept {
			return err
		}
	}
	return fmt.Errorf("%s: somebody else keeps replacing its %s: %d writes were lost. "+
		"Find who writes it (CloudTrail, event %s), stop it, and run the operation again", e.owner, e.what, maxWrites, e.event)
}

// write reads, changes and writes once.
func (e *editor[D]) write(ctx context.Context, c change[D]) (bool, error) {
	unlock, err := e.locks.lock(ctx, e.owner)
	if err != nil {
		return false, fmt.Errorf("waiting for another change of %s: %w", e.owner, err)
	}
	defer unlock()
	wanted, done, err := e.compare(ctx, c)
	if err != nil || done {
		return false, err
	}
	if err := e.put(ctx, wanted); err != nil {
		return false, e.explain(ctx, "writing", err)
	}
	return true, nil
}

// watch looks at the document until it shows the change, or shows it lost, several times in a row.
func (e *editor[D]) watch(ctx context.Context, c change[D]) (bool, error) {
	kept, lost := 0, 0
	for range maxLooks {
		if err := e.pace.wait(ctx); err != nil {
			return false, fmt.Errorf("waiting for the %s of %s to settle: %w", e.what, e.owner, err)
		}
		_, done, err := e.compare(ctx, c)
		if err != nil {
			return false, err
		}
		if done {
			kept, lost = kept+1, 0
		} else {
			kept, lost = 0, lost+1
		}
		if kept == looksToTrust || lost == looksToTrust {
			break
		}
	}
	return kept == looksToTrust, nil
}

// compare returns the wanted document and whether it is the present one.
func (e *editor[D]) compare(ctx context.Context, c change[D]) (wanted D, done bool, err error) {
	present, err := e.read(ctx)
	if err != nil {
		return wanted, false, err
	}
	if wanted, err = c(present); err != nil {
		return wanted, false, fmt.Errorf("%s: %w", e.owner, err)
	}
	return wanted, wanted.Equal(present), nil
}

// read returns the document.
func (e *editor[D]) read(ctx context.Context) (D, error) {
	found, err := e.get(ctx)
	if err != nil {
		return found, e.explain(ctx, "reading", err)
	}
	return found, nil
}

func (e *editor[D]) explain(ctx context.Context, doing string, err error) error {
	return explain(ctx, fmt.Sprintf("%s the %s of %s", doing, e.what, e.owner), err, e.cures)
}

// pace is the time between a write and the looks after it, drawn from a range so that two editors do not keep step.
type pace struct{ shortest, longest time.Duration }

func (p pace) wait(ctx context.Context) error {
	timer := time.NewTimer(p.shortest + rand.N(max(p.longest-p.shortest, 1))) //nolint:gosec // jitter, not a secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx) //nolint:wrapcheck // the caller names the document
	}
}
