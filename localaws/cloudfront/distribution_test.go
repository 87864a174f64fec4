package cloudfront_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADistributionIsCreatedReadUpdatedAndDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.Delays.Deploy = time.Minute
	ctx := t.Context()
	out := w.create(t, simple("one"))
	d := out.Distribution
	assert.Regexp(t, `^E[A-Z0-9]{13}$`, *d.Id)
	assert.Regexp(t, `^d[a-z0-9]{13}\.cloudfront\.net$`, *d.DomainName)
	assert.Equal(t, "arn:aws:cloudfront::123456789012:distribution/"+*d.Id, *d.ARN)
	assert.Equal(t, "InProgress", *d.Status)
	assert.Equal(t, w.time(), *d.LastModifiedTime)
	assert.Contains(t, *out.Location, "/2020-05-31/distribution/"+*d.Id)
	assert.NotEmpty(t, *out.ETag)

	w.advance(time.Minute)
	got, err := w.GetDistribution(ctx, &sdk.GetDistributionInput{Id: d.Id})
	require.NoError(t, err)
	assert.Equal(t, "Deployed", *got.Distribution.Status)
	assert.Equal(t, out.ETag, got.ETag)

	config, err := w.GetDistributionConfig(ctx, &sdk.GetDistributionConfigInput{Id: d.Id})
	require.NoError(t, err)
	config.DistributionConfig.Comment = aws.String("changed")
	config.DistributionConfig.Enabled = aws.Bool(false)
	updated, err := w.UpdateDistribution(ctx, &sdk.UpdateDistributionInput{
		Id: d.Id, IfMatch: config.ETag, DistributionConfig: config.DistributionConfig,
	})
	require.NoError(t, err)
	assert.NotEqual(t, out.ETag, updated.ETag)
	assert.Equal(t, "InProgress", *updated.Distribution.Status)
	assert.Equal(t, "changed", *updated.Distribution.DistributionConfig.Comment)

	_, err = w.DeleteDistribution(ctx, &sdk.DeleteDistributionInput{Id: d.Id, IfMatch: updated.ETag})
	refused(t, err, http.StatusConflict, "DistributionNotDisabled")
	w.advance(time.Minute)
	_, err = w.DeleteDistribution(ctx, &sdk.DeleteDistributionInput{Id: d.Id, IfMatch: updated.ETag})
	require.NoError(t, err)
	_, err = w.GetDistribution(ctx, &sdk.GetDistributionInput{Id: d.Id})
	refused(t, err, http.StatusNotFound, "NoSuchDistribution")
}

func TestAWSFillsInDefaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.create(t, simple("one")).Distribution.DistributionConfig
	assert.Equal(t, types.PriceClassPriceClassAll, c.PriceClass)
	assert.Equal(t, types.HttpVersionHttp2, c.HttpVersion)
	assert.Equal(t, types.GeoRestrictionTypeNone, c.Restrictions.GeoRestriction.RestrictionType)
	assert.True(t, *c.ViewerCertificate.CloudFrontDefaultCertificate)
	assert.Equal(t, types.MinimumProtocolVersionTLSv1, c.ViewerCertificate.MinimumProtocolVersion)
	assert.EqualValues(t, 3, *c.Origins.Items[0].ConnectionAttempts)
	assert.EqualValues(t, 10, *c.Origins.Items[0].ConnectionTimeout)
	assert.ElementsMatch(t, []types.Method{"GET", "HEAD"}, c.DefaultCacheBehavior.AllowedMethods.Items)
	assert.EqualValues(t, 0, *c.Aliases.Quantity)

	legacy := simple("two")
	legacy.DefaultCacheBehavior.CachePolicyId = nil
	legacy.DefaultCacheBehavior.ForwardedValues = &types.ForwardedValues{
		QueryString: aws.Bool(false), Cookies: &types.CookiePreference{Forward: types.ItemSelectionNone},
	}
	b := w.create(t, legacy).Distribution.DistributionConfig.DefaultCacheBehavior
	assert.EqualValues(t, 0, *b.MinTTL)
	assert.EqualValues(t, 86400, *b.DefaultTTL)
	assert.EqualValues(t, 31536000, *b.MaxTTL)
}

func TestACertificateOfOnesOwnIsRepeatedInTheDeprecatedMembers(t *testing.T) {
	t.Parallel()
	v := newWorld(t).create(t, named("one", "cdn.example.com")).Distribution.DistributionConfig.ViewerCertificate
	assert.Equal(t, issued, *v.ACMCertificateArn)
	assert.Equal(t, issued, *v.Certificate)
	assert.Equal(t, types.CertificateSourceAcm, v.CertificateSource)
	assert.False(t, *v.CloudFrontDefaultCertificate)
}

