package engine

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// policyOf finds the policies of docs/permissions.md, by their headings.
var policyOf = regexp.MustCompile("(?s)## ([^\n]+)\n[^#]*?```json\n(.*?)```")

// permit has a spec call AWS as a user who has just these of the published policies.
func (w *world) permit(spec *automation.Spec, bucket string, headings ...string) {
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
	w.attach(*user, bucket, headings...)
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
	ctx, t := w.t.Context(), w.t
	page, err := os.ReadFile(filepath.Join(toolchain.root, "docs", "permissions.md"))
	require.NoError(t, err)
	published := map[string]string{}
	for _, found := range policyOf.FindAllStringSubmatch(string(page), -1) {
		published[found[1]] = strings.NewReplacer("Z0123456789EXAMPLE", w.plainZoneID(), "example-images", bucket).Replace(found[2])
	}
	client := iam.NewFromConfig(w.config("us-east-1"))
	for _, heading := range headings {
		require.Contains(t, published, heading)
		policy, err := client.CreatePolicy(ctx, &iam.CreatePolicyInput{
			PolicyName: aws.String(strings.ReplaceAll(heading, " ", "-") + "-" + bucket + "-" + user), PolicyDocument: aws.String(published[heading]),
		})
		require.NoError(t, err, heading)
		_, err = client.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: &user, PolicyArn: policy.Policy.Arn})
		require.NoError(t, err, heading)
	}
}

// The published policies are enough for a whole life of a stack.
func TestThePublishedPoliciesAreEnough(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bucket   string
		headings []string
		change   func(*automation.Config)
	}{
		"for an existing bucket and the managed web ACL": {
			bucket: bucketName, headings: []string{"Every stack", "An existing bucket", "The managed web ACL"},
			change: func(*automation.Config) {},
		},
		"for a new bucket": {
			bucket: "brand-new-pictures", headings: []string{"Every stack", "A new bucket"},
			change: func(c *automation.Config) {
				c.Origin.CreateBucket, c.Origin.RetainBucket, c.Protection.WebAcl = true, new(false), "none"
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			before := w.inventory()
			spec := w.spec("permitted")
			spec.Config.Bucket = pulumi.String(test.bucket)
			test.change(&spec.Config)
			w.permit(&spec, test.bucket, test.headings...)
			_, err := w.cdn(spec).Preview(within(t))
			require.NoError(t, err)
			_, err = w.cdn(spec).Up(within(t))
			require.NoError(t, err)

			spec.Config.AdditionalDomains = []string{"img." + zoneName}
			spec.Config.Tags = pulumi.StringMap{"team": pulumi.String("pictures")}
			spec.Config.Cache.DefaultTtl = pulumi.Int(120)
			_, err = w.cdn(spec).Up(within(t))
			require.NoError(t, err)
			drift, err := w.cdn(spec).Refresh(within(t))
			require.NoError(t, err)
			assert.False(t, drift.Changed(), "%v", drift.Changes)
			_, err = w.cdn(spec).Destroy(within(t))
			require.NoError(t, err)
			assert.Equal(t, before, w.inventory())
		})
	}
}
