package provider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"imagecdn/internal/bucketpolicy"
)

// parsed is a policy that must be readable.
func parsed(t *testing.T, policy string) bucketpolicy.Document {
	t.Helper()
	d, err := bucketpolicy.Parse(policy)
	require.NoError(t, err)
	return d
}

// requireGrant finds the statement and its distribution in what the bucket has now.
func requireGrant(t *testing.T, s3 *fakeS3, sid, distribution string) {
	t.Helper()
	statement, found := parsed(t, s3.policy("my-images")).Find(sid)
	require.True(t, found, "%s in %s", sid, s3.policy("my-images"))
	require.True(t, statement.Equal(bucketpolicy.ReadGrant(sid, "arn:aws:s3:::my-images", distribution)), statement)
}

func TestAGrantComesChangesAndGoesAndTheRestStays(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{"no policy": "", "a policy": theirPolicy} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s3 := newFakeS3(t, map[string]string{"my-images": before})
			c := connect(t, s3)

			made := c.mustCreate("my-images", distA)
			s3.requireWrites(t, 1)
			requireGrant(t, s3, made.get("sid"), distA)
			assert.Regexp(t, "^ImageCdn[0-9a-f]{32}$", made.get("sid"))
			assert.Equal(t, "my-images/"+made.get("sid"), made.id)

			updated, err := c.update(made, distB)
			require.NoError(t, err)
			s3.requireWrites(t, 2)
			requireGrant(t, s3, made.get("sid"), distB)
			assert.Equal(t, made.get("sid"), updated.get("sid"))
			if before != "" {
				assert.Contains(t, s3.policy("my-images"), theirStatement)
				assert.Contains(t, s3.policy("my-images"), `"Version":"2008-10-17","Id":"theirs"`)
			}

			require.NoError(t, c.delete(updated))
			s3.requireWrites(t, 3)
			assert.True(t, parsed(t, s3.policy("my-images")).Equal(parsed(t, before)))
			assert.Equal(t, before == "", s3.policy("my-images") == "")

			require.NoError(t, c.delete(updated), "a repeated delete finds nothing to do")
			s3.requireWrites(t, 3)
		})
	}
}

func TestNothingIsWrittenWhenThePolicyIsAsWanted(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	c := connect(t, s3)
	made := c.mustCreate("my-images", distA)
	s3.set("my-images", strings.Replace(s3.policy("my-images"), `"s3:GetObject"`, `["S3:getobject"]`, 1))

	again := c.mustCreate("my-images", distA)
	_, err := c.update(made, distA)
	require.NoError(t, err)
	assert.Equal(t, made.id, again.id, "a create that was killed after its write finds its own statement")
	s3.requireWrites(t, 1)
}

func TestStacksWithTheSameURNDoNotMeet(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	a, b := connect(t, s3), connect(t, s3)
	first, second := a.mustCreate("my-images", distA), b.mustCreate("my-images", distB)
	assert.NotEqual(t, first.id, second.id)
	requireGrant(t, s3, first.get("sid"), distA)
	requireGrant(t, s3, second.get("sid"), distB)

	// The first one's distribution changes and its old one moves to the second stack: its Sid is taken by then.
	first, err := a.update(first, "arn:aws:cloudfront::111122223333:distribution/E3CCC")
	require.NoError(t, err)
	third := b.mustCreate("my-images", distA)
	assert.NotEqual(t, first.id, third.id)
	requireGrant(t, s3, third.get("sid"), distA)

	require.NoError(t, a.delete(first))
	assert.Equal(t, third.id, b.mustCreate("my-images", distA).id, "its own statement wins over a Sid that has become free")
	require.NoError(t, b.delete(second))
	require.NoError(t, b.delete(third))
	assert.True(t, parsed(t, s3.policy("my-images")).Equal(parsed(t, theirPolicy)))
}

func TestAnUpdateThatWasKilledAfterItsWriteIsRepeatedWithoutOne(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	c := connect(t, s3)
	made := c.mustCreate("my-images", distA)
	_, err := c.update(made, distB)
	require.NoError(t, err)
	_, err = c.update(made, distB)
	require.NoError(t, err)
	s3.requireWrites(t, 2)
	require.NoError(t, c.delete(made), "and what the state does not know is deleted all the same")
	assert.NotContains(t, s3.policy("my-images"), sidPrefix)
}

