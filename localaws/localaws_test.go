package localaws_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws"
	"imagecdn/localaws/api"
	"imagecdn/localaws/seed"
)

const (
	home    = "eu-central-1"
	usEast1 = "us-east-1"
	zone    = "example.com"
	bucket  = "team-images"
	domain  = "cdn.example.com"

	anyPort = "127.0.0.1:0"
	// soon is far more than what happens at once may take.
	soon = 10 * time.Second
)

// world is a server with clients for it.
type world struct {
	*localaws.Server
	t           *testing.T
	credentials aws.CredentialsProvider
}

func freePorts(stateDir string) localaws.Options {
	return localaws.Options{
		APIAddress: anyPort, HTTPSAddress: anyPort, HTTPAddress: anyPort, DNSAddress: anyPort, StateDir: stateDir,
	}
}

func start(t *testing.T, stateDir string) world {
	t.Helper()
	w := open(t, stateDir)
	t.Cleanup(func() { assert.NoError(t, w.Close()) })
	return w
}

// open starts a server that the test closes.
func open(t *testing.T, stateDir string) world {
	t.Helper()
	server, err := localaws.Start(freePorts(stateDir))
	require.NoError(t, err)
	return world{Server: server, t: t, credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
}

func (w world) config(region string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(w.APIURL()),
		Credentials: w.credentials,
	}
}

func (w world) acm(region string) *acm.Client { return acm.NewFromConfig(w.config(region)) }

func (w world) cloudfront() *cloudfront.Client { return cloudfront.NewFromConfig(w.config(usEast1)) }

func (w world) route53() *route53.Client { return route53.NewFromConfig(w.config(usEast1)) }

func (w world) s3(region string) *s3.Client {
	return s3.NewFromConfig(w.config(region), func(o *s3.Options) { o.UsePathStyle = true })
}

// fill seeds the world.
func (w world) fill(region string) {
	w.t.Helper()
	require.NoError(w.t, seed.Fill(w.t.Context(), seed.Options{Endpoint: w.APIURL(), Region: region, Zone: zone, Bucket: bucket}))
}

func (w world) zoneID() *string {
	w.t.Helper()
	zones, err := w.route53().ListHostedZones(w.t.Context(), &route53.ListHostedZonesInput{})
	require.NoError(w.t, err)
	require.Len(w.t, zones.HostedZones, 1)
	return zones.HostedZones[0].Id
}

// change changes one record of the zone.
func (w world) change(action route53types.ChangeAction, name string, kind route53types.RRType, value string) {
	w.t.Helper()
	_, err := w.route53().ChangeResourceRecordSets(w.t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: w.zoneID(), ChangeBatch: &route53types.ChangeBatch{Changes: []route53types.Change{{
			Action: action, ResourceRecordSet: &route53types.ResourceRecordSet{
				Name: &name, Type: kind, TTL: aws.Int64(300), ResourceRecords: []route53types.ResourceRecord{{Value: &value}},
			},
		}}},
	})
	require.NoError(w.t, err)
}

// certificate is an issued certificate for the domain.
func (w world) certificate(region string) string {
	w.t.Helper()
	client := w.acm(region)
	requested, err := client.RequestCertificate(w.t.Context(), &acm.RequestCertificateInput{
		DomainName: aws.String(domain), ValidationMethod: acmtypes.ValidationMethodDns,
	})
	require.NoError(w.t, err)
	described, err := client.DescribeCertificate(w.t.Context(), &acm.DescribeCertificateInput{CertificateArn: requested.CertificateArn})
	require.NoError(w.t, err)
	record := described.Certificate.DomainValidationOptions[0].ResourceRecord
	w.change(route53types.ChangeActionUpsert, *record.Name, route53types.RRTypeCname, *record.Value)
	require.NoError(w.t, acm.NewCertificateValidatedWaiter(client, func(o *acm.CertificateValidatedWaiterOptions) {
		o.MinDelay, o.MaxDelay = 10*time.Millisecond, 50*time.Millisecond
	}).Wait(w.t.Context(), &acm.DescribeCertificateInput{CertificateArn: requested.CertificateArn}, soon))
	return *requested.CertificateArn
}

