package cloudfront_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/cloudfront"
)

// guarded is a configuration that refers to a certificate, a web ACL and an
// origin access control.
func guarded(oac *string) *types.DistributionConfig {
	c := named("one", "cdn.example.com")
	c.WebACLId = aws.String(knownACL)
	c.Origins.Items[0].OriginAccessControlId = oac
	return c
}

// remove disables a distribution and deletes it.
func (w *world) remove(t *testing.T, d *sdk.CreateDistributionOutput, c *types.DistributionConfig) {
	t.Helper()
	c.Enabled = aws.Bool(false)
	off, err := w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{
		Id: d.Distribution.Id, IfMatch: d.ETag, DistributionConfig: whole(*c),
	})
	require.NoError(t, err)
	_, err = w.DeleteDistribution(t.Context(), &sdk.DeleteDistributionInput{Id: d.Distribution.Id, IfMatch: off.ETag})
	require.NoError(t, err)
}

func TestWhatADeletedDistributionUsedIsReleasedLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.Delays.Release = 10 * time.Minute
	oac := w.accessControl(t, "one")
	id := oac.OriginAccessControl.Id
	d := w.create(t, guarded(id))
	w.remove(t, d, guarded(id))

	restart(t, w)
	w.advance(4 * time.Minute)
	assert.Equal(t, []string{*d.Distribution.ARN}, w.service.CertificateUsers(issued))
	assert.True(t, w.service.WebACLInUse(knownACL))
	_, err := w.DeleteOriginAccessControl(t.Context(), &sdk.DeleteOriginAccessControlInput{Id: id, IfMatch: oac.ETag})
	refused(t, err, http.StatusConflict, "OriginAccessControlInUse")

	w.advance(6*time.Minute + time.Second)
	assert.Empty(t, w.service.CertificateUsers(issued))
	assert.False(t, w.service.WebACLInUse(knownACL))
	_, err = w.DeleteOriginAccessControl(t.Context(), &sdk.DeleteOriginAccessControlInput{Id: id, IfMatch: oac.ETag})
	require.NoError(t, err)
}

func TestWhatAnUpdateTakesOutIsReleasedLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.Delays.Release, w.env.Delays.Deploy = 10*time.Minute, time.Minute
	d := w.create(t, guarded(nil))
	w.advance(time.Minute)
	_, err := w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{
		Id: d.Distribution.Id, IfMatch: d.ETag, DistributionConfig: whole(*simple("one")),
	})
	require.NoError(t, err)
	w.advance(5 * time.Minute)
	assert.Equal(t, []string{*d.Distribution.ARN}, w.service.CertificateUsers(issued))
	assert.True(t, w.service.WebACLInUse(knownACL))
	w.advance(6*time.Minute + time.Second)
	assert.Empty(t, w.service.CertificateUsers(issued))
	assert.False(t, w.service.WebACLInUse(knownACL))
}

func TestWithoutADelayWhatADistributionUsedIsReleasedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.remove(t, w.create(t, guarded(nil)), guarded(nil))
	assert.Empty(t, w.service.CertificateUsers(issued))
	assert.False(t, w.service.WebACLInUse(knownACL))
}

// restart gives the service what it would have after a restart.
func restart(t *testing.T, w *world) {
	t.Helper()
	snapshot, err := w.service.Snapshot()
	require.NoError(t, err)
	require.NoError(t, cloudfront.New(w.env, options()).Restore(snapshot))
	require.NoError(t, w.service.Restore(snapshot))
}

func TestTheStatusOfAChangedDistributionIsReadLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env.Delays.Deploy, w.env.Delays.ReadLag = time.Minute, 10*time.Second
	d := w.create(t, simple("one"))
	w.advance(time.Minute)
	off := simple("one")
	off.Enabled = aws.Bool(false)
	updated, err := w.UpdateDistribution(t.Context(), &sdk.UpdateDistributionInput{
		Id: d.Distribution.Id, IfMatch: d.ETag, DistributionConfig: whole(*off),
	})
	require.NoError(t, err)
	assert.Equal(t, "InProgress", *updated.Distribution.Status, "the answer of the change itself is no read")

	assert.Equal(t, []string{"Deployed", "Deployed"}, w.statuses(t, d.Distribution.Id))
	_, err = w.DeleteDistribution(t.Context(), &sdk.DeleteDistributionInput{Id: d.Distribution.Id, IfMatch: updated.ETag})
	refused(t, err, http.StatusConflict, "DistributionNotDisabled")
	w.advance(10 * time.Second)
	assert.Equal(t, []string{"InProgress", "InProgress"}, w.statuses(t, d.Distribution.Id))
}

// statuses are what is read of a distribution's status: by itself, and in the list.
func (w *world) statuses(t *testing.T, id *string) []string {
	t.Helper()
	got, err := w.GetDistribution(t.Context(), &sdk.GetDistributionInput{Id: id})
	require.NoError(t, err)
	list, err := w.ListDistributions(t.Context(), &sdk.ListDistributionsInput{})
	require.NoError(t, err)
	require.Len(t, list.DistributionList.Items, 1)
	return []string{*got.Distribution.Status, *list.DistributionList.Items[0].Status}
}
