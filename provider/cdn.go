package provider

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"imagecdn/internal/bucketpolicy"
	"imagecdn/internal/dnsname"
)

// Inputs of getCdn, besides bucket.
const (
	oneDistributionKey resource.PropertyKey = "distribution"
	zonesKey           resource.PropertyKey = "zoneIds"
)

var cdnShapes = []shape{
	{key: oneDistributionKey, required: true, pattern: anything, want: "the id of a distribution, or a domain that it answers to"},
	{key: bucketKey, pattern: anything, want: "the name of the bucket behind it"},
	{key: zonesKey, want: "the ids of the hosted zones of its domains"},
}

// foundCdn is the answer of getCdn: a distribution that somebody made, and what it uses.
type foundCdn struct {
	Found         bool              `pulumi:"found"`
	ID            string            `pulumi:"id"`
	ARN           string            `pulumi:"arn"`
	DomainName    string            `pulumi:"domainName"`
	Aliases       []string          `pulumi:"aliases"`
	Tags          map[string]string `pulumi:"tags"`
	Origin        foundOrigin       `pulumi:"origin"`
	PrivateBy     []string          `pulumi:"privateBy"`
	CachePolicyID string            `pulumi:"cachePolicyId"`
	Others        []string          `pulumi:"others"`
	Certificate   foundIssued       `pulumi:"certificate"`
	WebACL        foundWebACL       `pulumi:"webAcl"`
	Grants        []string          `pulumi:"grants"`
	OtherGrants   []string          `pulumi:"otherGrants"`
	Message       string            `pulumi:"message"`
}

// foundOrigin is the origin of a distribution's default behavior.
type foundOrigin struct {
	DomainName          string `pulumi:"domainName"`
	Path                string `pulumi:"path"`
	Custom              bool   `pulumi:"custom"`
	AccessControlID     string `pulumi:"accessControlId"`
	AccessControlShared bool   `pulumi:"accessControlShared"`
	AccessIdentity      string `pulumi:"accessIdentity"`
}

// foundIssued is the certificate of a distribution; its ARN is "" for CloudFront's own.
type foundIssued struct {
	ARN     string            `pulumi:"arn"`
	Domains []string          `pulumi:"domains"` // the first one first
	Kind    string            `pulumi:"kind"`    // such as "AMAZON_ISSUED DNS RSA_2048"
	Shared  bool              `pulumi:"shared"`
	Records map[string]string `pulumi:"records"` // ids of validation records by domain, as [records] have them
}

// foundWebACL is the web ACL of a distribution; its ARN is "" for none.
type foundWebACL struct {
	ARN    string   `pulumi:"arn"`
	Shared bool     `pulumi:"shared"`
	Groups []string `pulumi:"groups"` // of AWS, where all its rules are such groups as they are
	Rules  []string `pulumi:"rules"`
}

// getCdn describes a distribution and what is behind it, as whoever owns each part.
func (p *Provider) getCdn(ctx context.Context, args resource.PropertyMap) (any, []plugin.CheckFailure, error) {
	if faults := checkAgainst(args, cdnShapes); len(faults) > 0 {
		return nil, faults, nil
	}
	ids, err := p.configured()
	if err != nil {
		return nil, nil, err
	}
	wanted := text(args, oneDistributionKey)
	found := &foundCdn{
		Aliases: []string{}, Tags: map[string]string{}, PrivateBy: []string{}, Others: []string{}, Grants: []string{}, OtherGrants: []string{},
		Certificate: foundIssued{Domains: []string{}, Records: map[string]string{}}, WebACL: foundWebACL{Groups: []string{}, Rules: []string{}},
	}
	for _, look := range []func() error{
		func() error { return found.findDistribution(ctx, ids.aws, wanted) },
		func() error { return found.findCertificate(ctx, ids, texts(args, zonesKey)) },
		func() error { return found.findWebACL(ctx, ids.aws) },
		func() error { return found.findGrants(ctx, ids.bucket, text(args, bucketKey)) },
	} {
		if err := look(); err != nil {
			return nil, nil, explain(ctx, "looking up distribution "+wanted+" and what it uses", err, needs("cloudfront:ListDistributions, "+
				"cloudfront:GetDistribution, cloudfront:ListTagsForResource, acm:DescribeCertificate, wafv2:GetWebACL and s3:GetBucketPolicy"))
		}
		if !found.Found {
			break
		}
	}
	return found, nil, nil
}