// breaking changes a good configuration so that AWS refuses it.
type breaking struct {
	name   string
	change func(*types.DistributionConfig)
	status int
	code   string
}

var refusals = []breaking{
	{"a pending certificate", func(c *types.DistributionConfig) { c.ViewerCertificate.ACMCertificateArn = aws.String(pending) }, 400, "InvalidViewerCertificate"},
	{"a certificate of another region", func(c *types.DistributionConfig) { c.ViewerCertificate.ACMCertificateArn = aws.String(elsewhere) }, 400, "InvalidViewerCertificate"},
	{"a certificate with a key on P-384", func(c *types.DistributionConfig) { c.ViewerCertificate.ACMCertificateArn = aws.String(onP384) }, 400, "InvalidViewerCertificate"},
	{"an alias the certificate does not cover", func(c *types.DistributionConfig) { c.Aliases.Items[0] = "www.example.com" }, 400, "InvalidViewerCertificate"},
	{"an alias two labels below a wildcard", func(c *types.DistributionConfig) { c.Aliases.Items[0] = "a.b.img.example.com" }, 400, "InvalidViewerCertificate"},
	{"a certificate without a support method", func(c *types.DistributionConfig) { c.ViewerCertificate.SSLSupportMethod = "" }, 400, "InvalidViewerCertificate"},
	{"SSLv3 with SNI", func(c *types.DistributionConfig) { c.ViewerCertificate.MinimumProtocolVersion = "SSLv3" }, 400, "InvalidMinimumProtocolVersion"},
	{"an alias without a certificate", func(c *types.DistributionConfig) { c.ViewerCertificate = nil }, 400, "InvalidViewerCertificate"},
	{"an alias twice", func(c *types.DistributionConfig) {
		c.Aliases = &types.Aliases{Quantity: aws.Int32(2), Items: []string{"cdn.example.com", "CDN.example.com"}}
	}, 400, "InvalidArgument"},
	{"101 aliases", func(c *types.DistributionConfig) {
		c.Aliases = &types.Aliases{Quantity: aws.Int32(101)}
		for i := range 101 {
			c.Aliases.Items = append(c.Aliases.Items, "a"+strconv.Itoa(i)+".img.example.com")
		}
	}, 400, "TooManyDistributionCNAMEs"},
	{"76 behaviours", func(c *types.DistributionConfig) {
		c.CacheBehaviors = &types.CacheBehaviors{Quantity: aws.Int32(76)}
		for i := range 76 {
			c.CacheBehaviors.Items = append(c.CacheBehaviors.Items, types.CacheBehavior{
				PathPattern: aws.String("/" + strconv.Itoa(i)), TargetOriginId: aws.String("bucket"),
				ViewerProtocolPolicy: "allow-all", CachePolicyId: aws.String(cachingOptimized),
			})
		}
	}, 400, "TooManyCacheBehaviors"},
	{"a quantity that does not count", func(c *types.DistributionConfig) { c.Aliases.Quantity = aws.Int32(2) }, 400, "InconsistentQuantities"},
	{"a target that is no origin", func(c *types.DistributionConfig) { c.DefaultCacheBehavior.TargetOriginId = aws.String("nowhere") }, 404, "NoSuchOrigin"},
	{"a website endpoint as S3 origin", func(c *types.DistributionConfig) {
		c.Origins.Items[0].DomainName = aws.String("images.s3-website-us-east-1.amazonaws.com")
	}, 400, "InvalidArgument"},
	{"an origin that is waited for longer than two minutes", func(c *types.DistributionConfig) {
		c.Origins.Items[0].S3OriginConfig.OriginReadTimeout = aws.Int32(121)
	}, 400, "InvalidArgument"},
	{"an answer that must be complete before it may begin", func(c *types.DistributionConfig) {
		c.Origins.Items[0].ResponseCompletionTimeout = aws.Int32(29)
	}, 400, "InvalidArgument"},
	{"an origin of no kind", func(c *types.DistributionConfig) { c.Origins.Items[0].S3OriginConfig = nil }, 400, "InvalidOrigin"},
	{"an unknown origin access control", func(c *types.DistributionConfig) { c.Origins.Items[0].OriginAccessControlId = aws.String("E0") }, 400, "InvalidOriginAccessControl"},
	{"an origin path that ends with a slash", func(c *types.DistributionConfig) { c.Origins.Items[0].OriginPath = aws.String("/a/") }, 400, "InvalidArgument"},
	{"an unknown cache policy", func(c *types.DistributionConfig) { c.DefaultCacheBehavior.CachePolicyId = aws.String("none") }, 404, "NoSuchCachePolicy"},
	{"an unknown origin request policy", func(c *types.DistributionConfig) {
		c.DefaultCacheBehavior.OriginRequestPolicyId = aws.String("none")
	}, 404, "NoSuchOriginRequestPolicy"},
	{"an unknown response headers policy", func(c *types.DistributionConfig) {
		c.DefaultCacheBehavior.ResponseHeadersPolicyId = aws.String("none")
	}, 404, "NoSuchResponseHeadersPolicy"},
	{"TTLs beside a cache policy", func(c *types.DistributionConfig) { c.DefaultCacheBehavior.MinTTL = aws.Int64(1) }, 400, "InvalidArgument"},
	{"legacy TTLs out of order", func(c *types.DistributionConfig) {
		b := c.DefaultCacheBehavior
		b.CachePolicyId, b.MinTTL, b.DefaultTTL = nil, aws.Int64(10), aws.Int64(5)
		b.ForwardedValues = &types.ForwardedValues{QueryString: aws.Bool(false), Cookies: &types.CookiePreference{Forward: "none"}}
	}, 400, "InvalidTTLOrder"},
	{"an unknown web ACL", func(c *types.DistributionConfig) { c.WebACLId = aws.String(unknownACL) }, 400, "InvalidWebACLId"},
	{"a wrong HTTP version", func(c *types.DistributionConfig) { c.HttpVersion = "http4" }, 400, "InvalidArgument"},
	{"a wrong price class", func(c *types.DistributionConfig) { c.PriceClass = "PriceClass_1" }, 400, "InvalidArgument"},
	{"a wrong viewer protocol policy", func(c *types.DistributionConfig) { c.DefaultCacheBehavior.ViewerProtocolPolicy = "never" }, 400, "InvalidArgument"},
	{"a wrong error code", func(c *types.DistributionConfig) {
		c.CustomErrorResponses = &types.CustomErrorResponses{Quantity: aws.Int32(1), Items: []types.CustomErrorResponse{{ErrorCode: aws.Int32(418)}}}
	}, 400, "InvalidErrorCode"},
	{"a default root object with a space", func(c *types.DistributionConfig) { c.DefaultRootObject = aws.String("a b.html") }, 400, "InvalidDefaultRootObject"},
	{"a default root object of 256 characters", func(c *types.DistributionConfig) {
		c.DefaultRootObject = aws.String(strings.Repeat("a", 256))
	}, 400, "InvalidDefaultRootObject"},
	{"a comment of 129 characters", func(c *types.DistributionConfig) { c.Comment = aws.String(strings.Repeat("이", 129)) }, 400, "InvalidArgument"},
	{"an alias with a space", func(c *types.DistributionConfig) { c.Aliases.Items[0] = "a b.example.com" }, 400, "InvalidArgument"},
	{"an alias with an empty label", func(c *types.DistributionConfig) { c.Aliases.Items[0] = "cdn..example.com" }, 400, "InvalidArgument"},
	{"an alias of Korean letters", func(c *types.DistributionConfig) { c.Aliases.Items[0] = "이미지.example.com" }, 400, "InvalidArgument"},
	{"an alias with a wildcard inside", func(c *types.DistributionConfig) { c.Aliases.Items[0] = "a.*.example.com" }, 400, "InvalidArgument"},
	{"an alias with a label that ends in a hyphen", func(c *types.DistributionConfig) { c.Aliases.Items[0] = "cdn-.example.com" }, 400, "InvalidArgument"},
	{"an alias under cloudfront.net", func(c *types.DistributionConfig) { c.Aliases.Items[0] = "cdn.cloudfront.net" }, 400, "InvalidArgument"},
	{"a path pattern with characters that are none of AWS's", patterned("a{b} 이.jpg"), 400, "InvalidArgument"},
	{"a path pattern with percent-encoding", patterned("/a%20b.jpg"), 400, "InvalidArgument"},
	{"a path pattern of 256 characters", patterned(strings.Repeat("a", 256)), 400, "InvalidArgument"},
	{"an origin header that CloudFront sets", headed("cache-control", "no-cache"), 400, "InvalidArgument"},
	{"an origin header of AWS's", headed("X-Amz-Date", "now"), 400, "InvalidArgument"},
	{"an origin header that is no name", headed("a b", "x"), 400, "InvalidArgument"},
	{"an origin header with a line break", headed("A", "x\ny"), 400, "InvalidArgument"},
	{"a field-level encryption that does not exist", func(c *types.DistributionConfig) {
		c.DefaultCacheBehavior.FieldLevelEncryptionId = aws.String("C1")
	}, 404, "NoSuchFieldLevelEncryptionConfig"},
	{"Origin Shield in a region without one", func(c *types.DistributionConfig) {
		c.Origins.Items[0].OriginShield = &types.OriginShield{Enabled: aws.Bool(true), OriginShieldRegion: aws.String("eu-north-1")}
	}, 400, "InvalidArgument"},
	{"an origin group of one origin", grouped([]string{"bucket"}, "bucket", 503), 400, "InvalidArgument"},
	{"an origin group with the same origin twice", grouped([]string{"bucket"}, "bucket", 503, "bucket"), 400, "InvalidArgument"},
	{"an origin group with an unknown origin", grouped([]string{"bucket"}, "other", 503, "bucket"), 404, "NoSuchOrigin"},
	{"an origin group called as an origin is", grouped([]string{"bucket", "group"}, "bucket", 503, "group"), 400, "InvalidArgument"},
	{"an origin group for a status that is none of AWS's", grouped([]string{"bucket", "spare"}, "bucket", 401, "spare"), 400, "InvalidArgument"},
	{"an origin group for requests that write", func(c *types.DistributionConfig) {
		grouped([]string{"bucket", "spare"}, "bucket", 503, "spare")(c)
		all := types.Method("").Values()
		c.DefaultCacheBehavior.AllowedMethods = &types.AllowedMethods{Quantity: aws.Int32(int32(len(all))), Items: all}
	}, 400, "InvalidArgument"},
	{"logs to a bucket that does not exist", logged("nowhere"), 400, "InvalidArgument"},
	{"logs to a bucket without ACLs", logged("modern"), 400, "InvalidArgument"},
	{"a country that does not exist", func(c *types.DistributionConfig) {
		c.Restrictions = &types.Restrictions{GeoRestriction: &types.GeoRestriction{
			RestrictionType: "whitelist", Quantity: aws.Int32(1), Items: []string{"XX"},
		}}
	}, 400, "InvalidLocationCode"},
	{"a default root object with a slash", func(c *types.DistributionConfig) { c.DefaultRootObject = aws.String("/index.html") }, 400, "InvalidDefaultRootObject"},
	{"a wrong country", func(c *types.DistributionConfig) {
		c.Restrictions = &types.Restrictions{GeoRestriction: &types.GeoRestriction{
			RestrictionType: "whitelist", Quantity: aws.Int32(1), Items: []string{"Germany"},
		}}
	}, 400, "InvalidLocationCode"},
	{"methods that are none of AWS's sets", func(c *types.DistributionConfig) {
		c.DefaultCacheBehavior.AllowedMethods = &types.AllowedMethods{Quantity: aws.Int32(1), Items: []types.Method{"GET"}}
	}, 400, "InvalidArgument"},
}

