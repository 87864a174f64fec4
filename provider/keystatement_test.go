package provider

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/bucketpolicy"
	"imagecdn/localaws/api"
)

const (
	keyURN = "urn:pulumi:dev::images::imagecdn:index:ImageCdn$imagecdn:index:KeyPolicyStatement::cdn-decrypt-0"
	// ownerStatement leaves a key to its account, as AWS's console does.
	ownerStatement = `{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},` +
		`"Action":"kms:*","Resource":"*"}`
	// theirKeyPolicy has members in an unusual order.
	theirKeyPolicy = `{"Id":"theirs","Statement":[` + ownerStatement + `,{"Resource":"*","Sid":"Uploads","Effect":"Allow",` +
		`"Principal":{"Service":"lambda.amazonaws.com"},"Action":["kms:GenerateDataKey","kms:Decrypt"],` +
		`"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}}],"Version":"2012-10-17"}`
)

// keyWorld has a key in another region than the caller's.
type keyWorld struct {
	*world
	client

	arn string
}

func newKeyWorld(t *testing.T) keyWorld {
	t.Helper()
	w := newWorld(t)
	settings := w.settings()
	settings["endpoints"] = map[string]any{"sts": w.server.APIURL(), "kms": w.server.APIURL()}
	return keyWorld{w, w.provider(map[string]any{"aws": settings}), w.key(ours, theirKeyPolicy)}
}

func (w *world) kms(account string) *kms.Client {
	return kms.NewFromConfig(w.config(account, "ap-south-1"))
}

// key makes a key with a policy, "" for the usual one, and returns its ARN.
func (w *world) key(account, policy string) string {
	w.t.Helper()
	made, err := w.kms(account).CreateKey(w.t.Context(), &kms.CreateKeyInput{Policy: optional(policy)})
	require.NoError(w.t, err)
	return *made.KeyMetadata.Arn
}

// policy is that of the key, as KMS gives it back.
func (w keyWorld) policy() string {
	w.world.t.Helper()
	out, err := w.kms(ours).GetKeyPolicy(w.world.t.Context(), &kms.GetKeyPolicyInput{KeyId: &w.arn})
	require.NoError(w.world.t, err)
	return *out.Policy
}

// set is somebody else's PutKeyPolicy.
func (w keyWorld) set(policy string) {
	w.world.t.Helper()
	_, err := w.kms(ours).PutKeyPolicy(w.world.t.Context(), &kms.PutKeyPolicyInput{KeyId: &w.arn, Policy: &policy})
	require.NoError(w.world.t, err)
}

func (w keyWorld) make(key, distribution string) (state, error) {
	w.world.t.Helper()
	inputs := w.properties(map[string]any{"keyArn": key, "distributionArn": distribution})
	out, err := w.Create(w.world.t.Context(), &pulumirpc.CreateRequest{Urn: keyURN, Properties: inputs})
	return state{id: out.GetId(), inputs: inputs, outputs: out.GetProperties()}, err
}

func (w keyWorld) mustMake() state {
	w.world.t.Helper()
	made, err := w.make(w.arn, distA)
	require.NoError(w.world.t, err)
	return made
}

func (w keyWorld) change(s state, distribution string) state {
	w.world.t.Helper()
	inputs := w.properties(map[string]any{"keyArn": w.arn, "distributionArn": distribution})
	out, err := w.Update(w.world.t.Context(), &pulumirpc.UpdateRequest{Id: s.id, Urn: keyURN, Olds: s.outputs, OldInputs: s.inputs, News: inputs})
	require.NoError(w.world.t, err)
	return state{id: s.id, inputs: inputs, outputs: out.GetProperties()}
}

func (w keyWorld) differs(s state, key, distribution string) *pulumirpc.DiffResponse {
	w.world.t.Helper()
	out, err := w.Diff(w.world.t.Context(), &pulumirpc.DiffRequest{
		Id: s.id, Urn: keyURN, Olds: s.outputs, OldInputs: s.inputs, News: w.properties(map[string]any{"keyArn": key, "distributionArn": distribution}),
	})
	require.NoError(w.world.t, err)
	return out
}

