package cloudfront_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func invalidation(distribution, reference string, paths ...string) *sdk.CreateInvalidationInput {
	return &sdk.CreateInvalidationInput{DistributionId: &distribution, InvalidationBatch: &types.InvalidationBatch{
		CallerReference: &reference, Paths: &types.Paths{Quantity: aws.Int32(int32(len(paths))), Items: paths},
	}}
}

func TestAnInvalidationTakesEffectWhenItIsCompleted(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	d := w.create(t, named("one", "cdn.example.com")).Distribution
	w.env.Delays.Deploy = time.Minute
	made, err := w.CreateInvalidation(ctx, invalidation(*d.Id, "1", "/a.jpg", "/b/*"))
	require.NoError(t, err)
	assert.Equal(t, "InProgress", *made.Invalidation.Status)
	assert.Contains(t, *made.Location, *made.Invalidation.Id)
	view, _ := w.service.ForHost("cdn.example.com")
	assert.Empty(t, view.Purges)
	got, err := w.GetDistribution(ctx, &sdk.GetDistributionInput{Id: d.Id})
	require.NoError(t, err)
	assert.EqualValues(t, 1, *got.Distribution.InProgressInvalidationBatches)

	w.advance(time.Minute)
	view, _ = w.service.ForHost("cdn.example.com")
	assert.Equal(t, []string{"/a.jpg", "/b/*"}, view.Purges)
	read, err := w.GetInvalidation(ctx, &sdk.GetInvalidationInput{DistributionId: d.Id, Id: made.Invalidation.Id})
	require.NoError(t, err)
	assert.Equal(t, "Completed", *read.Invalidation.Status)
	assert.Equal(t, made.Invalidation.InvalidationBatch, read.Invalidation.InvalidationBatch)
	list, err := w.ListInvalidations(ctx, &sdk.ListInvalidationsInput{DistributionId: d.Id})
	require.NoError(t, err)
	assert.Len(t, list.InvalidationList.Items, 1)
	_, err = w.GetInvalidation(ctx, &sdk.GetInvalidationInput{DistributionId: d.Id, Id: aws.String("I0")})
	refused(t, err, http.StatusNotFound, "NoSuchInvalidation")
}

func TestInvalidationsHaveRules(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	w.env.Delays.Deploy = time.Minute
	id := *w.create(t, simple("one")).Distribution.Id
	for _, path := range []string{
		"a.jpg", "/a*/b", "/**", "/a b.jpg", "/이.jpg", "/a{b}.jpg", "/%zz", "/" + strings.Repeat("a", 4000),
	} {
		_, err := w.CreateInvalidation(ctx, invalidation(id, path, path))
		refused(t, err, http.StatusBadRequest, "InvalidArgument")
	}
	_, err := w.CreateInvalidation(ctx, invalidation("E0", "1", "/a"))
	refused(t, err, http.StatusNotFound, "NoSuchDistribution")

	for i, path := range []string{"/a%20b.jpg", "/%EC%9D%B4.jpg", "/~a/(1)!$'+,;=:@&?q=1", "/" + strings.Repeat("a", 3999)} {
		_, err := w.CreateInvalidation(ctx, invalidation(id, "good"+strconv.Itoa(i), path))
		require.NoError(t, err, i)
	}
	w.advance(time.Minute)
	first, err := w.CreateInvalidation(ctx, invalidation(id, "1", "/a"))
	require.NoError(t, err)
	again, err := w.CreateInvalidation(ctx, invalidation(id, "1", "/a"))
	require.NoError(t, err)
	assert.Equal(t, first.Invalidation.Id, again.Invalidation.Id)
	_, err = w.CreateInvalidation(ctx, invalidation(id, "1", "/b"))
	refused(t, err, http.StatusConflict, "InvalidationBatchAlreadyExists")

	var wild, many []string
	for i := range 16 {
		wild = append(wild, "/"+strconv.Itoa(i)+"/*")
	}
	for i := range 3000 {
		many = append(many, "/"+strconv.Itoa(i))
	}
	_, err = w.CreateInvalidation(ctx, invalidation(id, "wild", wild...))
	refused(t, err, http.StatusBadRequest, "TooManyInvalidationsInProgress")
	_, err = w.CreateInvalidation(ctx, invalidation(id, "many", many...))
	refused(t, err, http.StatusBadRequest, "TooManyInvalidationsInProgress")
	_, err = w.CreateInvalidation(ctx, invalidation(id, "more", append(many, "/x")...))
	refused(t, err, http.StatusRequestEntityTooLarge, "BatchTooLarge")
	w.advance(time.Minute)
	_, err = w.CreateInvalidation(ctx, invalidation(id, "many", many...))
	require.NoError(t, err, "the first one is completed")
}

