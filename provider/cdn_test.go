package provider

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// bucketDistribution makes one of a bucket in us-east-1 behind an origin access control.
func (w *world) bucketDistribution(bucket, control, webACL, certificate string, aliases ...string) *types.Distribution {
	w.t.Helper()
	config := &types.DistributionConfig{
		CallerReference: aws.String(fmt.Sprint("by hand", aliases)), Comment: aws.String("by hand"), Enabled: aws.Bool(true),
		DefaultRootObject: aws.String("index.html"), WebACLId: aws.String(webACL),
		Origins: &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{
			Id: aws.String("s3"), DomainName: aws.String(bucket + ".s3.us-east-1.amazonaws.com"), OriginPath: aws.String("/web"),
			OriginAccessControlId: aws.String(control), S3OriginConfig: &types.S3OriginConfig{OriginAccessIdentity: aws.String("")},
		}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{
			TargetOriginId: aws.String("s3"), ViewerProtocolPolicy: types.ViewerProtocolPolicyHttpsOnly,
			CachePolicyId: aws.String("658327ea-f89d-4fab-a63d-7e88639e58f6"),
		},
	}
	if certificate != "" {
		config.Aliases = &types.Aliases{Items: aliases, Quantity: aws.Int32(int32(len(aliases)))}
		config.ViewerCertificate = &types.ViewerCertificate{
			ACMCertificateArn: aws.String(certificate), SSLSupportMethod: types.SSLSupportMethodSniOnly,
			MinimumProtocolVersion: types.MinimumProtocolVersionTLSv122021,
		}
	}
	out, err := w.cloudfront(ours).CreateDistributionWithTags(w.t.Context(), &cloudfront.CreateDistributionWithTagsInput{
		DistributionConfigWithTags: &types.DistributionConfigWithTags{
			DistributionConfig: config, Tags: &types.Tags{Items: []types.Tag{{Key: aws.String("team"), Value: aws.String("web")}}},
		},
	})
	require.NoError(w.t, err)
	return out.Distribution
}

func TestACdnIsFoundByItsDomainWithAllThatItUses(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, api.Delays{})
	zone, _ := w.zone(ours, "example.com", nil)
	certificate := w.issued(ours, zone, "cdn.example.com", "www.example.com")
	control, err := w.cloudfront(ours).CreateOriginAccessControl(t.Context(), &cloudfront.CreateOriginAccessControlInput{
		OriginAccessControlConfig: &types.OriginAccessControlConfig{
			Name: aws.String("by-hand"), OriginAccessControlOriginType: types.OriginAccessControlOriginTypesS3,
			SigningBehavior: types.OriginAccessControlSigningBehaviorsAlways, SigningProtocol: types.OriginAccessControlSigningProtocolsSigv4,
		},
	})
	require.NoError(t, err)
	oac := *control.OriginAccessControl.Id
	acl := w.groupACL()
	made := w.bucketDistribution("my-images", oac, acl, certificate, "cdn.example.com", "www.example.com")
	w.withPolicy("my-images", fmt.Sprintf(`{"Sid":"Console","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject",`+
		`"Resource":"arn:aws:s3:::my-images/*","Condition":{"StringEquals":{"AWS:SourceArn":%[1]q}}},`+
		`{"Sid":"More","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":["s3:GetObject","s3:ListBucket"],`+
		`"Resource":["arn:aws:s3:::my-images/*","arn:aws:s3:::my-images"],"Condition":{"StringEquals":{"AWS:SourceArn":%[1]q}}}`, *made.ARN))

	c := w.provider(nil)
	for _, wanted := range []string{"cdn.example.com", *made.Id, *made.DomainName} {
		var cdn foundCdn
		require.NoError(t, c.invoke("getCdn", map[string]any{"distribution": wanted, "bucket": "my-images", "zoneIds": []any{zone}}, &cdn))
		assert.Equal(t, *made.Id, cdn.ID)
		assert.Equal(t, *made.ARN, cdn.ARN)
		assert.Equal(t, []string{"cdn.example.com", "www.example.com"}, cdn.Aliases)
		assert.Equal(t, map[string]string{"team": "web"}, cdn.Tags)
		assert.Equal(t, foundOrigin{DomainName: "my-images.s3.us-east-1.amazonaws.com", Path: "/web", AccessControlID: oac}, cdn.Origin)
		assert.Equal(t, []string{"default root object index.html"}, cdn.Others)
		assert.Equal(t, certificate, cdn.Certificate.ARN)
		assert.Equal(t, []string{"cdn.example.com", "www.example.com"}, cdn.Certificate.Domains)
		assert.Equal(t, "AMAZON_ISSUED DNS EC_prime256v1", cdn.Certificate.Kind)
		assert.False(t, cdn.Certificate.Shared)
		assert.Len(t, cdn.Certificate.Records, 2)
		assert.Contains(t, cdn.Certificate.Records["www.example.com"], zone+"/_")
		assert.Equal(t, foundWebACL{ARN: acl, Groups: []string{"AWSManagedRulesCommonRuleSet"}, Rules: []string{"group"}}, cdn.WebACL)
		assert.Equal(t, []string{"Console"}, cdn.Grants)
		assert.Equal(t, []string{"More"}, cdn.OtherGrants)
	}

	w.bucketDistribution("my-images", oac, acl, "")
	var cdn foundCdn
	require.NoError(t, c.invoke("getCdn", map[string]any{"distribution": *made.Id}, &cdn))
	assert.True(t, cdn.Origin.AccessControlShared, "another distribution uses it now")
	assert.True(t, cdn.WebACL.Shared)
	assert.Empty(t, cdn.Grants, "no bucket was named")
	cdn = foundCdn{}
	require.NoError(t, c.invoke("getCdn", map[string]any{"distribution": "E404"}, &cdn))
	assert.False(t, cdn.Found)
	assert.Equal(t, "none of the account's 2 distributions has this id, or answers to this name", cdn.Message)
}