func (w keyWorld) look(s state) state {
	w.world.t.Helper()
	out, err := w.Read(w.world.t.Context(), &pulumirpc.ReadRequest{Id: s.id, Urn: keyURN, Properties: s.outputs, Inputs: s.inputs})
	require.NoError(w.world.t, err)
	return state{id: out.GetId(), inputs: out.GetInputs(), outputs: out.GetProperties()}
}

func (w keyWorld) remove(s state) error {
	w.world.t.Helper()
	_, err := w.Delete(w.world.t.Context(), &pulumirpc.DeleteRequest{Id: s.id, Urn: keyURN, Properties: s.outputs, OldInputs: s.inputs})
	return err //nolint:wrapcheck // the tests look at it as it is
}

func (w keyWorld) requireDecrypts(sid, distribution string) {
	w.world.t.Helper()
	statement, found := parsed(w.world.t, w.policy()).Find(sid)
	require.True(w.world.t, found, w.policy())
	require.True(w.world.t, statement.Equal(bucketpolicy.DecryptGrant(sid, distribution)), statement)
}

func TestAGrantOnAKeyComesChangesAndGoesAndTheRestStaysByteForByte(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	before := w.policy()

	made := w.mustMake()
	sid := made.get("sid")
	assert.Regexp(t, "^ImageCdn[0-9a-f]{32}$", sid)
	assert.Equal(t, w.arn+"/"+sid, made.id)
	assert.Equal(t, `{"Sid":"`+sid+`","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*",`+
		`"Condition":{"StringEquals":{"AWS:SourceArn":"`+distA+`"}}}`, made.get("policyStatement"))
	w.requireDecrypts(sid, distA)
	for i, theirs := range parsed(t, before).Statements() {
		assert.Equal(t, theirs.String(), parsed(t, w.policy()).Statements()[i].String(), "another statement was touched")
	}
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, w.differs(made, w.arn, distA).GetChanges())

	changed := w.change(made, distB)
	w.requireDecrypts(sid, distB)
	assert.Equal(t, sid, changed.get("sid"))

	require.NoError(t, w.remove(changed))
	assert.Equal(t, before, w.policy())
	require.NoError(t, w.remove(changed), "one that is gone is what was asked for")
}

func TestAnotherKeyReplacesAndAnotherDistributionDoesNot(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	made := w.mustMake()
	assert.Equal(t, []string{"keyArn"}, w.differs(made, w.key(ours, ""), distA).GetReplaces())
	another := w.differs(made, w.arn, distB)
	assert.Empty(t, another.GetReplaces())
	assert.Equal(t, []string{"distributionArn"}, another.GetDiffs())
}

func TestAGrantOnAKeyWhoseAnswerWasLostIsFoundAgain(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	w.fault(api.Fault{Service: "kms", Operation: "PutKeyPolicy", When: api.After, Drop: true})
	_, err := w.make(w.arn, distA)
	require.Error(t, err)
	w.fault()
	w.clear()
	made := w.mustMake()
	assert.Equal(t, []string{"GetKeyPolicy"}, w.calls("kms"), "nothing is written")
	w.requireDecrypts(made.get("sid"), distA)
}

func TestAnUpWithoutARefreshPutsBackAGrantOnAKeyThatIsGoneOrEdited(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	made := w.mustMake()
	for sentence, now := range map[string]string{
		"gone": theirKeyPolicy, "edited": strings.Replace(w.policy(), distA, distB, 1),
	} {
		w.set(now)
		assert.Equal(t, []string{"policyStatement"}, w.differs(made, w.arn, distA).GetDiffs(), sentence)
		w.change(made, distA)
		w.requireDecrypts(made.get("sid"), distA)
	}
	w.fault(api.Fault{Service: "kms", Operation: "GetKeyPolicy", Code: "AccessDeniedException", Status: 400})
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, w.differs(made, w.arn, distA).GetChanges(), "whoever may not look can do without")
}

// Another statement that somebody adds between two ups is theirs, and so is one that they made of ours.
func TestAPolicyOfAKeyThatSomebodyElseRewritesIsFollowed(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	made := w.mustMake()
	w.set(strings.Replace(w.policy(), `"Statement" : [`, `"Statement" : [{"Sid":"Added","Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"kms:Describe*","Resource":"*"},`, 1))
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, w.differs(made, w.arn, distA).GetChanges())
	assert.Equal(t, made.id, w.look(made).id)
	w.set(strings.Replace(w.policy(), `"Service" : "cloudfront.amazonaws.com"`, `"AWS" : "123456789012"`, 1))
	theirs := w.policy()
	require.NoError(t, w.remove(made))
	assert.Equal(t, theirs, w.policy(), "a statement that is no grant to CloudFront any more stays")
}

