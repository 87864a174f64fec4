package iam

import (
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
)

var (
	entityName = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
	entityPath = regexp.MustCompile(`^/([\x21-\x7e]+/)?$`)
)

// key is where a user or a role of a name is kept: names are unique whatever the path.
func key(k kind, account, name string) string {
	return "arn:aws:iam::" + account + ":" + strings.ToLower(string(k)) + "/" + name
}

func (p *principal) arn() string {
	return "arn:aws:iam::" + p.Account + ":" + strings.ToLower(string(p.Kind)) + p.Path + p.Name
}

func (s *Service) all(k kind) map[string]*principal {
	if k == role {
		return s.state.Roles
	}
	return s.state.Users
}

// newID is a unique id, which begins with what it is of.
func newID(prefix string) string { return prefix + rand.Text()[:17] }

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func noSuch(what, name string) error {
	return api.RefuseStatus(http.StatusNotFound, "NoSuchEntity", "The %s with name %s cannot be found.", what, name)
}

func invalid(format string, args ...any) error { return api.Refuse("ValidationError", format, args...) }

func conflict(why string) error {
	return api.RefuseStatus(http.StatusConflict, "DeleteConflict", "%s", why)
}

// make adds a user or a role.
func (s *Service) make(r *api.Request, form url.Values, k kind, prefix string) (*principal, error) {
	name, path := form.Get(string(k)+"Name"), form.Get("Path")
	if path == "" {
		path = "/"
	}
	if !entityName.MatchString(name) {
		return nil, invalid("The specified value for %sName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-", strings.ToLower(string(k)))
	}
	if !entityPath.MatchString(path) {
		return nil, invalid("The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.")
	}
	at := key(k, r.Caller.Account, name)
	if s.all(k)[at] != nil {
		return nil, api.RefuseStatus(http.StatusConflict, "EntityAlreadyExists", "%s with name %s already exists.", k, name)
	}
	p := &principal{Kind: k, Account: r.Caller.Account, Name: name, Path: path, ID: newID(prefix), Created: s.env.Now(), Inline: map[string]string{}}
	s.all(k)[at] = p
	r.Resource = p.arn()
	return p, nil
}

func (s *Service) createUser(r *api.Request, form url.Values) (any, error) {
	p, err := s.make(r, form, user, "AIDA")
	if err != nil {
		return nil, err
	}
	return result(r, p.document()), nil
}

// sessionBounds are the bounds of a role's longest session, and its default, in seconds.
const (
	shortSession = 3600
	longSession  = 43200
)

func (s *Service) createRole(r *api.Request, form url.Values) (any, error) {
	if _, err := policy.ParseTrust([]byte(form.Get("AssumeRolePolicyDocument"))); err != nil {
		return nil, malformed(err)
	}
	longest := shortSession
	if asked := form.Get("MaxSessionDuration"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < shortSession || n > longSession {
			return nil, invalid("1 validation error detected: Value '%s' at 'maxSessionDuration' failed to satisfy constraint: "+
				"Member must have value between %d and %d", asked, shortSession, longSession)
		}
		longest = n
	}
	p, err := s.make(r, form, role, "AROA")
	if err != nil {
		return nil, err
	}
	p.Trust, p.MaxSession, p.Description = form.Get("AssumeRolePolicyDocument"), longest, form.Get("Description")
	return result(r, p.document()), nil
}

// find is the user or role that a call names, or, for a user, the caller himself.
func (s *Service) find(r *api.Request, form url.Values, k kind) (*principal, error) {
	name := form.Get(string(k) + "Name")
	if name == "" && k == user {
		name = r.Caller.UserName()
	}
	p := s.all(k)[key(k, r.Caller.Account, name)]
	if p == nil {
		return nil, noSuch(strings.ToLower(string(k)), name)
	}
	r.Resource = p.arn()
	return p, nil
}

func (s *Service) updateAssumeRolePolicy(r *api.Request, form url.Values) (any, error) {
	p, err := s.find(r, form, role)
	if err != nil {
		return nil, err
	}
	if _, err := policy.ParseTrust([]byte(form.Get("PolicyDocument"))); err != nil {
		return nil, malformed(err)
	}
	p.Trust = form.Get("PolicyDocument")
	return nil, nil
}

func malformed(err error) error { return api.Refuse("MalformedPolicyDocument", "%v", err) }

// element is a piece of an answer.
type element struct {
	XMLName xml.Name
	Content []any  `xml:",any"`
	Text    string `xml:",chardata"`
}

func text(name, value string) element { return element{XMLName: xml.Name{Local: name}, Text: value} }

func group(name string, content ...any) element {
	return element{XMLName: xml.Name{Local: name}, Content: content}
}

// result is what an operation answers.
func result(r *api.Request, content ...any) element { return group(r.Operation+"Result", content...) }

// list is a list that is answered as a whole.
func list(name string, members []any) []any {
	return []any{group(name, members...), text("IsTruncated", "false")}
}

// document is a user or a role as it is answered.
func (p *principal) document() element {
	d := group(string(p.Kind), text("Path", p.Path), text(string(p.Kind)+"Name", p.Name), text(string(p.Kind)+"Id", p.ID),
		text("Arn", p.arn()), text("CreateDate", timestamp(p.Created)))
	if p.Kind == role {
		d.Content = append(d.Content, text("AssumeRolePolicyDocument", url.QueryEscape(p.Trust)),
			text("Description", p.Description), text("MaxSessionDuration", strconv.Itoa(p.MaxSession)))
	}
	return d
}

// member is a document as it stands in a list.
func (p *principal) member() element {
	d := p.document()
	d.XMLName.Local = "member"
	return d
}