func TestARefreshShowsDriftOnlyWhereThereIsSome(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	c := connect(t, s3)
	made := c.mustCreate("my-images", distA)
	intact := s3.policy("my-images")

	s3.set("my-images", strings.Replace(intact, `"s3:GetObject"`, `[ "s3:GetObject" ]`, 1))
	read := c.read(made)
	assert.True(t, proto.Equal(made.outputs, read.outputs), "another spelling is no drift")
	assert.True(t, proto.Equal(made.inputs, read.inputs))
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, c.diff(read, made.inputs).GetChanges())

	s3.set("my-images", strings.Replace(intact, distA, distB, 1))
	read = c.read(made)
	assert.Equal(t, distB, read.get("distributionArn"))
	assert.Contains(t, c.diff(read, made.inputs).GetDetailedDiff(), "distributionArn")

	s3.set("my-images", strings.Replace(intact, `"s3:GetObject"`, `"s3:*"`, 1))
	read = c.read(made)
	assert.Contains(t, c.diff(read, made.inputs).GetDetailedDiff(), "policyStatement")
	_, err := c.update(read, distA)
	require.NoError(t, err)
	requireGrant(t, s3, made.get("sid"), distA)

	s3.set("my-images", theirPolicy)
	assert.Empty(t, c.read(made).id, "gone, so that the next up restores it")
	s3.set("my-images", "")
	assert.Empty(t, c.read(made).id)
	delete(s3.policies, "my-images")
	assert.Empty(t, c.read(made).id)
	require.NoError(t, c.delete(made), "a bucket that is gone has no statement")
}

func TestAStatementThatIsNoGrantAnyMoreIsLeftToItsEditor(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	c := connect(t, s3)
	made := c.mustCreate("my-images", distA)
	edited := strings.Replace(s3.policy("my-images"), `"Effect":"Allow"`, `"Effect":"Deny"`, 1)
	s3.set("my-images", edited)
	require.NoError(t, c.delete(made))
	assert.Equal(t, edited, s3.policy("my-images"))
}

func TestAGrantIsImportedByItsID(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	c := connect(t, s3)
	made := c.mustCreate("my-images", distA)

	imported := c.read(state{id: made.id})
	assert.True(t, proto.Equal(made.inputs, imported.inputs))
	assert.True(t, proto.Equal(made.outputs, imported.outputs))

	_, err := c.Read(t.Context(), &pulumirpc.ReadRequest{Id: "my-images/TlsOnly", Urn: testURN})
	require.ErrorContains(t, err, "neither lets CloudFront read or list")
	_, err = c.Read(t.Context(), &pulumirpc.ReadRequest{Id: "my-images", Urn: testURN})
	require.ErrorContains(t, err, "<bucket>/<sid>")
}

func TestWrongInputsAreAllReportedAtTheirProperty(t *testing.T) {
	t.Parallel()
	c := start(t)
	for name, check := range map[string]struct {
		inputs map[string]any
		faults []string
	}{
		"good": {map[string]any{"bucket": "my-images", "region": "us-gov-west-1", "distributionArn": distA}, nil},
		"china": {
			map[string]any{"bucket": "a.b-c", "distributionArn": "arn:aws-cn:cloudfront::111122223333:distribution/E1"}, nil,
		},
		"secret": {
			map[string]any{"bucket": &resource.Secret{Element: resource.NewProperty("my-images")}, "distributionArn": distA}, nil,
		},
		"a list": {map[string]any{"bucket": "my-images", "kind": "cloudFrontList", "distributionArn": distA}, nil},
		"a list for everybody": {
			map[string]any{"bucket": "my-images", "kind": "cloudFrontList"}, []string{"distributionArn"},
		},
		"logs": {map[string]any{"bucket": "my-logs", "kind": "logDelivery", "deliverySourceArn": sourceA, "prefix": "cdn/", "owner": "aws"}, nil},
		"logs from nowhere": {
			map[string]any{"bucket": "my-logs", "kind": "logDelivery", "owner": "me"}, []string{"owner", "deliverySourceArn"},
		},
		"logs of a distribution": {
			map[string]any{"bucket": "my-logs", "kind": "logDelivery", "deliverySourceArn": sourceA, "distributionArn": distA}, []string{"distributionArn"},
		},
		"TLS only": {map[string]any{"bucket": "my-images", "kind": "tlsOnly"}, nil},
		"TLS only, with a distribution": {
			map[string]any{"bucket": "my-images", "kind": "tlsOnly", "distributionArn": distA}, []string{"distributionArn"},
		},
		"a bucket to be known": {
			map[string]any{"bucket": resource.Computed{Element: resource.NewProperty("")}, "distributionArn": distA}, nil,
		},
		"nothing": {nil, []string{"bucket", "distributionArn"}},
		"all wrong": {
			map[string]any{"bucket": "arn:aws:s3:::b", "region": "Frankfurt", "kind": "all", "distributionArn": "E1"},
			[]string{"bucket", "region", "kind", "distributionArn"},
		},
		"wrong types": {map[string]any{"bucket": 1.0, "distributionArn": true}, []string{"bucket", "distributionArn"}},
		"a misspelling": {
			map[string]any{"bucket": "my-images", "distributionARN": distA}, []string{"distributionARN", "distributionArn"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := c.Check(t.Context(), &pulumirpc.CheckRequest{Urn: testURN, News: c.properties(check.inputs)})
			require.NoError(t, err)
			var properties []string
			for _, failure := range out.GetFailures() {
				properties = append(properties, failure.GetProperty())
			}
			assert.Equal(t, check.faults, properties)
		})
	}
	_, err := c.Check(t.Context(), &pulumirpc.CheckRequest{Urn: "urn:pulumi:d::p::imagecdn:index:Other::n", News: c.properties(nil)})
	require.ErrorContains(t, err, "imagecdn:index:Other")
}

