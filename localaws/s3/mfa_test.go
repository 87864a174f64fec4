package s3_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMFADeleteIsReadBackOnceItWasConfigured(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	put := func(mfa types.MFADelete, device *string) error {
		_, err := w.client.PutBucketVersioning(ctx, &sdk.PutBucketVersioningInput{Bucket: bucket, MFA: device, VersioningConfiguration: &types.VersioningConfiguration{
			Status: types.BucketVersioningStatusEnabled, MFADelete: mfa,
		}})
		return err //nolint:wrapcheck // the error is what is tested
	}
	get := func() types.MFADeleteStatus {
		got, err := w.client.GetBucketVersioning(ctx, &sdk.GetBucketVersioningInput{Bucket: bucket})
		require.NoError(t, err)
		return got.MFADelete
	}
	device := aws.String("arn:aws:iam::123456789012:mfa/root 123456")
	require.NoError(t, put("", nil))
	assert.Empty(t, get(), "never configured")
	require.NoError(t, put(types.MFADeleteDisabled, nil))
	assert.Equal(t, types.MFADeleteStatusDisabled, get())
	code(t, put(types.MFADeleteEnabled, nil), "AccessDenied", http.StatusForbidden)
	require.NoError(t, put(types.MFADeleteEnabled, device))
	assert.Equal(t, types.MFADeleteStatusEnabled, get())

	w.put(t, "a", "hello")
	head, err := w.client.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err)
	version := &sdk.DeleteObjectInput{Bucket: bucket, Key: aws.String("a"), VersionId: head.VersionId}
	_, err = w.client.DeleteObject(ctx, version)
	code(t, err, "AccessDenied", http.StatusForbidden)
	several, err := w.client.DeleteObjects(ctx, &sdk.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{
		Objects: []types.ObjectIdentifier{{Key: aws.String("a"), VersionId: head.VersionId}},
	}})
	require.NoError(t, err)
	assert.Len(t, several.Errors, 1)
	_, err = w.client.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err, "a delete marker needs no device")
	version.MFA = device
	_, err = w.client.DeleteObject(ctx, version)
	require.NoError(t, err)
	code(t, put("", nil), "AccessDenied", http.StatusForbidden)
	require.NoError(t, put(types.MFADeleteDisabled, device))
	code(t, put("Sometimes", nil), "MalformedXML", http.StatusBadRequest)
}
