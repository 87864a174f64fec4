package s3_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (w *world) putLifecycle(t *testing.T, rules ...types.LifecycleRule) error {
	t.Helper()
	_, err := w.client.PutBucketLifecycleConfiguration(t.Context(), &sdk.PutBucketLifecycleConfigurationInput{
		Bucket: bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: rules},
	})
	return err //nolint:wrapcheck // the error is what is tested
}

// expire is a rule that ends objects under a prefix after some days.
func expire(prefix string, days int32) types.LifecycleRule {
	return types.LifecycleRule{
		Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: &prefix}, Expiration: &types.LifecycleExpiration{Days: &days},
	}
}

func TestALifecycleIsReadBackAsItWasPut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	everything := types.LifecycleRule{
		ID: aws.String("all"), Status: types.ExpirationStatusDisabled,
		Filter: &types.LifecycleRuleFilter{And: &types.LifecycleRuleAndOperator{
			Prefix: aws.String("logs/"), ObjectSizeGreaterThan: aws.Int64(100), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
		}},
		Transitions: []types.Transition{
			{Days: aws.Int32(30), StorageClass: types.TransitionStorageClassStandardIa}, {Days: aws.Int32(90), StorageClass: types.TransitionStorageClassGlacier},
		},
		Expiration:                   &types.LifecycleExpiration{Days: aws.Int32(365)},
		NoncurrentVersionExpiration:  &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(10), NewerNoncurrentVersions: aws.Int32(2)},
		NoncurrentVersionTransitions: []types.NoncurrentVersionTransition{{NoncurrentDays: aws.Int32(30), StorageClass: types.TransitionStorageClassStandardIa}},
	}
	uploads := types.LifecycleRule{
		ID: aws.String("uploads"), Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: aws.String("")},
		AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(7)},
		Expiration:                     &types.LifecycleExpiration{ExpiredObjectDeleteMarker: aws.Bool(true)},
	}
	require.NoError(t, w.putLifecycle(t, everything, uploads))
	got, err := w.client.GetBucketLifecycleConfiguration(ctx, &sdk.GetBucketLifecycleConfigurationInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, []types.LifecycleRule{everything, uploads}, got.Rules)
	assert.Equal(t, types.TransitionDefaultMinimumObjectSizeAllStorageClasses128k, got.TransitionDefaultMinimumObjectSize)

	require.NoError(t, w.putLifecycle(t, expire("", 1)))
	got, err = w.client.GetBucketLifecycleConfiguration(ctx, &sdk.GetBucketLifecycleConfigurationInput{Bucket: bucket})
	require.NoError(t, err)
	assert.NotEmpty(t, *got.Rules[0].ID, "a rule without an id gets one")
	_, err = w.client.DeleteBucketLifecycle(ctx, &sdk.DeleteBucketLifecycleInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = w.client.GetBucketLifecycleConfiguration(ctx, &sdk.GetBucketLifecycleConfigurationInput{Bucket: bucket})
	code(t, err, "NoSuchLifecycleConfiguration", http.StatusNotFound)
}

func TestALifecycleThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	change := func(f func(*types.LifecycleRule)) []types.LifecycleRule {
		r := expire("a/", 10)
		f(&r)
		return []types.LifecycleRule{r}
	}
	twice := change(func(r *types.LifecycleRule) { r.ID = aws.String("same") })
	for want, rules := range map[string][]types.LifecycleRule{
		"MalformedXML": change(func(r *types.LifecycleRule) { r.Status = "On" }),
		"InvalidRequest: At least one action needs to be specified in a rule":      change(func(r *types.LifecycleRule) { r.Expiration = nil }),
		"InvalidArgument: 'Days' for Expiration action must be a positive integer": change(func(r *types.LifecycleRule) { r.Expiration.Days = aws.Int32(0) }),
		"InvalidArgument: Rule ID must be unique":                                  append(twice, twice...),
		"InvalidArgument: ID length should not exceed allowed limit of 255":        change(func(r *types.LifecycleRule) { r.ID = aws.String(strings.Repeat("x", 256)) }),
		"InvalidArgument: 'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'": change(func(r *types.LifecycleRule) {
			r.Transitions = []types.Transition{{Days: aws.Int32(5), StorageClass: types.TransitionStorageClassStandardIa}}
		}),
		"InvalidArgument: 'Days' in the Expiration action": change(func(r *types.LifecycleRule) {
			r.Transitions = []types.Transition{{Days: aws.Int32(10), StorageClass: types.TransitionStorageClassGlacier}}
		}),
		"InvalidRequest: AbortIncompleteMultipartUpload cannot be specified with Tags": change(func(r *types.LifecycleRule) {
			r.Filter = &types.LifecycleRuleFilter{Tag: &types.Tag{Key: aws.String("a"), Value: aws.String("b")}}
			r.AbortIncompleteMultipartUpload = &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(1)}
		}),
		"MalformedXML:": change(func(r *types.LifecycleRule) { r.Filter = nil }),
	} {
		err := w.putLifecycle(t, rules...)
		name, message, _ := strings.Cut(want, ": ")
		code(t, err, strings.TrimSuffix(name, ":"), http.StatusBadRequest)
		assert.ErrorContains(t, err, message)
	}
	_, err := w.client.GetBucketLifecycleConfiguration(t.Context(), &sdk.GetBucketLifecycleConfigurationInput{Bucket: bucket})
	code(t, err, "NoSuchLifecycleConfiguration", http.StatusNotFound)
}

