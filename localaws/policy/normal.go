package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

// Normalise writes a valid policy as S3 gives it back: members in their usual
// order and without white space, statements in a list, lists of one value as the
// value, values as text, and account ids as the ARN of the account's root
// ("Principals for AWS accounts" in the IAM User Guide). Each principal is
// written as rename has it.
//
// S3 may also change the order within lists, which is kept here.
func Normalise(text []byte, rename func(Principal) Principal) ([]byte, error) {
	top, err := object(text)
	if err != nil {
		return nil, err
	}
	return written(top, []string{"Version", "Id", "Statement"}, func(m member) (json.RawMessage, error) {
		if m.name != "Statement" {
			return compact(m.value)
		}
		return normalStatements(m.value, rename)
	})
}

func normalStatements(text json.RawMessage, rename func(Principal) Principal) (json.RawMessage, error) {
	var all, out []json.RawMessage
	if json.Unmarshal(text, &all) != nil {
		all = []json.RawMessage{text}
	}
	for _, one := range all {
		members, err := object(one)
		if err != nil {
			return nil, err
		}
		statement, err := written(members, statementOrder, func(m member) (json.RawMessage, error) {
			return normalMember(m, rename)
		})
		if err != nil {
			return nil, err
		}
		out = append(out, statement)
	}
	return encode(out)
}

var statementOrder = []string{
	"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}

func normalMember(m member, rename func(Principal) Principal) (json.RawMessage, error) {
	switch m.name {
	case "Principal", "NotPrincipal":
		return normalPrincipals(m.value, rename)
	case "Condition":
		return eachMember(m.value, func(keys json.RawMessage) (json.RawMessage, error) {
			return eachMember(keys, normalList)
		})
	}
	return normalList(m.value)
}

// normalPrincipals groups principals by kind; who is named twice is named once.
func normalPrincipals(text json.RawMessage, rename func(Principal) Principal) (json.RawMessage, error) {
	if bytes.HasPrefix(text, []byte(`"`)) {
		return text, nil
	}
	members, err := object(text)
	if err != nil {
		return nil, err
	}
	var kinds []string
	values := map[string][]string{}
	for _, m := range members {
		list, err := oneOrMany(m.value)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			p := rename(Principal{Kind: m.name, Value: rootARN(v)})
			if !slices.Contains(kinds, p.Kind) {
				kinds = append(kinds, p.Kind)
			}
			if !slices.Contains(values[p.Kind], p.Value) {
				values[p.Kind] = append(values[p.Kind], p.Value)
			}
		}
	}
	var out []member
	for _, kind := range kinds {
		value, err := encodeList(values[kind])
		if err != nil {
			return nil, err
		}
		out = append(out, member{kind, value})
	}
	return written(out, nil, func(m member) (json.RawMessage, error) { return m.value, nil })
}

var accountForm = regexp.MustCompile(`^[0-9]{12}$`)

// rootARN is how an account is named in what is given back.
func rootARN(value string) string {
	if accountForm.MatchString(value) {
		return "arn:aws:iam::" + value + ":root"
	}
	return value
}

func normalList(text json.RawMessage) (json.RawMessage, error) {
	values, err := oneOrMany(text)
	if err != nil {
		return nil, err
	}
	return encodeList(values)
}

func encodeList(values []string) (json.RawMessage, error) {
	if len(values) == 1 {
		return encode(values[0])
	}
	return encode(values)
}

// eachMember writes an object anew, each of its values changed.
func eachMember(text json.RawMessage, change func(json.RawMessage) (json.RawMessage, error)) (json.RawMessage, error) {
	members, err := object(text)
	if err != nil {
		return nil, err
	}
	return written(members, nil, func(m member) (json.RawMessage, error) { return change(m.value) })
}

// written is an object with its values changed: first the members that order
// names, then the others.
func written(members []member, order []string, change func(member) (json.RawMessage, error)) (json.RawMessage, error) {
	rank := func(m member) int {
		if i := slices.Index(order, m.name); i >= 0 {
			return i
		}
		return len(order)
	}
	members = slices.Clone(members)
	slices.SortStableFunc(members, func(a, b member) int { return rank(a) - rank(b) })
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range members {
		name, err := encode(m.name)
		if err != nil {
			return nil, err
		}
		value, err := change(m)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, "%s:%s", name, value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func compact(text json.RawMessage) (json.RawMessage, error) {
	var out bytes.Buffer
	err := json.Compact(&out, text)
	return out.Bytes(), err //nolint:wrapcheck // it was parsed before
}

// encode writes a value without the escapes that HTML would need.
func encode(value any) (json.RawMessage, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(out.Bytes()), err //nolint:wrapcheck // strings and JSON only
}
