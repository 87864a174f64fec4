package engine

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/stretchr/testify/require"
)

// cachingOptimized is the cache policy that the console proposes.
const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"

// handmade is a CDN that a team made in the console, at cdn.example.com.
type handmade struct {
	distribution *cftypes.Distribution
	certificate  string // its ARN
	control      string // id of its origin access control, or identity
	webACL       string // its ARN
}

// madeInTheConsole is a CDN as the console makes it today: the certificate with its record, an origin access control,
// the security protections, the statement that the console gives to copy, and alias records.
func (w *world) madeInTheConsole(more ...string) handmade {
	w.t.Helper()
	control, err := w.cloudfront().CreateOriginAccessControl(w.t.Context(), &cloudfront.CreateOriginAccessControlInput{
		OriginAccessControlConfig: &cftypes.OriginAccessControlConfig{
			Name: aws.String(bucketName + ".s3." + homeRegion + ".amazonaws.com"), OriginAccessControlOriginType: cftypes.OriginAccessControlOriginTypesS3,
			SigningBehavior: cftypes.OriginAccessControlSigningBehaviorsAlways, SigningProtocol: cftypes.OriginAccessControlSigningProtocolsSigv4,
		},
	})
	require.NoError(w.t, err)
	domains := append([]string{"cdn." + zoneName}, more...)
	made := handmade{certificate: w.issuedByHand(domains...), control: *control.OriginAccessControl.Id, webACL: w.oneClickProtections()}
	config := consoleConfig(made.certificate)
	config.WebACLId = &made.webACL
	config.Aliases = &cftypes.Aliases{Quantity: aws.Int32(int32(len(domains))), Items: domains}
	config.Origins.Items[0].OriginAccessControlId = control.OriginAccessControl.Id
	config.DefaultCacheBehavior.CachePolicyId = aws.String(cachingOptimized)
	w.createByHand(&made, config)
	w.addToPolicy(fmt.Sprintf(`{"Sid":"AllowCloudFrontServicePrincipal","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},`+
		`"Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/*","Condition":{"StringEquals":{"AWS:SourceArn":%q}}}`, bucketName, *made.distribution.ARN))
	w.pointByHand(*made.distribution.DomainName, domains...)
	return made
}

// oneClickProtections is the web ACL that the console makes, with its names.
func (w *world) oneClickProtections() string {
	w.t.Helper()
	seen := func(name string) *waftypes.VisibilityConfig {
		return &waftypes.VisibilityConfig{CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: aws.String(name)}
	}
	var rules []waftypes.Rule
	for i, group := range []string{"AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"} {
		rules = append(rules, waftypes.Rule{
			Name: aws.String("AWS-" + group), Priority: int32(i), OverrideAction: &waftypes.OverrideAction{None: &waftypes.NoneAction{}},
			Statement: &waftypes.Statement{ManagedRuleGroupStatement: &waftypes.ManagedRuleGroupStatement{
				VendorName: aws.String("AWS"), Name: aws.String(group),
			}},
			VisibilityConfig: seen("AWS-" + group),
		})
	}
	out, err := wafv2.NewFromConfig(w.config("us-east-1")).CreateWebACL(w.t.Context(), &wafv2.CreateWebACLInput{
		Name: aws.String("CreatedByCloudFront-1a2b3c4d"), Scope: waftypes.ScopeCloudfront, Rules: rules,
		DefaultAction: &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}}, VisibilityConfig: seen("CreatedByCloudFront-1a2b3c4d"),
	})
	require.NoError(w.t, err)
	return *out.Summary.ARN
}

// madeYearsAgo is a CDN as the console made it before: an origin access identity, settings of the cache in the
// behavior, and a behavior for a folder.
func (w *world) madeYearsAgo() handmade {
	w.t.Helper()
	identity, err := w.cloudfront().CreateCloudFrontOriginAccessIdentity(w.t.Context(), &cloudfront.CreateCloudFrontOriginAccessIdentityInput{
		CloudFrontOriginAccessIdentityConfig: &cftypes.CloudFrontOriginAccessIdentityConfig{
			CallerReference: aws.String("years-ago"), Comment: aws.String("access-identity-" + bucketName),
		},
	})
	require.NoError(w.t, err)
	made := handmade{certificate: w.issuedByHand("cdn." + zoneName), control: *identity.CloudFrontOriginAccessIdentity.Id}
	config := consoleConfig(made.certificate)
	config.Origins.Items[0].S3OriginConfig.OriginAccessIdentity = aws.String("origin-access-identity/cloudfront/" + made.control)
	forwarded := &cftypes.ForwardedValues{QueryString: aws.Bool(false), Cookies: &cftypes.CookiePreference{Forward: cftypes.ItemSelectionNone}}
	behavior := config.DefaultCacheBehavior
	behavior.ForwardedValues, behavior.MinTTL = forwarded, aws.Int64(0)          //nolint:staticcheck // it is years old
	behavior.DefaultTTL, behavior.MaxTTL = aws.Int64(86400), aws.Int64(31536000) //nolint:staticcheck // it is years old
	config.CacheBehaviors = &cftypes.CacheBehaviors{Quantity: aws.Int32(1), Items: []cftypes.CacheBehavior{{
		PathPattern: aws.String("thumbs/*"), TargetOriginId: config.Origins.Items[0].Id, CachePolicyId: aws.String(cachingOptimized),
		ViewerProtocolPolicy: cftypes.ViewerProtocolPolicyAllowAll,
	}}}
	w.createByHand(&made, config)
	w.addToPolicy(fmt.Sprintf(`{"Sid":"1","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity %s"},`+
		`"Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/*"}`, made.control, bucketName))
	w.pointByHand(*made.distribution.DomainName, "cdn."+zoneName)
	return made
}

