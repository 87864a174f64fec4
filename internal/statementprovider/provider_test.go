package statementprovider

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	testURN = "urn:pulumi:dev::images::imagecdn:index:ImageCdn$imagecdn:index:BucketPolicyStatement::cdn-grant"
	distA   = "arn:aws:cloudfront::111122223333:distribution/E1AAA"
	distB   = "arn:aws:cloudfront::111122223333:distribution/E2BBB"
	theirs  = `{"Sid":"TlsOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::my-images/*",` +
		`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	theirPolicy = `{"Version":"2008-10-17","Id":"theirs","Statement":` + theirs + `}`
)

// fast makes settling take no time worth mentioning.
var fast = WithSettleTime(time.Millisecond, 4*time.Millisecond)

// client is a provider instance as an engine sees it.
type client struct {
	pulumirpc.ResourceProviderClient

	t *testing.T
}

// serve starts the in-process server and returns its port.
func serve(t *testing.T, options ...Option) int {
	t.Helper()
	port, stop, err := Serve(t.Context(), append([]Option{fast}, options...)...)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, stop()) })
	return port
}

// dial connects as an engine does for one provider instance.
func dial(t *testing.T, port int) client {
	t.Helper()
	conn, err := grpc.NewClient("127.0.0.1:"+strconv.Itoa(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, conn.Close()) })
	c := client{ResourceProviderClient: pulumirpc.NewResourceProviderClient(conn), t: t}
	_, err = c.Handshake(t.Context(), &pulumirpc.ProviderHandshakeRequest{ConfigureWithUrn: true})
	require.NoError(t, err)
	_, err = c.Attach(t.Context(), &pulumirpc.PluginAttach{Address: "127.0.0.1:1"})
	require.NoError(t, err)
	return c
}

// configure points the instance at a fake S3.
func (c client) configure(s3 *fakeS3, extra ...string) client {
	c.t.Helper()
	config := map[string]any{
		"region": "eu-central-1", "accessKey": "AKIATEST", "secretKey": "very-secret-key", "token": "very-secret-token",
		"s3UsePathStyle": "true", "skipMetadataApiCheck": "true", "maxRetries": "3", "somethingNew": "ignored",
		"endpoints": fmt.Sprintf(`[{"s3":%q,"acm":"http://192.0.2.1"}]`, s3.URL),
	}
	for i := 0; i < len(extra); i += 2 {
		config[extra[i]] = extra[i+1]
	}
	_, err := c.Configure(c.t.Context(), &pulumirpc.ConfigureRequest{Args: c.properties(config), AcceptSecrets: true})
	require.NoError(c.t, err)
	return c
}

// connect is a configured instance on a server of its own: another process, as far as the provider can see, except
// that it shares the locks.
func connect(t *testing.T, s3 *fakeS3) client {
	t.Helper()
	return dial(t, serve(t)).configure(s3)
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

func TestEachConnectionHasItsOwnConfiguration(t *testing.T) {
	t.Parallel()
	one, two := newFakeS3(t, map[string]string{"my-images": ""}), newFakeS3(t, map[string]string{"my-images": ""})
	port := serve(t)
	first, second := dial(t, port).configure(one), dial(t, port).configure(two)

	first.mustCreate("my-images", distA)
	one.requireWrites(t, 1)
	two.requireWrites(t, 0)
	second.mustCreate("my-images", distA)
	two.requireWrites(t, 1)

	_, err := first.Cancel(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)
	_, err = first.create(testURN, "my-images", distB)
	require.ErrorContains(t, err, "cancelled")
	_, err = second.create(testURN, "my-images", distB)
	require.NoError(t, err, "the other instance goes on")
}

func TestAConnectionThatWasIdleTooLongFindsItsConfigurationAgain(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	port := serve(t)

	_, err := dial(t, port).create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "not configured")

	dial(t, port).configure(s3)
	dial(t, port).configure(s3)
	dial(t, port).mustCreate("my-images", distA)

	dial(t, port).configure(s3, "region", "us-west-2")
	_, err = dial(t, port).create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "idle too long", "with two configurations it would be a guess")
}

func TestConfigurationThatCannotBeReadIsNamedButNotShown(t *testing.T) {
	t.Parallel()
	c := dial(t, serve(t))
	out, err := c.CheckConfig(t.Context(), &pulumirpc.CheckRequest{
		Urn: "urn:pulumi:dev::images::pulumi:providers:imagecdn::p",
		News: c.properties(map[string]any{
			"assumeRole": `{"roleArn": hush`, "endpoints": `hush`, "s3UsePathStyle": "hush", "maxRetries": "hush", "region": []any{"hush"},
			"assumeRoles": `[{"externalId":"hush"}]`, "secretKey": "hush", "version": "0.1.0",
		}),
	})
	require.NoError(t, err)
	var keys []string
	for _, failure := range out.GetFailures() {
		keys = append(keys, failure.GetProperty())
		assert.NotContains(t, failure.GetReason(), "hush")
	}
	assert.ElementsMatch(t, []string{"assumeRole", "assumeRoles", "endpoints", "s3UsePathStyle", "maxRetries", "region"}, keys)
	assert.NotNil(t, out.GetInputs().GetFields()["secretKey"].GetStructValue(), "a secret key is a secret")
}

func TestUnknownConfigurationDoesNotStopAPreview(t *testing.T) {
	t.Parallel()
	c := dial(t, serve(t))
	_, err := c.Configure(t.Context(), &pulumirpc.ConfigureRequest{
		Args: c.properties(map[string]any{"region": resource.Computed{Element: resource.NewProperty("")}}),
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
	c := dial(t, serve(t))
	diff := func(before, after string) *pulumirpc.DiffResponse {
		out, err := c.DiffConfig(t.Context(), &pulumirpc.DiffRequest{
			Urn:       "urn:pulumi:dev::images::pulumi:providers:imagecdn::p",
			OldInputs: c.properties(map[string]any{"region": before}), News: c.properties(map[string]any{"region": after}),
		})
		require.NoError(t, err)
		return out
	}
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, diff("a", "a").GetChanges())
	changed := diff("a", "b")
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_SOME, changed.GetChanges())
	assert.Empty(t, changed.GetReplaces())
}

func TestTheSchemaDescribesWhatTheProviderTakesAndGives(t *testing.T) {
	t.Parallel()
	c := dial(t, serve(t))
	out, err := c.GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{})
	require.NoError(t, err)
	var schema struct {
		Name      string
		Version   string
		Resources map[string]struct {
			InputProperties map[string]any
			Properties      map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out.GetSchema()), &schema))
	assert.Equal(t, Name, schema.Name)
	info, err := c.GetPluginInfo(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)
	assert.Equal(t, info.GetVersion(), schema.Version)
	described := schema.Resources[string(Token)]
	assert.Len(t, described.InputProperties, len(inputKeys))
	for _, key := range inputKeys {
		assert.Contains(t, described.InputProperties, string(key))
	}
	made := connect(t, newFakeS3(t, map[string]string{"my-images": ""})).mustCreate("my-images", distA)
	for key := range made.outputs.GetFields() {
		assert.Contains(t, described.Properties, key)
	}
}
