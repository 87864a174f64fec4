package policy

import "slices"

import "strings"

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

func (s *Statement) concerns(r Request) bool {
	return s.matchesPrincipal(r.Caller) != s.NotPrincipals &&
		anyOf(s.Actions, func(p string) bool { return matchFold(p, r.Action) }) != s.NotActions &&
		anyOf(s.Resources, func(p string) bool { return match(p, r.Resource) }) != s.NotResources &&
		s.conditionsHold(r.Context)
}

func (s *Statement) conditionsHold(context map[string][]string) bool {
	for _, c := range s.Conditions {
		holds, known := c.holds(context)
		if !known {
			holds = s.Deny // what cannot be judged must not let anybody in
		}
		if !holds {
			return false
		}
	}
	return true
}

func (s *Statement) matchesPrincipal(c Caller) bool {
	for _, p := range s.Principals {
		if p.Everyone() || p.Kind == c.Kind && p.names(c) {
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
	return match(strings.ToLower(pattern), strings.ToLower(text))
}

// match says whether text matches a pattern in which * stands for any run of
// bytes, / included, and ? for one. It backtracks to the last star only, so it
// takes len(pattern)*len(text) steps at worst.
func match(pattern, text string) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
