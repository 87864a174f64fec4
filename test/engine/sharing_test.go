package engine

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// Two stacks share a bucket that has a policy of its own. After each step the
// policy is what the team made of it, and one statement for each stack that is up.
func TestTwoStacksShareABucketWithAPolicyOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	own := w.statements()
	first, second := w.spec("first"), w.spec("second")
	second.Config.Domain = "pictures.example.com"
	first.Config.Protection.WebAcl, second.Config.Protection.WebAcl = "none", "none" // the web ACL is another test's

	ups := make(chan error, 2)
	for _, spec := range []automation.Spec{first, second} {
		go func() {
			_, err := w.cdn(spec).Up(within(t))
			ups <- err
		}()
	}
	require.NoError(t, <-ups)
	require.NoError(t, <-ups)
	w.assertStatements(own, 2)

	own = append(own, w.addStatement("AddedByTheTeam"))
	ttl := 600
	first.Config.Cache.DefaultTtl = pulumi.Int(ttl)
	_, err := w.cdn(first).Up(within(t))
	require.NoError(t, err)
	w.assertStatements(own, 2)

	_, err = w.cdn(first).Destroy(within(t))
	require.NoError(t, err)
	w.assertStatements(own, 1)
	refreshed, err := w.cdn(second).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, refreshed.Changed(), "the other stack sees no drift: %v", refreshed.Changes)

	_, err = w.cdn(second).Destroy(within(t))
	require.NoError(t, err)
	w.assertStatements(own, 0)
	after := w.inventory()
	before.Policy, after.Policy = nil, nil // compared above, and edited meanwhile
	assert.Equal(t, before, after)
}

// assertStatements asserts that the policy has the team's statements as they
// were, and so many more.
func (w *world) assertStatements(own []any, more int) {
	w.t.Helper()
	now := w.statements()
	assert.Len(w.t, now, len(own)+more)
	for _, statement := range own {
		assert.Contains(w.t, now, statement)
	}
}

// addStatement edits the policy as somebody else does, and returns what it added.
func (w *world) addStatement(sid string) any {
	w.t.Helper()
	policy := w.inventory().Policy.(map[string]any)
	statement := map[string]any{
		"Sid": sid, "Effect": "Allow", "Action": "s3:GetObject",
		"Principal": map[string]any{"AWS": "arn:aws:iam::123456789012:role/thumbnails"},
		"Resource":  "arn:aws:s3:::" + bucketName + "/*",
	}
	policy["Statement"] = append(policy["Statement"].([]any), statement)
	text, err := json.Marshal(policy)
	require.NoError(w.t, err)
	_, err = w.s3().PutBucketPolicy(w.t.Context(), &s3.PutBucketPolicyInput{
		Bucket: aws.String(bucketName), Policy: aws.String(string(text)),
	})
	require.NoError(w.t, err)
	return statement
}
