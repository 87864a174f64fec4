package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
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
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
	"imagecdn/localaws"
	"imagecdn/localaws/api"
	"imagecdn/localaws/seed"
)

// What the seed fills every world with.
const (
	zoneName   = "example.com"
	bucketName = "example-images"
	homeRegion = "eu-central-1"
	imagePath  = "/myimage.jpg"
)

// operationTimeout bounds one engine operation on a busy two-core machine.
const operationTimeout = 10 * time.Minute

// world is an AWS of a test's own, with a zone and a bucket in it, and a place
// for Pulumi's state.
type world struct {
	t       *testing.T
	options localaws.Options
	aws     *localaws.Server
	backend string
	others  map[string]string // by address in DNS: servers that are not CloudFront's
	roots   *x509.CertPool    // what viewers trust besides the local CA
}

// newWorld starts an AWS that takes a little time for everything, as AWS does.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, backend: "file://" + t.TempDir(), options: localaws.Options{
		APIAddress: "127.0.0.1:0", HTTPSAddress: "127.0.0.1:0", HTTPAddress: "127.0.0.1:0", DNSAddress: "127.0.0.1:0",
		StateDir: filepath.Join(t.TempDir(), "aws"),
		Delays:   api.Delays{CertificateIssue: time.Second, ValidationOptions: time.Second, Deploy: 2 * time.Second, RecordChange: time.Second},
	}}
	w.start()
	t.Cleanup(func() { assert.NoError(t, w.aws.Close()) })
	require.NoError(t, seed.Fill(t.Context(), seed.Options{
		Endpoint: w.aws.APIURL(), Region: homeRegion, Zone: zoneName, Bucket: bucketName,
	}))
	w.aws.Front().Journal().Clear()
	return w
}

func (w *world) start() {
	w.t.Helper()
	server, err := localaws.Start(w.options)
	require.NoError(w.t, err)
	w.aws = server
	// A restart listens where it listened before, as a daemon does.
	w.options.APIAddress = server.APIURL()[len("http://"):]
	w.options.HTTPSAddress, w.options.HTTPAddress, w.options.DNSAddress = server.HTTPSAddr(), server.HTTPAddr(), server.DNSAddr()
}

// spec is a stack on this world's bucket, at cdn.example.com.
func (w *world) spec(stack string) automation.Spec {
	return automation.Spec{
		Stack:  stack,
		Config: automation.Config{Domain: "cdn." + zoneName, Bucket: pulumi.String(bucketName)},
		AWS:    automation.AWS{Region: homeRegion, AccessKey: "local", SecretKey: "local", Endpoint: w.aws.APIURL()},
		Engine: automation.Engine{Backend: w.backend, Passphrase: "a passphrase of this test", Home: toolchain.home, Plugin: toolchain.plugin},
	}
}

// cdn is the CDN of a spec, its messages in the test's log.
func (w *world) cdn(spec automation.Spec, options ...automation.Option) *automation.CDN {
	w.t.Helper()
	cdn, err := automation.New(spec, append([]automation.Option{automation.OnEvent(func(e automation.Event) {
		if e.Kind == automation.Message && e.Severity != "info" {
			w.t.Logf("%s %s: %s", spec.Stack, e.Resource, e.Text)
		}
	})}, options...)...)
	require.NoError(w.t, err)
	return cdn
}

// within is a context for one engine operation.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), operationTimeout)
	t.Cleanup(cancel)
	return ctx
}

func (w *world) config(region string) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(w.aws.APIURL()),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}

func (w *world) s3() *s3.Client {
	return s3.NewFromConfig(w.config(homeRegion), func(o *s3.Options) { o.UsePathStyle = true })
}

func (w *world) route53() *route53.Client { return route53.NewFromConfig(w.config("us-east-1")) }

func (w *world) cloudfront() *cloudfront.Client {
	return cloudfront.NewFromConfig(w.config("us-east-1"))
}

// inventory is everything that is in the account, in a form to compare: what a
// stack made must not be in it after its destroy, what was there before must.
type inventory struct {
	Certificates, Distributions, AccessControls, Policies, SigningKeys, Functions, WebACLs []string
	Records                                                                                []string
	Buckets                                                                                []string
	Objects                                                                                map[string]string // key to ETag
	Policy                                                                                 any               // of the bucket, parsed
}

func (w *world) inventory() inventory {
	w.t.Helper()
	ctx, t := w.t.Context(), w.t
	var all inventory
	for _, region := range []string{"us-east-1", homeRegion} {
		certificates, err := acm.NewFromConfig(w.config(region)).ListCertificates(ctx, &acm.ListCertificatesInput{})
		require.NoError(t, err)
		for _, c := range certificates.CertificateSummaryList {
			all.Certificates = append(all.Certificates, *c.CertificateArn)
		}
	}
	all.addCloudFront(ctx, t, w.cloudfront())
	acls, err := wafv2.NewFromConfig(w.config("us-east-1")).ListWebACLs(ctx, &wafv2.ListWebACLsInput{Scope: "CLOUDFRONT"})
	require.NoError(t, err)
	for _, acl := range acls.WebACLs {
		all.WebACLs = append(all.WebACLs, *acl.Name)
	}
	all.Records = w.records()
	all.addBuckets(ctx, t, w.s3())
	return all
}

