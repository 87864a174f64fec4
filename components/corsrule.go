package components

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BucketCorsRuleToken is the type token of [BucketCorsRule].
const BucketCorsRuleToken = "imagecdn:index:BucketCorsRule" //nolint:gosec // a type token, not a credential

// BucketCorsRule is one CORS rule of a bucket: every other rule stays as it is, through
// create, update and delete. S3 answers by it what browsers ask before scripts send
// headers of their own, which CloudFront passes on to S3.
type BucketCorsRule struct {
	pulumi.CustomResourceState

	// RuleId is the rule's id. It stays the same for the life of the resource.
	RuleId pulumi.StringOutput `pulumi:"ruleId"`
}

// letPreflightsIn has S3 answer the preflights of all origins whose scripts may send
// headers of their own, on any path: the rules of S3 are for the whole bucket.
func (c *ImageCdn) letPreflightsIn(ctx *pulumi.Context, plan imagePlan) error {
	origins := plan.preflightOrigins()
	if len(origins) == 0 {
		return nil
	}
	for i, bucket := range c.grantees {
		if i > 0 && !bucket.mounted {
			continue // a replica is never asked
		}
		rule := &BucketCorsRule{}
		inputs := pulumi.Map{
			"bucket": bucket.located.name, "region": bucket.region, "origins": pulumi.ToStringArray(origins), "mark": plan.mark.text,
		}
		err := ctx.RegisterResource(BucketCorsRuleToken, plan.name+"-"+bucket.name+"cors", inputs, rule, pluginOptions(plan.made.plugin, []pulumi.ResourceOption{pulumi.Parent(c)})...)
		if err != nil {
			return fmt.Errorf("making the CORS rule of %q: %w", plan.name, err)
		}
		if i == 0 {
			c.CorsRule = rule
		}
	}
	return nil
}

// preflightOrigins are those of all paths, each once.
func (plan imagePlan) preflightOrigins() []string {
	var origins []string
	for _, b := range plan.behaviors {
		if b.headers.Preflights {
			origins = append(origins, b.headers.CorsOrigins...)
		}
	}
	if slices.Contains(origins, "*") {
		return []string{"*"}
	}
	slices.Sort(origins)
	return slices.Compact(origins)
}
