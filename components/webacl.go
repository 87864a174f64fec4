package components

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// What [ImageCdnArgs].WebAcl may say besides the ARN of an existing web ACL.
const (
	// WebAclManaged makes a web ACL with the rule groups of the CloudFront
	// console's one-click security protections.
	WebAclManaged = "managed"
	// WebAclNone leaves the distribution without one.
	WebAclNone = "none"
)

var webAclARN = regexp.MustCompile(`^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global/webacl/[^/]+/[^/]+$`)

// managedRuleGroups are those of the console's one-click protections, in its order.
var managedRuleGroups = []string{
	"AWSManagedRulesAmazonIpReputationList",
	"AWSManagedRulesCommonRuleSet",
	"AWSManagedRulesKnownBadInputsRuleSet",
}

func checkWebAcl(value string, fs *faults) {
	if value != WebAclManaged && value != WebAclNone && !webAclARN.MatchString(value) {
		fs.add("webAcl", value, "this is neither \"managed\" nor \"none\" nor the ARN of a web ACL for CloudFront",
			"Give one of them; the ARN looks like arn:aws:wafv2:us-east-1:123456789012:global/webacl/NAME/ID")
	}
}

// newWebAcl returns the ARN of the distribution's web ACL, nil for none.
func newWebAcl(
	ctx *pulumi.Context, name, value string, tags pulumi.StringMapInput, opts []pulumi.ResourceOption,
) (pulumi.StringPtrInput, error) {
	switch value {
	case WebAclNone:
		return nil, nil
	case WebAclManaged:
	default:
		return pulumi.String(value), nil
	}
	acl, err := wafv2.NewWebAcl(ctx, name+"-waf", &wafv2.WebAclArgs{
		Name:             pulumi.String(accountName(ctx, name)),
		Description:      pulumi.String("The protections of the CloudFront console, for Pulumi stack " + ctx.Stack()),
		Scope:            pulumi.String("CLOUDFRONT"),
		DefaultAction:    wafv2.WebAclDefaultActionArgs{Allow: wafv2.WebAclDefaultActionAllowArgs{}},
		Rules:            managedRules(),
		VisibilityConfig: visibility(accountName(ctx, name)),
		Tags:             tags,
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("making the web ACL of %q: %w", name, err)
	}
	return acl.Arn, nil
}

func managedRules() wafv2.WebAclRuleArray {
	var rules wafv2.WebAclRuleArray
	for i, group := range managedRuleGroups {
		rules = append(rules, wafv2.WebAclRuleArgs{
			Name:           pulumi.String(group),
			Priority:       pulumi.Int(i),
			OverrideAction: wafv2.WebAclRuleOverrideActionArgs{None: wafv2.WebAclRuleOverrideActionNoneArgs{}},
			Statement: wafv2.WebAclRuleStatementArgs{
				ManagedRuleGroupStatement: wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs{
					VendorName: pulumi.String("AWS"), Name: pulumi.String(group),
				},
			},
			VisibilityConfig: wafv2.WebAclRuleVisibilityConfigArgs{
				CloudwatchMetricsEnabled: pulumi.Bool(true), SampledRequestsEnabled: pulumi.Bool(true),
				MetricName: pulumi.String(group),
			},
		})
	}
	return rules
}

func visibility(metric string) wafv2.WebAclVisibilityConfigArgs {
	return wafv2.WebAclVisibilityConfigArgs{
		CloudwatchMetricsEnabled: pulumi.Bool(true), SampledRequestsEnabled: pulumi.Bool(true),
		MetricName: pulumi.String(metric),
	}
}
