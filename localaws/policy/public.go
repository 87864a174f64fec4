package policy

import "strings"

// Public says whether S3 regards the policy as public: it allows something to
// everyone, not narrowed to fixed values of one of the keys that identify who
// asks. See "The meaning of public" in "Blocking public access to your Amazon S3
// storage". A service principal alone is a fixed principal, so not public.
func (d *Document) Public() bool {
	for _, s := range d.Statements {
		if !s.Deny && s.forEveryone() && !s.narrowed() {
			return true
		}
	}
	return false
}

func (s *Statement) forEveryone() bool {
	if s.NotPrincipals {
		return true
	}
	for _, p := range s.Principals {
		if p.Everyone() {
			return true
		}
	}
	return false
}

var narrowingKeys = map[string]bool{
	"aws:principalorgid": true, "aws:principalaccount": true, "aws:principalarn": true,
	"aws:sourcearn": true, "aws:sourcevpc": true, "aws:sourcevpce": true,
	"aws:sourceowner": true, "aws:sourceaccount": true, "aws:userid": true,
	"s3:dataaccesspointaccount": true, "s3:dataaccesspointarn": true,
	"s3:x-amz-server-side-encryption-aws-kms-key-id": true,
}

// narrowed says whether a condition limits the statement to fixed values. An
// operator that holds when the key is absent, or is negated, limits nothing.
func (s *Statement) narrowed() bool {
	for _, c := range s.Conditions {
		o, known := parseOperator(c.Operator)
		if !known || o.negated || o.ifExists || o.allValue || o.null {
			continue
		}
		key := strings.ToLower(c.Key)
		if key == "aws:sourceip" && allFixed(c.Values, narrowRange) || narrowingKeys[key] && allFixed(c.Values, fixedFor(key)) {
			return true
		}
	}
	return false
}

func allFixed(values []string, fixed func(string) bool) bool {
	for _, v := range values {
		if !fixed(v) {
			return false
		}
	}
	return len(values) > 0
}

// fixedFor returns what makes a value of a key fixed: no wildcard and no policy
// variable. Access points may be named by a star where the account is fixed.
func fixedFor(key string) func(string) bool {
	return func(value string) bool {
		if strings.Contains(value, "${") {
			return false
		}
		if key == "s3:dataaccesspointarn" {
			parts := strings.SplitN(value, ":", 6)
			return len(parts) == 6 && !strings.ContainsAny(parts[4], "*?")
		}
		return !strings.ContainsAny(value, "*?")
	}
}

// narrowRange says whether a CIDR block is narrow enough not to count as
// everyone: at least /8 for IPv4 and /32 for IPv6.
func narrowRange(text string) bool {
	prefix, ok := parsePrefix(text)
	if !ok {
		return false
	}
	if prefix.Addr().Is4() {
		return prefix.Bits() >= 8
	}
	return prefix.Bits() >= 32
}
