package iam

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
)

// managedQuota is the largest managed policy, in characters without white space.
const managedQuota = 6144

// amazons is the one of AWS's managed policies that is here: it allows everything.
var amazons = &managed{
	ARN: "arn:aws:iam::aws:policy/AdministratorAccess", ID: "ANPAIWMBCKSKIEE64ZLYK", Name: "AdministratorAccess", Path: "/",
	Document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
}

// policy is a managed policy as an account sees it.
func (s *Service) policy(account, arn string) (*managed, error) {
	if arn == amazons.ARN {
		return amazons, nil
	}
	m := s.state.Policies[arn]
	if m == nil || m.Account != account {
		return nil, api.RefuseStatus(http.StatusNotFound, "NoSuchEntity", "Policy %s does not exist or is not attachable.", arn)
	}
	return m, nil
}

func (s *Service) createPolicy(r *api.Request, form url.Values) (any, error) {
	name, path, document := form.Get("PolicyName"), form.Get("Path"), form.Get("PolicyDocument")
	if path == "" {
		path = "/"
	}
	if !entityPath.MatchString(path) || name == "" || len(name) > 128 || !entityName.MatchString(name[:min(len(name), 64)]) {
		return nil, invalid("The specified value for policyName or path is invalid.")
	}
	if _, err := policy.ParseIdentity([]byte(document)); err != nil {
		return nil, malformed(err)
	}
	if policy.Size([]byte(document)) > managedQuota {
		return nil, api.RefuseStatus(http.StatusConflict, "LimitExceeded", "Cannot exceed quota for PolicySize: %d", managedQuota)
	}
	m := &managed{
		ARN: "arn:aws:iam::" + r.Caller.Account + ":policy" + path + name, ID: newID("ANPA"), Name: name, Path: path,
		Account: r.Caller.Account, Description: form.Get("Description"), Document: document, Created: s.env.Now(),
	}
	if s.state.Policies[m.ARN] != nil {
		return nil, api.RefuseStatus(http.StatusConflict, "EntityAlreadyExists", "A policy called %s already exists. Duplicate names are not allowed.", name)
	}
	s.state.Policies[m.ARN] = m
	r.Resource = m.ARN
	return result(r, s.policyDocument("Policy", m)), nil
}

func (s *Service) policyDocument(name string, m *managed) element {
	return group(name, text("PolicyName", m.Name), text("PolicyId", m.ID), text("Arn", m.ARN), text("Path", m.Path),
		text("DefaultVersionId", "v1"), text("AttachmentCount", strconv.Itoa(len(s.attachedTo(m.ARN)))), text("IsAttachable", "true"),
		text("Description", m.Description), text("CreateDate", timestamp(m.Created)), text("UpdateDate", timestamp(m.Created)))
}

// attachedTo are the users and roles that have a managed policy.
func (s *Service) attachedTo(arn string) (found []*principal) {
	for _, k := range []kind{user, role} {
		for _, p := range s.all(k) {
			if slices.Contains(p.Attached, arn) {
				found = append(found, p)
			}
		}
	}
	return found
}

func (s *Service) getPolicy(r *api.Request, form url.Values) (any, error) {
	m, err := s.policy(r.Caller.Account, form.Get("PolicyArn"))
	if err != nil {
		return nil, err
	}
	return result(r, s.policyDocument("Policy", m)), nil
}

// getPolicyVersion knows one version: policies are not changed here.
func (s *Service) getPolicyVersion(r *api.Request, form url.Values) (any, error) {
	m, err := s.policy(r.Caller.Account, form.Get("PolicyArn"))
	if err != nil {
		return nil, err
	}
	if form.Get("VersionId") != "v1" {
		return nil, api.RefuseStatus(http.StatusNotFound, "NoSuchEntity", "Policy %s version %s does not exist or is not attachable.", m.ARN, form.Get("VersionId"))
	}
	return result(r, group("PolicyVersion", text("Document", url.QueryEscape(m.Document)), text("VersionId", "v1"),
		text("IsDefaultVersion", "true"), text("CreateDate", timestamp(m.Created)))), nil
}

func (s *Service) deletePolicy(r *api.Request, form url.Values) (any, error) {
	m, err := s.policy(r.Caller.Account, form.Get("PolicyArn"))
	switch {
	case err != nil:
		return nil, err
	case m == amazons:
		return nil, api.RefuseStatus(http.StatusForbidden, "AccessDenied", "The policy %s is managed by AWS.", m.ARN)
	case len(s.attachedTo(m.ARN)) > 0:
		return nil, conflict("Cannot delete a policy attached to entities.")
	}
	delete(s.state.Policies, m.ARN)
	return nil, nil
}

func (s *Service) listPolicies(r *api.Request, form url.Values) (any, error) {
	var found []*managed
	for _, m := range s.state.Policies {
		if m.Account == r.Caller.Account {
			found = append(found, m)
		}
	}
	if form.Get("Scope") != "Local" {
		found = append(found, amazons)
	}
	slices.SortFunc(found, func(a, b *managed) int { return strings.Compare(a.Name, b.Name) })
	var members []any
	for _, m := range found {
		members = append(members, s.policyDocument("member", m))
	}
	return result(r, list("Policies", members)...), nil
}
