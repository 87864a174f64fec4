package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Inputs of getEdge.
const (
	cachePolicyKey    resource.PropertyKey = "cachePolicyId"
	headersPolicyKey  resource.PropertyKey = "responseHeadersPolicyId"
	keyGroupKey       resource.PropertyKey = "keyGroupId"
	publicKeyKey      resource.PropertyKey = "publicKeyId"
	functionKey       resource.PropertyKey = "functionName"
	webACLKey         resource.PropertyKey = "webAclArn"
	certificateARNKey resource.PropertyKey = "certificateArn"
	namesKey          resource.PropertyKey = "names"
	markedKey         resource.PropertyKey = "markOf"
	distributionIDKey resource.PropertyKey = "distributionId"
	accessControlKey  resource.PropertyKey = "originAccessControlId"
	accountKey        resource.PropertyKey = "account"
)

var edgeShapes = []shape{
	{key: cachePolicyKey, pattern: anything, want: "the id of a cache policy"},
	{key: headersPolicyKey, pattern: anything, want: "the id of a response headers policy"},
	{key: keyGroupKey, pattern: anything, want: "the id of a key group"},
	{key: publicKeyKey, pattern: anything, want: "the id of a public key"},
	{key: functionKey, pattern: anything, want: "the name of a function"},
	{key: webACLKey, pattern: anything, want: "the ARN of a web ACL"},
	{key: certificateARNKey, pattern: anything, want: "the ARN of a certificate"},
	{key: namesKey, want: "the names that distributions answer to"},
	{key: markedKey, pattern: anything, want: "the ARN of a distribution"},
	{key: distributionIDKey, pattern: anything, want: "the id of a distribution"},
	{key: accessControlKey, pattern: anything, want: "the id of an origin access control"},
	{key: accountKey, pattern: anything, want: "the number of an account"},
}

// foundEdge is the answer of getEdge: nil for what was not asked.
type foundEdge struct {
	CachePolicy           *foundPart        `pulumi:"cachePolicy,optional"`
	ResponseHeadersPolicy *foundPart        `pulumi:"responseHeadersPolicy,optional"`
	KeyGroup              *foundPart        `pulumi:"keyGroup,optional"`
	PublicKey             *foundPart        `pulumi:"publicKey,optional"`
	Function              *foundPart        `pulumi:"function,optional"`
	WebACL                *foundPart        `pulumi:"webAcl,optional"`
	Certificate           *foundCertificate `pulumi:"certificate,optional"`
	Distributions         *foundClaims      `pulumi:"distributions,optional"`
	Mark                  *string           `pulumi:"mark,optional"`
	Distribution          *foundEnabled     `pulumi:"distribution,optional"`
	OriginAccessControl   *foundPart        `pulumi:"originAccessControl,optional"`
	OwnAccount            *bool             `pulumi:"ownAccount,optional"`
}

type foundPart struct {
	Found   bool    `pulumi:"found"`
	Message string  `pulumi:"message"`
	Version *string `pulumi:"version,optional"` // of what is changed and deleted by it: its ETag
}

// foundEnabled is a distribution that was asked for by its id.
type foundEnabled struct {
	Found   bool   `pulumi:"found"`
	Enabled bool   `pulumi:"enabled"`
	Message string `pulumi:"message"`
}

type foundCertificate struct {
	Found        bool     `pulumi:"found"`
	Status       string   `pulumi:"status"`
	Domains      []string `pulumi:"domains"`
	KeyAlgorithm string   `pulumi:"keyAlgorithm"`
	Message      string   `pulumi:"message"`
}

// foundClaims are the distributions of the account that answer to some names, and why they cannot be told.
type foundClaims struct {
	Found     []foundDistribution `pulumi:"found"`
	Elsewhere []foundConflict     `pulumi:"elsewhere"`
	Message   string              `pulumi:"message"`
}

