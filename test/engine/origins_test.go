package engine

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

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

// Several buckets under one CDN, of which it may read the mounted folders alone; then another
// bucket under the same path, while somebody looks on.
func TestBucketsAreMountedUnderPaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	people, staff := w.makeOtherBucket("people-images"), w.makeOtherBucket("staff-images")
	w.upload("web/cat.png", "a cat", "")
	w.upload("secret.png", "not for the CDN", "")
	people.put(t, "2026/x.png", "a face")
	people.put(t, "2026/albums/y.png", "an album")
	people.put(t, "private.png", "not for the CDN")
	staff.put(t, "2026/x.png", "another face")
	staff.put(t, "2026/z.png", "another face")
	w.setDeploy(5 * time.Second)
	before, policies := w.inventory(), []string{people.policy(t), staff.policy(t)}
	spec := w.spec("mounts")
	spec.Config.Protection.WebAcl = "none"
	mounts := func(bucket string) []components.MountArgs {
		return []components.MountArgs{
			{Path: "/avatars/*", Bucket: pulumi.String(bucket), Prefix: pulumi.String("2026"), StripPath: true},
			{Path: "/albums/*", Bucket: pulumi.String(people.name), Prefix: pulumi.String("2026")},
		}
	}
	spec.Config.Origin = components.OriginArgs{Prefix: pulumi.String("web"), Mounts: mounts(people.name)}

	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, created(planned), created(made))
	w.awaitName("cdn." + zoneName)
	for path, want := range map[string]string{"/cat.png": "a cat", "/avatars/x.png": "a face", "/albums/y.png": "an album"} {
		answer, body := w.get("https://cdn." + zoneName + path)
		assert.Equal(t, http.StatusOK, answer.StatusCode, path)
		assert.Equal(t, want, string(body), path)
	}
	for _, path := range []string{"/secret.png", "/private.png", "/avatars/", "/avatars/private.png"} {
		assert.Equal(t, http.StatusForbidden, w.status(path), path)
	}
	for _, grant := range []string{"arn:aws:s3:::people-images/2026/*", made.Outputs.DistributionArn} {
		assert.Contains(t, people.policy(t), grant)
	}
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	viewer := w.askAllTheTime("cdn."+zoneName, func(i int) string { return "/avatars/x.png?" + strconv.Itoa(i) })
	spec.Config.Origin.Mounts, spec.Config.Cache.Preset = mounts(staff.name), "fresh"
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, []int{http.StatusOK}, viewer.stop(), "the old grant goes after the edge is off it")
	_, body := w.get("https://cdn." + zoneName + "/avatars/z.png")
	assert.Equal(t, "another face", string(body))

	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory(), "nothing of the stack is left")
	assert.JSONEq(t, policies[0], people.policy(t))
	assert.JSONEq(t, policies[1], staff.policy(t))
}
