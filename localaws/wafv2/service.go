// Package wafv2 is AWS WAF of the embedded AWS: web ACLs and IP sets are checked,
// kept and given back as they came. Their rules are not evaluated.
package wafv2

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"imagecdn/localaws/api"
)

// Options are what WAF asks of other services.
type Options struct {
	// InUse says whether anything is protected by a web ACL. Nil: nothing is.
	InUse func(webACLARN string) bool
}

// Service is WAFv2.
type Service struct {
	env   api.Environment
	opts  Options
	state state
}

// state is everything that survives a restart.
type state struct {
	WebACLs map[string]*webACL `json:"webACLs"`
	IPSets  map[string]*ipSet  `json:"ipSets"`
}

// New returns a WAF without web ACLs.
func New(env api.Environment, opts Options) *Service {
	if opts.InUse == nil {
		opts.InUse = func(string) bool { return false }
	}
	return &Service{env: env, opts: opts, state: emptyState()}
}

func emptyState() state {
	return state{WebACLs: map[string]*webACL{}, IPSets: map[string]*ipSet{}}
}

// Name implements api.Service.
func (s *Service) Name() string { return "wafv2" }

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
		"CreateWebACL":                   api.JSONOperation(s.createWebACL),
		"GetWebACL":                      api.JSONOperation(s.getWebACL),
		"UpdateWebACL":                   api.JSONOperation(s.updateWebACL),
		"DeleteWebACL":                   api.JSONOperation(s.deleteWebACL),
		"ListWebACLs":                    api.JSONOperation(s.listWebACLs),
		"CreateIPSet":                    api.JSONOperation(s.createIPSet),
		"GetIPSet":                       api.JSONOperation(s.getIPSet),
		"UpdateIPSet":                    api.JSONOperation(s.updateIPSet),
		"DeleteIPSet":                    api.JSONOperation(s.deleteIPSet),
		"ListIPSets":                     api.JSONOperation(s.listIPSets),
		"PutLoggingConfiguration":        api.JSONOperation(s.putLogging),
		"GetLoggingConfiguration":        api.JSONOperation(s.getLogging),
		"DeleteLoggingConfiguration":     api.JSONOperation(s.deleteLogging),
		"ListLoggingConfigurations":      api.JSONOperation(s.listLoggings),
		"CheckCapacity":                  api.JSONOperation(s.checkCapacity),
		"GetWebACLForResource":           api.JSONOperation(s.getWebACLForResource),
		"ListResourcesForWebACL":         api.JSONOperation(s.listResourcesForWebACL),
		"ListAvailableManagedRuleGroups": api.JSONOperation(s.listManagedRuleGroups),
		"TagResource":                    api.JSONOperation(s.tagResource),
		"UntagResource":                  api.JSONOperation(s.untagResource),
		"ListTagsForResource":            api.JSONOperation(s.listTagsForResource),
	}
}

// Snapshot implements api.Service.
func (s *Service) Snapshot() (json.RawMessage, error) {
	snapshot, err := json.Marshal(s.state)
	if err != nil {
		return nil, fmt.Errorf("encoding web ACLs: %w", err)
	}
	return snapshot, nil
}

// Restore implements api.Service.
func (s *Service) Restore(snapshot json.RawMessage) error {
	restored := emptyState()
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("decoding web ACLs: %w", err)
	}
	for _, a := range restored.WebACLs {
		a.Account = api.AccountOf(a.ARN) // earlier snapshots do not have it
	}
	s.state = restored
	return nil
}

// ForCloudFront says whether there is a web ACL with this ARN that a distribution
// may have: one of scope CLOUDFRONT.
func (s *Service) ForCloudFront(arn string) bool {
	a, found := s.state.WebACLs[arn]
	return found && a.Scope == scopeCloudFront
}