// It is for the state alone.
func TestTheBucketOfAGrantOnAKeyChangesNothing(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	made := w.mustMake()
	w.clear()
	inputs := w.properties(map[string]any{"keyArn": w.arn, "distributionArn": distA, "bucket": "my-images"})
	out, err := w.Update(t.Context(), &pulumirpc.UpdateRequest{Id: made.id, Urn: keyURN, Olds: made.outputs, OldInputs: made.inputs, News: inputs})
	require.NoError(t, err)
	assert.Equal(t, "my-images", out.GetProperties().GetFields()["bucket"].GetStringValue())
	assert.Equal(t, []string{"GetKeyPolicy"}, w.calls("kms"))
}

func TestAGrantOnAKeyIsImportedByItsId(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	made := w.mustMake()
	found := w.look(state{id: made.id})
	assert.Equal(t, made.id, found.id)
	assert.Equal(t, made.outputs.AsMap(), found.outputs.AsMap())
	_, err := w.Read(t.Context(), &pulumirpc.ReadRequest{Id: w.arn + "/Uploads", Urn: keyURN})
	require.ErrorContains(t, err, "the statement does not let CloudFront decrypt")
	_, err = w.Read(t.Context(), &pulumirpc.ReadRequest{Id: "my-images/Uploads", Urn: keyURN})
	require.ErrorContains(t, err, "is not of the form <keyArn>/<sid>")
	assert.Empty(t, w.look(state{id: w.arn + "/Gone"}).id)
}

func TestAGrantGoesWithItsKey(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	made := w.mustMake()
	for name, id := range map[string]string{"gone": strings.Replace(made.id, ":key/", ":key/0", 1), "of no key": "arn:aws:kms:eu-central-1:123456789012:key/k/Sid"} {
		require.NoError(t, w.remove(state{id: id}), name)
		assert.Empty(t, w.look(state{id: id}).id, name)
	}
	_, err := w.kms(ours).ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &w.arn})
	require.NoError(t, err)
	require.NoError(t, w.remove(made))
	w.fault(api.Fault{Service: "kms", Operation: "PutKeyPolicy", Code: keyIsGoing, Status: 400})
	require.NoError(t, w.remove(made))
}

func TestArgumentsOfAGrantOnAKeyAreChecked(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	for sentence, given := range map[string]map[string]any{
		`keyArn: "alias/images" is not the ARN of a KMS key`: {"keyArn": "alias/images", "distributionArn": distA},
		"keyArn: is required":                                {"distributionArn": distA},
		"distributionArn: is required":                       {"keyArn": w.arn},
		"prefix: is no input":                                {"keyArn": w.arn, "distributionArn": distA, "prefix": "my-images"},
		`distributionArn: "E1AAA" is not the`:                {"keyArn": w.arn, "distributionArn": "E1AAA"},
	} {
		out, err := w.Check(t.Context(), &pulumirpc.CheckRequest{Urn: keyURN, News: w.properties(given)})
		require.NoError(t, err)
		require.Len(t, out.GetFailures(), 1, sentence)
		assert.Contains(t, out.GetFailures()[0].GetProperty()+": "+out.GetFailures()[0].GetReason(), sentence)
	}
}

func TestAPolicyOfAKeyHasRoomForThirtyTwoKilobytes(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	filled := func(length int) string {
		return `{"Version":"2012-10-17","Statement":[` + ownerStatement + `,{"Sid":"` + strings.Repeat("x", length) +
			`","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"}]}`
	}
	w.set(filled(bucketpolicy.MaxSize))
	made := w.mustMake()
	require.NoError(t, w.remove(made))
	w.set(filled(bucketpolicy.MaxKeySize - len(filled(0))))
	_, err := w.make(w.arn, distA)
	require.ErrorContains(t, err, "key "+w.arn)
	require.ErrorContains(t, err, "AWS stores at most 32768: merge or remove statements first")
}

