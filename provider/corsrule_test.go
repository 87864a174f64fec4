package provider

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"imagecdn/localaws/api"
)

const ruleURN = "urn:pulumi:dev::images::imagecdn:index:ImageCdn$imagecdn:index:BucketCorsRule::cdn-cors"

// ruleWorld has a bucket in another region than the caller's, with these rules of others.
type ruleWorld struct {
	*world
	client
}

func newRuleWorld(t *testing.T, theirs ...s3types.CORSRule) ruleWorld {
	t.Helper()
	w := newWorld(t)
	_, err := w.s3("ap-south-1").CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String("my-images"), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "ap-south-1"},
	})
	require.NoError(t, err)
	all := ruleWorld{w, w.provider(nil, WithSettleTime(time.Millisecond, 2*time.Millisecond))}
	if len(theirs) > 0 {
		all.set(theirs...)
	}
	return all
}

// upload is a rule of somebody else.
func upload() s3types.CORSRule {
	return s3types.CORSRule{
		ID: aws.String("upload"), AllowedOrigins: []string{"https://upload.example"}, AllowedMethods: []string{"PUT"},
		ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: aws.Int32(60),
	}
}

func (w ruleWorld) set(rules ...s3types.CORSRule) {
	w.world.t.Helper()
	_, err := w.s3("ap-south-1").PutBucketCors(w.world.t.Context(), &s3.PutBucketCorsInput{
		Bucket: aws.String("my-images"), CORSConfiguration: &s3types.CORSConfiguration{CORSRules: rules},
	})
	require.NoError(w.world.t, err)
}

// rules are those that the bucket has now.
func (w ruleWorld) rules() []s3types.CORSRule {
	w.world.t.Helper()
	out, err := w.s3("ap-south-1").GetBucketCors(w.world.t.Context(), &s3.GetBucketCorsInput{Bucket: aws.String("my-images")})
	if errorCode(err) == "NoSuchCORSConfiguration" {
		return nil
	}
	require.NoError(w.world.t, err)
	return out.CORSRules
}

func (w ruleWorld) ruleInputs(origins ...any) *structpb.Struct {
	return w.properties(map[string]any{"bucket": "my-images", "origins": origins, "mark": "imagecdn-1"})
}

func (w ruleWorld) mustMake(origins ...any) state {
	w.world.t.Helper()
	made := state{inputs: w.ruleInputs(origins...)}
	out, err := w.Create(w.world.t.Context(), &pulumirpc.CreateRequest{Urn: ruleURN, Properties: made.inputs})
	require.NoError(w.world.t, err)
	made.id, made.outputs = out.GetId(), out.GetProperties()
	return made
}

func (w ruleWorld) difference(made state, inputs *structpb.Struct) *pulumirpc.DiffResponse {
	w.world.t.Helper()
	out, err := w.Diff(w.world.t.Context(), &pulumirpc.DiffRequest{
		Id: made.id, Urn: ruleURN, Olds: made.outputs, OldInputs: made.inputs, News: inputs,
	})
	require.NoError(w.world.t, err)
	return out
}

func (w ruleWorld) look(made state) state {
	w.world.t.Helper()
	out, err := w.Read(w.world.t.Context(), &pulumirpc.ReadRequest{Id: made.id, Urn: ruleURN, Properties: made.outputs, Inputs: made.inputs})
	require.NoError(w.world.t, err)
	return state{out.GetId(), out.GetInputs(), out.GetProperties()}
}

func (w ruleWorld) takeAway(made state) error {
	_, err := w.Delete(w.world.t.Context(), &pulumirpc.DeleteRequest{Id: made.id, Urn: ruleURN, Properties: made.outputs, OldInputs: made.inputs})
	return err //nolint:wrapcheck // the tests look at it as it is
}

func TestACorsRuleComesChangesAndGoesAndTheRestStays(t *testing.T) {
	t.Parallel()
	for name, theirs := range map[string][]s3types.CORSRule{"no rules": nil, "rules of others": {upload()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newRuleWorld(t, theirs...)
			made := w.mustMake("https://a.example", "https://*.b.example")
			assert.Regexp(t, "^ImageCdn[0-9a-f]{32}$", made.get("ruleId"))
			now := w.rules()
			require.Len(t, now, len(theirs)+1)
			assert.Equal(t, theirs, append([]s3types.CORSRule(nil), now[:len(theirs)]...), "those of others come first")
			assert.JSONEq(t, `{"ID":"`+made.get("ruleId")+`","AllowedOrigins":["https://a.example","https://*.b.example"],
				"AllowedMethods":["GET","HEAD"],"AllowedHeaders":["*"]}`, ruleText(now[len(theirs)]))

			w.clear()
			assert.Equal(t, made.id, w.mustMake("https://a.example", "https://*.b.example").id, "a repeated create finds its own")
			assert.NotContains(t, w.calls("s3"), "PutBucketCors")
			assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, w.difference(w.look(made), made.inputs).GetChanges())

			changed := w.ruleInputs("https://c.example")
			assert.Contains(t, w.difference(made, changed).GetDetailedDiff(), "origins")
			_, err := w.Update(t.Context(), &pulumirpc.UpdateRequest{Id: made.id, Urn: ruleURN, Olds: made.outputs, OldInputs: made.inputs, News: changed})
			require.NoError(t, err)
			assert.Equal(t, []string{"https://c.example"}, w.rules()[len(theirs)].AllowedOrigins)

			require.NoError(t, w.takeAway(made))
			assert.Equal(t, theirs, w.rules())
			require.NoError(t, w.takeAway(made), "a repeated delete finds nothing to do")
		})
	}
}

