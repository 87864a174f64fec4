package iam

import (
	"cmp"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
	"imagecdn/localaws/sts"
)

// User is the user behind an access key; of says whether it is one of IAM's.
func (s *Service) User(id string) (c api.Caller, of bool, err error) {
	if !strings.HasPrefix(id, keyPrefix) {
		return api.Caller{}, false, nil
	}
	k := s.state.Keys[id]
	if k == nil || k.Status != "Active" {
		return api.Caller{}, true, api.ErrUnknownKey
	}
	p := s.state.Users[key(user, k.Account, k.User)]
	return api.Caller{Account: k.Account, ARN: p.arn(), UserID: p.ID, Judged: true}, true, nil
}

// of is the user or role that a caller is, nil for one that is gone.
func (s *Service) of(c api.Caller) *principal {
	if arn := c.Role(); arn != "" {
		return s.state.Roles[key(role, c.Account, arn[strings.LastIndex(arn, "/")+1:])]
	}
	return s.state.Users[key(user, c.Account, c.UserName())]
}

// PrincipalID is the unique id of the user or role of an ARN.
func (s *Service) PrincipalID(arn string) (id string, known bool) {
	name := arn[strings.LastIndex(arn, "/")+1:]
	for _, k := range []kind{user, role} {
		if p := s.all(k)[key(k, api.AccountOf(arn), name)]; p != nil && p.arn() == arn {
			return p.ID, true
		}
	}
	return "", false
}

// Decide says what a caller's own policies say about a request. Who is not judged
// may do everything.
func (s *Service) Decide(c api.Caller, r policy.Request) policy.Decision {
	if !s.env.Quotas().Permissions || !c.Judged {
		return policy.Allow
	}
	decision := policy.NoMatch
	for _, d := range s.documents(c) {
		switch d.Evaluate(r) {
		case policy.Deny:
			return policy.Deny
		case policy.Allow:
			decision = policy.Allow
		case policy.NoMatch:
		}
	}
	return decision
}

// documents are the policies of a caller. What is kept was valid when it was put.
func (s *Service) documents(c api.Caller) (all []*policy.Document) {
	p := s.of(c)
	if p == nil {
		return nil
	}
	var texts []string
	for _, name := range sortedNames(p.Inline) {
		texts = append(texts, p.Inline[name])
	}
	for _, arn := range p.Attached {
		if m, err := s.policy(p.Account, arn); err == nil {
			texts = append(texts, m.Document)
		}
	}
	for _, text := range texts {
		if d, err := policy.ParseIdentity([]byte(text)); err == nil {
			all = append(all, d)
		}
	}
	return all
}

// unjudged are the keys of the tags of things, which are not looked up here.
var unjudged = []string{"aws:resourcetag/"}

// Authorize implements api.Authorizer.
func (s *Service) Authorize(r *api.Request, need api.Need) error {
	request := policy.Request{
		Caller: Principal(r.Caller), Action: need.Action, Resource: need.Resource, Context: s.context(r), Unjudged: unjudged,
	}
	if r.Caller.Role() != "" {
		request.Unjudged = append(request.Unjudged[:len(unjudged):len(unjudged)], policy.SessionKeys...)
	}
	maps.Copy(request.Context, need.Context)
	decision := s.Decide(r.Caller, request)
	if decision == policy.Allow {
		return nil
	}
	return api.NotAuthorized(r.Caller, need, s.Why(r.Caller, request, decision))
}

// Why is how IAM ends the refusal of a request.
func (s *Service) Why(c api.Caller, r policy.Request, decision policy.Decision) string {
	if decision == policy.Deny {
		return "with an explicit deny in an identity-based policy"
	}
	var why strings.Builder
	why.WriteString("because no identity-based policy allows the " + r.Action + " action")
	for _, d := range s.documents(c) {
		for _, key := range d.Unjudged(r) {
			why.WriteString("; the embedded AWS cannot judge the condition key " + key)
		}
	}
	return why.String()
}

