package provider

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	testURN        = "urn:pulumi:dev::images::imagecdn:index:ImageCdn$imagecdn:index:BucketPolicyStatement::cdn-grant"
	distA          = "arn:aws:cloudfront::111122223333:distribution/E1AAA"
	distB          = "arn:aws:cloudfront::111122223333:distribution/E2BBB"
	theirStatement = `{"Sid":"TlsOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::my-images/*",` +
		`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	theirPolicy = `{"Version":"2008-10-17","Id":"theirs","Statement":` + theirStatement + `}`
)

// fast makes settling take no time worth mentioning.
var fast = WithSettleTime(time.Millisecond, 4*time.Millisecond)

// client is a provider instance as an engine sees it.
type client struct {
	pulumirpc.ResourceProviderClient

	t *testing.T
}

// start serves a provider as its process does, and connects as an engine does.
func start(t *testing.T, options ...Option) client {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer()
	pulumirpc.RegisterResourceProviderServer(server, plugin.NewProviderServer(New(append([]Option{fast}, options...)...)))
	go func() { assert.NoError(t, server.Serve(listener)) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:///provider", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, conn.Close()) })
	c := client{ResourceProviderClient: pulumirpc.NewResourceProviderClient(conn), t: t}
	_, err = c.Handshake(t.Context(), &pulumirpc.ProviderHandshakeRequest{ConfigureWithUrn: true})
	require.NoError(t, err)
	_, err = c.Attach(t.Context(), &pulumirpc.PluginAttach{Address: "127.0.0.1:1"})
	require.NoError(t, err)
	return c
}

// settingsFor are those of an identity that reaches a fake AWS.
func settingsFor(url string, extra ...string) map[string]any {
	values := map[string]any{
		"region": "eu-central-1", "accessKey": "AKIATEST", "secretKey": "very-secret-key", "token": "very-secret-token",
		"s3UsePathStyle": "true", "skipMetadataApiCheck": "true", "maxRetries": "3", "somethingNew": "ignored",
		"endpoints": fmt.Sprintf(`[{"s3":%[1]q,"route53":%[1]q,"acm":%[1]q,"cloudfront":%[1]q,"kms":%[1]q,"wafv2":%[1]q}]`, url),
	}
	for i := 0; i < len(extra); i += 2 {
		values[extra[i]] = extra[i+1]
	}
	return values
}

// configure points the instance at a fake S3.
func (c client) configure(s3 *fakeS3, extra ...string) client {
	return c.configureWith(map[string]any{"aws": settingsFor(s3.URL, extra...)})
}

func (c client) configureWith(config map[string]any) client {
	c.t.Helper()
	checked, err := c.CheckConfig(c.t.Context(), &pulumirpc.CheckRequest{
		Urn: "urn:pulumi:dev::images::pulumi:providers:imagecdn::p", News: c.properties(config),
	})
	require.NoError(c.t, err)
	require.Empty(c.t, checked.GetFailures())
	_, err = c.Configure(c.t.Context(), &pulumirpc.ConfigureRequest{Args: checked.GetInputs(), AcceptSecrets: true})
	require.NoError(c.t, err)
	return c
}

// connect is a configured instance, in a process of its own as far as the provider can see.
func connect(t *testing.T, s3 *fakeS3) client {
	t.Helper()
	return start(t).configure(s3)
}

func (c client) properties(values map[string]any) *structpb.Struct {
	c.t.Helper()
	properties, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(values), plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true,
	})
	require.NoError(c.t, err)
	return properties
}

func (c client) inputs(bucket, distribution string) *structpb.Struct {
	c.t.Helper()
	return c.properties(map[string]any{"bucket": bucket, "distributionArn": distribution})
}

// state is what the engine remembers of a resource.
type state struct {
	id      string
	inputs  *structpb.Struct
	outputs *structpb.Struct
}

func (s state) get(key string) string { return s.outputs.GetFields()[key].GetStringValue() }

func (c client) create(urn, bucket, distribution string) (state, error) {
	c.t.Helper()
	inputs := c.inputs(bucket, distribution)
	out, err := c.Create(c.t.Context(), &pulumirpc.CreateRequest{Urn: urn, Properties: inputs})
	return state{id: out.GetId(), inputs: inputs, outputs: out.GetProperties()}, err
}

func (c client) mustCreate(bucket, distribution string) state {
	c.t.Helper()
	s, err := c.create(testURN, bucket, distribution)
	require.NoError(c.t, err)
	return s
}

func (c client) update(s state, distribution string) (state, error) {
	c.t.Helper()
	inputs := c.inputs(s.get("bucket"), distribution)
	out, err := c.Update(c.t.Context(), &pulumirpc.UpdateRequest{
		Id: s.id, Urn: testURN, Olds: s.outputs, OldInputs: s.inputs, News: inputs,
	})
	return state{id: s.id, inputs: inputs, outputs: out.GetProperties()}, err
}

func (c client) diff(s state, inputs *structpb.Struct) *pulumirpc.DiffResponse {
	c.t.Helper()
	out, err := c.Diff(c.t.Context(), &pulumirpc.DiffRequest{
		Id: s.id, Urn: testURN, Olds: s.outputs, OldInputs: s.inputs, News: inputs,
	})
	require.NoError(c.t, err)
	return out
}

func (c client) read(s state) state {
	c.t.Helper()
	out, err := c.Read(c.t.Context(), &pulumirpc.ReadRequest{Id: s.id, Urn: testURN, Properties: s.outputs, Inputs: s.inputs})
	require.NoError(c.t, err)
	return state{id: out.GetId(), inputs: out.GetInputs(), outputs: out.GetProperties()}
}

func (c client) delete(s state) error {
	c.t.Helper()
	_, err := c.Delete(c.t.Context(), &pulumirpc.DeleteRequest{
		Id: s.id, Urn: testURN, Properties: s.outputs, OldInputs: s.inputs,
	})
	return err //nolint:wrapcheck // the tests look at it as it is
}

func TestAnInstanceThatIsNotConfiguredSaysSo(t *testing.T) {
	t.Parallel()
	_, err := start(t).create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "not configured")
}

func TestConfigurationThatCannotBeReadIsNamedButNotShown(t *testing.T) {
	t.Parallel()
	c := start(t)
	out, err := c.CheckConfig(t.Context(), &pulumirpc.CheckRequest{
		Urn: "urn:pulumi:dev::images::pulumi:providers:imagecdn::p",
		News: c.properties(map[string]any{
			"aws": map[string]any{
				"assumeRole": `{"roleArn": hush`, "endpoints": `hush`, "s3UsePathStyle": "hush", "maxRetries": "hush",
				"region": []any{"hush"}, "assumeRoles": `[{"externalId":"hush"}]`, "secretKey": "hush",
				"httpProxy": "http://user:hush@\x7f",
			},
			"dns":    `{"token": "hush", "assume_role": [{"role_arn": "arn", "duration": "hush"}]}`,
			"bucket": "hush", "version": "0.2.0", "region": "hush",
		}),
	})
	require.NoError(t, err)
	var keys []string
	for _, failure := range out.GetFailures() {
		key, _, _ := strings.Cut(failure.GetReason(), " ")
		keys = append(keys, failure.GetProperty()+"."+key)
		assert.NotContains(t, failure.GetReason(), "hush")
	}
	assert.ElementsMatch(t, []string{
		"aws.assumeRole", "aws.assumeRoles", "aws.endpoints", "aws.s3UsePathStyle", "aws.maxRetries", "aws.region",
		"aws.httpProxy", "dns.duration", "bucket.must", "region.is",
	}, keys)
	inputs := out.GetInputs().GetFields()
	assert.NotNil(t, inputs["aws"].GetStructValue().GetFields()["secretKey"].GetStructValue(), "a secret key is a secret")
	assert.NotNil(t, inputs["dns"].GetStructValue(), "text with a token in it is a secret")
}

func TestUnknownConfigurationDoesNotStopAPreview(t *testing.T) {
	t.Parallel()
	c := start(t)
	_, err := c.Configure(t.Context(), &pulumirpc.ConfigureRequest{
		Args: c.properties(map[string]any{"aws": resource.Computed{Element: resource.NewProperty("")}}),
	})
	require.NoError(t, err)
	inputs := c.properties(map[string]any{
		"bucket": "my-images", "distributionArn": resource.Computed{Element: resource.NewProperty("")},
	})
	checked, err := c.Check(t.Context(), &pulumirpc.CheckRequest{Urn: testURN, News: inputs})
	require.NoError(t, err)
	assert.Empty(t, checked.GetFailures())
	out, err := c.Create(t.Context(), &pulumirpc.CreateRequest{Urn: testURN, Properties: inputs, Preview: true})
	require.NoError(t, err)
	assert.Equal(t, plugin.UnknownStringValue, out.GetProperties().GetFields()["sid"].GetStringValue())
}

func TestProviderConfigurationNeverReplaces(t *testing.T) {
	t.Parallel()
	c := start(t)
	diff := func(before, after string) *pulumirpc.DiffResponse {
		out, err := c.DiffConfig(t.Context(), &pulumirpc.DiffRequest{
			Urn:       "urn:pulumi:dev::images::pulumi:providers:imagecdn::p",
			OldInputs: c.properties(map[string]any{"dns": map[string]any{"region": before}}),
			News:      c.properties(map[string]any{"dns": map[string]any{"region": after}}),
		})
		require.NoError(t, err)
		return out
	}
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, diff("a", "a").GetChanges())
	changed := diff("a", "b")
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_SOME, changed.GetChanges())
	assert.Empty(t, changed.GetReplaces())
}
