package policy

import (
	"encoding/json"
	"regexp"
)

func parseStatement(text json.RawMessage, f form) (Statement, error) {
	s := Statement{anyone: f.anyone, anything: f.anything}
	members, err := object(text)
	if err != nil {
		return s, errSyntax
	}
	seen := map[string]bool{}
	for _, m := range members {
		seen[m.name] = true
		if err := s.set(m, f); err != nil {
			return s, err
		}
	}
	return s, f.complete(seen)
}

func (s *Statement) set(m member, f form) (err error) {
	switch m.name {
	case "Sid":
		if json.Unmarshal(m.value, &s.Sid) != nil {
			return errSyntax
		}
	case "Effect":
		return s.setEffect(m.value)
	case "Principal", "NotPrincipal":
		s.NotPrincipals = m.name == "NotPrincipal"
		s.Principals, err = parsePrincipals(m.value)
	case "Action", "NotAction":
		s.NotActions = m.name == "NotAction"
		s.Actions, err = list(m.value, "Action")
	case "Resource", "NotResource":
		s.NotResources = m.name == "NotResource"
		s.Resources, err = list(m.value, "Resource")
	case "Condition":
		s.Conditions, err = parseConditions(m.value, f)
	default:
		return unknown(m.name)
	}
	return err
}

func (s *Statement) setEffect(text json.RawMessage) error {
	var effect string
	if json.Unmarshal(text, &effect) != nil {
		return errSyntax
	}
	if effect != "Allow" && effect != "Deny" {
		return Malformed("Invalid effect: " + effect)
	}
	s.Deny = effect == "Deny"
	return nil
}

func list(text json.RawMessage, field string) ([]string, error) {
	values, err := oneOrMany(text)
	if err == nil && len(values) == 0 {
		err = missing(field)
	}
	return values, err
}

// ErrPrincipal is how S3 refuses a principal that it cannot find.
const ErrPrincipal = Malformed("Invalid principal in policy")

func parsePrincipals(text json.RawMessage) ([]Principal, error) {
	var all string
	if json.Unmarshal(text, &all) == nil {
		if all != "*" {
			return nil, ErrPrincipal
		}
		return []Principal{{Kind: "AWS", Value: "*"}}, nil
	}
	members, err := object(text)
	if err != nil || len(members) == 0 {
		return nil, ErrPrincipal
	}
	var principals []Principal
	for _, m := range members {
		values, err := oneOrMany(m.value)
		if err != nil || len(values) == 0 {
			return nil, ErrPrincipal
		}
		for _, v := range values {
			p := Principal{Kind: m.name, Value: v}
			if !p.wellFormed() {
				return nil, ErrPrincipal
			}
			principals = append(principals, p)
		}
	}
	return principals, nil
}

// principalForms are the shapes S3 recognises. That a user or role exists is not
// checked: there is no IAM here to ask.
var principalForms = map[string]*regexp.Regexp{
	"AWS": regexp.MustCompile(`^(\*|[0-9]{12}|arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:(root|(user|role|assumed-role|federated-user)/[\w+=,.@/-]+)` +
		`|arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity [A-Z0-9]+)$`),
	"Service":       regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$`),
	"Federated":     regexp.MustCompile(`^\S+$`),
	"CanonicalUser": regexp.MustCompile(`^[0-9a-f]{64}$`),
}

func (p Principal) wellFormed() bool {
	form, known := principalForms[p.Kind]
	return known && form.MatchString(p.Value)
}

func parseConditions(text json.RawMessage, f form) ([]Condition, error) {
	operators, err := object(text)
	if err != nil {
		return nil, errSyntax
	}
	var conditions []Condition
	for _, operator := range operators {
		if _, known := parseOperator(operator.name); !known {
			return nil, Malformed("Invalid Condition type : " + operator.name)
		}
		keys, err := object(operator.value)
		if err != nil {
			return nil, errSyntax
		}
		for _, key := range keys {
			if !f.key(key.name) {
				return nil, Malformed("Policy has an invalid condition key")
			}
			values, err := oneOrMany(key.value)
			if err != nil {
				return nil, err
			}
			conditions = append(conditions, Condition{Operator: operator.name, Key: key.name, Values: values})
		}
	}
	return conditions, nil
}
