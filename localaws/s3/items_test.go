package s3_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestObjectsOfAnEarlierStateStay(t *testing.T) {
	t.Parallel()
	state, bodies := t.TempDir(), t.TempDir()
	stateOf(t, state, 3)
	w := startWorld(t, state, bodies)
	_, err := w.client.DeleteObject(t.Context(), &sdk.DeleteObjectInput{Bucket: bucket, Key: aws.String("photos/2026/000001.jpg")})
	require.NoError(t, err)

	snapshot, err := os.ReadFile(filepath.Join(state, "s3.json"))
	require.NoError(t, err)
	assert.NotContains(t, string(snapshot), "photos", "objects are kept one by one from now on")
	again := startWorld(t, state, bodies)
	listed, err := again.client.ListObjectsV2(t.Context(), &sdk.ListObjectsV2Input{Bucket: bucket})
	require.NoError(t, err)
	require.Len(t, listed.Contents, 2)
	assert.Equal(t, "photos/2026/000000.jpg", *listed.Contents[0].Key)
	assert.Equal(t, "photos/2026/000002.jpg", *listed.Contents[1].Key)
}

func TestTagsAndVersionsOfAnObjectSurviveARestart(t *testing.T) {
	t.Parallel()
	state, bodies := t.TempDir(), t.TempDir()
	w := startWorld(t, state, bodies)
	ctx := t.Context()
	_, err := w.client.CreateBucket(ctx, createIn("", "pictures"))
	require.NoError(t, err)
	_, err = w.client.PutBucketVersioning(ctx, &sdk.PutBucketVersioningInput{
		Bucket: bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	require.NoError(t, err)
	w.put(t, "a/b", "first")
	w.put(t, "a/b", "second")
	_, err = w.client.PutObjectTagging(ctx, &sdk.PutObjectTaggingInput{
		Bucket: bucket, Key: aws.String("a/b"), Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}},
	})
	require.NoError(t, err)

	again := startWorld(t, state, bodies)
	versions, err := again.client.ListObjectVersions(ctx, &sdk.ListObjectVersionsInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Len(t, versions.Versions, 2)
	tags, err := again.client.GetObjectTagging(ctx, &sdk.GetObjectTaggingInput{Bucket: bucket, Key: aws.String("a/b")})
	require.NoError(t, err)
	assert.Len(t, tags.TagSet, 1)
	_, err = again.client.DeleteObjectTagging(ctx, &sdk.DeleteObjectTaggingInput{Bucket: bucket, Key: aws.String("a/b")})
	require.NoError(t, err)
	third := startWorld(t, state, bodies)
	tags, err = third.client.GetObjectTagging(ctx, &sdk.GetObjectTaggingInput{Bucket: bucket, Key: aws.String("a/b")})
	require.NoError(t, err)
	assert.Empty(t, tags.TagSet)
	assert.Equal(t, "second", third.get(t, "a/b"))
}