// distribute asks for a distribution of the bucket under the domain.
func (w world) distribute(certificate string) (*cloudfront.CreateDistributionOutput, error) {
	w.t.Helper()
	access, err := w.cloudfront().CreateOriginAccessControl(w.t.Context(), &cloudfront.CreateOriginAccessControlInput{
		OriginAccessControlConfig: &cloudfronttypes.OriginAccessControlConfig{
			Name: aws.String(certificate[len(certificate)-12:]), OriginAccessControlOriginType: cloudfronttypes.OriginAccessControlOriginTypesS3,
			SigningBehavior: cloudfronttypes.OriginAccessControlSigningBehaviorsAlways,
			SigningProtocol: cloudfronttypes.OriginAccessControlSigningProtocolsSigv4,
		},
	})
	require.NoError(w.t, err)
	return w.cloudfront().CreateDistribution(w.t.Context(), &cloudfront.CreateDistributionInput{
		DistributionConfig: &cloudfronttypes.DistributionConfig{
			CallerReference: aws.String(certificate), Comment: aws.String(""), Enabled: aws.Bool(true),
			Aliases: &cloudfronttypes.Aliases{Quantity: aws.Int32(1), Items: []string{domain}},
			Origins: &cloudfronttypes.Origins{Quantity: aws.Int32(1), Items: []cloudfronttypes.Origin{{
				Id: aws.String("bucket"), DomainName: aws.String(bucket + ".s3." + home + ".amazonaws.com"),
				OriginAccessControlId: access.OriginAccessControl.Id,
				S3OriginConfig:        &cloudfronttypes.S3OriginConfig{OriginAccessIdentity: aws.String("")},
			}}},
			DefaultCacheBehavior: &cloudfronttypes.DefaultCacheBehavior{
				TargetOriginId: aws.String("bucket"), ViewerProtocolPolicy: cloudfronttypes.ViewerProtocolPolicyRedirectToHttps,
				CachePolicyId: aws.String("658327ea-f89d-4fab-a63d-7e88639e58f6"), // CachingOptimized
			},
			ViewerCertificate: &cloudfronttypes.ViewerCertificate{
				ACMCertificateArn: &certificate, SSLSupportMethod: cloudfronttypes.SSLSupportMethodSniOnly,
				MinimumProtocolVersion: cloudfronttypes.MinimumProtocolVersionTLSv122021,
			},
		},
	})
}

