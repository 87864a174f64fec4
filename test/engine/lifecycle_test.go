package engine

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// One CDN from the first preview to the last destroy, in the order a team lives
// through it.
func TestACdnLivesFromPreviewToDestroy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("life")

	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory(), "a preview changes nothing")

	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, created(planned), created(made), "the preview lists exactly what the up creates")
	assertChain(t, w.state("life"))
	assertOutputs(t, made.Outputs)
	assertOtherStatementsKept(t, w, before)
	w.assertServed()
	w.verify(made.Outputs)
	w.assertServedSoonAfterUpload()

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	assert.Equal(t, made.Outputs, again.Outputs)

	w.restart()
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "refresh finds no drift, after a restart of AWS: %v", drift.Changes)
	w.assertServed()

	w.cliSeesNoChange(spec)
	spec = w.assertChange(spec)
	objects := w.inventory().Objects

	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	before.Objects = objects // a picture was added meanwhile, by the team
	assert.Equal(t, before, w.inventory(), "nothing of the stack is left, and everything of the team's is")
	_, err = w.cdn(spec).Outputs(within(t))
	require.ErrorIs(t, err, automation.ErrNoStack)
}

// created are the resources a result creates, as sorted names.
func created(r automation.Result) []string {
	var names []string
	for _, step := range r.Steps {
		if step.Operation == "create" {
			names = append(names, step.Type+" "+step.Resource)
		}
	}
	slices.Sort(names)
	return names
}

func assertOutputs(t *testing.T, o automation.Outputs) {
	t.Helper()
	assert.Equal(t, "cdn.example.com", o.CdnDomain)
	assert.Equal(t, "https://cdn.example.com", o.CdnUrl)
	assert.Equal(t, []string{"cdn.example.com"}, o.Domains)
	assert.Equal(t, bucketName, o.BucketName)
	assert.Contains(t, o.DistributionArn, ":distribution/"+o.DistributionId)
	assert.Regexp(t, `^d\w+\.cloudfront\.net$`, o.DistributionDomain)
	assert.Regexp(t, `^arn:aws:acm:us-east-1:\d{12}:certificate/`, o.CertificateArn)
	assert.Regexp(t, `^arn:aws:wafv2:us-east-1:\d{12}:global/webacl/`, o.WebAclArn)
}

// assertOtherStatementsKept compares the policy with what it was: one statement
// more, the others as they were.
func assertOtherStatementsKept(t *testing.T, w *world, before inventory) {
	t.Helper()
	then := before.Policy.(map[string]any)["Statement"].([]any)
	now := w.statements()
	assert.Len(t, now, len(then)+1)
	for _, statement := range then {
		assert.Contains(t, now, statement)
	}
}

// assertServed asks for an image as browsers do: the first answer may be a miss,
// all others are hits, whatever else the request carries.
func (w *world) assertServed() {
	w.t.Helper()
	url := "https://cdn.example.com" + imagePath
	first, image := w.get(url)
	require.Equal(w.t, http.StatusOK, first.StatusCode)
	assert.Equal(w.t, "Miss from cloudfront", first.Header.Get("X-Cache"))
	assert.Equal(w.t, "image/jpeg", first.Header.Get("Content-Type"))
	for _, variant := range [][]string{
		{url},
		{url + "?utm_source=x"},
		{url, "Accept", "image/webp,image/avif"},
		{url, "Cookie", "session=1"},
		{url, "Accept-Encoding", "br"},
	} {
		hit, body := w.get(variant[0], variant[1:]...)
		assert.Equal(w.t, "Hit from cloudfront", hit.Header.Get("X-Cache"), "%v", variant)
		age, err := strconv.Atoi(hit.Header.Get("Age"))
		assert.NoError(w.t, err, "a hit has an Age")
		assert.GreaterOrEqual(w.t, age, 0)
		assert.Equal(w.t, image, body)
	}
	redirect, _ := w.get("http://cdn.example.com" + imagePath)
	assert.Equal(w.t, url, redirect.Header.Get("Location"), "HTTP redirects to HTTPS")
	direct, err := http.Get(w.aws.APIURL() + "/" + bucketName + imagePath)
	require.NoError(w.t, err)
	_ = direct.Body.Close()
	assert.Equal(w.t, http.StatusForbidden, direct.StatusCode, "the bucket itself is private")
}

// assertServedSoonAfterUpload asks for an image before it is there.
func (w *world) assertServedSoonAfterUpload() {
	w.t.Helper()
	missing, _ := w.get("https://cdn.example.com/new.jpg")
	require.Equal(w.t, http.StatusForbidden, missing.StatusCode)
	_, err := w.s3().PutObject(w.t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucketName), Key: aws.String("new.jpg"), Body: bytes.NewReader([]byte("not really a picture")),
	})
	require.NoError(w.t, err)
	require.EventuallyWithT(w.t, func(c *assert.CollectT) {
		response, _ := w.get("https://cdn.example.com/new.jpg")
		assert.Equal(c, http.StatusOK, response.StatusCode)
	}, 10*time.Second, 500*time.Millisecond, "an image is served within 10 s of its upload")
}

// restart kills the AWS, as far as that can be done in one process, and starts it
// again on what it has written.
func (w *world) restart() {
	w.t.Helper()
	require.NoError(w.t, w.aws.Close())
	w.start()
}

// assertChange adds domains and changes the TTL, and compares the preview with
// the up, and with another up.
func (w *world) assertChange(spec automation.Spec) automation.Spec {
	w.t.Helper()
	t := w.t
	ttl := 120
	spec.Config.AdditionalDomains = []string{"img.example.com", "*.img.example.com"} // these share a validation record
	spec.Config.Cache.DefaultTtl = pulumi.Int(ttl)
	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	done, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, planned.Changes, done.Changes, "the preview is what the up then does")
	assert.Equal(t, []string{"cdn.example.com", "*.img.example.com", "img.example.com"}, done.Outputs.Domains)
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	for _, domain := range done.Outputs.Domains {
		response, _ := w.get("https://" + strings.Replace(domain, "*", "any", 1) + imagePath)
		assert.Equal(t, http.StatusOK, response.StatusCode, domain)
	}
	assert.Len(t, w.inventory().Certificates, 1, "the old certificate is gone")
	policies, err := w.cloudfront().ListCachePolicies(t.Context(), &cloudfront.ListCachePoliciesInput{Type: "custom"})
	require.NoError(t, err)
	require.Len(t, policies.CachePolicyList.Items, 1)
	assert.EqualValues(t, ttl, *policies.CachePolicyList.Items[0].CachePolicy.CachePolicyConfig.DefaultTTL)
	return spec
}
