// Package route53 is Route 53 of the embedded AWS: hosted zones, record sets
// with the rules by which AWS refuses them, changes that take time to reach
// DNS, and the answers that DNS then gives.
package route53

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"imagecdn/localaws/api"
)

// What of the changes that are in sync can still be asked for: those of a day, and
// no more than so many.
const (
	changeKept  = 24 * time.Hour
	changesKept = 200
)

// Options are what Route 53 asks of other services.
type Options struct {
	// AliasTarget says whether a CloudFront distribution has this domain name
	// (lower case, no trailing dot). An alias to any other name of CloudFront's
	// zone is refused. Nil accepts every name under cloudfront.net.
	AliasTarget func(domain string) bool
}

// Service is Route 53.
type Service struct {
	env   api.Environment
	opts  Options
	state state
	dirty bool
	// zonesListed are the zones that are listed to readers.
	zonesListed api.Lag[[]*zone]
}

// TakeChanges implements api.Lazy.
func (s *Service) TakeChanges() bool {
	changed := s.dirty
	s.dirty = false
	return changed
}

// state is everything that survives a restart.
type state struct {
	Zones   map[string]*zone   `json:"zones"`
	Changes map[string]*change `json:"changes"`
	// Created counts the zones ever created, to keep their order.
	Created int `json:"created"`
}

// New returns a Route 53 without zones.
func New(env api.Environment, opts Options) *Service {
	return &Service{env: env, opts: opts, state: emptyState()}
}

func emptyState() state {
	return state{Zones: map[string]*zone{}, Changes: map[string]*change{}}
}

// Name implements api.Service.
func (s *Service) Name() string { return "route53" }

// Protocol implements api.Service.
func (s *Service) Protocol() api.Protocol { return api.RESTXML }

// Snapshot implements api.Service.
func (s *Service) Snapshot() (json.RawMessage, error) {
	snapshot, err := json.Marshal(s.state)
	if err != nil {
		return nil, fmt.Errorf("encoding hosted zones: %w", err)
	}
	return snapshot, nil
}

// Restore implements api.Service.
func (s *Service) Restore(snapshot json.RawMessage) error {
	restored := emptyState()
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("decoding hosted zones: %w", err)
	}
	for _, z := range restored.Zones { // earlier snapshots have one account only
		z.Account = cmp.Or(z.Account, api.AccountID)
	}
	for _, c := range restored.Changes {
		c.Account = cmp.Or(c.Account, api.AccountID)
	}
	s.state = restored
	return nil
}

// Tick implements api.Ticker: changes reach DNS, and old ones are forgotten.
func (s *Service) Tick(now time.Time) bool {
	settled := s.settle(now)
	forgotten := s.forget(now)
	return settled || forgotten
}

// forget removes old changes that are in sync.
func (s *Service) forget(now time.Time) (changed bool) {
	oldest := now.Add(-changeKept)
	if len(s.state.Changes) > 2*changesKept {
		latest := slices.SortedFunc(maps.Values(s.state.Changes), func(a, b *change) int { return b.SubmittedAt.Compare(a.SubmittedAt) })
		oldest = latest[changesKept].SubmittedAt
	}
	for id, c := range s.state.Changes {
		if c.InSync && !c.SubmittedAt.After(oldest) {
			delete(s.state.Changes, id)
			changed, s.dirty = true, true
		}
	}
	return changed
}
