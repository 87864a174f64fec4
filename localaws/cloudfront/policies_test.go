package cloudfront_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func accessControlConfig(name string) *types.OriginAccessControlConfig {
	return &types.OriginAccessControlConfig{
		Name: &name, Description: aws.String("reads images"), OriginAccessControlOriginType: "s3",
		SigningBehavior: "always", SigningProtocol: "sigv4",
	}
}

func (w *world) accessControl(t *testing.T, name string) *sdk.CreateOriginAccessControlOutput {
	t.Helper()
	out, err := w.CreateOriginAccessControl(t.Context(), &sdk.CreateOriginAccessControlInput{
		OriginAccessControlConfig: accessControlConfig(name),
	})
	require.NoError(t, err)
	return out
}

func TestAnOriginAccessControlLives(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	made := w.accessControl(t, "one")
	id := made.OriginAccessControl.Id
	assert.Equal(t, accessControlConfig("one"), made.OriginAccessControl.OriginAccessControlConfig)
	assert.Contains(t, *made.Location, *id)

	_, err := w.CreateOriginAccessControl(ctx, &sdk.CreateOriginAccessControlInput{OriginAccessControlConfig: accessControlConfig("one")})
	refused(t, err, http.StatusConflict, "OriginAccessControlAlreadyExists")

	config, err := w.GetOriginAccessControlConfig(ctx, &sdk.GetOriginAccessControlConfigInput{Id: id})
	require.NoError(t, err)
	assert.Equal(t, made.ETag, config.ETag)

	_, err = w.UpdateOriginAccessControl(ctx, &sdk.UpdateOriginAccessControlInput{
		Id: id, IfMatch: aws.String("EOLD"), OriginAccessControlConfig: accessControlConfig("two"),
	})
	refused(t, err, http.StatusPreconditionFailed, "PreconditionFailed")
	updated, err := w.UpdateOriginAccessControl(ctx, &sdk.UpdateOriginAccessControlInput{
		Id: id, IfMatch: made.ETag, OriginAccessControlConfig: accessControlConfig("two"),
	})
	require.NoError(t, err)

	list, err := w.ListOriginAccessControls(ctx, &sdk.ListOriginAccessControlsInput{})
	require.NoError(t, err)
	require.Len(t, list.OriginAccessControlList.Items, 1)
	assert.Equal(t, "two", *list.OriginAccessControlList.Items[0].Name)
	assert.Equal(t, id, list.OriginAccessControlList.Items[0].Id)

	c := simple("one")
	c.Origins.Items[0].OriginAccessControlId = id
	w.create(t, c)
	_, err = w.DeleteOriginAccessControl(ctx, &sdk.DeleteOriginAccessControlInput{Id: id, IfMatch: updated.ETag})
	refused(t, err, http.StatusConflict, "OriginAccessControlInUse")

	other := w.accessControl(t, "other")
	_, err = w.DeleteOriginAccessControl(ctx, &sdk.DeleteOriginAccessControlInput{Id: other.OriginAccessControl.Id})
	refused(t, err, http.StatusBadRequest, "InvalidIfMatchVersion")
	_, err = w.DeleteOriginAccessControl(ctx, &sdk.DeleteOriginAccessControlInput{Id: other.OriginAccessControl.Id, IfMatch: other.ETag})
	require.NoError(t, err)
	_, err = w.GetOriginAccessControl(ctx, &sdk.GetOriginAccessControlInput{Id: other.OriginAccessControl.Id})
	refused(t, err, http.StatusNotFound, "NoSuchOriginAccessControl")
}

func TestAWebsiteEndpointTakesNoOriginAccessControl(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := simple("one")
	c.Origins.Items[0] = types.Origin{
		Id: aws.String("bucket"), DomainName: aws.String("images.s3-website-us-east-1.amazonaws.com"),
		OriginAccessControlId: w.accessControl(t, "one").OriginAccessControl.Id,
		CustomOriginConfig: &types.CustomOriginConfig{
			HTTPPort: aws.Int32(80), HTTPSPort: aws.Int32(443), OriginProtocolPolicy: types.OriginProtocolPolicyHttpOnly,
		},
	}
	_, err := w.CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: c})
	refused(t, err, http.StatusBadRequest, "InvalidOriginAccessControl")
}

func TestAnAccountHasAHundredOriginAccessControls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 100 {
		w.accessControl(t, strconv.Itoa(i))
	}
	_, err := w.CreateOriginAccessControl(t.Context(), &sdk.CreateOriginAccessControlInput{
		OriginAccessControlConfig: accessControlConfig("one too many"),
	})
	refused(t, err, http.StatusBadRequest, "TooManyOriginAccessControls")
}