func TestTagsComeAndGo(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	made, err := w.CreateDistributionWithTags(ctx, &sdk.CreateDistributionWithTagsInput{
		DistributionConfigWithTags: &types.DistributionConfigWithTags{
			DistributionConfig: simple("one"),
			Tags:               &types.Tags{Items: []types.Tag{{Key: aws.String("Team"), Value: aws.String("web")}}},
		},
	})
	require.NoError(t, err)
	arn := made.Distribution.ARN
	_, err = w.TagResource(ctx, &sdk.TagResourceInput{
		Resource: arn, Tags: &types.Tags{Items: []types.Tag{{Key: aws.String("Stage"), Value: aws.String("dev")}}},
	})
	require.NoError(t, err)
	list := func() map[string]string {
		out, err := w.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{Resource: arn})
		require.NoError(t, err)
		tags := map[string]string{}
		for _, tag := range out.Tags.Items {
			tags[*tag.Key] = *tag.Value
		}
		return tags
	}
	assert.Equal(t, map[string]string{"Team": "web", "Stage": "dev"}, list())
	_, err = w.UntagResource(ctx, &sdk.UntagResourceInput{Resource: arn, TagKeys: &types.TagKeys{Items: []string{"Team"}}})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"Stage": "dev"}, list())

	_, err = w.TagResource(ctx, &sdk.TagResourceInput{
		Resource: arn, Tags: &types.Tags{Items: []types.Tag{{Key: aws.String("aws:x"), Value: aws.String("")}}},
	})
	refused(t, err, http.StatusBadRequest, "InvalidTagging")
	_, err = w.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{Resource: aws.String(*arn + "X")})
	refused(t, err, http.StatusNotFound, "NoSuchResource")
}

func TestAMonitoringSubscriptionLives(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	id := w.create(t, simple("one")).Distribution.Id
	_, err := w.GetMonitoringSubscription(ctx, &sdk.GetMonitoringSubscriptionInput{DistributionId: id})
	refused(t, err, http.StatusNotFound, "NoSuchMonitoringSubscription")
	in := &sdk.CreateMonitoringSubscriptionInput{DistributionId: id, MonitoringSubscription: &types.MonitoringSubscription{
		RealtimeMetricsSubscriptionConfig: &types.RealtimeMetricsSubscriptionConfig{RealtimeMetricsSubscriptionStatus: "Enabled"},
	}}
	_, err = w.CreateMonitoringSubscription(ctx, in)
	require.NoError(t, err)
	_, err = w.CreateMonitoringSubscription(ctx, in)
	refused(t, err, http.StatusConflict, "MonitoringSubscriptionAlreadyExists")
	got, err := w.GetMonitoringSubscription(ctx, &sdk.GetMonitoringSubscriptionInput{DistributionId: id})
	require.NoError(t, err)
	assert.Equal(t, in.MonitoringSubscription, got.MonitoringSubscription)
	_, err = w.DeleteMonitoringSubscription(ctx, &sdk.DeleteMonitoringSubscriptionInput{DistributionId: id})
	require.NoError(t, err)
	_, err = w.DeleteMonitoringSubscription(ctx, &sdk.DeleteMonitoringSubscriptionInput{DistributionId: id})
	refused(t, err, http.StatusNotFound, "NoSuchMonitoringSubscription")
}