func TestOnlyAnotherBucketReplaces(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": "", "other-images": theirPolicy})
	c := connect(t, s3)
	made := c.mustCreate("my-images", distA)

	bucket := c.diff(made, c.inputs("other-images", distA))
	assert.Equal(t, []string{"bucket"}, bucket.GetReplaces())
	assert.False(t, bucket.GetDeleteBeforeReplace(), "the old grant goes after the new one")
	assert.Equal(t, pulumirpc.PropertyDiff_UPDATE_REPLACE, bucket.GetDetailedDiff()["bucket"].GetKind())

	for key, value := range map[string]any{
		"distributionArn": distB, "region": "eu-west-1",
	} {
		inputs := proto.CloneOf(made.inputs)
		inputs.Fields[key] = c.properties(map[string]any{key: value}).GetFields()[key]
		diff := c.diff(made, inputs)
		assert.Empty(t, diff.GetReplaces())
		assert.Equal(t, []string{key}, diff.GetDiffs())
	}
	unknown := c.diff(made, c.properties(map[string]any{
		"bucket": "my-images", "distributionArn": resource.Computed{Element: resource.NewProperty("")},
	}))
	assert.Contains(t, unknown.GetDetailedDiff(), "distributionArn")

	require.NoError(t, c.delete(made))
	c.mustCreate("other-images", distA)
	assert.Empty(t, s3.policy("my-images"))
	assert.Contains(t, s3.policy("other-images"), theirStatement)
}

func TestABucketInAnotherRegionIsFoundThere(t *testing.T) {
	t.Parallel()
	elsewhere := map[string]string{"X-Amz-Bucket-Region": "ap-south-1"}
	for code, fault := range map[string]s3Fault{
		"PermanentRedirect":            {status: 301, header: elsewhere},
		"AccessDenied":                 {status: 403, header: elsewhere},
		"AuthorizationHeaderMalformed": {status: 400},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s3 := newFakeS3(t, map[string]string{"my-images": ""})
			s3.region = "ap-south-1"
			fault.code = code
			s3.fault(http.MethodGet, fault)
			var regions []string
			s3.requests = func(r *http.Request) { regions = append(regions, r.Method+" "+signedRegion(r)) }
			made := connect(t, s3).mustCreate("my-images", distA)
			requireGrant(t, s3, made.get("sid"), distA)
			assert.Equal(t, "GET eu-central-1", regions[0])
			assert.Contains(t, regions, "PUT ap-south-1")
			assert.NotContains(t, regions, "PUT eu-central-1")
		})
	}
}

func TestARefusalOfPlainHTTPIsInTheOwnersPartition(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	c := start(t).configure(s3, "region", "cn-north-1")
	_, err := c.Create(t.Context(), &pulumirpc.CreateRequest{
		Urn: testURN, Properties: c.properties(map[string]any{"bucket": "my-images", "kind": "tlsOnly"}),
	})
	require.NoError(t, err)
	assert.Contains(t, s3.policy("my-images"), "arn:aws-cn:s3:::my-images/*")
}

