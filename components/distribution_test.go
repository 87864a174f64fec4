package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// expectInputs checks single inputs of a registration by path.
func expectInputs(t *testing.T, r registration, want map[string]any) {
	t.Helper()
	for path, value := range want {
		assert.Equal(t, value, r.input(path), "%s: %s", r.name, path)
	}
}

func TestTheDistributionIsMadeForImages(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(three(), func(a *ImageCdnArgs) { a.Tags = pulumi.StringMap{"team": pulumi.String("images")} }))
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{
		"enabled":           true,
		"aliases":           []any{"img.example.com", "*.img.example.com", "cdn.example.net"},
		"comment":           "Pulumi stack shop/prod, cdn: img.example.com",
		"httpVersion":       "http2and3",
		"isIpv6Enabled":     true,
		"priceClass":        "PriceClass_All",
		"waitForDeployment": false,
		"webAclId":          ownedACL,
		"tags.team":         "images",

		"origins[0].domainName":            "images.s3.eu-central-1.amazonaws.com",
		"origins[0].originAccessControlId": "cdn-origin-oac-id",
		"origins[0].s3OriginConfig":        nil,
		"origins[1]":                       nil,

		"defaultCacheBehavior.targetOriginId":       c.resource("cdn-distribution").input("origins[0].originId"),
		"defaultCacheBehavior.viewerProtocolPolicy": "redirect-to-https",
		"defaultCacheBehavior.allowedMethods":       []any{"GET", "HEAD"},
		"defaultCacheBehavior.cachedMethods":        []any{"GET", "HEAD"},
		"defaultCacheBehavior.cachePolicyId":        "cdn-cache-id",
		"defaultCacheBehavior.compress":             false,
		"defaultCacheBehavior.forwardedValues":      nil,

		"viewerCertificate.acmCertificateArn":      issuedARN,
		"viewerCertificate.minimumProtocolVersion": "TLSv1.2_2021",
		"viewerCertificate.sslSupportMethod":       "sni-only",

		"restrictions.geoRestriction.restrictionType": "none",
	})
}

func TestThePartsAreTaggedAsTold(t *testing.T) {
	t.Parallel()
	tagged := pulumi.StringMap{"team": pulumi.String("images")}
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) { newBucket(a); a.Tags = tagged }))
	for _, name := range []string{"cdn-distribution", "cdn-certificate-cert", "cdn-waf", "cdn-origin-bucket"} {
		assert.Equal(t, "images", c.resource(name).input("tags.team"), name)
	}
	untagged := newCloud(t)
	untagged.mustUp(one())
	assert.Nil(t, untagged.resource("cdn-waf").input("tags"))
	for _, name := range []string{"cdn-distribution", "cdn-certificate-cert"} {
		assert.Equal(t, map[string]any{"imagecdn:mark": theMark}, untagged.resource(name).input("tags"), name)
	}
}

func TestAFailedRequestIsRetriedAtTheOriginSoon(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		given pulumi.IntInput
		want  float64
	}{
		"after 5 seconds by default":    {nil, 5},
		"after the time that was given": {pulumi.Int(60), 60},
		"at once":                       {pulumi.Int(0), 0},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Cache.ErrorTtl = test.given }))
			var want []any
			for _, code := range []float64{403, 404, 500, 502, 503, 504} {
				want = append(want, map[string]any{"errorCode": code, "errorCachingMinTtl": test.want})
			}
			assert.Equal(t, want, c.resource("cdn-distribution").input("customErrorResponses"))
		})
	}
}

func TestNothingButThePathIsInTheCacheKey(t *testing.T) {
	t.Parallel()
	key := "parametersInCacheKeyAndForwardedToOrigin."
	c := newCloud(t)
	c.mustUp(one())
	expectInputs(t, c.resource("cdn-cache"), map[string]any{
		"minTtl": 0.0, "defaultTtl": 86400.0, "maxTtl": 31536000.0,
		key + "cookiesConfig":              map[string]any{"cookieBehavior": "none"},
		key + "headersConfig":              map[string]any{"headerBehavior": "none"},
		key + "queryStringsConfig":         map[string]any{"queryStringBehavior": "none"},
		key + "enableAcceptEncodingBrotli": false,
		key + "enableAcceptEncodingGzip":   false,
	})
}