type foundDistribution struct {
	ID         string   `pulumi:"id"`
	ARN        string   `pulumi:"arn"`
	DomainName string   `pulumi:"domainName"`
	Comment    string   `pulumi:"comment"`
	Enabled    bool     `pulumi:"enabled"`
	Names      []string `pulumi:"names"`
}

// getEdge looks up what a distribution is to use and does not make.
func (p *Provider) getEdge(ctx context.Context, args resource.PropertyMap) (any, []plugin.CheckFailure, error) {
	if faults := checkAgainst(args, edgeShapes); len(faults) > 0 {
		return nil, faults, nil
	}
	ids, err := p.configured()
	if err != nil {
		return nil, nil, err
	}
	found := &foundEdge{}
	for _, look := range []struct {
		key        resource.PropertyKey
		what       string
		permission string
		find       func(ctx context.Context, id string) error
	}{
		{cachePolicyKey, "cache policy", "cloudfront:GetCachePolicy", func(ctx context.Context, id string) (err error) {
			found.CachePolicy, err = ids.aws.findCachePolicy(ctx, id)
			return err
		}},
		{headersPolicyKey, "response headers policy", "cloudfront:GetResponseHeadersPolicy", func(ctx context.Context, id string) (err error) {
			found.ResponseHeadersPolicy, err = ids.aws.findHeadersPolicy(ctx, id)
			return err
		}},
		{keyGroupKey, "key group", "cloudfront:GetKeyGroup", func(ctx context.Context, id string) (err error) {
			found.KeyGroup, err = ids.aws.findKeyGroup(ctx, id)
			return err
		}},
		{publicKeyKey, "public key", "cloudfront:GetPublicKey", func(ctx context.Context, id string) (err error) {
			found.PublicKey, err = ids.aws.findPublicKey(ctx, id)
			return err
		}},
		{functionKey, "function", "cloudfront:DescribeFunction", func(ctx context.Context, name string) (err error) {
			found.Function, err = ids.aws.findFunction(ctx, name)
			return err
		}},
		{webACLKey, "web ACL", "wafv2:GetWebACL", func(ctx context.Context, arn string) (err error) {
			found.WebACL, err = ids.aws.findWebACL(ctx, arn)
			return err
		}},
		{certificateARNKey, "certificate", "acm:DescribeCertificate", func(ctx context.Context, arn string) (err error) {
			found.Certificate, err = ids.aws.findCertificate(ctx, arn)
			return err
		}},
		{markedKey, "the mark of distribution", "cloudfront:ListTagsForResource", func(ctx context.Context, arn string) error {
			mark, err := ids.aws.findMark(ctx, arn)
			found.Mark = &mark
			return err
		}},
		{distributionIDKey, "distribution", "cloudfront:GetDistribution", func(ctx context.Context, id string) (err error) {
			found.Distribution, err = ids.aws.findDistribution(ctx, id)
			return err
		}},
		{accessControlKey, "origin access control", "cloudfront:GetOriginAccessControl", func(ctx context.Context, id string) (err error) {
			found.OriginAccessControl, err = ids.aws.findAccessControl(ctx, id)
			return err
		}},
		{accountKey, "account", "sts:GetCallerIdentity", func(ctx context.Context, account string) error {
			own, err := ids.aws.account(ctx)
			same := own == account
			found.OwnAccount = &same
			return err
		}},
	} {
		id := text(args, look.key)
		if id == "" {
			continue
		}
		if err := look.find(ctx, id); err != nil {
			return nil, nil, explain(ctx, fmt.Sprintf("looking up %s %s", look.what, id), err, needs(look.permission))
		}
	}
	if names := texts(args, namesKey); len(names) > 0 {
		if found.Distributions, err = ids.aws.findClaims(ctx, names, text(args, certificateARNKey), found.Certificate); err != nil {
			return nil, nil, explain(ctx, "listing distributions", err, nil)
		}
	}
	return found, nil, nil
}

