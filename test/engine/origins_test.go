package engine

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
	"imagecdn/localaws/api"
	"imagecdn/localaws/seed"
)

// otherRegion is that of a bucket besides the stack's own.
const otherRegion = "eu-west-1"

// otherBucket is a bucket of another region, with a policy of its own.
type otherBucket struct {
	name   string
	client *s3.Client
}

func (w *world) makeOtherBucket(name string) otherBucket {
	w.t.Helper()
	require.NoError(w.t, seed.Fill(w.t.Context(), seed.Options{Endpoint: w.aws.APIURL(), Region: otherRegion, Zone: zoneName, Bucket: name}))
	return otherBucket{name, s3.NewFromConfig(w.config(otherRegion), func(o *s3.Options) { o.UsePathStyle = true })}
}

func (b otherBucket) policy(t *testing.T) string {
	t.Helper()
	found, err := b.client.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &b.name})
	require.NoError(t, err)
	return *found.Policy
}

func (b otherBucket) put(t *testing.T, key, content string) {
	t.Helper()
	_, err := b.client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &b.name, Key: &key, Body: strings.NewReader(content), ContentType: aws.String("image/png")})
	require.NoError(t, err)
}

func TestAReplicaServesWhileTheBucketFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	replica := w.makeOtherBucket("replica-images")
	for _, key := range []string{"a.png", "b.png", "c.png"} {
		w.upload(key, "from the bucket", "")
		replica.put(t, key, "from the replica")
	}
	before, policy := w.inventory(), replica.policy(t)
	spec := w.spec("failover")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Origin.Failover = components.FailoverArgs{Bucket: pulumi.String(replica.name)}

	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, created(planned), created(made))
	assert.Contains(t, made.Outputs.GrantStatements, replica.name)
	assert.Contains(t, replica.policy(t), made.Outputs.DistributionArn)

	w.awaitName("cdn." + zoneName)
	image := func(key string) (int, string) {
		answer, body := w.get("https://cdn." + zoneName + "/" + key)
		return answer.StatusCode, string(body)
	}
	for _, struck := range []struct {
		key, from string
		faults    []api.Fault
	}{
		{"a.png", "from the bucket", nil},
		{"b.png", "from the replica", []api.Fault{{Service: "edge", Operation: "FetchOrigin", Code: "ServiceUnavailable", Status: http.StatusServiceUnavailable, Times: 1}}},
		{"c.png", "from the replica", []api.Fault{{Service: "edge", Operation: "FetchOrigin", Drop: true, Times: 1}}},
	} {
		w.inject(append([]api.Fault{}, struck.faults...))
		status, body := image(struck.key)
		assert.Equal(t, http.StatusOK, status, struck.key)
		assert.Equal(t, struck.from, body, struck.key)
	}
	w.inject([]api.Fault{})

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory(), "nothing of the stack is left")
	assert.JSONEq(t, policy, replica.policy(t))
}
