// Package sts is the Security Token Service of the embedded AWS. Whoever assumes a
// role is that role, and in its account, from then on. Where permissions are not
// evaluated every caller may, and roles need not exist.
package sts

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"imagecdn/localaws/api"
)

// namespace is of every document of the API.
const namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

// Options are what STS asks of IAM.
type Options struct {
	// User returns the user behind an access key; of says whether it is one of
	// IAM's, which may refuse it.
	User func(accessKey string) (c api.Caller, of bool, err error)
	// Assume says whether a caller may assume a role, as its policies and the
	// role's say, and what it is then. Nil: every role can be assumed.
	Assume func(r *api.Request, a Assumption) (Role, error)
}

// Assumption is what a caller asks for.
type Assumption struct {
	// RoleARN and SessionName are those of the call.
	RoleARN, SessionName string
	// Duration is how long the session is to last.
	Duration time.Duration
	// ExternalID is the caller's word to the role's owner, "" for none.
	ExternalID string
	// Restricted says that session policies come with the call.
	Restricted bool
	// Provider, Subject and Audience are of a web identity token, "" for a caller
	// with credentials.
	Provider, Subject, Audience string
}

// Role is what IAM knows of a role.
type Role struct {
	// ID is its unique id, "" for one that IAM does not know.
	ID string
}

// Service is STS.
type Service struct {
	env  api.Environment
	opts Options
	// sessions are the temporary credentials handed out, by access key.
	sessions map[string]session
}

// session is what temporary credentials stand for.
type session struct {
	ARN        string
	UserID     string
	Expiration time.Time
	// Judged and RoleARN are those of the caller.
	Judged  bool   `json:",omitempty"`
	RoleARN string `json:",omitempty"`
}

// New returns an STS that has handed out nothing.
func New(env api.Environment, o Options) *Service {
	if o.User == nil {
		o.User = func(string) (api.Caller, bool, error) { return api.Caller{}, false, nil }
	}
	if o.Assume == nil {
		o.Assume = func(*api.Request, Assumption) (Role, error) { return Role{}, nil }
	}
	return &Service{env: env, opts: o, sessions: map[string]session{}}
}

// Name implements api.Service.
func (s *Service) Name() string { return "sts" }

// Protocol implements api.Service.
func (s *Service) Protocol() api.Protocol { return api.Query }

// Route implements api.Service.
func (s *Service) Route(r *api.Request) (string, api.Operation) {
	name := api.Form(r).Get("Action")
	handle, served := s.served()[name]
	if !served {
		return name, nil
	}
	return name, api.QueryOperation(namespace, handle)
}

// Operations implements api.Service.
func (s *Service) Operations() []string { return slices.Sorted(maps.Keys(s.served())) }

func (s *Service) served() map[string]func(*api.Request, url.Values) (any, error) {
	return map[string]func(*api.Request, url.Values) (any, error){
		"GetCallerIdentity":         s.getCallerIdentity,
		"AssumeRole":                s.assumeRole,
		"AssumeRoleWithWebIdentity": s.assumeRoleWithWebIdentity,
		"GetSessionToken":           s.getSessionToken,
	}
}

// Snapshot implements api.Service.
func (s *Service) Snapshot() (json.RawMessage, error) {
	snapshot, err := json.Marshal(s.sessions)
	if err != nil {
		return nil, fmt.Errorf("encoding sessions: %w", err)
	}
	return snapshot, nil
}

// Restore implements api.Service.
func (s *Service) Restore(snapshot json.RawMessage) error {
	restored := map[string]session{}
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("decoding sessions: %w", err)
	}
	s.sessions = restored
	return nil
}

// Tick implements api.Ticker: sessions long expired are forgotten.
func (s *Service) Tick(now time.Time) bool {
	changed := false
	for key, session := range s.sessions {
		if now.Sub(session.Expiration) > longestSession {
			delete(s.sessions, key)
			changed = true
		}
	}
	return changed
}