// findDistribution finds it in the list of all, which also tells what others use of the same.
func (f *foundCdn) findDistribution(ctx context.Context, owner *identity, wanted string) error {
	client, err := owner.cloudfront(ctx)
	if err != nil {
		return err
	}
	var all []types.DistributionSummary
	pages := cloudfront.NewListDistributionsPaginator(client, &cloudfront.ListDistributionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		if page.DistributionList != nil {
			all = append(all, page.DistributionList.Items...)
		}
	}
	at := slices.IndexFunc(all, func(one types.DistributionSummary) bool {
		return aws.ToString(one.Id) == wanted || len(claimed(one, []string{wanted})) > 0
	})
	if at < 0 {
		f.Message = "none of the account's " + fmt.Sprint(len(all)) + " distributions has this id, or answers to this name"
		return nil
	}
	out, err := client.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: all[at].Id})
	if err != nil {
		return err //nolint:wrapcheck // the caller explains
	}
	f.describe(out.Distribution)
	for i, other := range all {
		if i != at {
			f.share(other)
		}
	}
	tags, err := client.ListTagsForResource(ctx, &cloudfront.ListTagsForResourceInput{Resource: aws.String(f.ARN)})
	if err != nil || tags.Tags == nil {
		return err //nolint:wrapcheck // the caller explains
	}
	for _, tag := range tags.Tags.Items {
		f.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return nil
}

func (f *foundCdn) describe(distribution *types.Distribution) {
	config := distribution.DistributionConfig
	f.Found, f.ID, f.ARN = true, aws.ToString(distribution.Id), aws.ToString(distribution.ARN)
	f.DomainName = plainName(aws.ToString(distribution.DomainName))
	if config.Aliases != nil {
		f.Aliases = append(f.Aliases, plainNames(config.Aliases.Items)...)
	}
	f.WebACL.ARN = aws.ToString(config.WebACLId)
	if config.ViewerCertificate != nil {
		f.Certificate.ARN = aws.ToString(config.ViewerCertificate.ACMCertificateArn)
	}
	if behavior := config.DefaultCacheBehavior; behavior != nil {
		f.CachePolicyID = aws.ToString(behavior.CachePolicyId)
		f.describeOrigins(config.Origins, aws.ToString(behavior.TargetOriginId))
		f.describeBehavior(behavior)
	}
	f.describeOthers(config)
}

// websites are the names under which S3 serves buckets as websites, which no origin access control reaches.
var websites = regexp.MustCompile(`\.s3-website[.-]`)

func (f *foundCdn) describeOrigins(origins *types.Origins, target string) {
	f.Origin.Custom = true // an origin group, unless it is found
	for _, origin := range origins.Items {
		if aws.ToString(origin.Id) != target {
			f.Others = append(f.Others, fmt.Sprintf("origin %s (%s)", aws.ToString(origin.Id), aws.ToString(origin.DomainName)))
			continue
		}
		f.Origin = foundOrigin{
			DomainName: strings.ToLower(aws.ToString(origin.DomainName)), Path: aws.ToString(origin.OriginPath),
			AccessControlID: aws.ToString(origin.OriginAccessControlId),
		}
		f.Origin.Custom = origin.CustomOriginConfig != nil || websites.MatchString(f.Origin.DomainName)
		if origin.S3OriginConfig != nil {
			_, f.Origin.AccessIdentity, _ = strings.Cut(aws.ToString(origin.S3OriginConfig.OriginAccessIdentity), "cloudfront/")
		}
		if origin.CustomHeaders != nil {
			for _, header := range origin.CustomHeaders.Items {
				f.Others = append(f.Others, "origin header "+aws.ToString(header.HeaderName))
			}
		}
	}
}