func TestLoggingGoesToABucketOfTheSameAccountAndRegion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	for _, in := range []*sdk.CreateBucketInput{createIn("", "logs"), createIn("eu-west-1", "far-logs")} {
		_, err := w.client.CreateBucket(ctx, in)
		require.NoError(t, err)
	}
	put := func(enabled *types.LoggingEnabled) error {
		_, err := w.client.PutBucketLogging(ctx, &sdk.PutBucketLoggingInput{Bucket: bucket, BucketLoggingStatus: &types.BucketLoggingStatus{LoggingEnabled: enabled}})
		return err //nolint:wrapcheck // the error is what is tested
	}
	get := func() *types.LoggingEnabled {
		out, err := w.client.GetBucketLogging(ctx, &sdk.GetBucketLoggingInput{Bucket: bucket})
		require.NoError(t, err)
		return out.LoggingEnabled
	}
	enabled := &types.LoggingEnabled{
		TargetBucket: aws.String("logs"), TargetPrefix: aws.String("s3/"),
		TargetObjectKeyFormat: &types.TargetObjectKeyFormat{PartitionedPrefix: &types.PartitionedPrefix{PartitionDateSource: types.PartitionDateSourceEventTime}},
	}
	require.NoError(t, put(enabled))
	assert.Equal(t, enabled, get())
	simple := &types.LoggingEnabled{TargetBucket: aws.String("logs"), TargetPrefix: aws.String("")}
	require.NoError(t, put(simple))
	assert.Equal(t, simple, get())
	code(t, put(&types.LoggingEnabled{TargetBucket: aws.String("nowhere"), TargetPrefix: aws.String("")}), "InvalidTargetBucketForLogging", http.StatusBadRequest)
	code(t, put(&types.LoggingEnabled{TargetBucket: aws.String("far-logs"), TargetPrefix: aws.String("")}), "CrossLocationLoggingProhibitted", http.StatusForbidden)
	assert.Equal(t, simple, get(), "a refusal changes nothing")
	require.NoError(t, put(nil))
	assert.Nil(t, get())
}

func TestNotificationsAreReadBackAndTheirDestinationsValidated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	put := func(skip bool, queues ...types.QueueConfiguration) error {
		_, err := w.client.PutBucketNotificationConfiguration(ctx, &sdk.PutBucketNotificationConfigurationInput{
			Bucket: bucket, SkipDestinationValidation: &skip,
			NotificationConfiguration: &types.NotificationConfiguration{QueueConfigurations: queues, EventBridgeConfiguration: &types.EventBridgeConfiguration{}},
		})
		return err //nolint:wrapcheck // the error is what is tested
	}
	queue := func(id, prefix string, events ...types.Event) types.QueueConfiguration {
		return types.QueueConfiguration{
			Id: &id, QueueArn: aws.String("arn:aws:sqs:us-east-1:123456789012:q"), Events: events,
			Filter: &types.NotificationConfigurationFilter{Key: &types.S3KeyFilter{FilterRules: []types.FilterRule{{Name: "Prefix", Value: &prefix}}}},
		}
	}
	require.NoError(t, put(false))
	err := put(false, queue("a", "in/", types.EventS3ObjectCreated))
	code(t, err, "InvalidArgument", http.StatusBadRequest)
	assert.ErrorContains(t, err, "Unable to validate the following destination configurations")
	first, second := queue("a", "in/", types.EventS3ObjectCreated), queue("b", "out/", types.EventS3ObjectCreatedPut)
	require.NoError(t, put(true, first, second))
	got, err := w.client.GetBucketNotificationConfiguration(ctx, &sdk.GetBucketNotificationConfigurationInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, []types.QueueConfiguration{first, second}, got.QueueConfigurations)
	assert.NotNil(t, got.EventBridgeConfiguration)
	code(t, put(true, queue("a", "", "s3:ObjectEaten:*")), "InvalidArgument", http.StatusBadRequest)
	err = put(true, first, queue("b", "in/deep/", types.EventS3ObjectCreatedPut))
	code(t, err, "InvalidArgument", http.StatusBadRequest)
	assert.ErrorContains(t, err, "Configurations overlap")
}