func TestARefusalOfPlainHTTPComesAndGoes(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	c := connect(t, s3)
	inputs := c.properties(map[string]any{"bucket": "my-images", "kind": "tlsOnly"})
	out, err := c.Create(t.Context(), &pulumirpc.CreateRequest{Urn: testURN, Properties: inputs})
	require.NoError(t, err)
	made := state{id: out.GetId(), inputs: inputs, outputs: out.GetProperties()}
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[{"Sid":"`+made.get("sid")+`","Effect":"Deny","Principal":"*",
		"Action":"s3:*","Resource":["arn:aws:s3:::my-images","arn:aws:s3:::my-images/*"],
		"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`, s3.policy("my-images"))

	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, c.diff(c.read(made), inputs).GetChanges())
	imported := c.read(state{id: made.id})
	assert.True(t, proto.Equal(inputs, imported.inputs))

	grant := c.mustCreate("my-images", distA)
	require.NoError(t, c.delete(made))
	requireGrant(t, s3, grant.get("sid"), distA)
	assert.NotContains(t, s3.policy("my-images"), "SecureTransport")
}

// sourceA is a delivery source.
const sourceA = "arn:aws:logs:us-east-1:111122223333:delivery-source:imagecdn-a"

func TestAGrantOfLogsComesMovesToAnotherPrefixAndGoes(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-logs": ""})
	c := connect(t, s3)
	inputs := func(prefix string) *structpb.Struct {
		return c.properties(map[string]any{"bucket": "my-logs", "kind": "logDelivery", "deliverySourceArn": sourceA, "prefix": prefix, "owner": "aws"})
	}
	out, err := c.Create(t.Context(), &pulumirpc.CreateRequest{Urn: testURN, Properties: inputs("a/")})
	require.NoError(t, err)
	made := state{id: out.GetId(), inputs: inputs("a/"), outputs: out.GetProperties()}
	assert.Contains(t, s3.policy("my-logs"), `"Resource":"arn:aws:s3:::my-logs/a/*"`)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, c.diff(c.read(made), made.inputs).GetChanges())
	assert.Empty(t, c.diff(made, inputs("b/")).GetReplaces())
	_, err = c.Update(t.Context(), &pulumirpc.UpdateRequest{Id: made.id, Urn: testURN, Olds: made.outputs, News: inputs("b/")})
	require.NoError(t, err)
	assert.Contains(t, s3.policy("my-logs"), `"Resource":"arn:aws:s3:::my-logs/b/*"`)
	require.NoError(t, c.delete(made))
	assert.Empty(t, s3.policy("my-logs"))
}

func TestAGrantOfTheListIsBesideTheOneOfTheObjects(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	c := connect(t, s3)
	read := c.mustCreate("my-images", distA)
	inputs := c.properties(map[string]any{"bucket": "my-images", "kind": "cloudFrontList", "distributionArn": distA})
	out, err := c.Create(t.Context(), &pulumirpc.CreateRequest{Urn: testURN + "-list", Properties: inputs})
	require.NoError(t, err)
	made := state{id: out.GetId(), inputs: inputs, outputs: out.GetProperties()}
	requireGrant(t, s3, read.get("sid"), distA)
	assert.JSONEq(t, `{"Sid":"`+made.get("sid")+`","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},
		"Action":"s3:ListBucket","Resource":"arn:aws:s3:::my-images",
		"Condition":{"StringEquals":{"AWS:SourceArn":"`+distA+`"}}}`, made.get("policyStatement"))

	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, c.diff(c.read(made), inputs).GetChanges())
	imported := c.read(state{id: made.id})
	assert.True(t, proto.Equal(inputs, imported.inputs))

	require.NoError(t, c.delete(made))
	assert.NotContains(t, s3.policy("my-images"), "ListBucket")
	requireGrant(t, s3, read.get("sid"), distA)
}

