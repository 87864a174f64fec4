// Package bucketpolicy edits one statement of the policy of an S3 bucket, or of a KMS key, and leaves everything else as
// it was: unknown members, their order, single values against lists, and numbers are carried through as the JSON text
// they came in.
package bucketpolicy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Largest policies, in bytes.
const (
	// MaxSize is what S3 stores for a bucket (Amazon S3 User Guide, "Bucket policies": 20 KB).
	MaxSize = 20 * 1024
	// MaxKeySize is what KMS stores for a key (AWS KMS Developer Guide, "Quotas": 32 KB).
	MaxKeySize = 32 * 1024
)

// languageVersion is what a policy that starts with our statement declares.
const languageVersion = "2012-10-17"

// statementKey is the member that holds the statements.
const statementKey = "Statement"

// ErrTooLarge is returned for a policy that an added statement makes larger than AWS stores.
var ErrTooLarge = errors.New("policy too large")

// ErrMalformed is returned for text that is not a policy. Such a policy must not be replaced: what cannot be read cannot
// be kept.
var ErrMalformed = errors.New("malformed policy")

// Document is a policy. The zero value is the policy of a bucket that has none. A Document is never changed:
// With and Without return another one.
type Document struct {
	members    []member
	statements []Statement
	grown      bool // by With, so that it may have become too large
}

// member is one member of the top-level object, both halves as they were written.
type member struct {
	name  json.RawMessage
	value json.RawMessage
}

// Parse reads a policy as GetBucketPolicy or GetKeyPolicy returns it. Empty text is a bucket without a policy.
func Parse(text string) (Document, error) {
	if strings.TrimSpace(text) == "" {
		return Document{}, nil
	}
	if !utf8.ValidString(text) {
		return Document{}, fmt.Errorf("%w: not UTF-8", ErrMalformed)
	}
	members, err := parseMembers([]byte(text))
	if err != nil {
		return Document{}, err
	}
	d := Document{members: members}
	at, err := d.statementMember()
	if err != nil {
		return Document{}, err
	}
	if at < 0 {
		return Document{}, fmt.Errorf("%w: no Statement", ErrMalformed)
	}
	d.statements, err = parseStatements(members[at].value)
	return d, err
}

// parseMembers splits an object into its members without touching their text.
func parseMembers(text []byte) ([]member, error) {
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return nil, fmt.Errorf("%w: not a JSON object", ErrMalformed)
	}
	var members []member
	for decoder.More() {
		start := decoder.InputOffset()
		if _, err := decoder.Token(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		m := member{name: bytes.Trim(text[start:decoder.InputOffset()], " \t\r\n,")}
		if err := decoder.Decode(&m.value); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		members = append(members, m)
	}
	return members, nil
}

// parseStatements accepts what IAM accepts: one statement, or a list.
func parseStatements(value json.RawMessage) ([]Statement, error) {
	list := []json.RawMessage{value}
	if value[0] == '[' {
		list = nil
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, fmt.Errorf("%w: Statement: %w", ErrMalformed, err)
		}
	}
	statements := make([]Statement, 0, len(list))
	for i, raw := range list {
		s, err := ParseStatement(string(raw))
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w", i+1, err)
		}
		statements = append(statements, s)
	}
	return statements, nil
}

// statementMember is the index of the Statement member, or -1. Element names are matched without regard to case, so
// that a policy with an unusual spelling does not get a second list of statements.
func (d Document) statementMember() (int, error) {
	found := -1
	for i, m := range d.members {
		if !strings.EqualFold(m.key(), statementKey) {
			continue
		}
		if found >= 0 {
			return -1, fmt.Errorf("%w: Statement occurs twice", ErrMalformed)
		}
		found = i
	}
	return found, nil
}

// key is the member's name, decoded.
func (m member) key() string {
	var key string
	if json.Unmarshal(m.name, &key) != nil {
		return ""
	}
	return key
}

// Empty reports whether no statement is left: S3 refuses such a policy, the bucket has to have none instead.
func (d Document) Empty() bool { return len(d.statements) == 0 }

// Statements are those of the policy, in its order.
func (d Document) Statements() []Statement { return slices.Clone(d.statements) }

// Find returns the first statement with this Sid.
func (d Document) Find(sid string) (Statement, bool) {
	i := d.index(sid)
	if i < 0 {
		return Statement{}, false
	}
	return d.statements[i], true
}

func (d Document) index(sid string) int {
	if sid == "" {
		return -1
	}
	return slices.IndexFunc(d.statements, func(s Statement) bool { return s.sid == sid })
}

// With puts the statement in the place of the one with its Sid, or at the end. Text then checks that the policy still
// fits.
func (d Document) With(s Statement) (Document, error) {
	if s.sid == "" {
		return Document{}, errors.New("a statement without a Sid cannot be found again, so it is not added")
	}
	statements := slices.Clone(d.statements)
	if i := d.index(s.sid); i >= 0 {
		statements[i] = s
	} else {
		statements = append(statements, s)
	}
	members := d.members
	if members == nil {
		members = []member{
			{name: json.RawMessage(`"Version"`), value: json.RawMessage(`"` + languageVersion + `"`)},
			{name: json.RawMessage(`"` + statementKey + `"`)},
		}
	}
	return Document{members: members, statements: statements, grown: true}, nil
}

// Without takes every statement with this Sid away. What is left is no larger than what S3 has stored, so Text does not
// check it: a statement can always be taken out.
func (d Document) Without(sid string) Document {
	if d.index(sid) < 0 {
		return d
	}
	rest := slices.DeleteFunc(slices.Clone(d.statements), func(s Statement) bool { return s.sid == sid })
	return Document{members: d.members, statements: rest}
}

// Text is the policy for PutBucketPolicy or PutKeyPolicy, without insignificant white space; "" means that there is to be
// no policy at all. Where it is above the limit in bytes, accounts among the principals are written as their ids: AWS
// takes that form too, and gives back the longer one whichever it got, so that a policy may come back larger than AWS
// would take it.
func (d Document) Text(limit int) (string, error) {
	if d.Empty() {
		return "", nil
	}
	text, err := compact(d.join())
	if err != nil || len(text) <= limit {
		return text, err
	}
	text, err = compact(d.withShortAccounts().join())
	if err == nil && d.grown && len(text) > limit {
		return "", fmt.Errorf("%w: %d bytes, AWS stores at most %d: merge or remove statements first", ErrTooLarge, len(text), limit)
	}
	return text, err
}

// join writes the members and the statements one after the other, with the white space within them.
func (d Document) join() []byte {
	var out bytes.Buffer
	for i, m := range d.members {
		out.WriteByte("{,"[min(i, 1)])
		out.Write(m.name)
		out.WriteByte(':')
		if strings.EqualFold(m.key(), statementKey) {
			d.writeStatements(&out)
		} else {
			out.Write(m.value)
		}
	}
	out.WriteByte('}')
	return out.Bytes()
}

func (d Document) writeStatements(out *bytes.Buffer) {
	for i, s := range d.statements {
		out.WriteByte("[,"[min(i, 1)])
		out.WriteString(s.raw)
	}
	out.WriteByte(']')
}

// compact drops white space between tokens, and nothing within them.
func compact(text []byte) (string, error) {
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		return "", fmt.Errorf("writing the policy: %w", err)
	}
	return out.String(), nil
}
