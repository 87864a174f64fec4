package engine

import (
	"os"
	"os/exec"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	awsprovider "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
	"imagecdn/components"
	"imagecdn/localaws/api"
	"imagecdn/localaws/seed"
)

// Accounts of other teams, and a role in each.
const (
	cdnAccount    = "111111111111"
	dnsAccount    = "222222222222"
	bucketAccount = "333333333333"
)

func role(account string) string { return "arn:aws:iam::" + account + ":role/deploy" }

// ownZone and ownBucket are those of the other teams.
const (
	ownZone   = "three.example"
	ownBucket = "pictures-of-three"
)

// seedAccounts gives one account a zone and another one a bucket.
func (w *world) seedAccounts() {
	w.t.Helper()
	for _, o := range []seed.Options{
		{Account: dnsAccount, Zone: ownZone, Bucket: "not-the-pictures"},
		{Account: bucketAccount, Zone: "unused.example", Bucket: ownBucket},
	} {
		o.Endpoint, o.Region = w.aws.APIURL(), homeRegion
		require.NoError(w.t, seed.Fill(w.t.Context(), o))
	}
	w.aws.Front().Journal().Clear()
}

// threeAccounts is a CDN of which zone, bucket and distribution have an owner each.
func (w *world) threeAccounts(stack string) automation.Spec {
	spec := w.spec(stack)
	spec.Config.Domain, spec.Config.Bucket = "cdn."+ownZone, pulumi.String(ownBucket)
	spec.AWS.RoleARN = role(cdnAccount)
	spec.Config.Identities = components.IdentitiesArgs{
		Dns:    components.IdentityArgs{RoleArn: role(dnsAccount)},
		Bucket: components.IdentityArgs{RoleArn: role(bucketAccount)},
	}
	return spec
}

// assertCallers asserts that each service was called by its owner alone.
func (w *world) assertCallers(owners map[string]string) {
	w.t.Helper()
	seen := map[string]bool{}
	for _, call := range w.aws.Front().Journal().Entries() {
		if call.Service == "sts" {
			continue // whoever assumes a role is not yet it
		}
		seen[call.Service] = true
		require.Equal(w.t, owners[call.Service], call.Account, "%s %s on %s by %s", call.Service, call.Operation, call.Resource, call.Caller)
	}
	assert.Len(w.t, seen, len(owners), "all services were called: %v", seen)
}

func TestZoneBucketAndDistributionMayBelongToThreeAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.seedAccounts()
	spec := w.threeAccounts("three")
	owners := map[string]string{
		"acm": cdnAccount, "cloudfront": cdnAccount, "wafv2": cdnAccount, "route53": dnsAccount, "s3": bucketAccount,
	}
	_, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	response, _ := w.get("https://cdn." + ownZone + imagePath)
	assert.Equal(t, 200, response.StatusCode)
	w.assertCallers(owners)

	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	w.assertCallers(owners)
}

// The credentials of the up are gone; those of the destroy are another role's.
func TestAnotherIdentityThanTheUpsDestroysFromAnEmptyDirectory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("handed-over")
	spec.Config.Protection.WebAcl = "none"
	spec.AWS.AccessKey, spec.AWS.SecretKey = "", ""
	spec.Engine.Env = w.assume("arn:aws:iam::" + api.AccountID + ":role/first")
	w.aws.Front().Journal().Clear()
	_, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.assertCalledBy("assumed-role/first/")

	environment := append(os.Environ(), "PULUMI_HOME="+toolchain.home, "PULUMI_BACKEND_URL="+w.backend,
		"PULUMI_CONFIG_PASSPHRASE="+spec.Engine.Passphrase, "PATH="+toolchain.plugin+":"+toolchain.path)
	for name, value := range w.assume("arn:aws:iam::" + api.AccountID + ":role/second") {
		environment = append(environment, name+"="+value)
	}
	w.aws.Front().Journal().Clear()
	destroy := exec.CommandContext(within(t), "pulumi",
		"destroy", "--stack", "organization/imagecdn/handed-over", "--yes", "--skip-preview", "--non-interactive")
	destroy.Dir, destroy.Env = t.TempDir(), environment
	output, err := destroy.CombinedOutput()
	require.NoError(t, err, string(output))
	w.assertCalledBy("assumed-role/second/")
	assert.Equal(t, before, w.inventory())
}

// What the last up called AWS with has expired: refresh and destroy call as the spec says now.
func TestRefreshAndDestroyUseTheCredentialsOfToday(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	spec := w.spec("rotated")
	spec.Config.Protection.WebAcl = "none"
	w.becomes(&spec, "first")
	made, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.assertCalledBy("assumed-role/first/")

	w.becomes(&spec, "second")
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)
	w.assertCalledBy("assumed-role/second/")
	kept, err := w.cdn(spec).Outputs(within(t))
	require.NoError(t, err)
	assert.Equal(t, made.Outputs, kept)
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.NotContains(t, again.Changes, "replace")

	w.becomes(&spec, "third")
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	w.assertCalledBy("assumed-role/third/")
	assert.Equal(t, before, w.inventory())
}

