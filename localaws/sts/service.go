// Package sts is the Security Token Service of the embedded AWS. Every caller is
// let in; whoever assumes a role is that role, and in its account, from then on.
package sts

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"imagecdn/localaws/api"
)

// namespace is of every document of the API.
const namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

// Service is STS.
type Service struct {
	env api.Environment
	// sessions are the temporary credentials handed out, by access key.
	sessions map[string]session
}

// session is what temporary credentials stand for.
type session struct {
	ARN        string
	UserID     string
	Expiration time.Time
}

// New returns an STS that has handed out nothing.
func New(env api.Environment) *Service {
	return &Service{env: env, sessions: map[string]session{}}
}

// Name implements api.Service.
func (s *Service) Name() string { return "sts" }

// Protocol implements api.Service.
func (s *Service) Protocol() api.Protocol { return api.Query }

// Route implements api.Service.
func (s *Service) Route(r *api.Request) (string, api.Operation) {
	form, err := url.ParseQuery(string(r.Body))
	if err != nil || form.Get("Action") == "" {
		form = r.HTTP.URL.Query()
	}
	name := form.Get("Action")
	handle, served := s.served()[name]
	if !served {
		return name, nil
	}
	return name, func(r *api.Request) (*api.Response, error) {
		result, err := handle(r, form)
		if err != nil {
			return nil, err
		}
		return answer(r, result)
	}
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

// answer wraps a result as the query protocol does.
func answer(r *api.Request, result any) (*api.Response, error) {
	content, err := xml.Marshal(result)
	if err != nil {
		return nil, fmt.Errorf("encoding the result of %s: %w", r.Operation, err)
	}
	return api.XML(http.StatusOK, struct {
		XMLName xml.Name
		Result  []byte `xml:",innerxml"`
	}{
		XMLName: xml.Name{Space: namespace, Local: r.Operation + "Response"},
		Result:  append(content, []byte("<ResponseMetadata><RequestId>"+r.ID+"</RequestId></ResponseMetadata>")...),
	}, nil)
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