// describeBehavior notes what viewers would miss of the default behavior.
func (f *foundCdn) describeBehavior(behavior *types.DefaultCacheBehavior) {
	if groups := behavior.TrustedKeyGroups; groups != nil && aws.ToBool(groups.Enabled) {
		f.PrivateBy = append(f.PrivateBy, groups.Items...)
	}
	if signers := behavior.TrustedSigners; signers != nil && aws.ToBool(signers.Enabled) {
		f.PrivateBy = append(f.PrivateBy, signers.Items...)
	}
	if functions := behavior.FunctionAssociations; functions != nil {
		for _, one := range functions.Items {
			f.Others = append(f.Others, fmt.Sprintf("function %s (%s)", aws.ToString(one.FunctionARN), one.EventType))
		}
	}
	if functions := behavior.LambdaFunctionAssociations; functions != nil {
		for _, one := range functions.Items {
			f.Others = append(f.Others, fmt.Sprintf("function %s (%s)", aws.ToString(one.LambdaFunctionARN), one.EventType))
		}
	}
	if methods := behavior.AllowedMethods; methods != nil {
		for _, method := range methods.Items {
			if method != types.MethodGet && method != types.MethodHead {
				f.Others = append(f.Others, "method "+string(method))
			}
		}
	}
	for what, id := range map[string]*string{
		"response headers policy": behavior.ResponseHeadersPolicyId, "origin request policy": behavior.OriginRequestPolicyId,
		"real-time log configuration": behavior.RealtimeLogConfigArn, "field-level encryption": behavior.FieldLevelEncryptionId,
	} {
		if aws.ToString(id) != "" {
			f.Others = append(f.Others, what+" "+aws.ToString(id))
		}
	}
}

// describeOthers notes what else there is that no ImageCdn has.
func (f *foundCdn) describeOthers(config *types.DistributionConfig) {
	if config.CacheBehaviors != nil {
		for _, behavior := range config.CacheBehaviors.Items {
			f.Others = append(f.Others, "behavior "+aws.ToString(behavior.PathPattern))
		}
	}
	if root := aws.ToString(config.DefaultRootObject); root != "" {
		f.Others = append(f.Others, "default root object "+root)
	}
	if logging := config.Logging; logging != nil && aws.ToBool(logging.Enabled) {
		f.Others = append(f.Others, "logs to "+aws.ToString(logging.Bucket))
	}
	if config.Restrictions != nil && config.Restrictions.GeoRestriction != nil {
		if geo := config.Restrictions.GeoRestriction; geo.RestrictionType != types.GeoRestrictionTypeNone {
			f.Others = append(f.Others, fmt.Sprintf("geo restriction %s %s", geo.RestrictionType, strings.Join(geo.Items, " ")))
		}
	}
	if config.CustomErrorResponses != nil {
		for _, page := range config.CustomErrorResponses.Items {
			if aws.ToString(page.ResponsePagePath) != "" {
				f.Others = append(f.Others, fmt.Sprintf("error page %s for %d", aws.ToString(page.ResponsePagePath), aws.ToInt32(page.ErrorCode)))
			}
		}
	}
	slices.Sort(f.Others)
}

// share notes what another distribution uses of the same.
func (f *foundCdn) share(other types.DistributionSummary) {
	if f.WebACL.ARN != "" && aws.ToString(other.WebACLId) == f.WebACL.ARN {
		f.WebACL.Shared = true
	}
	if other.Origins == nil || f.Origin.AccessControlID == "" {
		return
	}
	if slices.ContainsFunc(other.Origins.Items, func(o types.Origin) bool { return aws.ToString(o.OriginAccessControlId) == f.Origin.AccessControlID }) {
		f.Origin.AccessControlShared = true
	}
}

func (f *foundCdn) findCertificate(ctx context.Context, ids *identities, zones []string) error {
	if f.Certificate.ARN == "" {
		return nil
	}
	client, err := ids.aws.acm(ctx, usEast1)
	if err != nil {
		return err
	}
	out, err := client.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: aws.String(f.Certificate.ARN)})
	if err != nil || out.Certificate == nil {
		return err //nolint:wrapcheck // the caller explains
	}
	validation := ""
	for _, option := range out.Certificate.DomainValidationOptions {
		validation = string(option.ValidationMethod)
		if option.ResourceRecord == nil {
			continue
		}
		id, err := ids.dns.findValidation(ctx, *option.ResourceRecord, zones)
		if err != nil {
			return err
		}
		if id != "" {
			f.Certificate.Records[dnsname.ValidationKey(plainName(aws.ToString(option.DomainName)))] = id
		}
	}
	f.Certificate.Kind = strings.Join([]string{string(out.Certificate.Type), validation, string(out.Certificate.KeyAlgorithm)}, " ")
	f.Certificate.Shared = slices.ContainsFunc(out.Certificate.InUseBy, func(user string) bool { return user != f.ARN })
	f.Certificate.Domains = append(f.Certificate.Domains, plainName(aws.ToString(out.Certificate.DomainName)))
	for _, name := range plainNames(out.Certificate.SubjectAlternativeNames) {
		if name != f.Certificate.Domains[0] {
			f.Certificate.Domains = append(f.Certificate.Domains, name)
		}
	}
	return nil
}