// grouped is a configuration with copies of its origin under other ids, and a group of some
// of them that fails over on one status.
func grouped(origins []string, first string, status int32, others ...string) func(*types.DistributionConfig) {
	return func(c *types.DistributionConfig) {
		usual := c.Origins.Items[0]
		c.Origins.Items = nil
		for _, id := range origins {
			o := usual
			o.Id = aws.String(id)
			c.Origins.Items = append(c.Origins.Items, o)
		}
		c.Origins.Quantity = aws.Int32(int32(len(origins)))
		g := types.OriginGroup{
			Id: aws.String("group"), Members: &types.OriginGroupMembers{Items: []types.OriginGroupMember{{OriginId: &first}}},
			FailoverCriteria: &types.OriginGroupFailoverCriteria{StatusCodes: &types.StatusCodes{Quantity: aws.Int32(1), Items: []int32{status}}},
		}
		for _, other := range others {
			g.Members.Items = append(g.Members.Items, types.OriginGroupMember{OriginId: &other})
		}
		g.Members.Quantity = aws.Int32(int32(len(g.Members.Items)))
		c.OriginGroups = &types.OriginGroups{Quantity: aws.Int32(1), Items: []types.OriginGroup{g}}
		c.DefaultCacheBehavior.TargetOriginId = aws.String("group")
	}
}

func TestAnOriginGroupIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := simple("group")
	grouped([]string{"bucket", "spare"}, "bucket", 429, "spare")(config)
	made := w.create(t, config)
	assert.Equal(t, []int32{429}, made.Distribution.DistributionConfig.OriginGroups.Items[0].FailoverCriteria.StatusCodes.Items)
}

func patterned(pattern string) func(*types.DistributionConfig) {
	return func(c *types.DistributionConfig) {
		c.CacheBehaviors = &types.CacheBehaviors{Quantity: aws.Int32(1), Items: []types.CacheBehavior{{
			PathPattern: &pattern, TargetOriginId: aws.String("bucket"), ViewerProtocolPolicy: "allow-all", CachePolicyId: aws.String(cachingOptimized),
		}}}
	}
}

func headed(name, value string) func(*types.DistributionConfig) {
	return func(c *types.DistributionConfig) {
		c.Origins.Items[0].CustomHeaders = &types.CustomHeaders{Quantity: aws.Int32(1), Items: []types.OriginCustomHeader{
			{HeaderName: &name, HeaderValue: &value},
		}}
	}
}

func logged(bucket string) func(*types.DistributionConfig) {
	return func(c *types.DistributionConfig) {
		c.Logging = &types.LoggingConfig{
			Enabled: aws.Bool(true), IncludeCookies: aws.Bool(false), Prefix: aws.String(""), Bucket: aws.String(bucket + ".s3.amazonaws.com"),
		}
	}
}

