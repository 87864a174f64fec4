package policy

import (
	"cmp"
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/internal/glob"
)

// operator is a condition operator taken apart.
type operator struct {
	// holds compares one value of the request with one of the policy.
	holds func(value, pattern string) bool
	// negated operators hold when no value of the policy matches, and when the
	// key is absent.
	negated  bool
	ifExists bool
	anyValue bool
	allValue bool
	null     bool
	// pattern operators know wildcards.
	pattern bool
}

var comparisons = map[string]func(value, pattern string) bool{
	"StringEquals":           func(v, p string) bool { return v == p },
	"StringEqualsIgnoreCase": strings.EqualFold,
	"StringLike":             func(v, p string) bool { return glob.Match(p, v) },
	"ArnEquals":              matchARN, // ArnEquals and ArnLike behave identically
	"ArnLike":                matchARN,
	"Bool":                   strings.EqualFold,
	"IpAddress":              inRange,
	"BinaryEquals":           binaryEquals,

	"NumericEquals":            numeric(equal),
	"NumericLessThan":          numeric(less),
	"NumericLessThanEquals":    numeric(atMost),
	"NumericGreaterThan":       numeric(greater),
	"NumericGreaterThanEquals": numeric(atLeast),

	"DateEquals":            date(equal),
	"DateLessThan":          date(less),
	"DateLessThanEquals":    date(atMost),
	"DateGreaterThan":       date(greater),
	"DateGreaterThanEquals": date(atLeast),
}

// What the operators of order make of a comparison's outcome.
func equal(c int) bool   { return c == 0 }
func less(c int) bool    { return c < 0 }
func atMost(c int) bool  { return c <= 0 }
func greater(c int) bool { return c > 0 }
func atLeast(c int) bool { return c >= 0 }

var negations = map[string]string{
	"StringNotEquals":           "StringEquals",
	"StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
	"StringNotLike":             "StringLike",
	"ArnNotEquals":              "ArnEquals",
	"ArnNotLike":                "ArnLike",
	"NotIpAddress":              "IpAddress",
	"NumericNotEquals":          "NumericEquals",
	"DateNotEquals":             "DateEquals",
}

func parseOperator(name string) (o operator, known bool) {
	name, o.anyValue = strings.CutPrefix(name, "ForAnyValue:")
	name, o.allValue = strings.CutPrefix(name, "ForAllValues:")
	name, o.ifExists = strings.CutSuffix(name, "IfExists")
	if name == "Null" {
		o.null = true
		return o, !o.ifExists
	}
	if positive, found := negations[name]; found {
		name, o.negated = positive, true
	}
	o.pattern = name == "StringLike" || strings.HasPrefix(name, "Arn")
	o.holds, known = comparisons[name]
	return o, known
}

// holds says whether a condition holds; known is false if its operator is not
// one this package can judge, or the value of its key is not known.
func (s *Statement) holds(c Condition, r Request) (holds, known bool) {
	o, known := parseOperator(c.Operator)
	if !known || named(r.Unjudged, c.Key) {
		return false, false
	}
	values := r.Context[strings.ToLower(c.Key)]
	if o.null {
		return anyOf(c.Values, func(want string) bool { return strings.EqualFold(want, strconv.FormatBool(len(values) == 0)) }), true
	}
	if len(values) == 0 {
		return o.ifExists || o.allValue || o.negated && !o.anyValue, true
	}
	for _, v := range values {
		matches := anyOf(c.Values, func(pattern string) bool {
			expanded, ok := s.expand(pattern, r.Context)
			if !o.pattern {
				expanded = glob.Plain(expanded)
			}
			return ok && o.holds(v, expanded)
		}) != o.negated
		if o.allValue && !matches {
			return false, true
		}
		if !o.allValue && matches {
			return true, true
		}
	}
	return o.allValue, true
}

// matchARN compares ARNs section by section: a star in the policy does not
// reach over a colon, except in the last section.
func matchARN(value, pattern string) bool {
	v, p := strings.SplitN(value, ":", 6), strings.SplitN(pattern, ":", 6)
	if len(v) != 6 || len(p) != 6 {
		return false
	}
	for i := range v {
		if !glob.Match(p[i], v[i]) {
			return false
		}
	}
	return true
}

func inRange(value, pattern string) bool {
	address, err := netip.ParseAddr(value)
	if err != nil {
		return false
	}
	prefix, ok := parsePrefix(pattern)
	return ok && prefix.Contains(address.Unmap())
}

// parsePrefix reads a CIDR block or a single address.
func parsePrefix(text string) (prefix netip.Prefix, ok bool) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(text)
	return prefix, err == nil
}

func binaryEquals(value, pattern string) bool {
	v, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return false
	}
	p, err := base64.StdEncoding.DecodeString(pattern)
	return err == nil && string(v) == string(p)
}

func numeric(test func(int) bool) func(value, pattern string) bool {
	return func(value, pattern string) bool {
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return false
		}
		p, err := strconv.ParseFloat(pattern, 64)
		if err != nil {
			return false
		}
		return test(cmp.Compare(v, p))
	}
}

func date(test func(int) bool) func(value, pattern string) bool {
	return func(value, pattern string) bool {
		v, ok := instant(value)
		if !ok {
			return false
		}
		p, ok := instant(pattern)
		return ok && test(v.Compare(p))
	}
}

// instant reads the two forms of a date in a policy: ISO 8601 and Unix seconds.
func instant(text string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