func cachePolicyConfig(name string) *types.CachePolicyConfig {
	return &types.CachePolicyConfig{
		Name: &name, Comment: aws.String("images"), MinTTL: aws.Int64(1), DefaultTTL: aws.Int64(2), MaxTTL: aws.Int64(3),
		ParametersInCacheKeyAndForwardedToOrigin: &types.ParametersInCacheKeyAndForwardedToOrigin{
			EnableAcceptEncodingGzip: aws.Bool(true), EnableAcceptEncodingBrotli: aws.Bool(true),
			CookiesConfig: &types.CachePolicyCookiesConfig{CookieBehavior: "whitelist", Cookies: &types.CookieNames{
				Quantity: aws.Int32(1), Items: []string{"session"},
			}},
			HeadersConfig: &types.CachePolicyHeadersConfig{HeaderBehavior: "whitelist", Headers: &types.Headers{
				Quantity: aws.Int32(1), Items: []string{"Origin"},
			}},
			QueryStringsConfig: &types.CachePolicyQueryStringsConfig{QueryStringBehavior: "allExcept", QueryStrings: &types.QueryStringNames{
				Quantity: aws.Int32(1), Items: []string{"utm"},
			}},
		},
	}
}

func TestACachePolicyLives(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	made, err := w.CreateCachePolicy(ctx, &sdk.CreateCachePolicyInput{CachePolicyConfig: cachePolicyConfig("one")})
	require.NoError(t, err)
	id := made.CachePolicy.Id
	assert.Equal(t, cachePolicyConfig("one"), made.CachePolicy.CachePolicyConfig)
	_, err = w.CreateCachePolicy(ctx, &sdk.CreateCachePolicyInput{CachePolicyConfig: cachePolicyConfig("one")})
	refused(t, err, http.StatusConflict, "CachePolicyAlreadyExists")

	got, err := w.GetCachePolicy(ctx, &sdk.GetCachePolicyInput{Id: id})
	require.NoError(t, err)
	assert.Equal(t, made.CachePolicy, got.CachePolicy)
	config, err := w.GetCachePolicyConfig(ctx, &sdk.GetCachePolicyConfigInput{Id: id})
	require.NoError(t, err)
	updated, err := w.UpdateCachePolicy(ctx, &sdk.UpdateCachePolicyInput{
		Id: id, IfMatch: config.ETag, CachePolicyConfig: cachePolicyConfig("two"),
	})
	require.NoError(t, err)

	custom, err := w.ListCachePolicies(ctx, &sdk.ListCachePoliciesInput{Type: types.CachePolicyTypeCustom})
	require.NoError(t, err)
	require.Len(t, custom.CachePolicyList.Items, 1)
	assert.Equal(t, "two", *custom.CachePolicyList.Items[0].CachePolicy.CachePolicyConfig.Name)

	c := simple("one")
	c.DefaultCacheBehavior.CachePolicyId = id
	w.create(t, c)
	_, err = w.DeleteCachePolicy(ctx, &sdk.DeleteCachePolicyInput{Id: id, IfMatch: updated.ETag})
	refused(t, err, http.StatusConflict, "CachePolicyInUse")
}

func TestManagedPoliciesAreThereAndStay(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	got, err := w.GetCachePolicy(ctx, &sdk.GetCachePolicyInput{Id: aws.String(cachingOptimized)})
	require.NoError(t, err)
	assert.Equal(t, "Managed-CachingOptimized", *got.CachePolicy.CachePolicyConfig.Name)
	assert.EqualValues(t, 86400, *got.CachePolicy.CachePolicyConfig.DefaultTTL)
	_, err = w.DeleteCachePolicy(ctx, &sdk.DeleteCachePolicyInput{Id: aws.String(cachingOptimized), IfMatch: got.ETag})
	refused(t, err, http.StatusForbidden, "AccessDenied")

	managed, err := w.ListCachePolicies(ctx, &sdk.ListCachePoliciesInput{Type: types.CachePolicyTypeManaged})
	require.NoError(t, err)
	assert.Len(t, managed.CachePolicyList.Items, 5)
	_, err = w.GetOriginRequestPolicy(ctx, &sdk.GetOriginRequestPolicyInput{Id: aws.String(corsS3Origin)})
	require.NoError(t, err)
	for _, id := range []string{simpleCORS, "67f7725c-6f97-4210-82d7-5512b31e9d03", "eaab4381-ed33-4a86-88ca-d9558dc6cd63"} {
		_, err = w.GetResponseHeadersPolicy(ctx, &sdk.GetResponseHeadersPolicyInput{Id: &id})
		require.NoError(t, err, id)
	}
}

func TestImpossibleCachePoliciesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, change := range map[string]func(*types.CachePolicyConfig){
		"TTLs out of order": func(c *types.CachePolicyConfig) { c.MaxTTL = aws.Int64(1) },
		"a key for what is never cached": func(c *types.CachePolicyConfig) {
			c.MinTTL, c.DefaultTTL, c.MaxTTL = aws.Int64(0), aws.Int64(0), aws.Int64(0)
		},
		"a whitelist without names": func(c *types.CachePolicyConfig) {
			c.ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig.Headers = nil
		},
		"an unknown behavior": func(c *types.CachePolicyConfig) {
			c.ParametersInCacheKeyAndForwardedToOrigin.CookiesConfig.CookieBehavior = "some"
		},
	} {
		c := cachePolicyConfig(name)
		change(c)
		_, err := w.CreateCachePolicy(t.Context(), &sdk.CreateCachePolicyInput{CachePolicyConfig: c})
		refused(t, err, http.StatusBadRequest, "InvalidArgument")
	}
}

func TestAnOriginRequestPolicyLives(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	config := &types.OriginRequestPolicyConfig{
		Name: aws.String("one"), Comment: aws.String(""),
		HeadersConfig: &types.OriginRequestPolicyHeadersConfig{HeaderBehavior: "whitelist", Headers: &types.Headers{
			Quantity: aws.Int32(1), Items: []string{"Origin"},
		}},
		CookiesConfig:      &types.OriginRequestPolicyCookiesConfig{CookieBehavior: "none"},
		QueryStringsConfig: &types.OriginRequestPolicyQueryStringsConfig{QueryStringBehavior: "all"},
	}
	made, err := w.CreateOriginRequestPolicy(ctx, &sdk.CreateOriginRequestPolicyInput{OriginRequestPolicyConfig: config})
	require.NoError(t, err)
	assert.Equal(t, config, made.OriginRequestPolicy.OriginRequestPolicyConfig)
	updated, err := w.UpdateOriginRequestPolicy(ctx, &sdk.UpdateOriginRequestPolicyInput{
		Id: made.OriginRequestPolicy.Id, IfMatch: made.ETag, OriginRequestPolicyConfig: config,
	})
	require.NoError(t, err)
	list, err := w.ListOriginRequestPolicies(ctx, &sdk.ListOriginRequestPoliciesInput{})
	require.NoError(t, err)
	assert.Len(t, list.OriginRequestPolicyList.Items, 6)
	_, err = w.DeleteOriginRequestPolicy(ctx, &sdk.DeleteOriginRequestPolicyInput{Id: made.OriginRequestPolicy.Id, IfMatch: updated.ETag})
	require.NoError(t, err)
	_, err = w.GetOriginRequestPolicyConfig(ctx, &sdk.GetOriginRequestPolicyConfigInput{Id: made.OriginRequestPolicy.Id})
	refused(t, err, http.StatusNotFound, "NoSuchOriginRequestPolicy")
}

func responseHeadersConfig(name string) *types.ResponseHeadersPolicyConfig {
	on, one := aws.Bool(true), aws.Int32(1)
	return &types.ResponseHeadersPolicyConfig{
		Name: &name, Comment: aws.String("headers"),
		CorsConfig: &types.ResponseHeadersPolicyCorsConfig{
			AccessControlAllowCredentials: on, OriginOverride: on, AccessControlMaxAgeSec: aws.Int32(600),
			AccessControlAllowHeaders:  &types.ResponseHeadersPolicyAccessControlAllowHeaders{Quantity: one, Items: []string{"X-A"}},
			AccessControlAllowMethods:  &types.ResponseHeadersPolicyAccessControlAllowMethods{Quantity: one, Items: []types.ResponseHeadersPolicyAccessControlAllowMethodsValues{"GET"}},
			AccessControlAllowOrigins:  &types.ResponseHeadersPolicyAccessControlAllowOrigins{Quantity: one, Items: []string{"https://example.com"}},
			AccessControlExposeHeaders: &types.ResponseHeadersPolicyAccessControlExposeHeaders{Quantity: one, Items: []string{"X-B"}},
		},
		CustomHeadersConfig: &types.ResponseHeadersPolicyCustomHeadersConfig{Quantity: one, Items: []types.ResponseHeadersPolicyCustomHeader{
			{Header: aws.String("Cache-Control"), Value: aws.String("max-age=60"), Override: on},
		}},
		RemoveHeadersConfig: &types.ResponseHeadersPolicyRemoveHeadersConfig{Quantity: one, Items: []types.ResponseHeadersPolicyRemoveHeader{
			{Header: aws.String("X-Powered-By")},
		}},
		SecurityHeadersConfig: &types.ResponseHeadersPolicySecurityHeadersConfig{
			ContentSecurityPolicy:   &types.ResponseHeadersPolicyContentSecurityPolicy{ContentSecurityPolicy: aws.String("default-src 'none'"), Override: on},
			ContentTypeOptions:      &types.ResponseHeadersPolicyContentTypeOptions{Override: on},
			FrameOptions:            &types.ResponseHeadersPolicyFrameOptions{FrameOption: "DENY", Override: on},
			ReferrerPolicy:          &types.ResponseHeadersPolicyReferrerPolicy{ReferrerPolicy: "no-referrer", Override: on},
			StrictTransportSecurity: &types.ResponseHeadersPolicyStrictTransportSecurity{AccessControlMaxAgeSec: aws.Int32(60), IncludeSubdomains: on, Preload: on, Override: on},
			XSSProtection:           &types.ResponseHeadersPolicyXSSProtection{Protection: on, ModeBlock: aws.Bool(false), ReportUri: aws.String("/r"), Override: on},
		},
		ServerTimingHeadersConfig: &types.ResponseHeadersPolicyServerTimingHeadersConfig{Enabled: on, SamplingRate: aws.Float64(12.5)},
	}
}

