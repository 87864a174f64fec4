package engine

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
	"imagecdn/components"
	"imagecdn/localaws/api"
)

// takenOver is what `imagecdn adopt --json` says, as far as the tests read it.
type takenOver struct {
	DistributionID string `json:"distributionId"`
	TakenOver      []struct {
		Name, Type, ID string
		Changes        []struct{ Property, Before, After string }
	} `json:"takenOver"`
	Made            []struct{ Name, Type string } `json:"made"`
	Refused         []struct{ Name string }       `json:"refused"`
	Warnings, Notes []string
}

// ids are those of what is taken over, by name.
func (p takenOver) ids() map[string]string {
	ids := map[string]string{}
	for _, r := range p.TakenOver {
		ids[r.Name] = r.ID
	}
	return ids
}

// changed are the properties of a resource that change in place.
func (p takenOver) changed(name string) []string {
	var properties []string
	for _, r := range p.TakenOver {
		for _, change := range r.Changes {
			if r.Name == name {
				properties = append(properties, change.Property)
			}
		}
	}
	return properties
}

// adopt runs the command as a person does, in the checkout.
func (w *world) adopt(args ...string) (takenOver, string, error) {
	w.t.Helper()
	binary := filepath.Join(w.t.TempDir(), "imagecdn")
	out, err := exec.CommandContext(within(w.t), "go", "-C", toolchain.root, "build", "-o", binary, "./cmd/imagecdn").CombinedOutput()
	require.NoError(w.t, err, string(out))
	cmd := exec.CommandContext(within(w.t), binary, append([]string{"adopt", "cdn." + zoneName}, args...)...)
	cmd.Dir, cmd.Env = toolchain.root, w.environment()
	var notes strings.Builder
	cmd.Stderr = &notes
	out, err = cmd.Output()
	var plan takenOver
	_ = json.Unmarshal(out, &plan) // lines, where it is not asked for JSON
	return plan, string(out) + notes.String(), err
}

// askLive asks for a picture that no cache keeps, at an edge that takes so long for every change.
func (w *world) askLive(deploy time.Duration) askingViewer {
	w.t.Helper()
	w.put(bucketName, "always.png")
	w.setDeploy(deploy)
	return w.askAllTheTime("cdn."+zoneName, func(int) string { return "/always.png" })
}

// A CDN that was made in the console comes under Pulumi while viewers ask it, and goes its own way again.
func TestACdnMadeInTheConsoleIsTakenOverWithoutARefusedRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.madeInTheConsole()
	spec := w.spec("adopt")
	file := w.configFile(spec)
	w.initStack(spec.Stack)
	before := w.inventory()
	client := w.askLive(3 * time.Second)

	plan, output, err := w.adopt("--stack", spec.Stack, "--config-file", file, "--json", "--yes")
	require.NoError(t, err, output)
	assertConsolePlan(t, plan, made)
	before.Objects = w.inventory().Objects
	assert.Equal(t, before, w.inventory(), "the command changes nothing on AWS")
	output, err = w.pulumi(file, "up", "--stack", spec.Stack, "--yes", "--skip-preview")
	require.NoError(t, err, output)
	after := w.inventory()
	w.assertTakenOver(before, after, made)
	assert.Equal(t, before.Policy, after.Policy, "the console's own statement is the grant")
	for _, command := range [][]string{{"up"}, {"refresh"}, {"up"}} {
		output, err = w.pulumi(file, append(command, "--stack", spec.Stack, "--yes", "--skip-preview", "--expect-no-changes")...)
		require.NoError(t, err, output)
		if command[0] == "refresh" {
			output, err = w.pulumi(file, "config", "rm", "adopt", "--stack", spec.Stack)
			require.NoError(t, err, output)
		}
	}

	component := "urn:pulumi:" + spec.Stack + "::imagecdn::imagecdn:index:ImageCdn::cdn"
	w.pulumiElsewhere("state", "delete", component, "--target-dependents", "--force", "--yes", "--stack", spec.Stack)
	output, err = w.pulumi(file, "destroy", "--stack", spec.Stack, "--yes", "--skip-preview")
	require.NoError(t, err, output)
	assert.Equal(t, after, w.inventory(), "nothing of a CDN that was given back is deleted")
	assert.Equal(t, []int{http.StatusOK}, client.stop())
	w.takesOverAgain(file, spec, made)
}