// consoleConfig is what both have.
func consoleConfig(certificate string) *cftypes.DistributionConfig {
	host := bucketName + ".s3." + homeRegion + ".amazonaws.com"
	return &cftypes.DistributionConfig{
		CallerReference: aws.String("in-the-console"), Comment: aws.String(""), Enabled: aws.Bool(true), IsIPV6Enabled: aws.Bool(true),
		Aliases:     &cftypes.Aliases{Quantity: aws.Int32(1), Items: []string{"cdn." + zoneName}},
		HttpVersion: cftypes.HttpVersionHttp2, PriceClass: cftypes.PriceClassPriceClassAll, DefaultRootObject: aws.String(""),
		Origins: &cftypes.Origins{Quantity: aws.Int32(1), Items: []cftypes.Origin{{
			Id: aws.String(host + "-m1x2y3"), DomainName: &host, S3OriginConfig: &cftypes.S3OriginConfig{OriginAccessIdentity: aws.String("")},
		}}},
		DefaultCacheBehavior: &cftypes.DefaultCacheBehavior{
			TargetOriginId: aws.String(host + "-m1x2y3"), ViewerProtocolPolicy: cftypes.ViewerProtocolPolicyRedirectToHttps, Compress: aws.Bool(true),
		},
		ViewerCertificate: &cftypes.ViewerCertificate{
			ACMCertificateArn: &certificate, SSLSupportMethod: cftypes.SSLSupportMethodSniOnly, MinimumProtocolVersion: cftypes.MinimumProtocolVersionTLSv122021,
		},
	}
}

func (w *world) createByHand(made *handmade, config *cftypes.DistributionConfig) {
	w.t.Helper()
	out, err := w.cloudfront().CreateDistributionWithTags(w.t.Context(), &cloudfront.CreateDistributionWithTagsInput{
		DistributionConfigWithTags: &cftypes.DistributionConfigWithTags{DistributionConfig: config, Tags: &cftypes.Tags{
			Items: []cftypes.Tag{{Key: aws.String("Name"), Value: aws.String("images")}},
		}},
	})
	require.NoError(w.t, err)
	made.distribution = out.Distribution
}

// issuedByHand requests a certificate, makes its records and waits, as a person does.
func (w *world) issuedByHand(domains ...string) string {
	w.t.Helper()
	arn, record := w.validated("us-east-1", domains[0], domains[1:]...)
	w.write(types.ChangeActionCreate, *record.Name+" CNAME "+*record.Value)
	written := map[string]bool{*record.Name: true}
	out, err := acm.NewFromConfig(w.config("us-east-1")).DescribeCertificate(w.t.Context(), &acm.DescribeCertificateInput{CertificateArn: &arn})
	require.NoError(w.t, err)
	for _, option := range out.Certificate.DomainValidationOptions {
		if record := option.ResourceRecord; !written[*record.Name] {
			written[*record.Name] = true
			w.write(types.ChangeActionCreate, *record.Name+" CNAME "+*record.Value)
		}
	}
	require.Eventually(w.t, func() bool { return w.isIssued("us-east-1", arn) }, operationTimeout, pollInterval)
	return arn
}

// addToPolicy adds one to the bucket's policy.
func (w *world) addToPolicy(text string) {
	w.t.Helper()
	statement := map[string]any{}
	require.NoError(w.t, json.Unmarshal([]byte(text), &statement))
	w.putStatements(append(w.statements(), statement))
}

// pointByHand makes the alias records that the console makes: A and AAAA.
func (w *world) pointByHand(distribution string, domains ...string) {
	w.t.Helper()
	var changes []types.Change
	for _, domain := range domains {
		for _, kind := range []types.RRType{types.RRTypeA, types.RRTypeAaaa} {
			changes = append(changes, types.Change{Action: types.ChangeActionCreate, ResourceRecordSet: &types.ResourceRecordSet{
				Name: &domain, Type: kind,
				AliasTarget: &types.AliasTarget{HostedZoneId: aws.String("Z2FDTNDATAQYW2"), DNSName: aws.String(strings.ToLower(distribution))},
			}})
		}
	}
	_, err := w.route53().ChangeResourceRecordSets(w.t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: w.zoneID(), ChangeBatch: &types.ChangeBatch{Changes: changes},
	})
	require.NoError(w.t, err)
}