func TestTheCacheKeepsImagesAsLongAsTold(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Cache = CacheArgs{MinTtl: pulumi.Int(0), DefaultTtl: pulumi.Int(0), MaxTtl: pulumi.Int(0)}
	}))
	expectInputs(t, c.resource("cdn-cache"), map[string]any{"minTtl": 0.0, "defaultTtl": 0.0, "maxTtl": 0.0})

	c = newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Cache = CacheArgs{MinTtl: pulumi.Int(1), DefaultTtl: pulumi.Int(2), MaxTtl: pulumi.Int(maxTTL)}
	}))
	expectInputs(t, c.resource("cdn-cache"), map[string]any{"minTtl": 1.0, "defaultTtl": 2.0, "maxTtl": float64(maxTTL)})
}

func TestWhatIsGivenIsUsedInsteadOfMakingOne(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Cache.PolicyId, a.Protection.WebAclArn = pulumi.String(sharedPolicy), pulumi.String(foreignACL)
		a.Operation.PriceClass, a.Operation.Comment = pulumi.String("PriceClass_100"), pulumi.String("images of the shop")
	}))
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{
		"defaultCacheBehavior.cachePolicyId": sharedPolicy, "webAclId": foreignACL,
		"priceClass": "PriceClass_100", "comment": "images of the shop",
	})

	c = newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Protection.WebAcl = None }))
	assert.Nil(t, c.resource("cdn-distribution").input("webAclId"))
}

func TestTheManagedWebAclHasTheConsolesRuleGroups(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(one())
	acl := c.resource("cdn-waf")
	assert.Equal(t, "CLOUDFRONT", acl.input("scope"))
	assert.NotNil(t, acl.input("defaultAction.allow"))
	rules, ok := acl.input("rules").([]any)
	require.True(t, ok)
	require.Len(t, rules, len(managedRuleGroups))
	for i, group := range managedRuleGroups {
		rule, ok := rules[i].(map[string]any)
		require.True(t, ok)
		assert.Equal(t, group, rule["name"])
		assert.InDelta(t, i, rule["priority"], 0)
		assert.Contains(t, rule["overrideAction"], "none", "the group's own actions count")
	}
	// Source: WAF API reference, CreateWebACL, Description.
	assert.Regexp(t, `^[\w+=:#@/\-,\.][\w+=:#@/\-,\.\s]+[\w+=:#@/\-,\.]$`, acl.input("description"))
}

func TestTheOutputsNameWhatWasMade(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		args             ImageCdnArgs
		domain, url, acl string
		domains          []string
	}{
		"a domain has a URL": {
			args: one(), domain: "cdn.example.com", url: "https://cdn.example.com", acl: ownedACL,
			domains: []string{"cdn.example.com"},
		},
		"a wildcard has none": {
			args: with(one(), func(a *ImageCdnArgs) { a.Domain, a.Protection.WebAcl = "*.example.com", None }), domain: "*.example.com",
			domains: []string{"*.example.com"},
		},
		"a given web ACL is repeated": {
			args: with(three(), func(a *ImageCdnArgs) {
				a.Protection.WebAclArn, a.Operation.WaitForDeployment = pulumi.String(foreignACL), new(false)
			}),
			domain: "img.example.com", url: "https://img.example.com", acl: foreignACL,
			domains: []string{"img.example.com", "*.img.example.com", "cdn.example.net"},
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			got := newCloud(t).output(test.args, func(cdn *ImageCdn) pulumi.Output {
				return pulumi.All(cdn.CdnDomain, cdn.CdnUrl, cdn.Domains, cdn.DistributionId, cdn.DistributionArn,
					cdn.DistributionDomain, cdn.CertificateArn, cdn.BucketName, cdn.WebAclArn, cdn.OriginAccessControlId, cdn.CachePolicyId)
			})
			assert.Equal(t, []any{
				test.domain, test.url, test.domains, distributionID, distributionARN, distributionDomain, issuedARN, "images", test.acl,
				"cdn-origin-oac-id", "cdn-cache-id",
			}, got)
		})
	}
}
