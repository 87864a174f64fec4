package components

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
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
	// AllowCountries are the countries whose viewers alone are answered, each by two
	// letters (ISO 3166-1) such as "DE"; others get 403. Default: all.
	AllowCountries []string `pulumi:"allowCountries"`
	// BlockCountries are the countries whose viewers get 403. Default: none.
	BlockCountries []string `pulumi:"blockCountries"`
}

// countryCodes are those of ISO 3166-1 that CloudFront takes.
const countryCodes = `
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`

// checkCountries reports codes that CloudFront refuses.
func checkCountries(args ProtectionArgs, fs *faults) {
	known := strings.Fields(countryCodes)
	for _, list := range []struct {
		field     string
		countries []string
	}{{"protection.allowCountries", args.AllowCountries}, {"protection.blockCountries", args.BlockCountries}} {
		for i, code := range list.countries {
			field := fmt.Sprintf("%s[%d]", list.field, i)
			switch {
			case !slices.Contains(known, code):
				fs.add(field, code, "there is no such country", "Give the two letters of ISO 3166-1, such as DE or GB")
			case slices.Contains(list.countries[:i], code):
				fs.add(field, code, "it is there twice", "Leave out one of the two")
			}
		}
	}
	if len(args.AllowCountries) > 0 && len(args.BlockCountries) > 0 {
		fs.add("protection.blockCountries", strings.Join(args.BlockCountries, ", "), "CloudFront takes one list, and protection.allowCountries leaves out all others", "Leave out one of the two")
	}
}

// restriction is where the distribution may be seen.
func (args ProtectionArgs) restriction() cloudfront.DistributionRestrictionsGeoRestrictionArgs {
	kind, countries := "none", []string(nil)
	switch {
	case len(args.AllowCountries) > 0:
		kind, countries = "whitelist", args.AllowCountries
	case len(args.BlockCountries) > 0:
		kind, countries = "blacklist", args.BlockCountries
	}
	restriction := cloudfront.DistributionRestrictionsGeoRestrictionArgs{RestrictionType: pulumi.String(kind)}
	if countries != nil {
		restriction.Locations = pulumi.ToStringArray(slices.Sorted(slices.Values(countries)))
	}
	return restriction
}

var webAclARN = regexp.MustCompile(`^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global/webacl/[^/]+/[^/]+$`)

// managedRuleGroups are those of the console's one-click protections, in its order.
var managedRuleGroups = []string{
	"AWSManagedRulesAmazonIpReputationList",
	"AWSManagedRulesCommonRuleSet",
	"AWSManagedRulesKnownBadInputsRuleSet",
}

func checkProtection(ctx *pulumi.Context, plugin *pluginProvider, args ProtectionArgs, fs *faults) {
	checkCountries(args, fs)
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
