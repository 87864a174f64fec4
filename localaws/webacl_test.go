package localaws_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADistributionTakesAWebACLOfScopeCloudFrontOnly(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	for scope, code := range map[waftypes.Scope]string{waftypes.ScopeRegional: "InvalidWebACLId", waftypes.ScopeCloudfront: ""} {
		made, err := w.waf().CreateWebACL(t.Context(), &wafv2.CreateWebACLInput{
			Name: aws.String("images"), Scope: scope, DefaultAction: &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}},
			VisibilityConfig: &waftypes.VisibilityConfig{MetricName: aws.String("images")},
		})
		require.NoError(t, err)
		config := w.plain(string(scope))
		config.WebACLId = made.Summary.ARN
		_, err = w.cloudfront().CreateDistribution(t.Context(), &cloudfront.CreateDistributionInput{DistributionConfig: config})
		if code == "" {
			require.NoError(t, err)
			continue
		}
		got, _ := refusal(t, err)
		assert.Equal(t, code, got)
	}
}