// groupACL is a web ACL of one rule, a group of AWS's.
func (w *world) groupACL() string {
	w.t.Helper()
	seen := &waftypes.VisibilityConfig{MetricName: aws.String("acl")}
	out, err := w.wafv2().CreateWebACL(w.t.Context(), &wafv2.CreateWebACLInput{
		Name: aws.String("acl"), Scope: waftypes.ScopeCloudfront, DefaultAction: &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}},
		VisibilityConfig: seen, Rules: []waftypes.Rule{{
			Name: aws.String("group"), OverrideAction: &waftypes.OverrideAction{None: &waftypes.NoneAction{}}, VisibilityConfig: seen,
			Statement: &waftypes.Statement{ManagedRuleGroupStatement: &waftypes.ManagedRuleGroupStatement{
				VendorName: aws.String("AWS"), Name: aws.String("AWSManagedRulesCommonRuleSet"),
			}},
		}},
	})
	require.NoError(w.t, err)
	return *out.Summary.ARN
}

// withPolicy makes a bucket with statements.
func (w *world) withPolicy(bucket, statements string) {
	w.t.Helper()
	_, err := w.s3("us-east-1").CreateBucket(w.t.Context(), &s3.CreateBucketInput{Bucket: aws.String(bucket)})
	require.NoError(w.t, err)
	_, err = w.s3("us-east-1").PutBucketPolicy(w.t.Context(), &s3.PutBucketPolicyInput{
		Bucket: aws.String(bucket), Policy: aws.String(`{"Version":"2012-10-17","Statement":[` + statements + `]}`),
	})
	require.NoError(w.t, err)
}

func TestWhatNoImageCdnHasIsNamed(t *testing.T) {
	t.Parallel()
	origin := func(id, domain string) types.Origin { return types.Origin{Id: &id, DomainName: &domain} }
	site := origin("site", "my-images.s3-website.eu-central-1.amazonaws.com")
	site.CustomHeaders = &types.CustomHeaders{Items: []types.OriginCustomHeader{{HeaderName: aws.String("Referer")}}}
	var cdn foundCdn
	cdn.describe(&types.Distribution{DistributionConfig: &types.DistributionConfig{
		Origins: &types.Origins{Items: []types.Origin{site, origin("api", "api.example.com")}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{
			TargetOriginId:             aws.String("site"),
			TrustedKeyGroups:           &types.TrustedKeyGroups{Enabled: aws.Bool(true), Items: []string{"keys"}},
			TrustedSigners:             &types.TrustedSigners{Enabled: aws.Bool(true), Items: []string{"self"}},
			FunctionAssociations:       &types.FunctionAssociations{Items: []types.FunctionAssociation{{FunctionARN: aws.String("arn:f"), EventType: "viewer-request"}}},
			LambdaFunctionAssociations: &types.LambdaFunctionAssociations{Items: []types.LambdaFunctionAssociation{{LambdaFunctionARN: aws.String("arn:l"), EventType: "origin-request"}}},
			AllowedMethods:             &types.AllowedMethods{Items: []types.Method{types.MethodGet, types.MethodHead, types.MethodPut}},
			ResponseHeadersPolicyId:    aws.String("cors"), OriginRequestPolicyId: aws.String("all"),
		},
		CacheBehaviors:       &types.CacheBehaviors{Items: []types.CacheBehavior{{PathPattern: aws.String("/api/*")}}},
		Logging:              &types.LoggingConfig{Enabled: aws.Bool(true), Bucket: aws.String("logs.s3.amazonaws.com")},
		Restrictions:         &types.Restrictions{GeoRestriction: &types.GeoRestriction{RestrictionType: "whitelist", Items: []string{"DE", "FR"}}},
		CustomErrorResponses: &types.CustomErrorResponses{Items: []types.CustomErrorResponse{{ErrorCode: aws.Int32(404), ResponsePagePath: aws.String("/404.html")}}},
	}})
	assert.True(t, cdn.Origin.Custom)
	assert.Equal(t, []string{"keys", "self"}, cdn.PrivateBy)
	assert.Equal(t, []string{
		"behavior /api/*", "error page /404.html for 404", "function arn:f (viewer-request)", "function arn:l (origin-request)",
		"geo restriction whitelist DE FR", "logs to logs.s3.amazonaws.com", "method PUT", "origin api (api.example.com)",
		"origin header Referer", "origin request policy all", "response headers policy cors",
	}, cdn.Others)
}
