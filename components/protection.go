package components

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ProtectionArgs say what keeps viewers off who are none.
type ProtectionArgs struct {
	// WebAcl is "managed" for a web ACL with the rule groups of the CloudFront
	// console's one-click security protections, or "none". Default: managed, or none
	// where webAclArn is given.
	WebAcl string `pulumi:"webAcl"`
	// WebAclArn is an existing web ACL, of scope CLOUDFRONT, to use instead.
	WebAclArn pulumi.StringInput `pulumi:"webAclArn"`
}

var webAclARN = regexp.MustCompile(`^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global/webacl/[^/]+/[^/]+$`)

// managedRuleGroups are those of the console's one-click protections, in its order.
var managedRuleGroups = []string{
	"AWSManagedRulesAmazonIpReputationList",
	"AWSManagedRulesCommonRuleSet",
	"AWSManagedRulesKnownBadInputsRuleSet",
}

func checkProtection(ctx *pulumi.Context, plugin *pluginProvider, args ProtectionArgs, fs *faults) {
	switch {
	case args.WebAcl != "" && args.WebAcl != Managed && args.WebAcl != None:
		fs.add("protection.webAcl", args.WebAcl, `this is neither "managed" nor "none"`,
			"Give one of them; the ARN of an existing web ACL is protection.webAclArn")
	case args.WebAcl != "" && args.WebAclArn != nil:
		fs.add("protection.webAcl", args.WebAcl, "it says otherwise than protection.webAclArn", "Leave out one of the two")
	}
	arn, plain := plainString(args.WebAclArn)
	if !plain || arn == "" {
		return
	}
	const field, cure = "protection.webAclArn", "Give the ARN of a web ACL for CloudFront, arn:aws:wafv2:us-east-1:123456789012:global/webacl/NAME/ID"
	if !webAclARN.MatchString(arn) {
		fs.add(field, arn, "this is not the ARN of a web ACL for CloudFront", cure)
		return
	}
	found, err := plugin.getEdge(ctx, edgeQuery{WebAclArn: arn})
	switch {
	case err != nil:
		fs.add(field, arn, "the web ACL cannot be looked up: "+err.Error(), "Check that the credentials allow wafv2:GetWebACL")
	case found.WebAcl != nil && !found.WebAcl.Found:
		fs.add(field, arn, "the account has no such web ACL", cure)
	}
}

// newWebAcl returns the web ACL that is made, nil for none, and the ARN of the
// distribution's, nil for none.
func newWebAcl(
	ctx *pulumi.Context, name string, args ProtectionArgs, tags pulumi.StringMapInput, mark *mark, opts ...pulumi.ResourceOption,
) (*wafv2.WebAcl, pulumi.StringPtrInput, error) {
	if args.WebAclArn != nil {
		return nil, args.WebAclArn.ToStringOutput(), nil
	}
	if args.WebAcl == None {
		return nil, nil, nil
	}
	acl, err := wafv2.NewWebAcl(ctx, name+"-waf", &wafv2.WebAclArgs{
		Description:   describe("The protections of the CloudFront console", mark.text),
		Scope:         pulumi.String("CLOUDFRONT"),
		DefaultAction: wafv2.WebAclDefaultActionArgs{Allow: wafv2.WebAclDefaultActionAllowArgs{}},
		Rules:         managedRules(),
		VisibilityConfig: wafv2.WebAclVisibilityConfigArgs{
			CloudwatchMetricsEnabled: pulumi.Bool(true), SampledRequestsEnabled: pulumi.Bool(true),
			MetricName: pulumi.String(name),
		},
		Tags: tags,
	}, append(append(opts, concealTags(tags)...), mark.renewals.of(name+"-waf"), pulumi.IgnoreChanges([]string{"name"}))...) // an imported one keeps its own
	if err != nil {
		return nil, nil, fmt.Errorf("making the web ACL of %q: %w", name, err)
	}
	return acl, acl.Arn, nil
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
