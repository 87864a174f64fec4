package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws"
	"imagecdn/localaws/api"
)

// Accounts of a world: ours is that of any credentials.
const (
	ours         = "123456789012"
	otherAccount = "111122223333" // own the zones, in some tests
)

// world is an AWS of a test's own.
type world struct {
	t      *testing.T
	server *localaws.Server
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, api.Delays{CertificateIssue: time.Hour})
}

func newWorldWith(t *testing.T, delays api.Delays) *world {
	t.Helper()
	server, err := localaws.Start(localaws.Options{
		APIAddress: "127.0.0.1:0", HTTPSAddress: "127.0.0.1:0", HTTPAddress: "127.0.0.1:0", DNSAddress: "127.0.0.1:0",
		Delays: delays,
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	return &world{t: t, server: server}
}

// provider is an instance whose settings reach this AWS, with what is given for dns and bucket.
func (w *world) provider(others map[string]any, options ...Option) client {
	w.t.Helper()
	config := map[string]any{"aws": w.settings()}
	maps.Copy(config, others)
	return start(w.t, options...).configureWith(config)
}

func (w *world) settings(extra ...string) map[string]any {
	return settingsFor(w.server.APIURL(), append([]string{"token", ""}, extra...)...)
}

// of are the settings of somebody in another account.
func (w *world) of(account string) map[string]any {
	settings := w.settings("assumeRoles", fmt.Sprintf(`[{"roleArn":"arn:aws:iam::%s:role/owner"}]`, account))
	address := w.server.APIURL()
	settings["endpoints"] = map[string]any{"sts": address, "s3": address, "route53": address}
	return settings
}

func (w *world) config(account, region string) aws.Config {
	config := aws.Config{
		Region: region, BaseEndpoint: aws.String(w.server.APIURL()),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	if account != ours {
		config.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(
			sts.NewFromConfig(config), "arn:aws:iam::"+account+":role/test"))
	}
	return config
}

func (w *world) route53(account string) *route53.Client {
	return route53.NewFromConfig(w.config(account, "us-east-1"))
}

func (w *world) acm(region string) *acm.Client { return w.acmOf(ours, region) }

func (w *world) acmOf(account, region string) *acm.Client {
	return acm.NewFromConfig(w.config(account, region))
}

func (w *world) s3(region string) *s3.Client {
	return s3.NewFromConfig(w.config(ours, region), func(o *s3.Options) { o.UsePathStyle = true })
}

func (w *world) cloudfront(account string) *cloudfront.Client {
	return cloudfront.NewFromConfig(w.config(account, "us-east-1"))
}

func (w *world) wafv2() *wafv2.Client { return wafv2.NewFromConfig(w.config(ours, "us-east-1")) }

// zone makes a hosted zone and returns its id and name servers.
func (w *world) zone(account, name string, vpc *types.VPC) (string, []string) {
	w.t.Helper()
	out, err := w.route53(account).CreateHostedZone(w.t.Context(), &route53.CreateHostedZoneInput{
		Name: aws.String(name), CallerReference: aws.String(fmt.Sprint(time.Now().UnixNano())), VPC: vpc,
		HostedZoneConfig: &types.HostedZoneConfig{PrivateZone: vpc != nil},
	})
	require.NoError(w.t, err)
	if out.DelegationSet == nil {
		return zoneID(*out.HostedZone.Id), nil
	}
	return zoneID(*out.HostedZone.Id), out.DelegationSet.NameServers
}

// records puts record sets into a zone of ours, in batches that Route 53 takes.
func (w *world) records(zone string, sets ...types.ResourceRecordSet) {
	w.t.Helper()
	for batch := range slices.Chunk(sets, 500) {
		changes := make([]types.Change, len(batch))
		for i := range batch {
			changes[i] = types.Change{Action: types.ChangeActionUpsert, ResourceRecordSet: &batch[i]}
		}
		_, err := w.route53(ours).ChangeResourceRecordSets(w.t.Context(), &route53.ChangeResourceRecordSetsInput{
			HostedZoneId: aws.String(zone), ChangeBatch: &types.ChangeBatch{Changes: changes},
		})
		require.NoError(w.t, err)
	}
}

func record(name string, kind types.RRType, values ...string) types.ResourceRecordSet {
	set := types.ResourceRecordSet{Name: aws.String(name), Type: kind, TTL: aws.Int64(77)}
	for _, value := range values {
		set.ResourceRecords = append(set.ResourceRecords, types.ResourceRecord{Value: aws.String(value)})
	}
	return set
}

// at is the record set of a name, nil if there is none.
func (w *world) at(account, zone, name string) *types.ResourceRecordSet {
	w.t.Helper()
	out, err := w.route53(account).ListResourceRecordSets(w.t.Context(), &route53.ListResourceRecordSetsInput{
		HostedZoneId: aws.String(zone), StartRecordName: aws.String(name), MaxItems: aws.Int32(1),
	})
	require.NoError(w.t, err)
	if len(out.ResourceRecordSets) == 0 || plainName(*out.ResourceRecordSets[0].Name) != plainName(name) {
		return nil
	}
	return &out.ResourceRecordSets[0]
}

// certificate requests one of ours and returns its ARN and the records that ACM asks for.
func (w *world) certificate(region string, names ...string) (string, []acmtypes.ResourceRecord) {
	w.t.Helper()
	return w.certificateOf(ours, region, names...)
}

func (w *world) certificateOf(account, region string, names ...string) (string, []acmtypes.ResourceRecord) {
	w.t.Helper()
	out, err := w.acmOf(account, region).RequestCertificate(w.t.Context(), &acm.RequestCertificateInput{
		DomainName: aws.String(names[0]), SubjectAlternativeNames: names, ValidationMethod: acmtypes.ValidationMethodDns,
		KeyAlgorithm: acmtypes.KeyAlgorithmEcPrime256v1,
	})
	require.NoError(w.t, err)
	var records []acmtypes.ResourceRecord
	require.EventuallyWithT(w.t, func(t *assert.CollectT) {
		described, err := w.acmOf(account, region).DescribeCertificate(w.t.Context(), &acm.DescribeCertificateInput{CertificateArn: out.CertificateArn})
		require.NoError(t, err)
		records = nil
		for _, option := range described.Certificate.DomainValidationOptions {
			require.NotNil(t, option.ResourceRecord)
			records = append(records, *option.ResourceRecord)
		}
	}, time.Minute, 10*time.Millisecond)
	return *out.CertificateArn, records
}

func (w *world) fault(faults ...api.Fault) {
	w.t.Helper()
	body, err := json.Marshal(faults)
	require.NoError(w.t, err)
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut, w.server.APIURL()+"/_localaws/faults", bytes.NewReader(body))
	require.NoError(w.t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	require.NoError(w.t, response.Body.Close())
	require.Less(w.t, response.StatusCode, 300)
}

// calls are the operations since the journal was cleared.
func (w *world) calls(service string) []string {
	var calls []string
	for _, entry := range w.server.Front().Journal().Entries() {
		if entry.Service == service {
			calls = append(calls, entry.Operation)
		}
	}
	return calls
}

func (w *world) clear() { w.server.Front().Journal().Clear() }

// invoke calls a function and reads its answer.
func (c client) invoke(function string, args map[string]any, into any) error {
	c.t.Helper()
	out, err := c.Invoke(c.t.Context(), &pulumirpc.InvokeRequest{Tok: Name + ":index:" + function, Args: c.properties(args)})
	if err != nil {
		return err //nolint:wrapcheck // the tests look at it as it is
	}
	require.Empty(c.t, out.GetFailures())
	encoded, err := json.Marshal(out.GetReturn().AsMap())
	require.NoError(c.t, err)
	return json.Unmarshal(encoded, into)
}

// proxy passes requests on to a server, except for those that are answered here.
func proxy(t *testing.T, answer func(http.ResponseWriter, *http.Request) bool, to string) string {
	t.Helper()
	target, err := url.Parse(to)
	require.NoError(t, err)
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answer(w, r) {
			pass.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}