func TestARefusedChangeOfAKeySaysWhichPermissionIsNeeded(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	w.fault(api.Fault{Service: "kms", Operation: "PutKeyPolicy", Code: "AccessDeniedException", Status: 400})
	_, err := w.make(w.arn, distA)
	require.ErrorContains(t, err, "writing the policy of key "+w.arn+": AccessDeniedException")
	require.ErrorContains(t, err, "The caller needs kms:GetKeyPolicy and kms:PutKeyPolicy on the key")
	w.fault()
	_, err = w.make("arn:aws:kms:ap-south-1:123456789012:key/none", distA)
	require.ErrorContains(t, err, "Check the ARN of the key and its region")
}

// A policy without the owner's statement cannot be changed by anybody, but nothing here relies on it.
func TestAKeyIsNeverLeftWithoutAPolicy(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, keyPolicy{}.put(t.Context(), bucketpolicy.Document{}), "a key cannot be without a policy")
}

func TestAKeyIsDescribedByWhoeverOwnsIt(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	theirs := w.key(otherAccount, "")
	shared := w.key(otherAccount, `{"Statement":[{"Effect":"Allow","Principal":{"AWS":["111122223333","123456789012"]},"Action":"kms:*","Resource":"*"}]}`)
	describe := func(c client, key string) foundKeyAnswer {
		found := foundKeyAnswer{}
		require.NoError(t, c.invoke("getKey", map[string]any{"key": key, "region": "ap-south-1"}, &found), key)
		return found
	}
	found := foundKeyAnswer{Status: keyFound, ARN: w.arn, Manager: "CUSTOMER", State: "Enabled"}
	id := w.arn[strings.LastIndex(w.arn, "/")+1:]
	assert.Equal(t, found, describe(w.client, w.arn))
	assert.Equal(t, found, describe(w.client, id))
	aws := describe(w.client, "alias/aws/s3")
	assert.Equal(t, "AWS", aws.Manager)
	assert.Equal(t, keyMissing, describe(w.client, "alias/none").Status)

	elsewhere := describe(w.client, theirs)
	assert.Equal(t, []string{keyElsewhere, "kms:DescribeKey", ours}, []string{elsewhere.Status, elsewhere.Permission, elsewhere.Caller})
	assert.Equal(t, theirs, elsewhere.ARN)
	assert.Contains(t, elsewhere.Message, "is not authorized to perform: kms:DescribeKey")
	elsewhere = describe(w.client, shared)
	assert.Equal(t, []string{keyElsewhere, "kms:GetKeyPolicy", ours}, []string{elsewhere.Status, elsewhere.Permission, elsewhere.Caller})
	owner := w.of(otherAccount)
	owner["endpoints"] = map[string]any{"sts": w.server.APIURL(), "kms": w.server.APIURL()}
	assert.Equal(t, keyFound, describe(w.provider(map[string]any{"key": owner}), theirs).Status)
	assert.Equal(t, keyFound, describe(w.provider(map[string]any{"bucket": owner}), theirs).Status, "a key is its bucket's owner's")

	_, err := w.kms(ours).DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &w.arn})
	require.NoError(t, err)
	assert.Equal(t, string(types.KeyStateDisabled), describe(w.client, w.arn).State)
	w.fault(api.Fault{Service: "kms", Operation: "GetKeyPolicy", Code: "AccessDeniedException", Status: 400})
	forbidden := describe(w.client, w.arn)
	assert.Equal(t, []string{keyForbidden, "kms:GetKeyPolicy", ""}, []string{forbidden.Status, forbidden.Permission, forbidden.Caller})
	w.fault(api.Fault{Service: "kms", Operation: "DescribeKey", Code: "InternalError", Status: 400})
	require.ErrorContains(t, w.invoke("getKey", map[string]any{"key": w.arn}, &found), "looking up key "+w.arn)
}

// foundKeyAnswer is foundKey as it crosses the process.
type foundKeyAnswer struct {
	Status, Manager, State, Permission, Caller, Message string

	ARN string `json:"arn"`
}

func TestTwoStacksShareAKey(t *testing.T) {
	t.Parallel()
	w := newKeyWorld(t)
	before := w.policy()
	one := w.mustMake()
	other, err := w.make(w.arn, distB)
	require.NoError(t, err)
	assert.NotEqual(t, one.id, other.id)
	require.NoError(t, w.remove(one))
	w.requireDecrypts(other.get("sid"), distB)
	require.NoError(t, w.remove(other))
	assert.Equal(t, before, w.policy())
}
