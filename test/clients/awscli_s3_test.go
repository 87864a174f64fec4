package clients

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/seed"
)

func TestAWSCLIKeepsImagesInS3(t *testing.T) {
	t.Parallel()
	ctx := within(t, cliLimit)
	cli := newAWSCLI(t, newWorld(ctx, t), homeRegion)
	up, down := filepath.Join(cli.dir, "up"), filepath.Join(cli.dir, "down")
	images := writeImages(t, up)
	const bucket = "cli-images"

	tell(t, []step{
		{"a bucket is made in the region of the CLI", func(t *testing.T) {
			cli.succeed(ctx, t, "s3", "mb", "s3://"+bucket)
			assert.Equal(t, homeRegion, cli.value(ctx, t, "LocationConstraint", "s3api", "get-bucket-location", "--bucket", bucket))
		}},
		{"a second bucket of that name is refused", func(t *testing.T) {
			cli.refused(ctx, t, "BucketAlreadyOwnedByYou", "CreateBucket", "s3", "mb", "s3://"+bucket)
		}},
		{"a directory is synchronised to it, once", func(t *testing.T) {
			assert.Len(t, lines(cli.succeed(ctx, t, "s3", "sync", up, "s3://"+bucket, "--no-progress")), len(images))
			assert.Empty(t, cli.succeed(ctx, t, "s3", "sync", up, "s3://"+bucket, "--no-progress"))
		}},
		{"and comes back as it was", func(t *testing.T) {
			cli.succeed(ctx, t, "s3", "sync", "s3://"+bucket, down, "--no-progress")
			for _, image := range images {
				content, err := os.ReadFile(filepath.Join(down, image.Key))
				require.NoError(t, err)
				assert.Equal(t, image.Content, content, image.Key)
			}
		}},
		{"a listing shows the objects, and the folders above them", func(t *testing.T) {
			assert.Len(t, lines(cli.succeed(ctx, t, "s3", "ls", "--recursive", "s3://"+bucket)), len(images))
			assert.Contains(t, cli.succeed(ctx, t, "s3", "ls", "s3://"+bucket), "PRE photos/")
			assert.Contains(t, cli.succeed(ctx, t, "s3", "ls"), bucket)
		}},
		{"a copy keeps the headers it is given", func(t *testing.T) {
			cli.succeed(ctx, t, "s3", "cp", filepath.Join(up, images[0].Key), "s3://"+bucket+"/copy", "--no-progress",
				"--content-type", "image/jpeg", "--cache-control", "max-age=60")
			cli.succeed(ctx, t, "s3", "cp", "s3://"+bucket+"/copy", "s3://"+bucket+"/copy of copy", "--no-progress")
			assert.Equal(t, "image/jpeg\tmax-age=60", cli.value(ctx, t, "[ContentType, CacheControl]",
				"s3api", "head-object", "--bucket", bucket, "--key", "copy of copy"))
		}},
		{"an object that is not there is not found", func(t *testing.T) {
			cli.refused(ctx, t, "404", "HeadObject", "s3", "cp", "s3://"+bucket+"/missing", down)
			cli.refused(ctx, t, "NoSuchKey", "GetObject", "s3api", "get-object", "--bucket", bucket, "--key", "missing", os.DevNull)
		}},
		{"a policy is kept as it is", func(t *testing.T) { storesPolicy(ctx, t, cli, bucket) }},
		{"a bucket with objects cannot be removed", func(t *testing.T) {
			cli.refused(ctx, t, "BucketNotEmpty", "DeleteBucket", "s3", "rb", "s3://"+bucket)
		}},
		{"an empty bucket can", func(t *testing.T) {
			cli.succeed(ctx, t, "s3", "rm", "--recursive", "s3://"+bucket)
			cli.succeed(ctx, t, "s3", "rb", "s3://"+bucket)
			cli.refused(ctx, t, "NoSuchBucket", "ListObjectsV2", "s3", "ls", "s3://"+bucket)
		}},
	})
}

// writeImages puts the seed's images into a directory.
func writeImages(t *testing.T, dir string) []seed.Image {
	t.Helper()
	images, err := seed.Images()
	require.NoError(t, err)
	for _, image := range images {
		file := filepath.Join(dir, image.Key)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, image.Content, 0o600))
	}
	return images
}

// storesPolicy puts, reads and takes away a policy; what is none, or would be
// public where the bucket forbids it, is refused.
func storesPolicy(ctx context.Context, t *testing.T, cli awsCLI, bucket string) {
	t.Helper()
	put := []string{"s3api", "put-bucket-policy", "--bucket", bucket, "--policy"}
	get := []string{"s3api", "get-bucket-policy", "--bucket", bucket}
	cli.refused(ctx, t, "NoSuchBucketPolicy", "GetBucketPolicy", get...)
	policy := seed.Policy(bucket)
	cli.succeed(ctx, t, append(put, policy)...)
	assert.JSONEq(t, policy, cli.value(ctx, t, "Policy", get...))
	cli.refused(ctx, t, "MalformedPolicy", "PutBucketPolicy", append(put, `{"Version": "2012-10-17"}`)...)
	cli.refused(ctx, t, "AccessDenied", "PutBucketPolicy", append(put, document(t, object{
		"Version": "2012-10-17", "Statement": []object{{
			"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::" + bucket + "/*",
		}},
	}))...)
	cli.succeed(ctx, t, "s3api", "delete-bucket-policy", "--bucket", bucket)
	cli.refused(ctx, t, "NoSuchBucketPolicy", "GetBucketPolicy", get...)
}
