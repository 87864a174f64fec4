// Package clients proves that the embedded AWS can be used by programs that know
// nothing of it: Terraform and the AWS CLI, as they come.
package clients

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws"
	"imagecdn/localaws/seed"
)

// What the team has in its AWS before any client comes.
const (
	homeRegion   = "eu-central-1"
	usEast1      = "us-east-1"
	accountID    = "123456789012"
	seededZone   = "example.com"
	seededBucket = "team-images"
)

// anyPort has the system choose a free port.
const anyPort = "127.0.0.1:0"

// world is an embedded AWS of one test's own.
type world struct{ *localaws.Server }

// newWorld starts an embedded AWS with a hosted zone and a bucket of images.
func newWorld(ctx context.Context, t *testing.T) world {
	t.Helper()
	server, err := localaws.Start(localaws.Options{
		APIAddress: anyPort, HTTPSAddress: anyPort, HTTPAddress: anyPort, DNSAddress: anyPort,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	require.NoError(t, seed.Fill(ctx, seed.Options{
		Endpoint: server.APIURL(), Region: homeRegion, Zone: seededZone, Bucket: seededBucket,
	}))
	return world{server}
}

// config is the configuration of aws-sdk-go-v2 for this AWS.
func (w world) config(region string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(w.APIURL()),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// environment is all that a client learns of this AWS: where it is, and keys.
func (w world) environment(region string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + w.APIURL(), "AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region,
		"AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_EC2_METADATA_DISABLED=true",
	}
}

// viewer is a browser in front of the edge: it trusts the root certificate, and
// is sent to the edge whatever host it asks for.
func (w world) viewer(t *testing.T) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(w.RootCA()))
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, w.HTTPSAddr())
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

// requireServed asks for a URL and requires the content and the kind of X-Cache,
// such as Miss or Hit.
func requireServed(ctx context.Context, t *testing.T, viewer *http.Client, url, cache string, content []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := viewer.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", body)
	require.Equal(t, cache+" from cloudfront", response.Header.Get("X-Cache"))
	require.Equal(t, content, body)
}

// resolver asks this AWS's DNS server only.
func (w world) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, w.DNSAddr())
	}}
}
