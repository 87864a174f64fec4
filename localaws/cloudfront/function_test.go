package cloudfront_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func functionConfig() *types.FunctionConfig {
	return &types.FunctionConfig{Comment: aws.String("of the shop"), Runtime: types.FunctionRuntimeCloudfrontJs20}
}

func (w *world) tryFunction(t *testing.T, name, code string, config *types.FunctionConfig) (*sdk.CreateFunctionOutput, error) {
	t.Helper()
	return w.CreateFunction(t.Context(), &sdk.CreateFunctionInput{Name: &name, FunctionCode: []byte(code), FunctionConfig: config})
}

func TestADistributionRunsWhatIsPublished(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	made, err := w.tryFunction(t, "shop", "first", functionConfig())
	require.NoError(t, err)
	arn := made.FunctionSummary.FunctionMetadata.FunctionARN
	assert.Equal(t, "arn:aws:cloudfront::123456789012:function/shop", *arn)
	config := named("a", "cdn.example.com")
	config.DefaultCacheBehavior.FunctionAssociations = &types.FunctionAssociations{Quantity: aws.Int32(1), Items: []types.FunctionAssociation{
		{EventType: types.EventTypeViewerRequest, FunctionARN: arn},
	}}
	_, err = w.CreateDistribution(ctx, &sdk.CreateDistributionInput{DistributionConfig: config})
	refused(t, err, http.StatusBadRequest, "InvalidFunctionAssociation")
	_, err = w.DescribeFunction(ctx, &sdk.DescribeFunctionInput{Name: aws.String("shop"), Stage: types.FunctionStageLive})
	refused(t, err, http.StatusNotFound, "NoSuchFunctionExists")

	_, err = w.PublishFunction(ctx, &sdk.PublishFunctionInput{Name: aws.String("shop"), IfMatch: aws.String("EOLD")})
	refused(t, err, http.StatusPreconditionFailed, "PreconditionFailed")
	published, err := w.PublishFunction(ctx, &sdk.PublishFunctionInput{Name: aws.String("shop"), IfMatch: made.ETag})
	require.NoError(t, err)
	assert.Equal(t, types.FunctionStageLive, published.FunctionSummary.FunctionMetadata.Stage)
	w.create(t, config)
	view, _ := w.service.ForHost("cdn.example.com")
	assert.Equal(t, "first", view.Behaviors[0].RequestFunction)
	assert.Empty(t, view.Behaviors[0].ResponseFunction)

	updated, err := w.UpdateFunction(ctx, &sdk.UpdateFunctionInput{Name: aws.String("shop"), IfMatch: made.ETag, FunctionConfig: functionConfig(), FunctionCode: []byte("second")})
	require.NoError(t, err)
	view, _ = w.service.ForHost("cdn.example.com")
	assert.Equal(t, "first", view.Behaviors[0].RequestFunction, "viewers meet what is published")
	code, err := w.GetFunction(ctx, &sdk.GetFunctionInput{Name: aws.String("shop")})
	require.NoError(t, err)
	assert.Equal(t, "second", string(code.FunctionCode))
	assert.Equal(t, updated.ETag, code.ETag)
	_, err = w.PublishFunction(ctx, &sdk.PublishFunctionInput{Name: aws.String("shop"), IfMatch: updated.ETag})
	require.NoError(t, err)
	view, _ = w.service.ForHost("cdn.example.com")
	assert.Equal(t, "second", view.Behaviors[0].RequestFunction)

	_, err = w.DeleteFunction(ctx, &sdk.DeleteFunctionInput{Name: aws.String("shop"), IfMatch: updated.ETag})
	refused(t, err, http.StatusConflict, "FunctionInUse")
	other, err := w.tryFunction(t, "other", "code", functionConfig())
	require.NoError(t, err)
	list, err := w.ListFunctions(ctx, &sdk.ListFunctionsInput{})
	require.NoError(t, err)
	assert.Len(t, list.FunctionList.Items, 2)
	_, err = w.DeleteFunction(ctx, &sdk.DeleteFunctionInput{Name: aws.String("other"), IfMatch: other.ETag})
	require.NoError(t, err)
}

func TestAFunctionThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.tryFunction(t, "a name", "code", functionConfig())
	refused(t, err, http.StatusBadRequest, "InvalidArgument")
	_, err = w.tryFunction(t, "long", strings.Repeat("x", 10<<10+1), functionConfig())
	refused(t, err, http.StatusRequestEntityTooLarge, "FunctionSizeLimitExceeded")
	_, err = w.tryFunction(t, "old", "code", &types.FunctionConfig{Comment: aws.String(""), Runtime: "nodejs"})
	refused(t, err, http.StatusBadRequest, "InvalidArgument")
	stores := functionConfig()
	stores.KeyValueStoreAssociations = &types.KeyValueStoreAssociations{Quantity: aws.Int32(1), Items: []types.KeyValueStoreAssociation{{KeyValueStoreARN: aws.String("arn")}}}
	_, err = w.tryFunction(t, "stores", "code", stores)
	refused(t, err, http.StatusNotImplemented, "NotImplemented")
	_, err = w.tryFunction(t, "one", "code", functionConfig())
	require.NoError(t, err)
	_, err = w.tryFunction(t, "one", "code", functionConfig())
	refused(t, err, http.StatusConflict, "FunctionAlreadyExists")
}
