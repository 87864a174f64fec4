package wafv2

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// ipSetARNs finds the IP sets that rules refer to.
var ipSetARNs = regexp.MustCompile(`arn:aws:wafv2:[\w-]+:\d{12}:\w+/ipset/[\w-]+/[\w-]+`)

// reference is what a call says of what it is about.
type reference struct {
	identity
	ResourceARN, WebACLArn string
	Tags                   []tags.Tag
	TagKeys                []string
	LoggingConfiguration   struct{ ResourceArn string }
}

// Needs implements api.Guarded ("Actions, resources, and condition keys for AWS WAF
// V2").
func (s *Service) Needs(r *api.Request) []api.Need {
	var in reference
	_ = json.Unmarshal(r.Body, &in) // what cannot be read is refused by the operation
	action := "wafv2:" + r.Operation
	switch r.Operation {
	case "ListWebACLs", "ListIPSets", "ListAvailableManagedRuleGroups", "CheckCapacity", "GetWebACLForResource":
		return []api.Need{{Action: action, Resource: "*"}}
	case "ListLoggingConfigurations":
		return []api.Need{{Action: action, Resource: "*"}}
	case "PutLoggingConfiguration":
		return []api.Need{{Action: action, Resource: in.LoggingConfiguration.ResourceArn}}
	case "TagResource", "UntagResource", "ListTagsForResource", "GetLoggingConfiguration", "DeleteLoggingConfiguration":
		return []api.Need{{Action: action, Resource: in.ResourceARN, Context: tags.Conditions(in.Tags, in.TagKeys...)}}
	case "ListResourcesForWebACL":
		return []api.Need{{Action: action, Resource: in.WebACLArn}}
	}
	own := in.arn(r)
	tagged := tags.Conditions(in.Tags)
	needs := []api.Need{{Action: action, Resource: own, Context: tagged}}
	for _, arn := range rulesOf(r, in.Scope) {
		needs = append(needs, api.Need{Action: action, Resource: arn, Context: tagged})
	}
	if len(in.Tags) > 0 && strings.HasPrefix(r.Operation, "Create") {
		needs = append(needs, api.Need{Action: "wafv2:TagResource", Resource: own, Context: tagged})
	}
	return needs
}

// arn is the ARN of the web ACL or IP set, with a star for the id of a new one.
func (in reference) arn(r *api.Request) string {
	if in.ARN != "" {
		return in.ARN
	}
	kind := "webacl"
	if strings.Contains(r.Operation, "IPSet") {
		kind = "ipset"
	}
	return fmt.Sprintf("arn:aws:wafv2:%s:%s:%s/%s/%s/%s", r.Region, r.Caller.Account, level(in.Scope), kind, in.Name, cmp.Or(in.ID, "*"))
}

// rulesOf are the ARNs of what the rules of a web ACL refer to, which who makes or
// changes one needs the action for as well.
func rulesOf(r *api.Request, scope string) []string {
	if r.Operation != "CreateWebACL" && r.Operation != "UpdateWebACL" {
		return nil
	}
	arns := ipSetARNs.FindAllString(string(r.Body), -1)
	if bytes.Contains(r.Body, []byte("ManagedRuleGroupStatement")) {
		arns = append(arns, fmt.Sprintf("arn:aws:wafv2:%s:%s:%s/managedruleset/*/*", r.Region, r.Caller.Account, level(scope)))
	}
	return arns
}