func TestADriftOfACorsRuleIsSeenAndMended(t *testing.T) {
	t.Parallel()
	w := newRuleWorld(t, upload())
	made := w.mustMake("https://a.example")
	ours := w.rules()[1]
	ours.AllowedOrigins = []string{"https://other.example"}
	w.set(upload(), ours)
	assert.Contains(t, w.difference(w.look(made), made.inputs).GetDetailedDiff(), "rule")
	imported := w.look(state{id: made.id})
	assert.Equal(t, w.properties(map[string]any{"bucket": "my-images", "origins": []any{"https://other.example"}}).AsMap(), imported.inputs.AsMap())
	w.set(upload())
	assert.Empty(t, w.look(made).id, "it is gone, and the next up makes it anew")
}

func TestACorsRuleThatLetsPagesWriteIsLeftToItsEditor(t *testing.T) {
	t.Parallel()
	w := newRuleWorld(t)
	made := w.mustMake("https://a.example")
	ours := w.rules()[0]
	ours.AllowedMethods = []string{"GET", "PUT"}
	w.set(ours)
	require.NoError(t, w.takeAway(made))
	assert.Len(t, w.rules(), 1)
}

func TestACorsRuleOfABucketThatIsGoneIsGone(t *testing.T) {
	t.Parallel()
	w := newRuleWorld(t)
	made := w.mustMake("https://a.example")
	_, err := w.s3("ap-south-1").DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: aws.String("my-images")})
	require.NoError(t, err)
	assert.Empty(t, w.look(made).id)
	require.NoError(t, w.takeAway(made))
}

func TestARefusedCorsRuleSaysWhatIsNeeded(t *testing.T) {
	t.Parallel()
	w := newRuleWorld(t)
	w.fault(api.Fault{Service: "s3", Operation: "PutBucketCors", Code: "AccessDenied", Message: "Access Denied", Status: 403})
	_, err := w.Create(t.Context(), &pulumirpc.CreateRequest{Urn: ruleURN, Properties: w.ruleInputs("https://a.example")})
	require.ErrorContains(t, err, `writing the CORS rules of bucket "my-images": AccessDenied: Access Denied. The caller needs s3:GetBucketCORS and s3:PutBucketCORS`)
}

func TestAPreviewOfACorsRuleNeedsNoAws(t *testing.T) {
	t.Parallel()
	c := start(t)
	unknown := resource.Computed{Element: resource.NewProperty("")}
	for mark, rule := range map[any]bool{"imagecdn-1": true, unknown: false} {
		out, err := c.Create(t.Context(), &pulumirpc.CreateRequest{Urn: ruleURN, Preview: true, Properties: c.properties(map[string]any{
			"bucket": "my-images", "origins": []any{"https://a.example"}, "mark": mark,
		})})
		require.NoError(t, err)
		assert.Equal(t, rule, json.Valid([]byte(out.GetProperties().GetFields()["rule"].GetStringValue())))
	}
}

func TestWrongInputsOfACorsRuleAreReportedAtTheirProperty(t *testing.T) {
	t.Parallel()
	c := start(t)
	for name, check := range map[string]struct {
		inputs map[string]any
		faults []string
	}{
		"good":       {map[string]any{"bucket": "my-images", "origins": []any{"*"}}, nil},
		"nothing":    {nil, []string{"bucket", "origins"}},
		"no origins": {map[string]any{"bucket": "my-images", "origins": []any{}}, []string{"origins"}},
		"a text":     {map[string]any{"bucket": "my-images", "origins": "*"}, []string{"origins"}},
		"unknown":    {map[string]any{"bucket": "my-images", "origins": resource.Computed{Element: resource.NewProperty("")}}, nil},
	} {
		out, err := c.Check(t.Context(), &pulumirpc.CheckRequest{Urn: ruleURN, News: c.properties(check.inputs)})
		require.NoError(t, err)
		var faults []string
		for _, fault := range out.GetFailures() {
			faults = append(faults, fault.GetProperty())
		}
		assert.Equal(t, check.faults, faults, name)
	}
}