// whole is a configuration with all that an update must have, empty where it says
// nothing of it.
func whole(c types.DistributionConfig) *types.DistributionConfig {
	none := aws.Int32(0)
	if c.Aliases == nil {
		c.Aliases = &types.Aliases{Quantity: none}
	}
	if c.CacheBehaviors == nil {
		c.CacheBehaviors = &types.CacheBehaviors{Quantity: none}
	}
	if c.CustomErrorResponses == nil {
		c.CustomErrorResponses = &types.CustomErrorResponses{Quantity: none}
	}
	if c.Logging == nil {
		c.Logging = &types.LoggingConfig{
			Enabled: aws.Bool(false), IncludeCookies: aws.Bool(false), Bucket: aws.String(""), Prefix: aws.String(""),
		}
	}
	if c.ViewerCertificate == nil {
		c.ViewerCertificate = &types.ViewerCertificate{CloudFrontDefaultCertificate: aws.Bool(true)}
	}
	if c.Restrictions == nil {
		c.Restrictions = &types.Restrictions{GeoRestriction: &types.GeoRestriction{RestrictionType: "none", Quantity: none}}
	}
	c.DefaultRootObject, c.WebACLId = aws.String(aws.ToString(c.DefaultRootObject)), aws.String(aws.ToString(c.WebACLId))
	c.PriceClass, c.HttpVersion = cmp.Or(c.PriceClass, types.PriceClassPriceClassAll), cmp.Or(c.HttpVersion, types.HttpVersionHttp2)
	return &c
}

func TestWhatAWSTakesIsTaken(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*types.DistributionConfig){
		"a certificate without a minimum protocol": func(c *types.DistributionConfig) { c.ViewerCertificate.MinimumProtocolVersion = "" },
		"a comment of 128 Korean letters":          func(c *types.DistributionConfig) { c.Comment = aws.String(strings.Repeat("이", 128)) },
		"a path pattern of all characters":         patterned(`/a_-.*$/~"'@:+?&Z9`),
		"an origin header of one's own":            headed("X-Origin-Secret", "abc def"),
		"logs to a bucket with ACLs":               logged("logs"),
		"an underscore in an alias":                func(c *types.DistributionConfig) { c.Aliases.Items[0] = "a_b.img.example.com" },
	} {
		c := named("one", "cdn.example.com")
		change(c)
		_, err := newWorld(t).CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: c})
		assert.NoError(t, err, name)
	}
	c := named("one", "cdn.example.com")
	c.ViewerCertificate.MinimumProtocolVersion = ""
	got := newWorld(t).create(t, c).Distribution.DistributionConfig.ViewerCertificate
	assert.Equal(t, types.MinimumProtocolVersionTLSv1, got.MinimumProtocolVersion)
}

// Files of public reports: what each must give is in its test.
func TestReportedConfigurationsAreTakenOrRefusedAsOnAWS(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"f06-oai.json": "InvalidOriginAccessIdentity", "f09-certificate.json": "", "f09-comment.json": "", "f09-path-pattern.json": "InvalidArgument",
	} {
		content, err := os.ReadFile("testdata/" + file)
		require.NoError(t, err)
		var c types.DistributionConfig
		require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(strings.ReplaceAll(string(content),
			"CERTIFICATE_ARN_OF_IMG_EXAMPLE_COM", issued), "img.example.com", "a.img.example.com")), &c))
		_, err = newWorld(t).CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: &c})
		if want == "" {
			assert.NoError(t, err, file)
			continue
		}
		refused(t, err, http.StatusBadRequest, want)
	}
}

func TestWhatAWSRefusesIsRefused(t *testing.T) {
	t.Parallel()
	for _, b := range refusals {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := named("one", "cdn.example.com")
			good := w.create(t, c)
			b.change(c)
			_, err := w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{
				Id: good.Distribution.Id, IfMatch: good.ETag, DistributionConfig: whole(*c),
			})
			refused(t, err, b.status, b.code)

			c.CallerReference = aws.String("two")
			_, err = newWorld(t).CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: c})
			refused(t, err, b.status, b.code)
		})
	}
}