// becomes has a spec call AWS with credentials of a role.
func (w *world) becomes(spec *automation.Spec, role string) {
	w.t.Helper()
	session := w.assume("arn:aws:iam::" + api.AccountID + ":role/" + role)
	spec.AWS.AccessKey, spec.AWS.SecretKey, spec.AWS.Token =
		session["AWS_ACCESS_KEY_ID"], session["AWS_SECRET_ACCESS_KEY"], session["AWS_SESSION_TOKEN"]
	w.aws.Front().Journal().Clear()
}

// assume is the environment of whoever has assumed a role.
func (w *world) assume(role string) map[string]string {
	w.t.Helper()
	out, err := sts.NewFromConfig(w.config("us-east-1")).AssumeRole(w.t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String(role), RoleSessionName: aws.String("test"),
	})
	require.NoError(w.t, err)
	return map[string]string{
		"AWS_ACCESS_KEY_ID": *out.Credentials.AccessKeyId, "AWS_SECRET_ACCESS_KEY": *out.Credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN": *out.Credentials.SessionToken,
	}
}

// assertCalledBy asserts that whoever called is named so.
func (w *world) assertCalledBy(caller string) {
	w.t.Helper()
	calls := 0
	for _, call := range w.aws.Front().Journal().Entries() {
		if call.Service == "sts" && call.Operation == "AssumeRole" {
			continue
		}
		calls++
		require.Contains(w.t, call.Caller, caller, "%s %s", call.Service, call.Operation)
	}
	assert.NotZero(w.t, calls)
}

// No stack configuration says who calls, and no default provider may be started: the
// program's own providers decide, for the plugin too.
func TestEveryCallIsMadeByTheProgramsOwnProviders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, seed.Fill(t.Context(), seed.Options{
		Endpoint: w.aws.APIURL(), Region: homeRegion, Zone: ownZone, Bucket: ownBucket, Account: cdnAccount,
	}))
	program := func(ctx *pulumi.Context) error {
		home, err := w.ownProvider(ctx, "home", homeRegion)
		if err != nil {
			return err
		}
		usEast1, err := w.ownProvider(ctx, "us-east-1", "us-east-1")
		if err != nil {
			return err
		}
		args := &components.ImageCdnArgs{Domain: "cdn." + ownZone, Bucket: pulumi.String(ownBucket)}
		args.Providers.UsEast1 = usEast1
		_, err = components.NewImageCdn(ctx, "cdn", args, pulumi.Provider(home))
		return err
	}
	stack := w.inlineStack("own-providers", program)
	for key := range w.awsConfig(w.spec("own-providers")) {
		require.NoError(t, stack.RemoveConfig(within(t), key))
	}
	require.NoError(t, stack.SetConfig(within(t), "pulumi:disable-default-providers", auto.ConfigValue{Value: `["*"]`}))
	w.aws.Front().Journal().Clear()
	planned, err := stack.Preview(within(t))
	require.NoError(t, err)
	made, err := stack.Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, planned.ChangeSummary["create"], (*made.Summary.ResourceChanges)["create"])
	response, _ := w.get("https://cdn." + ownZone + imagePath)
	assert.Equal(t, 200, response.StatusCode)
	_, err = stack.Destroy(within(t))
	require.NoError(t, err)
	w.assertCallers(map[string]string{
		"acm": cdnAccount, "cloudfront": cdnAccount, "wafv2": cdnAccount, "route53": cdnAccount, "s3": cdnAccount,
	})
}

// ownProvider assumes a role of the CDN's account.
func (w *world) ownProvider(ctx *pulumi.Context, name, region string) (*awsprovider.Provider, error) {
	endpoint := pulumi.String(w.aws.APIURL())
	return awsprovider.NewProvider(ctx, name, &awsprovider.ProviderArgs{
		Region: pulumi.String(region), AccessKey: pulumi.String("local"), SecretKey: pulumi.String("local"),
		AssumeRole:           &awsprovider.ProviderAssumeRoleArgs{RoleArn: pulumi.String(role(cdnAccount))},
		S3UsePathStyle:       pulumi.Bool(true),
		SkipMetadataApiCheck: pulumi.Bool(true),
		Endpoints: awsprovider.ProviderEndpointArray{awsprovider.ProviderEndpointArgs{
			Acm: endpoint, Cloudfront: endpoint, Route53: endpoint, S3: endpoint, Sts: endpoint, Wafv2: endpoint,
		}},
	})
}
