package wafv2

import (
	"regexp"

	"imagecdn/localaws/api"
)

var metricName = regexp.MustCompile(`^[\w#:./-]{1,255}$`)

// rule is what is checked of a rule.
type rule struct {
	Name             string
	Priority         *int
	Statement        statement
	Action           document
	OverrideAction   document
	VisibilityConfig *visibility
}

type visibility struct {
	SampledRequestsEnabled   *bool
	CloudWatchMetricsEnabled *bool
	MetricName               string
}

// check says what is wrong with a configuration, or how much capacity it needs.
// ipSet says which IP sets its rules may refer to.
func check(config document, ipSet func(arn string) error) (capacity int, err error) {
	var acl struct {
		DefaultAction    document
		VisibilityConfig *visibility
		Rules            []rule
	}
	if err := config.read(&acl); err != nil {
		return 0, err
	}
	_, allow := acl.DefaultAction["Allow"]
	_, block := acl.DefaultAction["Block"]
	if allow == block {
		return 0, invalid("DEFAULT_ACTION", "DefaultAction", "You must specify exactly one of Allow and Block.")
	}
	if err := acl.VisibilityConfig.check(); err != nil {
		return 0, err
	}
	return checkRules(acl.Rules, ipSet)
}

func checkRules(rules []rule, ipSet func(arn string) error) (capacity int, err error) {
	priorities, names := map[int]bool{}, map[string]bool{}
	for _, r := range rules {
		if err := r.check(); err != nil {
			return 0, err
		}
		if priorities[*r.Priority] {
			return 0, invalid("RULE", r.Name, "You have used the same priority for more than one rule.")
		}
		if names[r.Name] {
			return 0, invalid("RULE", r.Name, "You have used the same name for more than one rule.")
		}
		priorities[*r.Priority], names[r.Name] = true, true
		units, err := r.Statement.capacity(ipSet)
		if err != nil {
			return 0, err
		}
		capacity += units
	}
	if capacity > maxCapacity {
		return 0, limitExceeded()
	}
	return capacity, nil
}

func (v *visibility) check() error {
	switch {
	case v == nil || v.SampledRequestsEnabled == nil || v.CloudWatchMetricsEnabled == nil:
		return api.Refuse("ValidationException", "VisibilityConfig must have SampledRequestsEnabled, "+
			"CloudWatchMetricsEnabled and MetricName")
	case !metricName.MatchString(v.MetricName) || v.MetricName == "All" || v.MetricName == "Default_Action":
		return invalid("METRIC_NAME", v.MetricName, "The metric name is not valid.")
	}
	return nil
}

// check looks at one rule by itself. A rule that refers to a group overrides
// the group's action; any other rule has an action of its own.
func (r rule) check() error {
	if !entityName.MatchString(r.Name) {
		return invalid("RULE", r.Name, "The rule's name is not valid.")
	}
	if r.Priority == nil || *r.Priority < 0 {
		return invalid("RULE", r.Name, "A rule must have a priority.")
	}
	if len(r.Statement) != 1 {
		return invalid("STATEMENT", r.Name, "A statement must have exactly one type.")
	}
	_, managed := r.Statement["ManagedRuleGroupStatement"]
	_, group := r.Statement["RuleGroupReferenceStatement"]
	refers := managed || group
	if refers != (len(r.OverrideAction) == 1) || refers == (len(r.Action) == 1) {
		return invalid("RULE_ACTION", r.Name, "A reference in your rule statement is not valid: a rule needs "+
			"OverrideAction if it refers to a rule group, Action otherwise, and not both.")
	}
	return r.VisibilityConfig.check()
}

type capacityInput struct {
	Scope string
	Rules []rule
}

type capacityOutput struct{ Capacity int }

func (s *Service) checkCapacity(r *api.Request, in *capacityInput) (*capacityOutput, error) {
	if err := checkScope(r, in.Scope); err != nil {
		return nil, err
	}
	capacity, err := checkRules(in.Rules, s.referTo(r))
	if err != nil {
		return nil, err
	}
	return &capacityOutput{Capacity: capacity}, nil
}