// findClaims lists the account's distributions once. A name is a distribution's if it is one of its aliases, disabled
// or not, or CloudFront's own name of it. A distribution that has the given certificate is asked about other accounts.
// Whoever may not list them can do without.
func (i *identity) findClaims(ctx context.Context, names []string, certificateARN string, certificate *foundCertificate) (*foundClaims, error) {
	client, err := i.cloudfront(ctx)
	if err != nil {
		return nil, err
	}
	claims, holder := &foundClaims{Found: []foundDistribution{}, Elsewhere: []foundConflict{}}, ""
	pages := cloudfront.NewListDistributionsPaginator(client, &cloudfront.ListDistributionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		switch {
		case denied(err):
			claims.Message = said(ctx, err).Error()
			return claims, nil
		case err != nil:
			return nil, err //nolint:wrapcheck // the caller explains
		case page.DistributionList == nil:
			continue
		}
		for _, one := range page.DistributionList.Items {
			if one.ViewerCertificate != nil && certificateARN != "" && aws.ToString(one.ViewerCertificate.ACMCertificateArn) == certificateARN {
				holder = aws.ToString(one.Id)
			}
			if claimed := claimed(one, names); len(claimed) > 0 {
				claims.Found = append(claims.Found, foundDistribution{
					ID: aws.ToString(one.Id), ARN: aws.ToString(one.ARN), DomainName: plainName(aws.ToString(one.DomainName)),
					Comment: aws.ToString(one.Comment), Enabled: aws.ToBool(one.Enabled), Names: claimed,
				})
			}
		}
	}
	if holder != "" && certificate != nil {
		return claims, claims.findConflicts(ctx, client, holder, certificate.Domains, names)
	}
	return claims, nil
}

// findMark is the mark that a distribution carries, "" for none.
func (i *identity) findMark(ctx context.Context, arn string) (string, error) {
	client, err := i.cloudfront(ctx)
	if err != nil {
		return "", err
	}
	out, err := client.ListTagsForResource(ctx, &cloudfront.ListTagsForResourceInput{Resource: aws.String(arn)})
	if err != nil || out.Tags == nil {
		return "", absent(err, "NoSuchResource")
	}
	for _, tag := range out.Tags.Items {
		if aws.ToString(tag.Key) == markTag {
			return aws.ToString(tag.Value), nil
		}
	}
	return "", nil
}

// claimed are those of the names that a distribution answers to.
func claimed(one types.DistributionSummary, names []string) []string {
	own := []string{plainName(aws.ToString(one.DomainName))}
	if one.Aliases != nil {
		own = append(own, plainNames(one.Aliases.Items)...)
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(own, plainName(name)) })
}

func (i *identity) findCachePolicy(ctx context.Context, id string) (*foundPart, error) {
	client, err := i.cloudfront(ctx)
	if err != nil {
		return nil, err
	}
	out, err := client.GetCachePolicy(ctx, &cloudfront.GetCachePolicyInput{Id: aws.String(id)})
	found, err := part(ctx, err, "NoSuchCachePolicy")
	if err == nil && found.Found {
		found.Version = out.ETag
	}
	return found, err
}

func (i *identity) findDistribution(ctx context.Context, id string) (*foundEnabled, error) {
	client, err := i.cloudfront(ctx)
	if err != nil {
		return nil, err
	}
	out, err := client.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: aws.String(id)})
	found, err := part(ctx, err, "NoSuchDistribution")
	if err != nil {
		return nil, err
	}
	answer := &foundEnabled{Found: found.Found, Message: found.Message}
	if found.Found && out.Distribution != nil && out.Distribution.DistributionConfig != nil {
		answer.Enabled = aws.ToBool(out.Distribution.DistributionConfig.Enabled)
	}
	return answer, nil
}

func (i *identity) findAccessControl(ctx context.Context, id string) (*foundPart, error) {
	client, err := i.cloudfront(ctx)
	if err != nil {
		return nil, err
	}
	_, err = client.GetOriginAccessControl(ctx, &cloudfront.GetOriginAccessControlInput{Id: aws.String(id)})
	return part(ctx, err, "NoSuchOriginAccessControl")
}