// findValidation is the id of a record that validates a name, "" if it is in none of the zones.
func (i *identity) findValidation(ctx context.Context, record acmtypes.ResourceRecord, zones []string) (string, error) {
	client, err := i.route53(ctx)
	if err != nil {
		return "", err
	}
	for _, zone := range zones {
		wanted := validation{zone: zoneID(zone), name: plainName(aws.ToString(record.Name)), value: plainName(aws.ToString(record.Value))}
		present, err := wanted.find(ctx, client)
		if err != nil {
			return "", err
		}
		if present != nil && wanted.is(*present) {
			return string(wanted.id()), nil
		}
	}
	return "", nil
}

func (f *foundCdn) findWebACL(ctx context.Context, owner *identity) error {
	if f.WebACL.ARN == "" {
		return nil
	}
	client, err := owner.wafv2(ctx)
	if err != nil {
		return err
	}
	out, err := client.GetWebACL(ctx, &wafv2.GetWebACLInput{ARN: aws.String(f.WebACL.ARN)})
	if err != nil || out.WebACL == nil {
		return err //nolint:wrapcheck // the caller explains
	}
	plainRules := out.WebACL.DefaultAction != nil && out.WebACL.DefaultAction.Allow != nil
	for _, rule := range out.WebACL.Rules {
		f.WebACL.Rules = append(f.WebACL.Rules, aws.ToString(rule.Name))
		if group := plainGroup(rule); group != "" {
			f.WebACL.Groups = append(f.WebACL.Groups, group)
		} else {
			plainRules = false
		}
	}
	if !plainRules {
		f.WebACL.Groups = []string{}
	}
	return nil
}

// plainGroup is the group of AWS's rules that a rule is, "" if it is anything else, or not all of one.
func plainGroup(rule waftypes.Rule) string {
	if rule.Statement == nil || rule.Statement.ManagedRuleGroupStatement == nil || rule.OverrideAction == nil || rule.OverrideAction.None == nil {
		return ""
	}
	group := rule.Statement.ManagedRuleGroupStatement
	if aws.ToString(group.VendorName) != "AWS" || group.ScopeDownStatement != nil || len(group.RuleActionOverrides) > 0 ||
		len(group.ExcludedRules) > 0 || len(group.ManagedRuleGroupConfigs) > 0 {
		return ""
	}
	return aws.ToString(group.Name)
}

// findGrants finds the statements that say what the component's own would, by their Sids, and what else lets the
// distribution read. Whoever may not read the policy can do without.
func (f *foundCdn) findGrants(ctx context.Context, owner *identity, bucket string) error {
	if bucket == "" {
		return nil
	}
	client, err := owner.s3(ctx, "")
	if err != nil {
		return err
	}
	policy, err := (&bucketStore[bucketpolicy.Document]{kept: policies, owner: owner, client: client, bucket: bucket}).get(ctx)
	if denied(err) || hasCode(err, noSuchBucket) {
		return nil
	}
	if err != nil {
		return err
	}
	wanted := arguments{holder: bucket, kind: cloudFrontRead, distributionARN: f.ARN}
	for _, statement := range policy.Statements() {
		sid, text := statement.Sid(), statement.String()
		switch {
		case sid != "" && statement.Equal(wanted.statement(sid)):
			f.Grants = append(f.Grants, sid)
		case strings.Contains(text, f.ARN), f.Origin.AccessIdentity != "" && strings.Contains(text, f.Origin.AccessIdentity):
			f.OtherGrants = append(f.OtherGrants, either(sid, text))
		}
	}
	return nil
}
