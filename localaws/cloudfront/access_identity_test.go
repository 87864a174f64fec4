package cloudfront_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (w *world) accessIdentity(t *testing.T, reference, comment string) (*sdk.CreateCloudFrontOriginAccessIdentityOutput, error) {
	t.Helper()
	return w.CreateCloudFrontOriginAccessIdentity(t.Context(), &sdk.CreateCloudFrontOriginAccessIdentityInput{
		CloudFrontOriginAccessIdentityConfig: &types.CloudFrontOriginAccessIdentityConfig{CallerReference: &reference, Comment: &comment},
	})
}

func TestAnOriginAccessIdentityIsMadeChangedAndDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, err := w.accessIdentity(t, "one", "images")
	require.NoError(t, err)
	identity := made.CloudFrontOriginAccessIdentity
	assert.Regexp(t, `^E[A-Z0-9]{13}$`, *identity.Id)
	assert.Regexp(t, `^[0-9a-f]{64}$`, *identity.S3CanonicalUserId)
	assert.Contains(t, *made.Location, "/origin-access-identity/cloudfront/"+*identity.Id)

	again, err := w.accessIdentity(t, "one", "images")
	require.NoError(t, err, "the same again is not another")
	assert.Equal(t, identity, again.CloudFrontOriginAccessIdentity)
	_, err = w.accessIdentity(t, "one", "other")
	refused(t, err, http.StatusConflict, "CloudFrontOriginAccessIdentityAlreadyExists")
	_, err = w.accessIdentity(t, "", "")
	refused(t, err, http.StatusBadRequest, "InvalidArgument")

	read, err := w.GetCloudFrontOriginAccessIdentity(t.Context(), &sdk.GetCloudFrontOriginAccessIdentityInput{Id: identity.Id})
	require.NoError(t, err)
	assert.Equal(t, identity, read.CloudFrontOriginAccessIdentity)
	got, err := w.GetCloudFrontOriginAccessIdentityConfig(t.Context(), &sdk.GetCloudFrontOriginAccessIdentityConfigInput{Id: identity.Id})
	require.NoError(t, err)
	update := func(reference string) (*sdk.UpdateCloudFrontOriginAccessIdentityOutput, error) {
		return w.UpdateCloudFrontOriginAccessIdentity(t.Context(), &sdk.UpdateCloudFrontOriginAccessIdentityInput{
			Id: identity.Id, IfMatch: got.ETag, CloudFrontOriginAccessIdentityConfig: &types.CloudFrontOriginAccessIdentityConfig{
				CallerReference: &reference, Comment: aws.String("new"),
			},
		})
	}
	_, err = update("two")
	refused(t, err, http.StatusBadRequest, "IllegalUpdate")
	updated, err := update("one")
	require.NoError(t, err)
	_, err = update("one")
	refused(t, err, http.StatusPreconditionFailed, "PreconditionFailed")
	listed, err := w.ListCloudFrontOriginAccessIdentities(t.Context(), &sdk.ListCloudFrontOriginAccessIdentitiesInput{})
	require.NoError(t, err)
	assert.Equal(t, []types.CloudFrontOriginAccessIdentitySummary{
		{Id: identity.Id, S3CanonicalUserId: identity.S3CanonicalUserId, Comment: aws.String("new")},
	}, listed.CloudFrontOriginAccessIdentityList.Items)

	remove := func() error {
		_, err := w.DeleteCloudFrontOriginAccessIdentity(t.Context(), &sdk.DeleteCloudFrontOriginAccessIdentityInput{Id: identity.Id, IfMatch: updated.ETag})
		return err
	}
	w.create(t, through(*identity.Id))
	refused(t, remove(), http.StatusConflict, "CloudFrontOriginAccessIdentityInUse")
	require.NoError(t, w.service.Restore([]byte(`{}`)))
	refused(t, remove(), http.StatusNotFound, "NoSuchCloudFrontOriginAccessIdentity")
}

// through is a configuration that reads its bucket with an origin access identity.
func through(identity string) *types.DistributionConfig {
	c := simple(identity)
	c.Origins.Items[0].S3OriginConfig.OriginAccessIdentity = aws.String("origin-access-identity/cloudfront/" + identity)
	return c
}

func TestADistributionNeedsAnOriginAccessIdentityThatExists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, err := w.accessIdentity(t, "one", "")
	require.NoError(t, err)
	id := *made.CloudFrontOriginAccessIdentity.Id
	_, err = w.CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: through("E1NOSUCHIDENT")})
	refused(t, err, http.StatusBadRequest, "InvalidOriginAccessIdentity")
	bare := through(id)
	bare.Origins.Items[0].S3OriginConfig.OriginAccessIdentity = &id
	_, err = w.CreateDistribution(t.Context(), &sdk.CreateDistributionInput{DistributionConfig: bare})
	refused(t, err, http.StatusBadRequest, "InvalidOriginAccessIdentity")

	d := w.create(t, through(id))
	view, found := w.service.ForHost(*d.Distribution.DomainName)
	require.True(t, found)
	assert.Equal(t, id, view.Behaviors[0].Origins[0].AccessIdentity)
}
