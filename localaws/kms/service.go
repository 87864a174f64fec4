// Package kms is AWS Key Management Service of the embedded AWS: keys with their
// policies, states, aliases and tags, and who may use them. There is no key
// material: nothing is encrypted, and calls to encrypt are answered 501. S3 asks
// here who may read an object under a key.
package kms

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
)

// Options are what KMS asks of other services.
type Options struct {
	// Decide is what IAM's policies of a caller say about a request. Nil: every
	// caller may do everything that a key's policy leaves to his account.
	Decide func(api.Caller, policy.Request) policy.Decision
	// PrincipalID is the unique id of the user or role of an ARN. Nil: none is known.
	PrincipalID func(arn string) (id string, known bool)
}

// Service is KMS.
type Service struct {
	env   api.Environment
	opts  Options
	state state
	dirty bool
}

// state is everything that survives a restart.
type state struct {
	// Keys are by ARN.
	Keys map[string]*key `json:"keys"`
	// Aliases are the ARNs of keys, by the ARN of the alias.
	Aliases map[string]*alias `json:"aliases"`
}

// New returns a KMS without keys.
func New(env api.Environment, opts Options) *Service {
	if opts.Decide == nil {
		opts.Decide = func(api.Caller, policy.Request) policy.Decision { return policy.Allow }
	}
	if opts.PrincipalID == nil {
		opts.PrincipalID = func(string) (string, bool) { return "", false }
	}
	return &Service{env: env, opts: opts, state: emptyState()}
}

func emptyState() state {
	return state{Keys: map[string]*key{}, Aliases: map[string]*alias{}}
}

// Name implements api.Service.
func (s *Service) Name() string { return "kms" }

// Protocol implements api.Service.
func (s *Service) Protocol() api.Protocol { return api.JSON }

// Route implements api.Service.
func (s *Service) Route(r *api.Request) (string, api.Operation) {
	name := api.Target(r)
	return name, s.served()[name]
}

// Operations implements api.Service.
func (s *Service) Operations() []string { return slices.Sorted(maps.Keys(s.served())) }

func (s *Service) served() map[string]api.Operation {
	return map[string]api.Operation{
		"CreateKey":            api.JSONOperation(s.createKey),
		"DescribeKey":          api.JSONOperation(s.describeKey),
		"ListKeys":             api.JSONOperation(s.listKeys),
		"UpdateKeyDescription": api.JSONOperation(s.updateKeyDescription),
		"EnableKey":            api.JSONOperation(s.enableKey),
		"DisableKey":           api.JSONOperation(s.disableKey),
		"ScheduleKeyDeletion":  api.JSONOperation(s.scheduleKeyDeletion),
		"CancelKeyDeletion":    api.JSONOperation(s.cancelKeyDeletion),
		"EnableKeyRotation":    api.JSONOperation(s.enableKeyRotation),
		"DisableKeyRotation":   api.JSONOperation(s.disableKeyRotation),
		"GetKeyRotationStatus": api.JSONOperation(s.getKeyRotationStatus),
		"GetKeyPolicy":         api.JSONOperation(s.getKeyPolicy),
		"PutKeyPolicy":         api.JSONOperation(s.putKeyPolicy),
		"ListKeyPolicies":      api.JSONOperation(s.listKeyPolicies),
		"CreateAlias":          api.JSONOperation(s.createAlias),
		"UpdateAlias":          api.JSONOperation(s.updateAlias),
		"DeleteAlias":          api.JSONOperation(s.deleteAlias),
		"ListAliases":          api.JSONOperation(s.listAliases),
		"ListResourceTags":     api.JSONOperation(s.listResourceTags),
		"TagResource":          api.JSONOperation(s.tagResource),
		"UntagResource":        api.JSONOperation(s.untagResource),
	}
}

// Snapshot implements api.Service.
func (s *Service) Snapshot() (json.RawMessage, error) {
	snapshot, err := json.Marshal(s.state)
	if err != nil {
		return nil, fmt.Errorf("encoding keys: %w", err)
	}
	return snapshot, nil
}

// Restore implements api.Service.
func (s *Service) Restore(snapshot json.RawMessage) error {
	restored := emptyState()
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("decoding keys: %w", err)
	}
	s.state = restored
	return nil
}

// TakeChanges implements api.Lazy: AWS's own keys are made when they are first
// asked for.
func (s *Service) TakeChanges() bool {
	changed := s.dirty
	s.dirty = false
	return changed
}

// nothing is an answer without members.
type nothing struct{}