func TestAnAliasBelongsToOneDistribution(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	disabled := named("one", "cdn.example.com")
	disabled.Enabled = aws.Bool(false)
	w.create(t, disabled)
	_, err := w.CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: named("two", "cdn.example.com")})
	refused(t, err, http.StatusConflict, "CNAMEAlreadyExists")
}

func TestOnlyTheCurrentVersionIsChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.create(t, simple("one"))
	for ifMatch, want := range map[string]struct {
		status int
		code   string
	}{"": {400, "InvalidIfMatchVersion"}, "EOLD": {412, "PreconditionFailed"}} {
		var given *string
		if ifMatch != "" {
			given = &ifMatch
		}
		_, err := w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{
			Id: d.Distribution.Id, IfMatch: given, DistributionConfig: whole(*simple("one")),
		})
		refused(t, err, want.status, want.code)
		_, err = w.DeleteDistribution(t.Context(), &sdk.DeleteDistributionInput{Id: d.Distribution.Id, IfMatch: given})
		refused(t, err, want.status, want.code)
	}
	_, err := w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{
		Id: d.Distribution.Id, IfMatch: d.ETag, DistributionConfig: whole(*simple("other")),
	})
	refused(t, err, http.StatusBadRequest, "IllegalUpdate")
}

func TestACallerReferenceIsGoodOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.create(t, simple("one"))
	other := simple("one")
	other.Comment = aws.String("another")
	for _, again := range []*types.DistributionConfig{simple("one"), other} {
		_, err := w.CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: again})
		refused(t, err, http.StatusConflict, "DistributionAlreadyExists")
		require.ErrorContains(t, err, *first.Distribution.Id)
	}
}

func TestAnAccountHasAsManyDistributionsAsItsQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.Limits.Distributions = 1
	w.create(t, simple("one"))
	_, err := w.CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: simple("two")})
	refused(t, err, http.StatusBadRequest, "TooManyDistributions")
}

func TestCloudFrontAnswersTenCallsASecondIfRatesAreOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.Limits.Rates = true
	for range 10 {
		_, err := w.ListDistributions(t.Context(), &sdk.ListDistributionsInput{})
		require.NoError(t, err)
	}
	_, err := w.ListDistributions(t.Context(), &sdk.ListDistributionsInput{})
	refused(t, err, http.StatusBadRequest, "Throttling")
	w.advance(time.Second)
	_, err = w.ListDistributions(t.Context(), &sdk.ListDistributionsInput{})
	require.NoError(t, err)
}

func TestAnUpdateMustSayWhatItWouldReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.create(t, named("one", "cdn.example.com"))
	for member, leaveOut := range map[string]func(*types.DistributionConfig){
		"Aliases":              func(c *types.DistributionConfig) { c.Aliases = nil },
		"DefaultRootObject":    func(c *types.DistributionConfig) { c.DefaultRootObject = nil },
		"CacheBehaviors":       func(c *types.DistributionConfig) { c.CacheBehaviors = nil },
		"CustomErrorResponses": func(c *types.DistributionConfig) { c.CustomErrorResponses = nil },
		"Logging":              func(c *types.DistributionConfig) { c.Logging = nil },
		"PriceClass":           func(c *types.DistributionConfig) { c.PriceClass = "" },
		"ViewerCertificate":    func(c *types.DistributionConfig) { c.ViewerCertificate = nil },
		"Restrictions":         func(c *types.DistributionConfig) { c.Restrictions = nil },
		"WebACLId":             func(c *types.DistributionConfig) { c.WebACLId = nil },
		"HttpVersion":          func(c *types.DistributionConfig) { c.HttpVersion = "" },
	} {
		c := whole(*named("one", "cdn.example.com"))
		leaveOut(c)
		_, err := w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{Id: d.Distribution.Id, IfMatch: d.ETag, DistributionConfig: c})
		refused(t, err, http.StatusBadRequest, "IllegalUpdate")
		require.ErrorContains(t, err, member+" is required for updates")
	}
	_, err := w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{
		Id: d.Distribution.Id, IfMatch: d.ETag, DistributionConfig: whole(*named("one", "cdn.example.com")),
	})
	require.NoError(t, err)
}

func TestAnEnabledDistributionCannotBeDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.create(t, simple("one"))
	_, err := w.DeleteDistribution(t.Context(), &sdk.DeleteDistributionInput{Id: d.Distribution.Id, IfMatch: d.ETag})
	refused(t, err, http.StatusConflict, "DistributionNotDisabled")
}

func TestDistributionsAreListedInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := map[string]bool{}
	for _, reference := range []string{"one", "two", "three"} {
		want[*w.create(t, simple(reference)).Distribution.Id] = true
	}
	protected := simple("four")
	protected.WebACLId = aws.String(knownACL)
	guarded := w.create(t, protected).Distribution.Id
	want[*guarded] = true

	got := map[string]bool{}
	pages := sdk.NewListDistributionsPaginator(w.Client, &sdk.ListDistributionsInput{MaxItems: aws.Int32(3)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		for _, d := range page.DistributionList.Items {
			got[*d.Id] = true
			assert.Equal(t, "Deployed", *d.Status)
		}
	}
	assert.Equal(t, want, got)

	byACL, err := w.ListDistributionsByWebACLId(t.Context(), &sdk.ListDistributionsByWebACLIdInput{WebACLId: aws.String(knownACL)})
	require.NoError(t, err)
	require.Len(t, byACL.DistributionList.Items, 1)
	assert.Equal(t, guarded, byACL.DistributionList.Items[0].Id)
}

func TestNeighboursLearnWhatIsInUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.Delays.Deploy = time.Minute
	c := named("one", "cdn.example.com")
	c.WebACLId = aws.String(knownACL)
	d := w.create(t, c)
	assert.True(t, w.service.DistributionDomainExists(*d.Distribution.DomainName+"."))
	assert.False(t, w.service.DistributionDomainExists("d0.cloudfront.net"))
	assert.Equal(t, []string{*d.Distribution.ARN}, w.service.CertificateUsers(issued))
	assert.True(t, w.service.WebACLInUse(knownACL))

	w.advance(time.Minute)
	_, err := w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{
		Id: d.Distribution.Id, IfMatch: d.ETag, DistributionConfig: whole(*simple("one")),
	})
	require.NoError(t, err)
	assert.True(t, w.service.WebACLInUse(knownACL), "the edge still serves the old configuration")
	w.advance(time.Minute)
	assert.False(t, w.service.WebACLInUse(knownACL))
	assert.Empty(t, w.service.CertificateUsers(issued))
}

func TestTheEdgeServesWhatIsDeployed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.Delays.Deploy = time.Minute
	d := w.create(t, named("one", "cdn.example.com"))
	wide := w.create(t, named("two", "*.img.example.com"))
	exact := w.create(t, named("three", "a.img.example.com"))

	for host, want := range map[string]*types.Distribution{
		"cdn.example.com":             d.Distribution,
		"CDN.example.com.":            d.Distribution,
		*d.Distribution.DomainName:    d.Distribution,
		"a.img.example.com":           exact.Distribution,
		"b.img.example.com":           wide.Distribution,
		*wide.Distribution.DomainName: wide.Distribution,
	} {
		view, ok := w.service.ForHost(host)
		require.True(t, ok, host)
		assert.Equal(t, *want.Id, view.ID, host)
	}
	for _, host := range []string{"example.com", "b.a.img.example.com", "", "img.example.com"} {
		_, ok := w.service.ForHost(host)
		assert.False(t, ok, host)
	}

	w.advance(time.Minute)
	off := named("one", "cdn.example.com")
	off.Enabled = aws.Bool(false)
	_, err := w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{
		Id: d.Distribution.Id, IfMatch: d.ETag, DistributionConfig: whole(*off),
	})
	require.NoError(t, err)
	_, ok := w.service.ForHost("cdn.example.com")
	assert.True(t, ok, "the change is not deployed yet")
	w.advance(time.Minute)
	_, ok = w.service.ForHost("cdn.example.com")
	assert.False(t, ok, "a disabled distribution answers nobody")
}

// fill gives every member of a value something that is not its zero value.
func fill(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), v.Type().Field(i).Name)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name)
	case reflect.String:
		if values := v.MethodByName("Values"); values.IsValid() {
			v.SetString(values.Call(nil)[0].Index(0).String())
			return
		}
		v.SetString("a-" + name)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1.5)
	default:
		panic("a member of kind " + v.Kind().String())
	}
}

