package cloudfront_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/cloudfront"
)

const (
	cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
	cachingDisabled  = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	simpleCORS       = "60669652-455b-4ae9-85a4-c4c02393f86c"
	corsS3Origin     = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf"

	issued     = "arn:aws:acm:us-east-1:123456789012:certificate/issued"
	onP384     = "arn:aws:acm:us-east-1:123456789012:certificate/p384"
	pending    = "arn:aws:acm:us-east-1:123456789012:certificate/pending"
	elsewhere  = "arn:aws:acm:eu-west-1:123456789012:certificate/elsewhere"
	knownACL   = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/known/1"
	unknownACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/unknown/1"
)

// world is a CloudFront behind the API's front, with a clock that tests move.
type world struct {
	*sdk.Client
	service *cloudfront.Service
	front   *api.Front
	env     api.Environment

	mu  sync.Mutex
	now time.Time
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func options() cloudfront.Options {
	return cloudfront.Options{
		Certificate: func(arn string) (c cloudfront.Certificate, found bool) {
			c = cloudfront.Certificate{Names: []string{"cdn.example.com", "*.img.example.com"}, KeyAlgorithm: "EC_prime256v1"}
			if arn == onP384 {
				c.KeyAlgorithm = "EC_secp384r1"
			}
			return c, arn == issued || arn == elsewhere || arn == onP384
		},
		WebACLExists: func(arn string) bool { return arn == knownACL },
		LogBucket:    func(name string) (exists, takesACLs bool) { return name == "logs" || name == "modern", name == "logs" },
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	env := api.Environment{Now: w.time, Delays: &api.Delays{}, Limits: &api.Limits{}}
	served := serve(t, env, cloudfront.New(env, options()))
	w.Client, w.service, w.front, w.env = served.Client, served.service, served.front, served.env
	return w
}

// serve puts a service behind a front.
func serve(t *testing.T, env api.Environment, service *cloudfront.Service) *world {
	t.Helper()
	front, err := api.NewFront(api.FrontOptions{Services: []api.Service{service}, Environment: env})
	require.NoError(t, err)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	return &world{env: env, service: service, front: front, Client: sdk.New(sdk.Options{
		Region: "us-east-1", BaseEndpoint: &server.URL, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	})}
}

// refused asserts that a call was refused as AWS would.
func refused(t *testing.T, err error, status int, code string) {
	t.Helper()
	require.Error(t, err)
	var apiError smithy.APIError
	require.ErrorAs(t, err, &apiError)
	assert.Equal(t, code, apiError.ErrorCode(), apiError.ErrorMessage())
	assert.NotEmpty(t, apiError.ErrorMessage())
	var response *awshttp.ResponseError
	if assert.True(t, errors.As(err, &response)) {
		assert.Equal(t, status, response.HTTPStatusCode())
	}
}

// simple is the smallest configuration AWS takes.
func simple(reference string) *types.DistributionConfig {
	return &types.DistributionConfig{
		CallerReference: &reference, Comment: aws.String(""), Enabled: aws.Bool(true),
		Origins: &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{
			Id: aws.String("bucket"), DomainName: aws.String("images.s3.eu-central-1.amazonaws.com"),
			S3OriginConfig: &types.S3OriginConfig{OriginAccessIdentity: aws.String("")},
		}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{
			TargetOriginId: aws.String("bucket"), ViewerProtocolPolicy: types.ViewerProtocolPolicyRedirectToHttps,
			CachePolicyId: aws.String(cachingOptimized),
		},
	}
}

// named is a configuration with aliases and the certificate for them.
func named(reference string, aliases ...string) *types.DistributionConfig {
	c := simple(reference)
	c.Aliases = &types.Aliases{Quantity: aws.Int32(int32(len(aliases))), Items: aliases}
	c.ViewerCertificate = &types.ViewerCertificate{
		ACMCertificateArn: aws.String(issued), SSLSupportMethod: types.SSLSupportMethodSniOnly,
		MinimumProtocolVersion: types.MinimumProtocolVersionTLSv122021,
	}
	return c
}

func (w *world) create(t *testing.T, c *types.DistributionConfig) *sdk.CreateDistributionOutput {
	t.Helper()
	out, err := w.CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: c})
	require.NoError(t, err)
	return out
}

func TestWhatIsNotServedIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.ListKeyValueStores(t.Context(), &sdk.ListKeyValueStoresInput{})
	refused(t, err, http.StatusNotImplemented, "NotImplemented")
	require.ErrorContains(t, err, "ListKeyValueStores")
	_, err = w.CopyDistribution(t.Context(), &sdk.CopyDistributionInput{
		CallerReference: aws.String("x"), PrimaryDistributionId: aws.String("E1"),
	})
	refused(t, err, http.StatusNotImplemented, "NotImplemented")
}

func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.create(t, named("a", "cdn.example.com"))
	_, err := w.CreateInvalidation(t.Context(), invalidation(*d.Distribution.Id, "1", "/a"))
	require.NoError(t, err)
	oac := w.accessControl(t, "kept")

	first, err := w.service.Snapshot()
	require.NoError(t, err)
	restored := cloudfront.New(w.env, options())
	require.NoError(t, restored.Restore(first))
	second, err := restored.Snapshot()
	require.NoError(t, err)
	assert.JSONEq(t, string(first), string(second))
	require.NoError(t, w.service.Restore(first))

	got, err := w.GetDistribution(t.Context(), &sdk.GetDistributionInput{Id: d.Distribution.Id})
	require.NoError(t, err)
	assert.Equal(t, d.Distribution.DistributionConfig, got.Distribution.DistributionConfig)
	assert.Equal(t, d.ETag, got.ETag)
	_, err = w.GetOriginAccessControl(t.Context(), &sdk.GetOriginAccessControlInput{Id: oac.OriginAccessControl.Id})
	require.NoError(t, err)
	require.Error(t, w.service.Restore([]byte("{")))
}