// account is the number of the account that the identity belongs to.
func (i *identity) account(ctx context.Context) (string, error) {
	cfg, err := i.config(ctx)
	if err != nil {
		return "", err
	}
	client := sts.NewFromConfig(cfg, func(o *sts.Options) { o.BaseEndpoint = i.endpoint("sts", o.BaseEndpoint) })
	out, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err //nolint:wrapcheck // the caller explains
	}
	return aws.ToString(out.Account), nil
}

func (i *identity) findHeadersPolicy(ctx context.Context, id string) (*foundPart, error) {
	client, err := i.cloudfront(ctx)
	if err != nil {
		return nil, err
	}
	out, err := client.GetResponseHeadersPolicy(ctx, &cloudfront.GetResponseHeadersPolicyInput{Id: aws.String(id)})
	found, err := part(ctx, err, "NoSuchResponseHeadersPolicy")
	if err == nil && found.Found {
		found.Version = out.ETag
	}
	return found, err
}

func (i *identity) findKeyGroup(ctx context.Context, id string) (*foundPart, error) {
	client, err := i.cloudfront(ctx)
	if err != nil {
		return nil, err
	}
	out, err := client.GetKeyGroup(ctx, &cloudfront.GetKeyGroupInput{Id: aws.String(id)})
	found, err := part(ctx, err, "NoSuchResource")
	if err == nil && found.Found {
		found.Version = out.ETag
	}
	return found, err
}

func (i *identity) findPublicKey(ctx context.Context, id string) (*foundPart, error) {
	client, err := i.cloudfront(ctx)
	if err != nil {
		return nil, err
	}
	out, err := client.GetPublicKey(ctx, &cloudfront.GetPublicKeyInput{Id: aws.String(id)})
	found, err := part(ctx, err, "NoSuchPublicKey")
	if err == nil && found.Found {
		found.Version = out.ETag
	}
	return found, err
}

func (i *identity) findFunction(ctx context.Context, name string) (*foundPart, error) {
	client, err := i.cloudfront(ctx)
	if err != nil {
		return nil, err
	}
	out, err := client.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: aws.String(name)})
	found, err := part(ctx, err, "NoSuchFunctionExists")
	if err == nil && found.Found {
		found.Version = out.ETag
	}
	return found, err
}

func (i *identity) findWebACL(ctx context.Context, arn string) (*foundPart, error) {
	client, err := i.wafv2(ctx)
	if err != nil {
		return nil, err
	}
	_, err = client.GetWebACL(ctx, &wafv2.GetWebACLInput{ARN: aws.String(arn)})
	return part(ctx, err, "WAFNonexistentItemException", "WAFInvalidParameterException")
}

// part is found, or not found with what AWS said; every other failure is one.
func part(ctx context.Context, err error, absent ...string) (*foundPart, error) {
	switch {
	case err == nil:
		return &foundPart{Found: true}, nil
	case hasCode(err, append(absent, "ValidationException", "InvalidArgument", "InvalidArnException")...):
		return &foundPart{Message: said(ctx, err).Error()}, nil
	}
	return nil, err
}

func (i *identity) findCertificate(ctx context.Context, arn string) (*foundCertificate, error) {
	client, err := i.acm(ctx, usEast1)
	if err != nil {
		return nil, err
	}
	out, err := client.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: aws.String(arn)})
	found, err := part(ctx, err, "ResourceNotFoundException")
	if err != nil {
		return nil, err
	}
	if !found.Found || out.Certificate == nil {
		return &foundCertificate{Domains: []string{}, Message: found.Message}, nil
	}
	return &foundCertificate{
		Found: true, Status: string(out.Certificate.Status), Domains: out.Certificate.SubjectAlternativeNames,
		KeyAlgorithm: string(out.Certificate.KeyAlgorithm), Message: string(out.Certificate.FailureReason),
	}, nil
}
