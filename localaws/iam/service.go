// Package iam is Identity and Access Management of the embedded AWS: users with
// access keys, roles, and the policies that say what they may do. They count where
// permissions are turned on; credentials that IAM has not handed out may do
// everything in their account, as its root user.
package iam

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
const namespace = "https://iam.amazonaws.com/doc/2010-05-08/"

// Service is IAM.
type Service struct {
	env   api.Environment
	state state
}

// state is everything that survives a restart.
type state struct {
	// Users and Roles are by ARN without the path, which a name is unique without.
	Users map[string]*principal `json:"users"`
	Roles map[string]*principal `json:"roles"`
	// Policies are the managed policies that accounts have made, by ARN.
	Policies map[string]*managed `json:"policies"`
	// Keys are access keys, by id.
	Keys map[string]*accessKey `json:"keys"`
}

// principal is a user or a role.
type principal struct {
	Kind    kind
	Account string
	Name    string
	Path    string
	ID      string
	Created time.Time
	// Inline are the principal's own policies, by name; Attached the ARNs of
	// managed ones.
	Inline   map[string]string `json:",omitempty"`
	Attached []string          `json:",omitempty"`
	// Trust says who may assume the role, for MaxSession seconds at most.
	Trust       string `json:",omitempty"`
	MaxSession  int    `json:",omitempty"`
	Description string `json:",omitempty"`
}

// kind is User or Role, as in the names of operations.
type kind string

const (
	user kind = "User"
	role kind = "Role"
)

// managed is a managed policy.
type managed struct {
	ARN, ID, Name, Path, Account, Description string
	Document                                  string
	Created                                   time.Time
}

type accessKey struct {
	ID, Account, User, Status string
	Created                   time.Time
}

// New returns an IAM without users and roles.
func New(env api.Environment) *Service { return &Service{env: env, state: emptyState()} }

func emptyState() state {
	return state{
		Users: map[string]*principal{}, Roles: map[string]*principal{}, Policies: map[string]*managed{}, Keys: map[string]*accessKey{},
	}
}

// Name implements api.Service.
func (s *Service) Name() string { return "iam" }

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

type operation = func(*api.Request, url.Values) (any, error)

func (s *Service) served() map[string]operation {
	operations := map[string]operation{
		"CreateUser": s.createUser, "CreateRole": s.createRole,
		"UpdateAssumeRolePolicy": s.updateAssumeRolePolicy,
		"CreateAccessKey":        s.createAccessKey, "DeleteAccessKey": s.deleteAccessKey, "ListAccessKeys": s.listAccessKeys,
		"UpdateAccessKey": s.updateAccessKey,
		"CreatePolicy":    s.createPolicy, "GetPolicy": s.getPolicy, "GetPolicyVersion": s.getPolicyVersion,
		"DeletePolicy": s.deletePolicy, "ListPolicies": s.listPolicies,
	}
	for _, k := range []kind{user, role} {
		maps.Copy(operations, s.operationsOf(k))
	}
	return operations
}

// Snapshot implements api.Service.
func (s *Service) Snapshot() (json.RawMessage, error) {
	snapshot, err := json.Marshal(s.state)
	if err != nil {
		return nil, fmt.Errorf("encoding users and roles: %w", err)
	}
	return snapshot, nil
}

// Restore implements api.Service.
func (s *Service) Restore(snapshot json.RawMessage) error {
	restored := emptyState()
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("decoding users and roles: %w", err)
	}
	s.state = restored
	return nil
}

// collections are what the lists of an account are about, as in their ARNs.
var collections = map[string]string{"ListUsers": "user/", "ListRoles": "role/", "ListPolicies": "policy/"}

// Needs implements api.Guarded.
func (s *Service) Needs(r *api.Request) []api.Need {
	form := api.Form(r)
	account := r.Caller.Account
	resource := "*"
	switch {
	case collections[r.Operation] != "":
		resource = "arn:aws:iam::" + account + ":" + collections[r.Operation]
	case form.Get("RoleName") != "":
		resource = s.arnOf(role, account, form.Get("RoleName"))
	case form.Get("UserName") != "":
		resource = s.arnOf(user, account, form.Get("UserName"))
	case form.Get("PolicyArn") != "":
		resource = form.Get("PolicyArn")
	case form.Get("PolicyName") != "":
		resource = "arn:aws:iam::" + account + ":policy/" + form.Get("PolicyName")
	case r.Caller.UserName() != "":
		resource = r.Caller.ARN // who names no user means himself
	}
	return []api.Need{{Action: "iam:" + r.Operation, Resource: resource}}
}

// arnOf is the ARN of a user or a role, which need not exist.
func (s *Service) arnOf(k kind, account, name string) string {
	if p := s.all(k)[key(k, account, name)]; p != nil {
		return p.arn()
	}
	return key(k, account, name)
}