// takesOverAgain has a stack that gave the CDN back take it over once more.
func (w *world) takesOverAgain(file string, spec automation.Spec, made handmade) {
	w.t.Helper()
	w.initStack(spec.Stack + "-again")
	plan, output, err := w.adopt("--stack", spec.Stack+"-again", "--config-file", file, "--json")
	require.NoError(w.t, err, output)
	assert.Equal(w.t, *made.distribution.Id, plan.DistributionID)
	assert.Empty(w.t, plan.Refused)
	assert.Equal(w.t, webACLID(made), plan.ids()["cdn-waf"])
}

// webACLID is by what the AWS provider imports a web ACL.
func webACLID(made handmade) string {
	parts := strings.Split(made.webACL, "/")
	return parts[3] + "/" + parts[2] + "/CLOUDFRONT"
}

// assertConsolePlan compares what the command says with what was made.
func assertConsolePlan(t *testing.T, plan takenOver, made handmade) {
	t.Helper()
	ids := plan.ids()
	assert.Equal(t, *made.distribution.Id, plan.DistributionID)
	assert.Equal(t, *made.distribution.Id, ids["cdn-distribution"])
	assert.Equal(t, made.certificate, ids["cdn-certificate-cert"])
	assert.Equal(t, made.control, ids["cdn-origin-oac"])
	assert.Equal(t, bucketName+"/AllowCloudFrontServicePrincipal", ids["cdn-read"])
	assert.Equal(t, webACLID(made), ids["cdn-waf"])
	assert.Len(t, ids, 8, "and a validation record, and two alias records: %v", ids)
	assert.Empty(t, plan.Refused)
	var names []string
	for _, r := range plan.Made {
		names = append(names, r.Name)
	}
	assert.ElementsMatch(t, []string{"cdn-cache", "cdn-alias-cdn.example.com-https"}, names)
	assert.Equal(t, []string{"comment", "customErrorResponses", "defaultCacheBehavior.cachePolicyId", "defaultCacheBehavior.compress",
		"defaultCacheBehavior.targetOriginId", "defaultRootObject", "httpVersion", "origins[0].originId", "tags.Name", "tags.imagecdn:mark"}, plan.changed("cdn-distribution"))
	assert.Equal(t, []string{"description"}, plan.changed("cdn-origin-oac"), "it keeps its name")
	assert.Contains(t, strings.Join(plan.Warnings, "\n"), "tag Name=images")
	assert.Contains(t, strings.Join(plan.Notes, "\n"), "cache policy "+cachingOptimized)
}

// assertTakenOver compares the account before and after the up: the same things, and what the command said.
func (w *world) assertTakenOver(before, after inventory, made handmade) {
	w.t.Helper()
	t := w.t
	assert.Equal(t, before.Distributions, after.Distributions)
	assert.Equal(t, before.Certificates, after.Certificates)
	assert.Equal(t, before.AccessControls, after.AccessControls)
	assert.Equal(t, before.WebACLs, after.WebACLs)
	assert.ElementsMatch(t, before.Records, slices.DeleteFunc(slices.Clone(after.Records), func(r string) bool { return strings.HasSuffix(r, " HTTPS") }))
	assert.Contains(t, after.Records, "cdn.example.com. HTTPS")
	assert.Len(t, after.Policies, 1)
	now, err := w.cloudfront().GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: made.distribution.Id})
	require.NoError(t, err)
	config := now.Distribution.DistributionConfig
	assert.Equal(t, made.certificate, *config.ViewerCertificate.ACMCertificateArn)
	assert.Equal(t, made.webACL, *config.WebACLId)
	assert.Equal(t, made.control, *config.Origins.Items[0].OriginAccessControlId)
	assert.EqualValues(t, "http2and3", config.HttpVersion)
	assert.Contains(t, *config.Comment, "Pulumi stack ")
}

