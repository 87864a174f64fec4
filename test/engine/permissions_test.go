package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// policyOf finds the policies of docs/permissions.md, by their headings.
var policyOf = regexp.MustCompile("(?s)## ([^\n]+)\n[^#]*?```json\n(.*?)```")

// permit has a spec call AWS as a user who has just these of the published policies.
func (w *world) permit(spec *automation.Spec, bucket string, headings ...string) {
	w.t.Helper()
	w.permitAllBut("", spec, bucket, headings...)
}

// permitAllBut takes one action out of the policies.
func (w *world) permitAllBut(action string, spec *automation.Spec, bucket string, headings ...string) {
	w.t.Helper()
	ctx, t := w.t.Context(), w.t
	client := iam.NewFromConfig(w.config("us-east-1"))
	_, err := client.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: aws.String("backup"), // that of the bucket's policy: S3 takes no principal that is nobody
		AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
			"Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
	})
	require.NoError(t, err)
	user := aws.String("deploys-" + spec.Stack)
	_, err = client.CreateUser(ctx, &iam.CreateUserInput{UserName: user})
	require.NoError(t, err)
	w.attachAllBut(action, *user, bucket, headings...)
	key, err := client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: user})
	require.NoError(t, err)
	spec.AWS.AccessKey, spec.AWS.SecretKey = *key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey
	w.aws.Front().Lock()
	defer w.aws.Front().Unlock()
	w.aws.Limits().Permissions = true
}

// attach gives a user published policies, for a bucket.
func (w *world) attach(user, bucket string, headings ...string) {
	w.t.Helper()
	w.attachAllBut("", user, bucket, headings...)
}

// attachAllBut gives a user published policies without one of their actions.
func (w *world) attachAllBut(action, user, bucket string, headings ...string) {
	w.t.Helper()
	ctx, t := w.t.Context(), w.t
	client := iam.NewFromConfig(w.config("us-east-1"))
	published := publishedPolicies(t)
	for _, heading := range headings {
		require.Contains(t, published, heading)
		document := strings.NewReplacer("Z0123456789EXAMPLE", w.plainZoneID(), "example-images", bucket).Replace(without(t, published[heading], action))
		policy, err := client.CreatePolicy(ctx, &iam.CreatePolicyInput{
			PolicyName: aws.String(strings.ReplaceAll(heading, " ", "-") + "-" + bucket + "-" + user), PolicyDocument: aws.String(document),
		})
		require.NoError(t, err, heading)
		_, err = client.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: &user, PolicyArn: policy.Policy.Arn})
		require.NoError(t, err, heading)
	}
}

// publishedPolicies are those of docs/permissions.md, by heading.
func publishedPolicies(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(toolchain.root, "docs", "permissions.md"))
	require.NoError(t, err)
	published := map[string]string{}
	for _, found := range policyOf.FindAllStringSubmatch(string(page), -1) {
		published[found[1]] = found[2]
	}
	return published
}

// actionsOf are all actions of published policies.
func actionsOf(t *testing.T, headings []string) (actions []string) {
	t.Helper()
	published := publishedPolicies(t)
	for _, heading := range headings {
		require.Contains(t, published, heading)
		for _, found := range anAction.FindAllStringSubmatch(published[heading], -1) {
			actions = append(actions, found[1])
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// anAction finds the actions of a policy: nothing else in one is a word, a colon and a name with a capital.
var anAction = regexp.MustCompile(`"([a-z0-9]+:[A-Z]\w+)"`)

// without takes an action out of a policy.
func without(t *testing.T, policy, action string) string {
	t.Helper()
	if action == "" {
		return policy
	}
	var document map[string]any
	require.NoError(t, json.Unmarshal([]byte(policy), &document))
	var statements []any
	for _, each := range document["Statement"].([]any) {
		statement := each.(map[string]any)
		var left []any
		for _, a := range asList(statement["Action"]) {
			if a != action {
				left = append(left, a)
			}
		}
		if len(left) > 0 {
			statement["Action"] = left
			statements = append(statements, statement)
		}
	}
	document["Statement"] = statements
	reduced, err := json.Marshal(document)
	require.NoError(t, err)
	return string(reduced)
}

func asList(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// The published policies are enough for a whole life of a stack. TestEverythingAtOnceLivesAndLeavesNothing lives with
// those for an existing bucket.
func TestThePublishedPoliciesAreEnoughForANewBucket(t *testing.T) {
	t.Parallel()
	assert.Empty(t, permittedLives(t)[onNewBucket].live(t, onNewBucket, "").Problem)
}
