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

func TestPublicAccessIsBlockedAsConfigured(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	partly := &types.PublicAccessBlockConfiguration{
		BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(false), BlockPublicPolicy: aws.Bool(false), RestrictPublicBuckets: aws.Bool(true),
	}
	_, err := w.client.PutPublicAccessBlock(ctx, &sdk.PutPublicAccessBlockInput{Bucket: bucket, PublicAccessBlockConfiguration: partly})
	require.NoError(t, err)
	got, err := w.client.GetPublicAccessBlock(ctx, &sdk.GetPublicAccessBlockInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, partly, got.PublicAccessBlockConfiguration)
}

func TestWhatWasNeverConfiguredCanBeDeletedAllTheSame(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	_, err := w.client.DeleteBucketTagging(ctx, &sdk.DeleteBucketTaggingInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = w.client.DeleteBucketReplication(ctx, &sdk.DeleteBucketReplicationInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = w.client.DeleteBucketWebsite(ctx, &sdk.DeleteBucketWebsiteInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = w.client.DeleteBucketWebsite(ctx, &sdk.DeleteBucketWebsiteInput{Bucket: aws.String("nobodys")})
	code(t, err, "NoSuchBucket", http.StatusNotFound)
}

func TestObjectsCannotBeLockedInABucketWithoutLocks(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	w.put(t, "a", "hello")
	_, err := w.client.GetObjectRetention(ctx, &sdk.GetObjectRetentionInput{Bucket: bucket, Key: aws.String("a")})
	code(t, err, "InvalidRequest", http.StatusBadRequest)
	_, err = w.client.GetObjectLegalHold(ctx, &sdk.GetObjectLegalHoldInput{Bucket: bucket, Key: aws.String("a")})
	code(t, err, "InvalidRequest", http.StatusBadRequest)
}

func TestAnObjectsACLCanBeItsOwnersOnly(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	w.put(t, "a", "hello")
	put := func(canned types.ObjectCannedACL) error {
		_, err := w.client.PutObjectAcl(ctx, &sdk.PutObjectAclInput{Bucket: bucket, Key: aws.String("a"), ACL: canned})
		return err
	}
	require.NoError(t, put(types.ObjectCannedACLBucketOwnerFullControl))
	code(t, put(types.ObjectCannedACLPublicRead), "AccessControlListNotSupported", http.StatusBadRequest)
	_, err := w.client.PutObjectAcl(ctx, &sdk.PutObjectAclInput{Bucket: bucket, Key: aws.String("none"), ACL: types.ObjectCannedACLPrivate})
	code(t, err, "NoSuchKey", http.StatusNotFound)
}
