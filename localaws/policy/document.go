// Package policy reads policies, those of S3's buckets and those of IAM, and says
// what they allow. It knows no bucket and no server: text in, decision out.
package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxSize is the largest bucket policy S3 takes, in bytes without white space.
const MaxSize = 20 << 10

// Document is a parsed policy.
type Document struct {
	// Version is the version of the policy language; "" means 2008-10-17.
	Version string
	// ID is the policy's own identifier, if any.
	ID string
	// Statements are its statements, in order.
	Statements []Statement
}

// Statement is one statement of a policy.
type Statement struct {
	// Sid is the statement's identifier, unique in the policy; "" is none.
	Sid string
	// Deny is the effect: false allows, true denies.
	Deny bool
	// Principals are whom the statement is about; NotPrincipals inverts it.
	Principals    []Principal
	NotPrincipals bool
	// Actions are patterns such as s3:Get*; NotActions inverts them.
	Actions    []string
	NotActions bool
	// Resources are ARN patterns; NotResources inverts them.
	Resources    []string
	NotResources bool
	// Conditions must all hold.
	Conditions []Condition

	// variables says whether ${...} has a meaning, which it has since 2012.
	variables bool
	// anyone says that the statement names no principal, as it is about whom the
	// policy belongs to; anything that it names no resource, as it is about the
	// role that the policy belongs to.
	anyone, anything bool
}

// Principal is one entry of a Principal element.
type Principal struct {
	// Kind is AWS, Service, Federated or CanonicalUser.
	Kind string
	// Value is "*", an account id, an ARN, a service name or a provider.
	Value string
}

// Everyone says whether the principal is "*", which includes anonymous callers.
func (p Principal) Everyone() bool { return p.Kind == "AWS" && p.Value == "*" }

// Condition is one key of one operator.
type Condition struct {
	// Operator is as written, such as ForAnyValue:StringLikeIfExists.
	Operator string
	// Key is as written; keys are matched without regard to case.
	Key string
	// Values are the values of which one must match.
	Values []string
}

// Parse reads a policy as S3 does on PutBucketPolicy. The error is a Malformed.
func Parse(text []byte) (*Document, error) {
	if Size(text) > MaxSize {
		return nil, Malformed("Policy exceeds the maximum allowed document size.")
	}
	return parse(text, bucketForm)
}

func parse(text []byte, f form) (*Document, error) {
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return nil, Malformed("Policies must be valid JSON and the first byte must be '{'")
	}
	top, err := object(text)
	if err != nil {
		return nil, Malformed("This policy contains invalid Json")
	}
	d := &Document{}
	for _, m := range top {
		if err := d.set(m, f); err != nil {
			return nil, err
		}
	}
	if len(d.Statements) == 0 {
		return nil, missing("Statement")
	}
	for i := range d.Statements {
		d.Statements[i].variables = d.Version == "2012-10-17"
	}
	return d, d.distinctSids()
}

// Size is how long a policy is to AWS: white space between its parts does not count.
func Size(text []byte) int {
	var compact bytes.Buffer
	if json.Compact(&compact, text) != nil {
		return len(text)
	}
	return compact.Len()
}

func (d *Document) set(m member, f form) error {
	switch m.name {
	case "Version":
		if json.Unmarshal(m.value, &d.Version) != nil || d.Version != "2012-10-17" && d.Version != "2008-10-17" {
			return Malformed("The policy must contain a valid version string")
		}
	case "Id":
		if json.Unmarshal(m.value, &d.ID) != nil {
			return errSyntax
		}
	case "Statement":
		return d.setStatements(m.value, f)
	default:
		return unknown(m.name)
	}
	return nil
}

func (d *Document) setStatements(text json.RawMessage, f form) error {
	var all []json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		all = []json.RawMessage{text} // a single statement needs no list
	}
	for _, one := range all {
		s, err := parseStatement(one, f)
		if err != nil {
			return err
		}
		d.Statements = append(d.Statements, s)
	}
	return nil
}

func (d *Document) distinctSids() error {
	seen := map[string]bool{}
	for _, s := range d.Statements {
		if s.Sid != "" && seen[s.Sid] {
			return Malformed("Statement IDs (SID) in a single policy must be unique: " + s.Sid)
		}
		seen[s.Sid] = true
	}
	return nil
}

// Malformed is why S3 does not take a policy: the message it gives with the
// error MalformedPolicy, word for word.
type Malformed string

// Error implements error.
func (m Malformed) Error() string { return string(m) }

const errSyntax = Malformed("Invalid policy syntax.")

func missing(field string) error {
	return Malformed("Missing required field " + field)
}

func unknown(field string) error {
	return Malformed("Unknown field " + field)
}

// member is one member of a JSON object. Order is kept, and a name that comes
// twice is an error, as S3 has it: encoding/json would silently keep the last.
type member struct {
	name  string
	value json.RawMessage
}

func object(text []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("not a JSON object: %w", errors.Join(err, errSyntax))
	}
	var members []member
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("reading a member's name: %w", err)
		}
		m := member{name: fmt.Sprint(t)}
		if err := d.Decode(&m.value); err != nil {
			return nil, fmt.Errorf("reading %s: %w", m.name, err)
		}
		if seen[m.name] {
			return nil, fmt.Errorf("%s comes twice: %w", m.name, errSyntax)
		}
		seen[m.name] = true
		members = append(members, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("reading the end: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("text after the end: %w", errSyntax)
	}
	return members, nil
}

// oneOrMany reads a string or a list of strings. Booleans and numbers are
// taken as text, as condition values may be either.
func oneOrMany(text json.RawMessage) ([]string, error) {
	var many []json.RawMessage
	if json.Unmarshal(text, &many) != nil {
		many = []json.RawMessage{text}
	}
	values := make([]string, 0, len(many))
	for _, one := range many {
		var s string
		if json.Unmarshal(one, &s) != nil || bytes.Equal(one, []byte("null")) {
			s = string(one)
			if strings.ContainsAny(s[:1], "{[n") {
				return nil, errSyntax
			}
		}
		values = append(values, s)
	}
	return values, nil
}
