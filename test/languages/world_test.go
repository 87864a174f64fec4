package languages

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws"
	"imagecdn/localaws/api"
)

// region is the examples' own.
const region = "us-east-1"

// newWorld starts an empty AWS of a test's own, that takes a little time for everything.
func newWorld(t *testing.T) *localaws.Server {
	t.Helper()
	server, err := localaws.Start(localaws.Options{
		APIAddress: "127.0.0.1:0", HTTPSAddress: "127.0.0.1:0", HTTPAddress: "127.0.0.1:0", DNSAddress: "127.0.0.1:0",
		StateDir: filepath.Join(t.TempDir(), "aws"),
		Delays:   api.Delays{CertificateIssue: time.Second, ValidationOptions: time.Second, Deploy: 2 * time.Second, RecordChange: time.Second},
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	return server
}

func client(world *localaws.Server) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(world.APIURL()),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}

// left is everything in the account, each as its kind and name.
func left(t *testing.T, world *localaws.Server) []string {
	t.Helper()
	ctx, config := t.Context(), client(world)
	all := []string{}
	buckets, err := s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true }).ListBuckets(ctx, &s3.ListBucketsInput{})
	require.NoError(t, err)
	for _, b := range buckets.Buckets {
		all = append(all, "bucket "+*b.Name)
	}
	zones, err := route53.NewFromConfig(config).ListHostedZones(ctx, &route53.ListHostedZonesInput{})
	require.NoError(t, err)
	for _, z := range zones.HostedZones {
		all = append(all, "zone "+*z.Name)
	}
	certificates, err := acm.NewFromConfig(config).ListCertificates(ctx, &acm.ListCertificatesInput{})
	require.NoError(t, err)
	for _, c := range certificates.CertificateSummaryList {
		all = append(all, "certificate "+*c.DomainName)
	}
	acls, err := wafv2.NewFromConfig(config).ListWebACLs(ctx, &wafv2.ListWebACLsInput{Scope: "CLOUDFRONT"})
	require.NoError(t, err)
	for _, acl := range acls.WebACLs {
		all = append(all, "web ACL "+*acl.Name)
	}
	return append(all, leftAtTheEdge(ctx, t, cloudfront.NewFromConfig(config))...)
}

func leftAtTheEdge(ctx context.Context, t *testing.T, edge *cloudfront.Client) (all []string) {
	t.Helper()
	distributions, err := edge.ListDistributions(ctx, &cloudfront.ListDistributionsInput{})
	require.NoError(t, err)
	for _, d := range distributions.DistributionList.Items {
		all = append(all, "distribution "+*d.Id)
	}
	controls, err := edge.ListOriginAccessControls(ctx, &cloudfront.ListOriginAccessControlsInput{})
	require.NoError(t, err)
	for _, c := range controls.OriginAccessControlList.Items {
		all = append(all, "origin access control "+*c.Name)
	}
	policies, err := edge.ListCachePolicies(ctx, &cloudfront.ListCachePoliciesInput{Type: "custom"})
	require.NoError(t, err)
	for _, p := range policies.CachePolicyList.Items {
		all = append(all, "cache policy "+*p.CachePolicy.CachePolicyConfig.Name)
	}
	return all
}

// defaultTTL is that of the only cache policy.
func defaultTTL(t *testing.T, world *localaws.Server) int64 {
	t.Helper()
	policies, err := cloudfront.NewFromConfig(client(world)).ListCachePolicies(t.Context(), &cloudfront.ListCachePoliciesInput{Type: "custom"})
	require.NoError(t, err)
	require.Len(t, policies.CachePolicyList.Items, 1)
	return *policies.CachePolicyList.Items[0].CachePolicy.CachePolicyConfig.DefaultTTL
}

// view asks the edge for a URL, as a viewer who trusts the local CA.
func view(t *testing.T, world *localaws.Server, url string) (*http.Response, string) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(world.RootCA())
	viewer := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, world.HTTPSAddr())
		},
	}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := viewer.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(body)
}
