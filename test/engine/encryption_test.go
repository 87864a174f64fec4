package engine

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// usersOfTheKey are statements of others in the policy of a key, in an unusual form.
const usersOfTheKey = `{"Id":"theirs","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow",` +
	`"Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"},{"Resource":"*","Sid":"Uploads","Effect":"Allow",` +
	`"Principal":{"Service":"lambda.amazonaws.com"},"Action":["kms:GenerateDataKey","kms:Decrypt"],` +
	`"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}}],"Version":"2012-10-17"}`

func (w *world) kms() *kms.Client { return kms.NewFromConfig(w.config(homeRegion)) }

// encrypt makes a key of the account's own the default encryption of the bucket, and returns its ARN.
func (w *world) encrypt() string {
	w.t.Helper()
	made, err := w.kms().CreateKey(w.t.Context(), &kms.CreateKeyInput{Policy: aws.String(usersOfTheKey)})
	require.NoError(w.t, err)
	_, err = w.s3().PutBucketEncryption(w.t.Context(), &s3.PutBucketEncryptionInput{
		Bucket: aws.String(bucketName),
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{
				SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: made.KeyMetadata.Arn,
			},
		}}},
	})
	require.NoError(w.t, err)
	return *made.KeyMetadata.Arn
}

// keyPolicy is the policy of a key as KMS gives it back.
func (w *world) keyPolicy(key string) string {
	w.t.Helper()
	out, err := w.kms().GetKeyPolicy(w.t.Context(), &kms.GetKeyPolicyInput{KeyId: &key})
	require.NoError(w.t, err)
	return *out.Policy
}

func (w *world) setKeyPolicy(key, policy string) {
	w.t.Helper()
	_, err := w.kms().PutKeyPolicy(w.t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: &policy})
	require.NoError(w.t, err)
}

// statementTexts are the statements of a policy, each as it is written.
func statementTexts(t *testing.T, policy string) []string {
	t.Helper()
	var document struct{ Statement []json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(policy), &document))
	var texts []string
	for _, statement := range document.Statement {
		texts = append(texts, string(statement))
	}
	return texts
}

// attachForKey gives a user the published policy for a key.
func (w *world) attachForKey(user, key string) {
	w.t.Helper()
	ctx, client := w.t.Context(), iam.NewFromConfig(w.config("us-east-1"))
	id := key[strings.LastIndex(key, "/")+1:]
	policy, err := client.CreatePolicy(ctx, &iam.CreatePolicyInput{
		PolicyName:     aws.String("key-" + id),
		PolicyDocument: aws.String(strings.ReplaceAll(publishedPolicies(w.t)["A key of your own"], "1234abcd-12ab-34cd-56ef-1234567890ab", id)),
	})
	require.NoError(w.t, err)
	_, err = client.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: &user, PolicyArn: policy.Policy.Arn})
	require.NoError(w.t, err)
}

// requireServed uploads an image, which is encrypted with the key of now, and looks at it through the CDN.
func (w *world) requireServed(name string) {
	w.t.Helper()
	w.upload(name, "the image "+name, "")
	w.requireSeen(name)
}

func (w *world) requireSeen(name string) {
	w.t.Helper()
	answer, body := w.get("https://cdn." + zoneName + "/" + name)
	require.Equal(w.t, http.StatusOK, answer.StatusCode, string(body))
	require.Equal(w.t, "the image "+name, string(body))
}

// A stack on a bucket whose objects are encrypted with a key of the account's own, from its preview to its destroy, as a
// user who has just the published policies.
func TestImagesUnderAKeyOfOnesOwnAreServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.encrypt()
	before := w.keyPolicy(key)
	spec := w.spec("encrypted")
	spec.Config.Protection.WebAcl = "none"
	w.permit(&spec, bucketName, "Every stack", "An existing bucket")
	w.attachForKey("deploys-encrypted", key)

	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.keyPolicy(key))
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, created(planned), created(made))
	statement := "imagecdn:index:KeyPolicyStatement"
	assert.True(t, slices.ContainsFunc(created(planned), func(one string) bool { return strings.Contains(one, statement) }), "%v", created(planned))
	assert.Contains(t, made.Outputs.KeyGrantStatement, made.Outputs.DistributionArn)
	w.requireServed("first.jpg")
	texts := statementTexts(t, w.keyPolicy(key))
	require.Len(t, texts, 3)
	assert.Equal(t, statementTexts(t, before), texts[:2], "statements of others are as they were, to the byte")

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	// Somebody writes the policy as it was before the stack: nobody can see what is not in the cache yet.
	w.setKeyPolicy(key, before)
	w.upload("refused.jpg", "the image refused.jpg", "")
	assert.Equal(t, http.StatusForbidden, w.status("/refused.jpg"))
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.requireServed("second.jpg")

	// Somebody adds a statement, and then the bucket's images get another key.
	added := strings.Replace(w.keyPolicy(key), `"Statement" : [`,
		`"Statement" : [ {"Sid":"Added","Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"kms:DescribeKey","Resource":"*"},`, 1)
	w.setKeyPolicy(key, added)
	w.requireServed("third.jpg")
	w.upload("fourth.jpg", "the image fourth.jpg", "")
	another := w.encrypt()
	w.attachForKey("deploys-encrypted", another)
	changed, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Len(t, created(changed), 1, "%v", changed.Changes)
	w.requireSeen("fourth.jpg")
	w.requireServed("fifth.jpg")

	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.keyPolicy(another))
	texts = statementTexts(t, w.keyPolicy(key))
	require.Len(t, texts, 3)
	assert.Contains(t, texts[0], "Added")
	assert.Equal(t, statementTexts(t, before), texts[1:], "just the stack's own statement is gone")
}

// A bucket whose default encryption names a key that AWS manages, by the ARN that the key has as well.
func TestAKeyThatAWSManagesIsNamedBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own, err := w.kms().DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/aws/s3")})
	require.NoError(t, err)
	before := w.inventory()
	spec := w.spec("managedkey")
	spec.Config.Origin.KeyArns = []pulumi.StringInput{pulumi.String(*own.KeyMetadata.Arn)}
	_, err = w.cdn(spec).Preview(within(t))
	require.ErrorContains(t, err, "it is AWS's own, whose policy nobody can change")
	_, err = w.cdn(spec).Up(within(t))
	require.ErrorContains(t, err, "it is AWS's own, whose policy nobody can change")
	assert.Equal(t, before, w.inventory())
}
