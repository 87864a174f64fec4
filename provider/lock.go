package provider

import (
	"context"
	"sync"
)

// keyedLock is a mutex for each key whose wait can be given up.
type keyedLock struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// lock waits for the key and returns its release.
func (k *keyedLock) lock(ctx context.Context, key string) (func(), error) {
	k.mu.Lock()
	if k.held == nil {
		k.held = make(map[string]chan struct{})
	}
	slot, known := k.held[key]
	if !known {
		slot = make(chan struct{}, 1)
		k.held[key] = slot
	}
	k.mu.Unlock()
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
