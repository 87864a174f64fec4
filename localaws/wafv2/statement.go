package wafv2

import (
	"encoding/json"

	"imagecdn/localaws/api"
)

// statement is a rule statement: one member, named for its type.
type statement document

// Capacities in web ACL capacity units ("Rule statements list" and the page of
// each statement in the developer guide).
const (
	transformationUnits = 10
	containsUnits       = 10
	rateUnits           = 2
	customKeyUnits      = 30
	sensitiveUnits      = 30
)

var baseUnits = map[string]int{
	"AsnMatchStatement": 1, "ByteMatchStatement": 2, "GeoMatchStatement": 1, "LabelMatchStatement": 1,
	"RegexMatchStatement": 3, "SizeConstraintStatement": 1, "SqliMatchStatement": 20, "XssMatchStatement": 40,
}

// Limits of a rate, in requests per evaluation window.
const (
	minRate = 10
	maxRate = 2_000_000_000
)

// content is what is looked at in statements of all types.
type content struct {
	// nested statements
	Statement          statement
	Statements         []statement
	ScopeDownStatement statement
	// what to inspect, and how
	PositionalConstraint string
	SensitivityLevel     string
	TextTransformations  []struct{ Type string }
	// IP sets
	ARN                    string
	IPSetForwardedIPConfig json.RawMessage
	// managed rule groups
	VendorName, Name string
	// rates
	Limit            int
	AggregateKeyType string
	CustomKeys       []json.RawMessage
}

// capacity checks a statement and adds up what it needs.
func (s statement) capacity(ipSet func(arn string) error) (int, error) {
	for name, raw := range s {
		var c content
		if err := json.Unmarshal(raw, &c); err != nil {
			return 0, api.Refuse("SerializationException", "the statement %s cannot be read: %v", name, err)
		}
		return c.capacity(name, ipSet)
	}
	return 0, invalid("STATEMENT", "Statement", "A statement must have exactly one type.")
}

func (c content) capacity(name string, ipSet func(arn string) error) (int, error) {
	switch name {
	case "AndStatement", "OrStatement":
		if len(c.Statements) < 2 {
			return 0, invalid("STATEMENT", name, "The statement must have at least two statements in it.")
		}
		return sum(ipSet, c.Statements...)
	case "NotStatement":
		return sum(ipSet, c.Statement)
	case "RateBasedStatement":
		return c.rate(ipSet)
	case "ManagedRuleGroupStatement":
		return c.managed(ipSet)
	case "IPSetReferenceStatement":
		return c.ipSetReference(ipSet)
	case "RegexPatternSetReferenceStatement", "RuleGroupReferenceStatement":
		return 0, nonexistent() // these sets and groups cannot be created here
	}
	units, known := baseUnits[name]
	if !known {
		return 0, invalid("STATEMENT", name, "The statement type is not known.")
	}
	switch {
	case c.PositionalConstraint == "CONTAINS" || c.PositionalConstraint == "CONTAINS_WORD":
		units = containsUnits
	case name == "SqliMatchStatement" && c.SensitivityLevel == "HIGH":
		units = sensitiveUnits
	}
	for _, t := range c.TextTransformations {
		if t.Type != "NONE" {
			units += transformationUnits
		}
	}
	return units, nil
}

// Capacities of a reference to an IP set, by the address of the connection and by
// one in a header.
const (
	ipSetUnits       = 1
	forwardedIPUnits = 5
)

func (c content) ipSetReference(refer func(arn string) error) (int, error) {
	if err := refer(c.ARN); err != nil {
		return 0, err
	}
	if len(c.IPSetForwardedIPConfig) > 0 {
		return forwardedIPUnits, nil
	}
	return ipSetUnits, nil
}

func sum(ipSet func(arn string) error, statements ...statement) (total int, err error) {
	for _, s := range statements {
		units, err := s.capacity(ipSet)
		if err != nil {
			return 0, err
		}
		total += units
	}
	return total, nil
}

func (c content) rate(ipSet func(arn string) error) (int, error) {
	if c.Limit < minRate || c.Limit > maxRate {
		return 0, invalid("RATE_BASED_STATEMENT", "Limit", "The limit must be between %d and %d.", minRate, maxRate)
	}
	switch c.AggregateKeyType {
	case "IP", "FORWARDED_IP", "CUSTOM_KEYS":
	case "CONSTANT":
		if c.ScopeDownStatement == nil {
			return 0, invalid("RATE_BASED_STATEMENT", "AggregateKeyType", "CONSTANT needs a scope-down statement.")
		}
	default:
		return 0, invalid("RATE_BASED_STATEMENT", c.AggregateKeyType, "The aggregate key type is not valid.")
	}
	units, err := c.scopeDown(ipSet)
	return rateUnits + customKeyUnits*len(c.CustomKeys) + units, err
}

// managed is the price of a managed rule group of AWS. Groups of other vendors
// need a subscription, which nobody has here.
func (c content) managed(ipSet func(arn string) error) (int, error) {
	group, known := managedRuleGroups[c.Name]
	if !known || c.VendorName != "AWS" {
		return 0, nonexistent()
	}
	units, err := c.scopeDown(ipSet)
	return group.capacity + units, err
}

func (c content) scopeDown(ipSet func(arn string) error) (int, error) {
	if c.ScopeDownStatement == nil {
		return 0, nil
	}
	return c.ScopeDownStatement.capacity(ipSet)
}