func TestAResponseHeadersPolicyLives(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	made, err := w.CreateResponseHeadersPolicy(ctx, &sdk.CreateResponseHeadersPolicyInput{ResponseHeadersPolicyConfig: responseHeadersConfig("one")})
	require.NoError(t, err)
	id := made.ResponseHeadersPolicy.Id
	assert.Equal(t, responseHeadersConfig("one"), made.ResponseHeadersPolicy.ResponseHeadersPolicyConfig)
	_, err = w.CreateResponseHeadersPolicy(ctx, &sdk.CreateResponseHeadersPolicyInput{ResponseHeadersPolicyConfig: responseHeadersConfig("one")})
	refused(t, err, http.StatusConflict, "ResponseHeadersPolicyAlreadyExists")

	config, err := w.GetResponseHeadersPolicyConfig(ctx, &sdk.GetResponseHeadersPolicyConfigInput{Id: id})
	require.NoError(t, err)
	updated, err := w.UpdateResponseHeadersPolicy(ctx, &sdk.UpdateResponseHeadersPolicyInput{
		Id: id, IfMatch: config.ETag, ResponseHeadersPolicyConfig: responseHeadersConfig("two"),
	})
	require.NoError(t, err)
	list, err := w.ListResponseHeadersPolicies(ctx, &sdk.ListResponseHeadersPoliciesInput{})
	require.NoError(t, err)
	assert.Len(t, list.ResponseHeadersPolicyList.Items, 6)

	c := simple("one")
	c.DefaultCacheBehavior.ResponseHeadersPolicyId = id
	w.create(t, c)
	_, err = w.DeleteResponseHeadersPolicy(ctx, &sdk.DeleteResponseHeadersPolicyInput{Id: id, IfMatch: updated.ETag})
	refused(t, err, http.StatusConflict, "ResponseHeadersPolicyInUse")
}

func removing(header string) *types.ResponseHeadersPolicyRemoveHeadersConfig {
	return &types.ResponseHeadersPolicyRemoveHeadersConfig{
		Quantity: aws.Int32(1), Items: []types.ResponseHeadersPolicyRemoveHeader{{Header: &header}},
	}
}

func TestImpossibleResponseHeadersPoliciesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, change := range map[string]func(*types.ResponseHeadersPolicyConfig){
		"nothing configured": func(c *types.ResponseHeadersPolicyConfig) {
			*c = types.ResponseHeadersPolicyConfig{Name: c.Name}
		},
		"a security header as a custom one": func(c *types.ResponseHeadersPolicyConfig) {
			c.CustomHeadersConfig.Items[0].Header = aws.String("X-Frame-Options")
		},
		"block mode with a report": func(c *types.ResponseHeadersPolicyConfig) {
			c.SecurityHeadersConfig.XSSProtection.ModeBlock = aws.Bool(true)
		},
		"a removal of what HTTP needs": func(c *types.ResponseHeadersPolicyConfig) {
			c.RemoveHeadersConfig = removing("Content-Length")
		},
		"a removal of CloudFront's own": func(c *types.ResponseHeadersPolicyConfig) {
			c.RemoveHeadersConfig = removing("X-Amz-Cf-Pop")
		},
		"a removal of what is no header": func(c *types.ResponseHeadersPolicyConfig) {
			c.RemoveHeadersConfig = removing("a b")
		},
		"a wildcard within an origin": func(c *types.ResponseHeadersPolicyConfig) {
			c.CorsConfig.AccessControlAllowOrigins.Items = []string{"https://a.*.example.com"}
		},
		"a top-level domain as wildcard": func(c *types.ResponseHeadersPolicyConfig) {
			c.CorsConfig.AccessControlAllowOrigins.Items = []string{"https://example.*"}
		},
		"more than all answers with Server-Timing": func(c *types.ResponseHeadersPolicyConfig) {
			c.ServerTimingHeadersConfig.SamplingRate = aws.Float64(100.1)
		},
		"an unknown frame option": func(c *types.ResponseHeadersPolicyConfig) { c.SecurityHeadersConfig.FrameOptions.FrameOption = "ALL" },
	} {
		c := responseHeadersConfig(name)
		change(c)
		_, err := w.CreateResponseHeadersPolicy(t.Context(), &sdk.CreateResponseHeadersPolicyInput{ResponseHeadersPolicyConfig: c})
		refused(t, err, http.StatusBadRequest, "InvalidArgument")
	}
}

func TestAContentSecurityPolicyHasALongestLength(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := responseHeadersConfig("long")
	c.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy = aws.String(strings.Repeat("c", 1784))
	_, err := w.CreateResponseHeadersPolicy(t.Context(), &sdk.CreateResponseHeadersPolicyInput{ResponseHeadersPolicyConfig: c})
	refused(t, err, http.StatusBadRequest, "TooLongCSPInResponseHeadersPolicy")
}

func TestDistributionsAreListedByTheirPolicies(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	id := *w.create(t, simple("one")).Distribution.Id
	other := simple("two")
	other.DefaultCacheBehavior.CachePolicyId = aws.String(cachingDisabled)
	other.DefaultCacheBehavior.OriginRequestPolicyId = aws.String(corsS3Origin)
	other.DefaultCacheBehavior.ResponseHeadersPolicyId = aws.String(simpleCORS)
	otherID := *w.create(t, other).Distribution.Id

	byCache, err := w.ListDistributionsByCachePolicyId(ctx, &sdk.ListDistributionsByCachePolicyIdInput{CachePolicyId: aws.String(cachingOptimized)})
	require.NoError(t, err)
	assert.Equal(t, []string{id}, byCache.DistributionIdList.Items)
	byRequest, err := w.ListDistributionsByOriginRequestPolicyId(ctx, &sdk.ListDistributionsByOriginRequestPolicyIdInput{OriginRequestPolicyId: aws.String(corsS3Origin)})
	require.NoError(t, err)
	assert.Equal(t, []string{otherID}, byRequest.DistributionIdList.Items)
	byHeaders, err := w.ListDistributionsByResponseHeadersPolicyId(ctx, &sdk.ListDistributionsByResponseHeadersPolicyIdInput{ResponseHeadersPolicyId: aws.String(simpleCORS)})
	require.NoError(t, err)
	assert.Equal(t, []string{otherID}, byHeaders.DistributionIdList.Items)
	_, err = w.ListDistributionsByCachePolicyId(ctx, &sdk.ListDistributionsByCachePolicyIdInput{CachePolicyId: aws.String("none")})
	refused(t, err, http.StatusNotFound, "NoSuchCachePolicy")
}

func TestAnAccountHasTwentyPoliciesOfAKind(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	for i := range 21 {
		name := "n" + strconv.Itoa(i)
		_, cache := w.CreateCachePolicy(ctx, &sdk.CreateCachePolicyInput{
			CachePolicyConfig: &types.CachePolicyConfig{Name: &name, MinTTL: aws.Int64(0)},
		})
		_, response := w.CreateResponseHeadersPolicy(ctx, &sdk.CreateResponseHeadersPolicyInput{
			ResponseHeadersPolicyConfig: &types.ResponseHeadersPolicyConfig{Name: &name, CustomHeadersConfig: &types.ResponseHeadersPolicyCustomHeadersConfig{
				Quantity: aws.Int32(1), Items: []types.ResponseHeadersPolicyCustomHeader{{Header: aws.String("A"), Value: aws.String("b"), Override: aws.Bool(true)}},
			}},
		})
		if i < 20 {
			require.NoError(t, cache)
			require.NoError(t, response)
			continue
		}
		refused(t, cache, http.StatusBadRequest, "TooManyCachePolicies")
		refused(t, response, http.StatusBadRequest, "TooManyResponseHeadersPolicies")
	}
}
