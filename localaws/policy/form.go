package policy

import "strings"

// form is what a kind of policy consists of.
type form struct {
	// required are the members of a statement, which, but for Effect, may be
	// inverted; excluded are those it cannot have.
	required, excluded []string
	// missing and prohibited word the refusals.
	missing, prohibited func(field string) error
	// key says whether a condition key can be in it.
	key func(name string) bool

	anyone, anything bool
}

var (
	bucketForm = form{required: []string{"Effect", "Principal", "Action", "Resource"}, missing: missing, key: validKey}

	identityForm = form{
		required: []string{"Effect", "Action", "Resource"}, excluded: []string{"Principal"}, key: prefixed, anyone: true,
		missing:    func(field string) error { return Malformed("Policy statement must contain " + plural(field) + ".") },
		prohibited: func(string) error { return Malformed("Policy document should not specify a principal.") },
	}

	trustForm = form{
		required: []string{"Effect", "Principal", "Action"}, excluded: []string{"Resource"}, key: prefixed, anything: true,
		missing:    missing,
		prohibited: func(field string) error { return Malformed("Has prohibited field " + field) },
	}

	// A statement without actions or resources is taken, and has no effect
	// ("PutKeyPolicy" in the AWS KMS API Reference).
	keyForm = form{required: []string{"Effect", "Principal"}, missing: missing, key: prefixed}
)

// ParseIdentity reads a policy of a user or a role, which names no principal. The
// error is a Malformed.
func ParseIdentity(text []byte) (*Document, error) {
	d, err := parse(text, identityForm)
	if err != nil {
		return nil, err
	}
	for _, s := range d.Statements {
		if err := s.checkIdentity(); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// ParseTrust reads the policy that says who may assume a role, which names no
// resource. The error is a Malformed.
func ParseTrust(text []byte) (*Document, error) { return parse(text, trustForm) }

// ParseKey reads the policy of a KMS key. The error is a Malformed.
func ParseKey(text []byte) (*Document, error) { return parse(text, keyForm) }

// complete says whether a statement has what it must have, and no more.
func (f form) complete(seen map[string]bool) error {
	for _, field := range f.excluded {
		if seen[field] || seen["Not"+field] {
			return f.prohibited(field)
		}
	}
	for _, field := range f.required {
		plain, inverted := seen[field], seen["Not"+field]
		if plain && inverted {
			return errSyntax
		}
		if !plain && (!inverted || field == "Effect") {
			return f.missing(field)
		}
	}
	return nil
}

// checkIdentity refuses actions and resources that name no service.
func (s *Statement) checkIdentity() error {
	for _, a := range s.Actions {
		if a != "*" && !prefixed(a) {
			return Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
		}
	}
	for _, r := range s.Resources {
		if r != "*" && (!strings.HasPrefix(r, "arn:") || strings.Count(r, ":") < 5) {
			return Malformed("Resource " + r + " must be in ARN format or \"*\".")
		}
	}
	return nil
}

// prefixed says whether a name has the name of a service before it.
func prefixed(name string) bool {
	service, rest, found := strings.Cut(name, ":")
	return found && service != "" && rest != ""
}

func plural(field string) string {
	return strings.ToLower(field) + "s"
}