// admit lets a distribution read the bucket.
func (w world) admit(distributionARN string) {
	w.t.Helper()
	w.setPolicy(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
			"Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + bucket + `/*",
			"Condition":{"StringEquals":{"AWS:SourceArn":"` + distributionARN + `"}}}]}`)
}

// setPolicy replaces the policy of the bucket.
func (w world) setPolicy(policy string) {
	w.t.Helper()
	_, err := w.s3(home).PutBucketPolicy(w.t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: &policy})
	require.NoError(w.t, err)
}

// view asks the edge for a path, trusting one root only.
func (w world) view(root []byte, path string) (status int, body []byte) {
	w.t.Helper()
	roots := x509.NewCertPool()
	require.True(w.t, roots.AppendCertsFromPEM(root))
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, w.HTTPSAddr())
		},
	}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, Timeout: soon}
	response, err := client.Get("https://" + domain + path)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	body, err = io.ReadAll(response.Body)
	require.NoError(w.t, err)
	return response.StatusCode, body
}

func TestAServerListensOnFreePortsUntilItIsClosed(t *testing.T) {
	t.Parallel()
	server, err := localaws.Start(freePorts(""))
	require.NoError(t, err)
	assert.Empty(t, server.RootCAFile(), "nothing is kept")
	response, err := http.Get(server.APIURL() + api.ControlPrefix + "health")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusOK, response.StatusCode)
	addresses := []string{server.APIURL()[len("http://"):], server.HTTPSAddr(), server.HTTPAddr(), server.DNSAddr()}
	seen := map[string]bool{}
	for _, address := range addresses {
		connection, err := net.DialTimeout("tcp", address, soon)
		require.NoError(t, err)
		require.NoError(t, connection.Close())
		seen[address] = true
	}
	assert.Len(t, seen, len(addresses), "each has a port of its own")

	require.NoError(t, server.Close())
	for _, address := range addresses {
		_, err := net.DialTimeout("tcp", address, soon)
		assert.Error(t, err, address)
	}
}

func TestAServerStaysOnLoopback(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.10:0", "[::]:0", "[2001:db8::1]:0", "example.com:0", "127.0.0.1"} {
		for name, set := range map[string]func(*localaws.Options){
			"API":   func(o *localaws.Options) { o.APIAddress = address },
			"HTTPS": func(o *localaws.Options) { o.HTTPSAddress = address },
			"HTTP":  func(o *localaws.Options) { o.HTTPAddress = address },
			"DNS":   func(o *localaws.Options) { o.DNSAddress = address },
		} {
			t.Run(name+" on "+address+" is refused", func(t *testing.T) {
				t.Parallel()
				options := freePorts("")
				set(&options)
				_, err := localaws.Start(options)
				require.ErrorContains(t, err, `"`+address+`"`)
			})
		}
	}
	options := freePorts("")
	options.APIAddress = "localhost:0"
	server, err := localaws.Start(options)
	require.NoError(t, err)
	require.NoError(t, server.Close())
}

//nolint:paralleltest // another test's server might get the port that is to be free
func TestAPortThatIsTakenIsAnErrorAndLeavesNothingOpen(t *testing.T) {
	taken, err := net.Listen("tcp", anyPort)
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	free, err := net.Listen("tcp", anyPort)
	require.NoError(t, err)
	require.NoError(t, free.Close())
	for name, set := range map[string]func(*localaws.Options){
		"the API": func(o *localaws.Options) { o.APIAddress = taken.Addr().String() },
		"HTTPS at the edge": func(o *localaws.Options) {
			o.APIAddress, o.HTTPSAddress = free.Addr().String(), taken.Addr().String()
		},
		"DNS": func(o *localaws.Options) { o.DNSAddress = taken.Addr().String() },
	} {
		options := freePorts("")
		set(&options)
		_, err = localaws.Start(options)
		require.ErrorContains(t, err, "listening for "+name)
	}
	_, err = net.DialTimeout("tcp", free.Addr().String(), soon)
	assert.Error(t, err, "the API of a server that did not start is closed")
}

func TestAStateThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "route53.json")
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	_, err := localaws.Start(freePorts(dir))
	require.ErrorContains(t, err, file)

	dir = t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "ca", "root.pem"), 0o700))
	_, err = localaws.Start(freePorts(dir))
	require.ErrorContains(t, err, "opening the certificate authority")
}

func TestEverythingSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir)
	w.fill(home)
	certificate := w.certificate(usEast1)
	made, err := w.distribute(certificate)
	require.NoError(t, err)
	w.admit(*made.Distribution.ARN)
	zoneID, root := w.zoneID(), w.RootCA()
	images, err := seed.Images()
	require.NoError(t, err)
	status, body := w.view(root, "/"+images[0].Key)
	require.Equal(t, http.StatusOK, status, "%s", body)
	require.NoError(t, w.Close())

	w = start(t, dir)
	assert.Equal(t, zoneID, w.zoneID())
	described, err := w.acm(usEast1).DescribeCertificate(t.Context(), &acm.DescribeCertificateInput{CertificateArn: &certificate})
	require.NoError(t, err)
	assert.Equal(t, acmtypes.CertificateStatusIssued, described.Certificate.Status)
	assert.Equal(t, []string{*made.Distribution.ARN}, described.Certificate.InUseBy)
	got, err := w.cloudfront().GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: made.Distribution.Id})
	require.NoError(t, err)
	assert.Equal(t, made.ETag, got.ETag)
	assert.Equal(t, made.Distribution.DomainName, got.Distribution.DomainName)
	object, err := w.s3(home).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: &images[0].Key})
	require.NoError(t, err)
	content, err := io.ReadAll(object.Body)
	require.NoError(t, err)
	assert.Equal(t, images[0].Content, content)
	assert.Equal(t, images[0].ContentType, *object.ContentType)

	assert.Equal(t, root, w.RootCA(), "viewers need not trust another root")
	kept, err := os.ReadFile(w.RootCAFile())
	require.NoError(t, err)
	assert.Equal(t, root, kept)
	status, body = w.view(root, "/"+images[0].Key)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, images[0].Content, body)
}

func TestACertificateOfAnotherRegionIsInvisibleToCloudFront(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	_, err := w.distribute(w.certificate("eu-west-1"))
	var refusal *cloudfronttypes.InvalidViewerCertificate
	require.ErrorAs(t, err, &refusal)
	_, err = w.distribute(w.certificate(usEast1))
	require.NoError(t, err)
}

func TestACertificateInUseCannotBeDeleted(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	certificate := w.certificate(usEast1)
	made, err := w.distribute(certificate)
	require.NoError(t, err)
	remove := func() error {
		_, err := w.acm(usEast1).DeleteCertificate(t.Context(), &acm.DeleteCertificateInput{CertificateArn: &certificate})
		return err
	}
	var inUse *acmtypes.ResourceInUseException
	require.ErrorAs(t, remove(), &inUse)

	config := made.Distribution.DistributionConfig
	config.Enabled = aws.Bool(false)
	disabled, err := w.cloudfront().UpdateDistribution(t.Context(), &cloudfront.UpdateDistributionInput{
		Id: made.Distribution.Id, IfMatch: made.ETag, DistributionConfig: config,
	})
	require.NoError(t, err)
	require.ErrorAs(t, remove(), &inUse, "a distribution that is off still uses it")
	_, err = w.cloudfront().DeleteDistribution(t.Context(), &cloudfront.DeleteDistributionInput{Id: made.Distribution.Id, IfMatch: disabled.ETag})
	require.NoError(t, err)
	require.NoError(t, remove())
}

func TestDelaysInForceAreThoseGiven(t *testing.T) {
	t.Parallel()
	options := freePorts("")
	options.Delays = api.Delays{CertificateIssue: time.Hour}
	server, err := localaws.Start(options)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	response, err := http.Get(server.APIURL() + api.ControlPrefix + "delays")
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Contains(t, string(body), `"certificateIssue":3600000000000`)
	server.Front().Lock()
	defer server.Front().Unlock()
	assert.Equal(t, time.Hour, server.Delays().CertificateIssue)
}

func TestAClientWithoutCredentialsIsToldSo(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	config := w.config(usEast1)
	config.Credentials = aws.AnonymousCredentials{}
	for service, call := range map[string]func() error{
		"CloudFront": func() error {
			_, err := cloudfront.NewFromConfig(config).ListDistributions(t.Context(), &cloudfront.ListDistributionsInput{})
			return err
		},
		"Route 53": func() error {
			_, err := route53.NewFromConfig(config).ListHostedZones(t.Context(), &route53.ListHostedZonesInput{})
			return err
		},
		"ACM": func() error {
			_, err := acm.NewFromConfig(config).ListCertificates(t.Context(), &acm.ListCertificatesInput{})
			return err
		},
		"STS": func() error {
			_, err := sts.NewFromConfig(config).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
			return err
		},
	} {
		var refusal smithy.APIError
		require.ErrorAs(t, call(), &refusal, service)
		assert.Equal(t, "MissingAuthenticationToken", refusal.ErrorCode(), service)
	}
	client := s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true })
	_, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("myimage.jpg")})
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, "AccessDenied", refusal.ErrorCode(), "S3 knows anonymous callers, and lets none of them read")
}