func (all *inventory) addCloudFront(ctx context.Context, t *testing.T, client *cloudfront.Client) {
	t.Helper()
	distributions, err := client.ListDistributions(ctx, &cloudfront.ListDistributionsInput{})
	require.NoError(t, err)
	for _, d := range distributions.DistributionList.Items {
		all.Distributions = append(all.Distributions, *d.Id)
	}
	controls, err := client.ListOriginAccessControls(ctx, &cloudfront.ListOriginAccessControlsInput{})
	require.NoError(t, err)
	for _, c := range controls.OriginAccessControlList.Items {
		all.AccessControls = append(all.AccessControls, *c.Name)
	}
	keys, err := client.ListPublicKeys(ctx, &cloudfront.ListPublicKeysInput{})
	require.NoError(t, err)
	for _, k := range keys.PublicKeyList.Items {
		all.SigningKeys = append(all.SigningKeys, *k.Name)
	}
	groups, err := client.ListKeyGroups(ctx, &cloudfront.ListKeyGroupsInput{})
	require.NoError(t, err)
	for _, g := range groups.KeyGroupList.Items {
		all.SigningKeys = append(all.SigningKeys, *g.KeyGroup.KeyGroupConfig.Name)
	}
	functions, err := client.ListFunctions(ctx, &cloudfront.ListFunctionsInput{})
	require.NoError(t, err)
	for _, f := range functions.FunctionList.Items {
		all.Functions = append(all.Functions, *f.Name)
	}
	policies, err := client.ListCachePolicies(ctx, &cloudfront.ListCachePoliciesInput{Type: "custom"})
	require.NoError(t, err)
	for _, p := range policies.CachePolicyList.Items {
		all.Policies = append(all.Policies, *p.CachePolicy.CachePolicyConfig.Name)
	}
	headers, err := client.ListResponseHeadersPolicies(ctx, &cloudfront.ListResponseHeadersPoliciesInput{Type: "custom"})
	require.NoError(t, err)
	for _, p := range headers.ResponseHeadersPolicyList.Items {
		all.Policies = append(all.Policies, *p.ResponseHeadersPolicy.ResponseHeadersPolicyConfig.Name)
	}
}

func (all *inventory) addBuckets(ctx context.Context, t *testing.T, client *s3.Client) {
	t.Helper()
	buckets, err := client.ListBuckets(ctx, &s3.ListBucketsInput{})
	require.NoError(t, err)
	for _, b := range buckets.Buckets {
		all.Buckets = append(all.Buckets, *b.Name)
	}
	objects, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(bucketName)})
	require.NoError(t, err)
	all.Objects = map[string]string{}
	for _, o := range objects.Contents {
		all.Objects[*o.Key] = *o.ETag
	}
	policy, err := client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(bucketName)})
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(*policy.Policy), &all.Policy))
}

// zoneID is the id of example.com.
func (w *world) zoneID() *string {
	w.t.Helper()
	zones, err := w.route53().ListHostedZonesByName(w.t.Context(), &route53.ListHostedZonesByNameInput{DNSName: aws.String(zoneName)})
	require.NoError(w.t, err)
	require.NotEmpty(w.t, zones.HostedZones)
	return zones.HostedZones[0].Id
}

// records are the zone's, each as "name type".
func (w *world) records() []string {
	w.t.Helper()
	sets, err := w.route53().ListResourceRecordSets(w.t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: w.zoneID()})
	require.NoError(w.t, err)
	var records []string
	for _, set := range sets.ResourceRecordSets {
		records = append(records, *set.Name+" "+string(set.Type))
	}
	return records
}

// statements are those of the bucket's policy.
func (w *world) statements() []any {
	w.t.Helper()
	policy := w.inventory().Policy.(map[string]any)
	return policy["Statement"].([]any)
}

// viewer is an HTTP client that resolves names in the embedded DNS and trusts the local
// CA; it does not follow redirects.
func (w *world) viewer() *http.Client {
	roots := x509.NewCertPool()
	if w.roots != nil {
		roots = w.roots.Clone()
	}
	roots.AppendCertsFromPEM(w.aws.RootCA())
	return &http.Client{
		Timeout: 20 * time.Second,
		Transport: &http.Transport{
			ForceAttemptHTTP2: true,
			TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			DialContext:       w.dial,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// dial connects to where DNS says that a host is.
func (w *world) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	found, err := w.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	target := w.aws.HTTPSAddr()
	if port == "80" {
		target = w.aws.HTTPAddr()
	}
	if other := w.others[found.String()]; other != "" {
		target = other
	}
	return (&net.Dialer{}).DialContext(ctx, network, target)
}

// resolve asks the embedded DNS for the address of a host.
func (w *world) resolve(ctx context.Context, host string) (netip.Addr, error) {
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, w.aws.DNSAddr())
	}}
	found, err := resolver.LookupNetIP(ctx, "ip4", host+".")
	if err != nil {
		return netip.Addr{}, err
	}
	return found[0], nil
}

// awaitName waits for a record that a test has made: Route 53 takes a moment.
func (w *world) awaitName(host string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		_, err := w.resolve(w.t.Context(), host)
		return err == nil
	}, time.Minute, pollInterval, host)
}

// get fetches a URL at the edge, with headers given as name, value, ...
func (w *world) get(url string, headers ...string) (*http.Response, []byte) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, url, nil)
	require.NoError(w.t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := w.viewer().Do(request)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	return response, body
}
