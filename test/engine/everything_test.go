package engine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
	"imagecdn/components"
)

// All options at once, from preview to destroy, with no more than the published permissions: each option alone is in a
// test of its own.
func TestEverythingAtOnceLivesAndLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.makeLogBucket()
	other := w.makeOtherBucket("other-images")
	otherPolicy := other.policy(t)
	other.put(t, "2026/people/x.png", "a face")
	logPolicy := w.policyOf(logBucket)
	encryptedWith := w.encrypt()
	keyPolicy := w.keyPolicy(encryptedWith)
	before := w.inventory()
	key := newKey(t)
	spec := w.spec("everything")
	spec.Config = everything(spec.Config, key)
	spec.Config.Origin.Failover.Bucket = pulumi.String(other.name)
	spec.Config.Origin.Mounts = []components.MountArgs{{Path: "/people/*", Bucket: pulumi.String(other.name), Prefix: pulumi.String("2026")}}
	permittedLives(t)[withEverything].permit(w, &spec, "")
	w.attach("deploys-"+spec.Stack, other.name, "An existing bucket", "Preflights")
	w.attachForKey("deploys-"+spec.Stack, encryptedWith)

	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	started := time.Now()
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	t.Logf("an up of everything took %s", time.Since(started).Round(time.Second))
	assert.Equal(t, created(planned), created(made))

	for _, domain := range []string{"cdn." + zoneName, "img." + zoneName} {
		answer, _ := w.get("https://"+domain+imagePath, "Origin", friend, "Pragma", "server-timing")
		assert.Equal(t, http.StatusOK, answer.StatusCode, domain)
		assert.Equal(t, friend, answer.Header.Get("Access-Control-Allow-Origin"), domain)
		assert.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"), domain)
		assert.NotEmpty(t, answer.Header.Get("Server-Timing"), domain)
	}
	assert.Equal(t, http.StatusNotFound, w.status("/never.jpg"))
	_, face := w.get("https://cdn." + zoneName + "/people/x.png")
	assert.Equal(t, "a face", string(face))
	elsewhere, _ := w.get("https://cdn."+zoneName+imagePath, "X-Localaws-Edge-Location", "FRA56-P1")
	assert.Equal(t, "Hit from cloudfront", elsewhere.Header.Get("X-Cache"), "the Origin Shield has what another edge location asked for")
	assert.Equal(t, http.StatusMovedPermanently, w.status("/old/cat.jpg"))
	w.upload("a b+cé.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>`, "") // without a type
	w.assertBrowserShows(made.Outputs.DistributionId, imagePath, "/a%20b%2Bc%C3%A9.svg")
	w.upload("albums/cat.jpg", "a picture", "")
	private := "https://cdn." + zoneName + "/albums/cat.jpg"
	refused, _ := w.get(private)
	assert.Equal(t, http.StatusForbidden, refused.StatusCode)
	address, err := key.signer(t, made.Outputs.SigningKeyIds, "shop").URL(private, time.Now().Add(time.Hour))
	require.NoError(t, err)
	seen, _ := w.get(address)
	assert.Equal(t, http.StatusOK, seen.StatusCode)
	assert.NotEmpty(t, made.Outputs.LogsUri)

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "a second up changes nothing: %v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)

	spec.Config = changedAgain(spec.Config)
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	objects := w.inventory().Objects
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	before.Objects = objects
	assert.Equal(t, before, w.inventory(), "nothing of the stack is left")
	assert.Equal(t, logPolicy, w.policyOf(logBucket))
	assert.JSONEq(t, otherPolicy, other.policy(t))
	assert.Equal(t, keyPolicy, w.keyPolicy(encryptedWith))
	assert.Empty(t, w.alarmStates())
	w.assertNoDeliveries()
}

// newKey is a key pair of a signer.
func newKey(t *testing.T) keyPair {
	t.Helper()
	onCurve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return newKeyPair(t, onCurve, onCurve.Public(), err)
}

// everything is a configuration with every option on that goes with the others.
func everything(c automation.Config, key keyPair) automation.Config {
	c.AdditionalDomains = []string{"img." + zoneName}
	c.Tags = pulumi.StringMap{"team": pulumi.String("pictures")}
	c.Headers = components.HeadersArgs{CorsOrigins: []string{friend}, Preflights: true, Security: true, ServerTiming: pulumi.Int(0)}
	c.Cache = components.CacheArgs{Preset: "daily", QueryParameters: []string{"v"}, ErrorTtl: pulumi.Int(1)}
	c.Paths = []components.PathArgs{
		{Pattern: "/new/*", Cache: components.CacheArgs{Preset: "fresh"}}, {Pattern: "/albums/*", Signed: new(true)},
	}
	c.Missing = components.MissingArgs{NotFound: true, Placeholder: pulumi.String("/missing.svg")}
	c.Signing = components.SigningArgs{Everywhere: new(false), PublicKeys: map[string]pulumi.StringInput{"shop": pulumi.String(key.public)}}
	c.Functions = components.FunctionsArgs{
		ContentTypes: true, Robots: pulumi.String("User-agent: *\n"), Redirects: map[string]pulumi.StringInput{"/old/*": pulumi.String("/new/*")},
	}
	c.Origin.Shield = components.Auto
	c.Protection.BlockCountries = []string{"AQ"}
	c.Logging = components.LoggingArgs{Bucket: pulumi.String(logBucket)}
	c.Monitoring = components.MonitoringArgs{CreateTopic: true, AdditionalMetrics: true, Dashboard: true}
	return c
}
