package api

import (
	"math/rand/v2"
	"time"
)

// Lag is what readers still get of a value after it was changed, where AWS is
// eventually consistent. It lasts between half of Delays.ReadLag and all of it,
// at random for each change, and is not kept over a restart. The zero value is
// ready. Use it with the world's lock held.
type Lag[T any] struct {
	before T
	until  time.Time
}

// Change notes that the value is changing from what it was before.
func (l *Lag[T]) Change(env Environment, before T) {
	now, longest := env.Now(), env.Delays.ReadLag
	if longest <= 0 {
		l.until = time.Time{}
		return
	}
	if !now.Before(l.until) {
		l.before = before // else readers have not even heard of the last change
	}
	l.until = now.Add(Jitter(longest))
}

// Jitter is a time between half of the longest and all of it, at random.
func Jitter(longest time.Duration) time.Duration {
	return longest/2 + rand.N(longest/2+1) //nolint:gosec // nobody gains by guessing it
}

// Read returns what a reader gets of a value that is now.
func (l *Lag[T]) Read(env Environment, now T) T {
	if env.Now().Before(l.until) {
		return l.before
	}
	return now
}