// Principal is a caller as policies name him: of a role's session the role.
func Principal(c api.Caller) policy.Caller {
	return policy.Caller{Kind: "AWS", Value: cmp.Or(c.Role(), c.ARN), Session: c.ARN, Account: c.Account}
}

// context are the condition keys that every call has. On AWS it would have come
// by TLS.
func (s *Service) context(r *api.Request) map[string][]string {
	now := s.env.Now()
	context := map[string][]string{}
	for key, value := range map[string]string{
		"aws:principalarn": Principal(r.Caller).Value, "aws:principalaccount": r.Caller.Account, "aws:principaltype": r.Caller.Kind(),
		"aws:userid": r.Caller.UserID, "aws:username": r.Caller.UserName(), "aws:principalisawsservice": "false",
		"aws:securetransport": "true", "aws:viaawsservice": "false", "aws:requestedregion": r.Region, "aws:useragent": r.HTTP.UserAgent(),
		"aws:currenttime": now.UTC().Format(time.RFC3339), "aws:epochtime": strconv.FormatInt(now.Unix(), 10), "aws:sourceip": address(r.HTTP),
	} {
		if value != "" {
			context[key] = []string{value}
		}
	}
	return context
}

func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return "" // as in a test without a connection
	}
	return host
}

// chained is how long a role's session lasts that another role's has opened.
const chained = time.Hour

// Assume says whether a caller may assume a role: its trust policy must name him or
// his account, and who is not named himself, or is of another account, needs a
// permission of his own ("Cross-account policy evaluation logic").
func (s *Service) Assume(r *api.Request, a sts.Assumption) (sts.Role, error) {
	account := api.AccountOf(a.RoleARN)
	p := s.state.Roles[key(role, account, a.RoleARN[strings.LastIndex(a.RoleARN, "/")+1:])]
	if !s.env.Quotas().Permissions {
		if p == nil {
			return sts.Role{}, nil
		}
		return sts.Role{ID: p.ID}, nil
	}
	if p == nil || p.arn() != a.RoleARN || !s.trusted(r, p, a) {
		return sts.Role{}, api.RefuseStatus(http.StatusForbidden, "AccessDenied",
			"User: %s is not authorized to perform: %s on resource: %s", r.Caller.ARN, r.Operation, a.RoleARN)
	}
	if a.Restricted {
		return sts.Role{}, api.RefuseStatus(http.StatusNotImplemented, "NotImplemented", "The embedded AWS does not imitate session policies.")
	}
	if a.Duration > time.Duration(p.MaxSession)*time.Second {
		return sts.Role{}, invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	if r.Caller.Role() != "" && a.Duration > chained {
		return sts.Role{}, invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	}
	return sts.Role{ID: p.ID}, nil
}

func (s *Service) trusted(r *api.Request, p *principal, a sts.Assumption) bool {
	trust, err := policy.ParseTrust([]byte(p.Trust))
	if err != nil {
		return false
	}
	request := policy.Request{
		Caller: Principal(r.Caller), Action: "sts:" + r.Operation, Resource: a.RoleARN, Context: s.context(r),
		Unjudged: []string{"aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime", "sts:sourceidentity", "sts:transitivetagkeys"},
	}
	request.Context["sts:rolesessionname"] = []string{a.SessionName}
	if a.ExternalID != "" {
		request.Context["sts:externalid"] = []string{a.ExternalID}
	}
	if a.Provider != "" {
		provider := strings.TrimPrefix(a.Provider, "https://")
		request.Caller = policy.Caller{Kind: "Federated", Value: "arn:aws:iam::" + p.Account + ":oidc-provider/" + provider}
		request.Context[strings.ToLower(provider)+":sub"] = []string{a.Subject}
		request.Context[strings.ToLower(provider)+":aud"] = []string{a.Audience}
		return trust.Evaluate(request) == policy.Allow
	}
	own := s.Decide(r.Caller, request)
	if trust.Evaluate(request) != policy.Allow || own == policy.Deny {
		return false
	}
	named := r.Caller.Account == p.Account && trust.Evaluate(request.Direct()) == policy.Allow
	return named || own == policy.Allow
}