// possible brings a filled configuration within AWS's rules, member by member,
// without emptying any that the wire has.
func possible(c *types.DistributionConfig) {
	get := []types.Method{types.MethodGet, types.MethodHead}
	methods := &types.AllowedMethods{
		Quantity: aws.Int32(2), Items: get, CachedMethods: &types.CachedMethods{Quantity: aws.Int32(2), Items: get},
	}
	c.DefaultCacheBehavior.AllowedMethods = methods
	c.DefaultCacheBehavior.TargetOriginId = aws.String("a-Id")
	c.DefaultCacheBehavior.CachePolicyId, c.DefaultCacheBehavior.OriginRequestPolicyId = nil, nil
	c.DefaultCacheBehavior.ResponseHeadersPolicyId = aws.String(simpleCORS)
	b := &c.CacheBehaviors.Items[0]
	c.DefaultCacheBehavior.FieldLevelEncryptionId, b.FieldLevelEncryptionId = aws.String(""), aws.String("")
	b.AllowedMethods, b.TargetOriginId = methods, aws.String("group")
	b.ForwardedValues, b.MinTTL, b.DefaultTTL, b.MaxTTL = nil, nil, nil, nil
	b.CachePolicyId, b.OriginRequestPolicyId, b.ResponseHeadersPolicyId = aws.String(cachingOptimized), aws.String(corsS3Origin), aws.String(simpleCORS)

	filled := c.Origins.Items[0]
	filled.S3OriginConfig.OriginAccessIdentity = aws.String("")
	filled.OriginShield.OriginShieldRegion = aws.String("us-east-1")
	filled.OriginPath, filled.OriginAccessControlId = aws.String("/path"), nil
	s3, custom, vpc := filled, filled, filled
	s3.CustomOriginConfig, s3.VpcOriginConfig = nil, nil
	s3.DomainName = aws.String("images.s3.eu-central-1.amazonaws.com")
	custom.Id, custom.S3OriginConfig, custom.VpcOriginConfig = aws.String("custom"), nil, nil
	vpc.Id, vpc.S3OriginConfig, vpc.CustomOriginConfig = aws.String("vpc"), nil, nil
	c.Origins = &types.Origins{Quantity: aws.Int32(3), Items: []types.Origin{s3, custom, vpc}}
	g := &c.OriginGroups.Items[0]
	g.Id = aws.String("group")
	g.Members = &types.OriginGroupMembers{Quantity: aws.Int32(2), Items: []types.OriginGroupMember{
		{OriginId: aws.String("a-Id")}, {OriginId: aws.String("custom")},
	}}
	g.FailoverCriteria.StatusCodes.Items[0] = 503

	c.Aliases.Items = []string{"cdn.example.com"}
	c.CustomErrorResponses.Items[0] = types.CustomErrorResponse{
		ErrorCode: aws.Int32(404), ErrorCachingMinTTL: aws.Int64(1), ResponseCode: aws.String("200"), ResponsePagePath: aws.String("/404.html"),
	}
	c.Logging.Bucket = aws.String("logs.s3.amazonaws.com")
	c.Restrictions.GeoRestriction = &types.GeoRestriction{RestrictionType: "whitelist", Quantity: aws.Int32(1), Items: []string{"DE"}}
	c.WebACLId = aws.String(knownACL)
	c.ViewerCertificate = &types.ViewerCertificate{
		ACMCertificateArn: aws.String(issued), Certificate: aws.String(issued), CertificateSource: "acm",
		CloudFrontDefaultCertificate: aws.Bool(false), SSLSupportMethod: "sni-only", MinimumProtocolVersion: "TLSv1.2_2021",
	}
}

func TestEveryMemberOfAConfigurationIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := new(types.DistributionConfig)
	fill(reflect.ValueOf(want).Elem(), "")
	possible(want)
	group, err := w.tryKeyGroup(t, "shop", *w.publicKey(t, "one").Id)
	require.NoError(t, err)
	for _, trusted := range []*types.TrustedKeyGroups{want.DefaultCacheBehavior.TrustedKeyGroups, want.CacheBehaviors.Items[0].TrustedKeyGroups} {
		trusted.Items = []string{*group.KeyGroup.Id}
	}
	function, err := w.tryFunction(t, "shop", "code", functionConfig())
	require.NoError(t, err)
	_, err = w.PublishFunction(t.Context(), &sdk.PublishFunctionInput{Name: aws.String("shop"), IfMatch: function.ETag})
	require.NoError(t, err)
	for _, run := range []*types.FunctionAssociations{want.DefaultCacheBehavior.FunctionAssociations, want.CacheBehaviors.Items[0].FunctionAssociations} {
		run.Items = []types.FunctionAssociation{{EventType: types.EventTypeViewerResponse, FunctionARN: function.FunctionSummary.FunctionMetadata.FunctionARN}}
	}
	d := w.create(t, want)
	got, err := w.GetDistributionConfig(t.Context(), &sdk.GetDistributionConfigInput{Id: d.Distribution.Id})
	require.NoError(t, err)
	for i := range got.DistributionConfig.Origins.Items { // absent is answered as empty
		assert.Empty(t, *got.DistributionConfig.Origins.Items[i].OriginAccessControlId)
		got.DistributionConfig.Origins.Items[i].OriginAccessControlId = nil
	}
	assert.Equal(t, want, got.DistributionConfig)
}
