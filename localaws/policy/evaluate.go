package policy

import (
	"slices"
	"strings"

	"imagecdn/localaws/internal/glob"
)

// Decision is the outcome of an evaluation.
type Decision int

// The decisions. NoMatch denies a caller who has no other permission, and
// leaves one who has an identity-based permission with it.
const (
	NoMatch Decision = iota
	Allow
	Deny
)

// Caller is who makes a request.
type Caller struct {
	// Kind is AWS or Service as in a policy; "" is an anonymous caller.
	Kind string
	// Value is the caller's ARN, or the service's name.
	Value string
	// Session is the ARN of the session of an assumed role, whose own is Value.
	Session string
	// Account is the 12-digit account of an AWS caller.
	Account string
	// CanonicalUser is the S3 canonical user id of an AWS caller, if any.
	CanonicalUser string
}

// Request is what is asked for.
type Request struct {
	Caller Caller
	// Action is such as s3:GetObject.
	Action string
	// Resource is the ARN of the bucket or object.
	Resource string
	// Context are the values of condition keys, by key in lower case.
	Context map[string][]string
	// Unjudged are keys, in lower case, that the request would have on AWS with
	// values not known here; those that end in a slash take the name of a tag.
	Unjudged []string
}

// Evaluate says what the policy says about a request: an explicit Deny wins.
func (d *Document) Evaluate(r Request) Decision {
	decision := NoMatch
	for _, s := range d.Statements {
		if !s.concerns(r) {
			continue
		}
		if s.Deny {
			return Deny
		}
		decision = Allow
	}
	return decision
}

// Direct is a request that is allowed only by what names the caller himself, or
// everyone. To name an account is to leave it to that account's own policies.
func (r Request) Direct() Request {
	r.Caller.Account, r.Caller.CanonicalUser = "", ""
	return r
}

// Unjudged are the condition keys, as written, that decide about a request
// although their values are not known.
func (d *Document) Unjudged(r Request) []string {
	var keys []string
	for _, s := range d.Statements {
		if !s.about(r) || !s.conditionsHold(r, true) {
			continue
		}
		for _, c := range s.Conditions {
			if named(r.Unjudged, c.Key) {
				keys = append(keys, c.Key)
			}
		}
	}
	return keys
}

func (s *Statement) concerns(r Request) bool {
	// What cannot be judged must not let anybody in.
	return s.about(r) && s.conditionsHold(r, s.Deny)
}

// about says whether the statement is about a request, its conditions apart.
func (s *Statement) about(r Request) bool {
	return (s.anyone || s.matchesPrincipal(r.Caller) != s.NotPrincipals) &&
		anyOf(s.Actions, func(p string) bool { return matchFold(p, r.Action) }) != s.NotActions &&
		(s.anything || anyOf(s.Resources, func(p string) bool {
			p, ok := s.expand(p, r.Context)
			return ok && glob.Match(p, r.Resource)
		}) != s.NotResources)
}

// expand fills in variables, which only the newer version of the language has.
func (s *Statement) expand(text string, context map[string][]string) (string, bool) {
	if !s.variables {
		return text, true
	}
	return expand(text, context)
}

// conditionsHold says whether all conditions hold, where one that cannot be
// judged counts as given.
func (s *Statement) conditionsHold(r Request, unjudged bool) bool {
	for _, c := range s.Conditions {
		holds, known := s.holds(c, r)
		if !known {
			holds = unjudged
		}
		if !holds {
			return false
		}
	}
	return true
}

func (s *Statement) matchesPrincipal(c Caller) bool {
	for _, p := range s.Principals {
		canonical := p.Kind == "CanonicalUser" && p.Value == c.CanonicalUser
		if p.Everyone() || canonical || p.Kind == c.Kind && p.names(c) {
			return true
		}
	}
	return false
}

// names says whether the principal is the caller or the caller's account.
func (p Principal) names(c Caller) bool {
	if p.Value == c.Value || c.Session != "" && p.Value == c.Session {
		return true
	}
	return p.Kind == "AWS" && (p.Value == c.Account || strings.HasSuffix(p.Value, "::"+c.Account+":root")) && c.Account != ""
}

func anyOf(patterns []string, matches func(string) bool) bool {
	return slices.ContainsFunc(patterns, matches)
}

func matchFold(pattern, text string) bool {
	return glob.Match(strings.ToLower(pattern), strings.ToLower(text))
}