// mine are the users or roles of an account, by name.
func (s *Service) mine(k kind, account string) []*principal {
	var found []*principal
	for _, p := range s.all(k) {
		if p.Account == account {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b *principal) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// operationsOf are the operations that users and roles have alike.
func (s *Service) operationsOf(k kind) map[string]operation {
	name := string(k)
	on := func(f func(r *api.Request, p *principal, form url.Values) (any, error)) operation {
		return func(r *api.Request, form url.Values) (any, error) {
			p, err := s.find(r, form, k)
			if err != nil {
				return nil, err
			}
			return f(r, p, form)
		}
	}
	return map[string]operation{
		"Get" + name:                       on(func(r *api.Request, p *principal, _ url.Values) (any, error) { return result(r, p.document()), nil }),
		"Delete" + name:                    on(s.remove),
		"List" + name + "s":                s.listing(k),
		"Put" + name + "Policy":            on(s.putPolicy),
		"Get" + name + "Policy":            on(getInlinePolicy),
		"Delete" + name + "Policy":         on(deleteInlinePolicy),
		"List" + name + "Policies":         on(listInlinePolicies),
		"Attach" + name + "Policy":         on(s.attachPolicy),
		"Detach" + name + "Policy":         on(detachPolicy),
		"ListAttached" + name + "Policies": on(s.listAttached),
	}
}

// listing lists users or roles.
func (s *Service) listing(k kind) operation {
	return func(r *api.Request, _ url.Values) (any, error) {
		var members []any
		for _, p := range s.mine(k, r.Caller.Account) {
			members = append(members, p.member())
		}
		return result(r, list(string(k)+"s", members)...), nil
	}
}

// remove deletes a user or a role that has nothing any more.
func (s *Service) remove(_ *api.Request, p *principal, _ url.Values) (any, error) {
	switch {
	case len(p.Inline) > 0:
		return nil, conflict("Cannot delete entity, must delete policies first.")
	case len(p.Attached) > 0:
		return nil, conflict("Cannot delete entity, must detach all policies first.")
	}
	for _, k := range s.state.Keys {
		if p.Kind == user && k.Account == p.Account && k.User == p.Name {
			return nil, conflict("Cannot delete entity, must delete access keys first.")
		}
	}
	delete(s.all(p.Kind), key(p.Kind, p.Account, p.Name))
	return nil, nil
}

// quotas of a principal's policies, in characters without white space.
var inlineQuota = map[kind]int{user: 2048, role: 10240}

func (s *Service) putPolicy(_ *api.Request, p *principal, form url.Values) (any, error) {
	name, document := form.Get("PolicyName"), form.Get("PolicyDocument")
	if !entityName.MatchString(name) && len(name) > 128 || name == "" {
		return nil, invalid("The specified value for policyName is invalid.")
	}
	if _, err := policy.ParseIdentity([]byte(document)); err != nil {
		return nil, malformed(err)
	}
	total := policy.Size([]byte(document))
	for other, text := range p.Inline {
		if other != name {
			total += policy.Size([]byte(text))
		}
	}
	if total > inlineQuota[p.Kind] {
		return nil, api.RefuseStatus(http.StatusConflict, "LimitExceeded", "Maximum policy size of %d bytes exceeded for %s %s",
			inlineQuota[p.Kind], strings.ToLower(string(p.Kind)), p.Name)
	}
	p.Inline[name] = document
	return nil, nil
}

func (p *principal) inline(form url.Values) (string, error) {
	document, found := p.Inline[form.Get("PolicyName")]
	if !found {
		return "", noSuch(strings.ToLower(string(p.Kind))+" policy", form.Get("PolicyName"))
	}
	return document, nil
}

func getInlinePolicy(r *api.Request, p *principal, form url.Values) (any, error) {
	document, err := p.inline(form)
	if err != nil {
		return nil, err
	}
	return result(r, text(string(p.Kind)+"Name", p.Name), text("PolicyName", form.Get("PolicyName")),
		text("PolicyDocument", url.QueryEscape(document))), nil
}

func deleteInlinePolicy(_ *api.Request, p *principal, form url.Values) (any, error) {
	if _, err := p.inline(form); err != nil {
		return nil, err
	}
	delete(p.Inline, form.Get("PolicyName"))
	return nil, nil
}

func listInlinePolicies(r *api.Request, p *principal, _ url.Values) (any, error) {
	var members []any
	for _, name := range sortedNames(p.Inline) {
		members = append(members, text("member", name))
	}
	return result(r, list("PolicyNames", members)...), nil
}

func sortedNames(policies map[string]string) []string {
	var names []string
	for name := range policies {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s *Service) attachPolicy(_ *api.Request, p *principal, form url.Values) (any, error) {
	m, err := s.policy(p.Account, form.Get("PolicyArn"))
	if err != nil {
		return nil, err
	}
	if !slices.Contains(p.Attached, m.ARN) {
		p.Attached = append(p.Attached, m.ARN)
	}
	return nil, nil
}

func detachPolicy(_ *api.Request, p *principal, form url.Values) (any, error) {
	at := slices.Index(p.Attached, form.Get("PolicyArn"))
	if at < 0 {
		return nil, api.RefuseStatus(http.StatusNotFound, "NoSuchEntity", "Policy %s was not found.", form.Get("PolicyArn"))
	}
	p.Attached = slices.Delete(p.Attached, at, at+1)
	return nil, nil
}

func (s *Service) listAttached(r *api.Request, p *principal, _ url.Values) (any, error) {
	var members []any
	for _, arn := range p.Attached {
		m, err := s.policy(p.Account, arn)
		if err != nil {
			return nil, fmt.Errorf("attached to %s: %w", p.arn(), err)
		}
		members = append(members, group("member", text("PolicyName", m.Name), text("PolicyArn", m.ARN)))
	}
	return result(r, list("AttachedPolicies", members)...), nil
}
