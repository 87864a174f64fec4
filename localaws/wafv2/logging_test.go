package wafv2_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const logGroup = "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-images"

func TestTheLoggingOfAWebACLIsConfiguredReplacedAndEnded(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, ""), t.Context()
	acl := w.create(input("images"))
	_, err := w.GetLoggingConfiguration(ctx, &sdk.GetLoggingConfigurationInput{ResourceArn: acl.ARN})
	assert.Equal(t, "WAFNonexistentItemException", code(t, err))

	wanted := &types.LoggingConfiguration{
		ResourceArn: acl.ARN, LogDestinationConfigs: []string{logGroup},
		RedactedFields: []types.FieldToMatch{{SingleHeader: &types.SingleHeader{Name: aws.String("cookie")}}},
		LoggingFilter: &types.LoggingFilter{DefaultBehavior: types.FilterBehaviorDrop, Filters: []types.Filter{{
			Behavior: types.FilterBehaviorKeep, Requirement: types.FilterRequirementMeetsAny,
			Conditions: []types.Condition{{ActionCondition: &types.ActionCondition{Action: types.ActionValueBlock}}},
		}}},
	}
	put, err := w.PutLoggingConfiguration(ctx, &sdk.PutLoggingConfigurationInput{LoggingConfiguration: wanted})
	require.NoError(t, err)
	assert.Equal(t, wanted.RedactedFields, put.LoggingConfiguration.RedactedFields)
	plain := &types.LoggingConfiguration{ResourceArn: acl.ARN, LogDestinationConfigs: []string{"arn:aws:s3:::aws-waf-logs-images"}}
	_, err = w.PutLoggingConfiguration(ctx, &sdk.PutLoggingConfigurationInput{LoggingConfiguration: plain})
	require.NoError(t, err)
	got, err := w.GetLoggingConfiguration(ctx, &sdk.GetLoggingConfigurationInput{ResourceArn: acl.ARN})
	require.NoError(t, err)
	assert.Equal(t, plain.LogDestinationConfigs, got.LoggingConfiguration.LogDestinationConfigs)
	assert.Empty(t, got.LoggingConfiguration.RedactedFields, "it is replaced as a whole")
	listed, err := w.ListLoggingConfigurations(ctx, &sdk.ListLoggingConfigurationsInput{Scope: types.ScopeCloudfront})
	require.NoError(t, err)
	require.Len(t, listed.LoggingConfigurations, 1)
	assert.Equal(t, acl.ARN, listed.LoggingConfigurations[0].ResourceArn)

	_, err = w.DeleteLoggingConfiguration(ctx, &sdk.DeleteLoggingConfigurationInput{ResourceArn: acl.ARN})
	require.NoError(t, err)
	_, err = w.DeleteLoggingConfiguration(ctx, &sdk.DeleteLoggingConfigurationInput{ResourceArn: acl.ARN})
	assert.Equal(t, "WAFNonexistentItemException", code(t, err))
}

func TestLogsGoToOneDestinationOfTheRightNameAndRegion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	acl := w.create(input("images"))
	for sentence, c := range map[string]struct {
		arn          *string
		destinations []string
		code         string
	}{
		"no destination":         {acl.ARN, []string{}, "WAFInvalidParameterException"},
		"two":                    {acl.ARN, []string{logGroup, "arn:aws:s3:::aws-waf-logs-images"}, "WAFLimitsExceededException"},
		"another name":           {acl.ARN, []string{"arn:aws:logs:us-east-1:123456789012:log-group:images"}, "WAFInvalidParameterException"},
		"another region":         {acl.ARN, []string{"arn:aws:logs:eu-west-1:123456789012:log-group:aws-waf-logs-images"}, "WAFInvalidParameterException"},
		"another service":        {acl.ARN, []string{"arn:aws:sqs:us-east-1:123456789012:aws-waf-logs-images"}, "WAFInvalidParameterException"},
		"a web ACL that is none": {aws.String(*acl.ARN + "0"), []string{logGroup}, "WAFNonexistentItemException"},
	} {
		_, err := w.PutLoggingConfiguration(t.Context(), &sdk.PutLoggingConfigurationInput{
			LoggingConfiguration: &types.LoggingConfiguration{ResourceArn: c.arn, LogDestinationConfigs: c.destinations},
		})
		assert.Equal(t, c.code, code(t, err), sentence)
	}
}