// The new grant is there before the edge signs its requests in the new way, and the old one stays.
func TestACdnWithAnOriginAccessIdentityIsTakenOverWithoutARefusedRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.madeYearsAgo()
	own := w.statements()
	spec := w.spec("years-ago")
	spec.Config.Adopt.DistributionId = *made.distribution.Id
	spec.Config.Protection.WebAcl = "none"
	// The edge is as fast as it gets, and S3 is slow: what may not be read yet is refused.
	w.inject([]api.Fault{{Service: "s3", Operation: "PutBucketPolicy", Times: 1, Delay: 2 * time.Second}})
	client := w.askLive(0)
	var said []string
	cdn := w.cdn(spec, automation.OnEvent(func(e automation.Event) { said = append(said, e.Text) }))
	planned, err := cdn.Preview(within(t))
	require.NoError(t, err)
	done, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.Equal(t, planned.Changes, done.Changes)
	assert.NotContains(t, done.Changes, "replace")
	assert.NotContains(t, done.Changes, "delete")
	assert.Equal(t, []int{http.StatusOK}, client.stop())
	for _, text := range []string{"takes away its behavior thumbs/*", "takes away its tag Name=images", "statement 1 of the bucket's policy", "origin access identity " + made.control} {
		assert.Contains(t, strings.Join(said, "\n"), text)
	}
	w.assertStatements(own, 1)
	assert.Equal(t, *made.distribution.Id, done.Outputs.DistributionId)
	assert.Equal(t, made.certificate, done.Outputs.CertificateArn)

	spec.Config.Adopt.DistributionId = ""
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)
	drift, err := w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	assert.False(t, drift.Changed(), "%v", drift.Changes)
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err, "what was taken over is the stack's, and goes with it")
	w.assertStatements(own, 0)
	assert.Empty(t, w.inventory().Distributions)
}

// What a take-over would break is said before anything is made, all at once.
func TestACdnThatCannotBeTakenOverIsLeftAloneAndSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.madeYearsAgo()
	w.removeAliasRecords()
	alias := "cdn." + zoneName + " CNAME " + *made.distribution.DomainName
	w.write("CREATE", alias)
	other := w.byHand()
	before := w.inventory()
	spec := w.spec("refused")
	spec.Config.Adopt.DistributionId = *made.distribution.Id
	_, err := w.cdn(spec).Up(within(t))
	var invalid *components.InvalidArgsError
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Faults, 1, "%v", invalid)
	assert.Equal(t, "dns.records", invalid.Faults[0].Field)
	spec.Config.Adopt.DistributionId, spec.Config.Bucket = *other.Id, pulumi.String(bucketName)
	_, err = w.cdn(spec).Preview(within(t))
	require.ErrorAs(t, err, &invalid)
	assert.Contains(t, err.Error(), "that distribution does not answer to cdn.example.com (it has no domain)")
	assert.Equal(t, before, w.inventory())

	spec.Config.Adopt.DistributionId, spec.Config.Dns.Records = *made.distribution.Id, "none"
	spec.Config.Protection.WebAcl = "none"
	done, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err, "the CNAME record stays, and so does the CDN")
	assert.Contains(t, done.Outputs.DnsRecords, "cdn.example.com CNAME "+done.Outputs.DistributionDomain)
	assert.Equal(t, before.Records, w.inventory().Records)
	w.assertServed()
}

// An up that fails half-way has imported a part. The next one goes on, and viewers notice neither.
func TestATakeOverThatFailsHalfWayGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	more := []string{"*.img." + zoneName, "img." + zoneName} // these share a validation record
	made := w.madeInTheConsole(more...)
	before := w.inventory()
	spec := w.spec("half-way")
	spec.Config.AdditionalDomains = more
	spec.Config.Adopt.DistributionId = *made.distribution.Id
	first, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	assert.Equal(t, 13, first.Changes["import"], "a wildcard's records, too: %v", first.Steps)
	client := w.askLive(0)
	for _, operation := range []string{"UpdateOriginAccessControl", "UpdateDistribution"} {
		w.inject([]api.Fault{{Service: "cloudfront", Operation: operation, Times: 1, Code: "AccessDenied", Message: "not now", Status: 403}})
		_, err := w.cdn(spec).Up(within(t))
		require.ErrorContains(t, err, "not now")
	}
	planned, err := w.cdn(spec).Preview(within(t))
	require.NoError(t, err)
	assert.NotContains(t, planned.Changes, "replace")
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	again, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	assert.False(t, again.Changed(), "%v", again.Changes)
	assert.Equal(t, []int{http.StatusOK}, client.stop())
	after := w.inventory()
	before.Objects = after.Objects
	w.assertTakenOver(before, after, made)
}