func TestASecretInputMakesSecretOutputs(t *testing.T) {
	t.Parallel()
	c := connect(t, newFakeS3(t, map[string]string{"my-images": ""}))
	out, err := c.Create(t.Context(), &pulumirpc.CreateRequest{Urn: testURN, Properties: c.properties(map[string]any{
		"bucket": "my-images", "distributionArn": &resource.Secret{Element: resource.NewProperty(distA)},
	})})
	require.NoError(t, err)
	assert.NotNil(t, out.GetProperties().GetFields()["distributionArn"].GetStructValue())
	assert.NotNil(t, out.GetProperties().GetFields()["policyStatement"].GetStructValue())
}

// A destroy that was killed as AWS had taken the statement away, or a person, leaves a state that still has it.
func TestAnUpWithoutARefreshPutsBackAStatementThatIsGoneOrEdited(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	c := connect(t, s3)
	made := c.mustCreate("my-images", distA)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, c.diff(made, made.inputs).GetChanges())
	mine := s3.policy("my-images")
	for sentence, now := range map[string]string{
		"gone":   theirPolicy,
		"edited": strings.Replace(mine, distA, distB, 1),
	} {
		s3.set("my-images", now)
		assert.Equal(t, []string{"policyStatement"}, c.diff(made, made.inputs).GetDiffs(), sentence)
		_, err := c.update(made, distA)
		require.NoError(t, err)
		requireGrant(t, s3, made.get("sid"), distA)
		assert.Contains(t, s3.policy("my-images"), theirStatement)
		assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, c.diff(made, made.inputs).GetChanges(), sentence)
	}
	s3.faults[http.MethodGet] = []s3Fault{{status: http.StatusForbidden, code: "AccessDenied"}}
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, c.diff(made, made.inputs).GetChanges(), "whoever may not look can do without")
}

func TestAGrantIsForTheFoldersThatWereNamedAndOthersReplaceIt(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	c := connect(t, s3)
	inputs := func(prefixes ...any) *structpb.Struct {
		return c.properties(map[string]any{"bucket": "my-images", "distributionArn": distA, "prefixes": prefixes})
	}
	make := func(inputs *structpb.Struct) state {
		out, err := c.Create(t.Context(), &pulumirpc.CreateRequest{Urn: testURN, Properties: inputs})
		require.NoError(t, err)
		return state{id: out.GetId(), inputs: inputs, outputs: out.GetProperties()}
	}
	one := make(inputs("people"))
	statement, _ := parsed(t, s3.policy("my-images")).Find(one.get("sid"))
	assert.True(t, statement.Equal(bucketpolicy.ReadGrant(one.get("sid"), "arn:aws:s3:::my-images", distA, "people")), statement)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, c.diff(c.read(one), inputs("people")).GetChanges())

	changed := c.diff(one, inputs("people", "shop/2026"))
	assert.Equal(t, []string{"prefixes"}, changed.GetReplaces())
	assert.False(t, changed.GetDeleteBeforeReplace(), "the edge is not off the old folders yet")
	two := make(inputs("people", "shop/2026"))
	assert.NotEqual(t, one.id, two.id)
	assert.Equal(t, two.id, make(inputs("people", "shop/2026")).id, "a create that was killed after its write finds its own statement")
	require.NoError(t, c.delete(one))
	policy := parsed(t, s3.policy("my-images"))
	_, left := policy.Find(one.get("sid"))
	assert.False(t, left)
	statement, _ = policy.Find(two.get("sid"))
	assert.Contains(t, statement.String(), `["arn:aws:s3:::my-images/people/*","arn:aws:s3:::my-images/shop/2026/*"]`)
	require.NoError(t, c.delete(two))
	assert.True(t, parsed(t, s3.policy("my-images")).Equal(parsed(t, theirPolicy)))
}

func TestFoldersThatMeanMoreThanTheySeemToAreRefused(t *testing.T) {
	t.Parallel()
	c := connect(t, newFakeS3(t, nil))
	for _, test := range []map[string]any{
		{"bucket": "my-images", "distributionArn": distA, "prefixes": []any{"people*"}},
		{"bucket": "my-images", "distributionArn": distA, "prefixes": []any{"/people"}},
		{"bucket": "my-images", "distributionArn": distA, "prefixes": []any{"people"}, "kind": "cloudFrontList"},
	} {
		out, err := c.Check(t.Context(), &pulumirpc.CheckRequest{Urn: testURN, News: c.properties(test)})
		require.NoError(t, err)
		require.Len(t, out.GetFailures(), 1)
		assert.Equal(t, "prefixes", out.GetFailures()[0].GetProperty())
	}
}
