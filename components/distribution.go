package components

import (
	"fmt"
	"net/http"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// distributionToken is the type of a distribution.
const distributionToken = "aws:cloudfront/distribution:Distribution" //nolint:gosec // a type token, not a credential

// Names of origins within the distribution.
const (
	originID  = "bucket"
	replicaID = "replica"
	groupID   = "bucket-or-replica"
)

// newDistribution makes the distribution. It does not let the provider wait for
// Deployed: an up killed in that wait would leave a distribution that no state
// knows of, and the next up could not take its domains. See awaitDeployed.
func newDistribution(
	ctx *pulumi.Context, c *ImageCdn, plan imagePlan, used []policies, signers pulumi.StringArrayInput, webACL pulumi.StringPtrInput,
) (*cloudfront.Distribution, error) {
	left, err := newLeftovers(ctx, plan.name+"-unfinished", leftoversArgs{mark: plan.mark.text, kinds: []string{leftDistribution}}, plan.made.plugin,
		pulumi.Parent(c), pulumi.DependsOn(c.heldByDistribution()))
	if err != nil {
		return nil, err
	}
	opts := append(c.inUsEast1(plan), pulumi.DependsOn([]pulumi.Resource{left}), plan.mark.renewals.of(plan.name+"-distribution"))
	opts = append(opts, concealTags(plan.Tags)...)
	existing := textOr(plan.lost, plan.adopted.ID)
	opts = append(opts, importing(existing)...)
	opts = append(opts, plan.damage.rewriting(existing != "")...)
	if plan.adopted.ID != "" {
		opts = append(opts, pulumi.DependsOn(c.grants()))
	}
	distribution, err := cloudfront.NewDistribution(ctx, plan.name+"-distribution", &cloudfront.DistributionArgs{
		Enabled:           pulumi.Bool(true),
		Comment:           stringOr(plan.Operation.Comment, comment(ctx, plan.name, plan.domains[0])).ToStringOutput(),
		Aliases:           plan.aliases(),
		HttpVersion:       pulumi.String("http2and3"),
		IsIpv6Enabled:     pulumi.Bool(true),
		PriceClass:        stringOr(plan.Operation.PriceClass, DefaultPriceClass).ToStringOutput(),
		WebAclId:          webACL,
		WaitForDeployment: pulumi.Bool((plan.damage.disabled || plan.damage.gone) && !plan.damage.waited),
		Origins:           c.origins(plan),
		OriginGroups:      plan.Origin.Failover.group(),
		// Without one, "/" asks S3 for the list of the bucket.
		DefaultRootObject:     stringOr(plan.Missing.RootObject, DefaultRootObject).ToStringOutput(),
		DefaultCacheBehavior:  c.requestsOf(plan.behaviors[0], used[0], signers),
		OrderedCacheBehaviors: c.orderedBehaviors(plan, used, signers),
		CustomErrorResponses:  errorResponses(plan.behaviors[0].cache.ErrorTtl, plan.Missing),
		Restrictions: cloudfront.DistributionRestrictionsArgs{
			GeoRestriction: plan.Protection.restriction(),
		},
		ViewerCertificate: cloudfront.DistributionViewerCertificateArgs{
			AcmCertificateArn:      c.CertificateArn,
			MinimumProtocolVersion: pulumi.String("TLSv1.2_2021"), // the newest pulumi-aws v6 knows
			SslSupportMethod:       pulumi.String("sni-only"),
		},
		Tags: withMark(plan.Tags, plan.mark.text),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("making the distribution of %q: %w", plan.name, err)
	}
	return distribution, nil
}

// origins are the bucket, and what else images come from. One origin access control signs
// the requests to all of them.
func (c *ImageCdn) origins(plan imagePlan) cloudfront.DistributionOriginArray {
	var all cloudfront.DistributionOriginArray
	for _, s := range c.sources {
		all = append(all, cloudfront.DistributionOriginArgs{
			OriginId:              pulumi.String(s.id),
			DomainName:            s.domainName,
			OriginPath:            originPath(s.prefix),
			OriginAccessControlId: c.Origin.OriginAccessControlId,
			OriginShield:          plan.Origin.shield(s.located),
		})
	}
	return all
}

// aliases are the domains of the distribution.
func (plan imagePlan) aliases() pulumi.StringArray {
	if !plan.live() {
		return nil
	}
	return pulumi.ToStringArray(plan.domains)
}

// requestsOf is how requests are answered that no path pattern has.
func (c *ImageCdn) requestsOf(b behavior, used policies, signers pulumi.StringArrayInput) cloudfront.DistributionDefaultCacheBehaviorArgs {
	methods := []string{http.MethodGet, http.MethodHead}
	behavior := cloudfront.DistributionDefaultCacheBehaviorArgs{
		TargetOriginId:          pulumi.String(b.origin),
		ViewerProtocolPolicy:    pulumi.String("redirect-to-https"),
		AllowedMethods:          pulumi.ToStringArray(methods),
		CachedMethods:           pulumi.ToStringArray(methods),
		CachePolicyId:           used.cache,
		ResponseHeadersPolicyId: used.headers,
		Compress:                pulumi.Bool(false),
		FunctionAssociations:    c.associations,
	}
	// An empty list takes groups away; without one the AWS provider leaves what is there.
	behavior.TrustedKeyGroups = pulumi.StringArray{}
	if b.signed {
		behavior.TrustedKeyGroups = signers
	}
	if len(b.headers.CorsOrigins) > 0 {
		behavior.AllowedMethods = pulumi.ToStringArray(append(methods, http.MethodOptions))
		behavior.OriginRequestPolicyId = pulumi.String(corsS3Origin)
	}
	return behavior
}

// heldByDistribution are the resources that AWS does not delete before the distributions
// that use them. One that an interrupted up left is to go before they do.
func (c *ImageCdn) heldByDistribution() []pulumi.Resource {
	held := []pulumi.Resource{c.Origin.OriginAccessControl}
	if c.Certificate != nil {
		held = append(held, c.Certificate.Certificate)
	}
	for _, policy := range c.CachePolicies {
		held = append(held, policy)
	}
	for _, policy := range c.HeadersPolicies {
		held = append(held, policy)
	}
	for _, function := range c.Functions {
		held = append(held, function)
	}
	if c.KeyGroup != nil {
		held = append(held, c.KeyGroup)
	}
	if c.WebAcl != nil {
		held = append(held, c.WebAcl)
	}
	return held
}
