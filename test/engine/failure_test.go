package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
	"imagecdn/components"
	"imagecdn/localaws/api"
)

func TestAMissingValidationRecordIsNamedWhenTheWaitIsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	w.aws.Front().Lock()
	w.aws.Delays().CertificateIssue = time.Hour // so that the record is gone before ACM issues
	w.aws.Front().Unlock()
	spec := w.spec("unvalidated")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Certificate.ValidationTimeout = "15s"
	began := time.Time{}
	_, err := w.cdn(spec, automation.OnEvent(func(e automation.Event) {
		if e.Kind == automation.ResourceStarted && e.Resource == "cdn-certificate-validated" {
			began = time.Now()
			w.removeValidationRecords()
		}
	})).Up(within(t))

	var missing *automation.ValidationError
	require.ErrorIs(t, err, automation.ErrValidationTimedOut)
	require.ErrorAs(t, err, &missing)
	require.Len(t, missing.Missing, 1)
	assert.Equal(t, "cdn.example.com", missing.Missing[0].Domain)
	assert.Regexp(t, `^_\w+\.cdn\.example\.com\. CNAME _\w+\.\w+\.acm-validations\.aws\.$`, missing.Missing[0].Record)
	assert.Less(t, time.Since(began), 2*time.Minute, "the wait is bounded")
	assert.Contains(t, err.Error(), "pulumi refresh", "the message has the next step")

	w.aws.Front().Lock()
	w.aws.Delays().CertificateIssue = 0
	w.aws.Front().Unlock()
	_, err = w.cdn(spec).Refresh(within(t))
	require.NoError(t, err)
	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err, "the cure cures")
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// removeValidationRecords takes every validation record out of the zone.
func (w *world) removeValidationRecords() {
	zone := w.zoneID()
	sets, err := w.route53().ListResourceRecordSets(w.t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: zone})
	assert.NoError(w.t, err)
	for _, set := range sets.ResourceRecordSets {
		if set.Type == types.RRTypeCname {
			_, err := w.route53().ChangeResourceRecordSets(w.t.Context(), &route53.ChangeResourceRecordSetsInput{
				HostedZoneId: zone,
				ChangeBatch:  &types.ChangeBatch{Changes: []types.Change{{Action: types.ChangeActionDelete, ResourceRecordSet: &set}}},
			})
			assert.NoError(w.t, err)
		}
	}
}

func TestEverythingThatIsWrongIsReportedAtOnceBeforeAnythingIsCreated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := w.spec("wrong")
	spec.Config.Domain = "cdn.nowhere.test"
	spec.Config.Bucket = pulumi.String("Not_A_Bucket")
	spec.Config.Cache.DefaultTtl, spec.Config.Cache.MaxTtl = pulumi.Int(100), pulumi.Int(10)
	for name, operation := range map[string]func(*automation.CDN) error{
		"preview": func(c *automation.CDN) error { _, err := c.Preview(within(t)); return err },
		"up":      func(c *automation.CDN) error { _, err := c.Up(within(t)); return err },
	} {
		err := operation(w.cdn(spec))
		var invalid *components.InvalidArgsError
		require.ErrorIs(t, err, automation.ErrBadSpec, name)
		require.ErrorAs(t, err, &invalid, name)
		fields := map[string]string{}
		for _, fault := range invalid.Faults {
			fields[fault.Field] = fault.Value
			assert.NotEmpty(t, fault.Cure)
		}
		assert.Equal(t, map[string]string{"domain": "cdn.nowhere.test", "bucket": "Not_A_Bucket", "cache.defaultTtl": "100"}, fields, name)
	}
	for _, entry := range w.aws.Front().Journal().Entries() {
		assert.True(t, entry.ReadOnly(), "%s %s changes something", entry.Service, entry.Operation)
	}
}

// AWS throttles, which is waited out, and refuses, which is not.
func TestARefusalNamesItsCauseAndTheNextUpGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	w.inject([]api.Fault{
		{Service: "route53", Operation: "ChangeResourceRecordSets", Times: 2, Code: "Throttling", Message: "Rate exceeded"},
		{Service: "cloudfront", Operation: "CreateDistributionWithTags", Times: 1, Code: "AccessDenied", Message: "not allowed", Status: http.StatusForbidden},
	})
	spec := w.spec("refused")
	spec.Config.Protection.WebAcl = "none"
	spec.Config.Tags = pulumi.StringMap{"team": pulumi.String("pictures")}
	_, err := w.cdn(spec).Up(within(t))
	var failed *automation.FailedError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "cdn-distribution", failed.Failures[0].Resource)
	assert.Contains(t, failed.Failures[0].Message, "AccessDenied")
	assert.Contains(t, failed.Failures[0].Cure, "permissions.md")

	_, err = w.cdn(spec).Up(within(t))
	require.NoError(t, err)
	w.assertServed()
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// The AWS SDK takes a quota that is reached for throttling, and repeats the request.
func TestAQuotaThatIsReachedEndsTheUpWithinAMinuteWithCauseAndCure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.inventory()
	w.inject([]api.Fault{{
		Service: "acm", Operation: "RequestCertificate", Times: 1000, Code: "LimitExceededException", Status: http.StatusBadRequest,
		Message: "Error: you have reached your limit of 10 domain names",
	}})
	spec := w.spec("quota")
	spec.Config.Protection.WebAcl = "none"
	var refused time.Duration
	warned := false
	began := time.Time{}
	watch := func(started func()) automation.Option {
		return automation.OnEvent(func(e automation.Event) {
			switch {
			case e.Kind == automation.ResourceStarted && e.Resource == "cdn-certificate-cert":
				began = time.Now()
				started()
			case e.Kind == automation.ResourceFailed && e.Resource == "cdn-certificate-cert":
				refused = time.Since(began)
			case e.Severity == "warning" && strings.Contains(e.Text, "Service Quotas"):
				warned = true
			}
		})
	}
	_, err := w.cdn(spec, watch(func() {})).Up(within(t))
	var failed *automation.FailedError
	require.ErrorAs(t, err, &failed)
	assert.Contains(t, failed.Failures[0].Message, "your limit of 10 domain names")
	assert.Contains(t, failed.Failures[0].Cause, "quota")
	assert.NotEmpty(t, failed.Failures[0].Cure)
	assert.True(t, warned, "what it waits for is said meanwhile")
	assert.Less(t, refused, 90*time.Second, "62 seconds of pauses at most, and a busy machine")

	ctx, cancel := context.WithCancel(within(t))
	_, err = w.cdn(spec, watch(func() { time.AfterFunc(3*time.Second, cancel) })).Up(ctx)
	cancelled := time.Since(began)
	require.ErrorIs(t, err, automation.ErrCancelled)
	assert.Less(t, cancelled, 90*time.Second, "the provider does not heed it, but soon gives up")
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	assert.Equal(t, before, w.inventory())
}

// inject replaces the faults of this world's AWS, as people do.
func (w *world) inject(faults []api.Fault) {
	w.t.Helper()
	body, err := json.Marshal(faults)
	require.NoError(w.t, err)
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut, w.aws.APIURL()+api.ControlPrefix+"faults", bytes.NewReader(body))
	require.NoError(w.t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	_ = response.Body.Close()
	require.Equal(w.t, http.StatusNoContent, response.StatusCode)
}
