package engine

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A team made its distribution by hand, and brings it under Pulumi.
func TestADistributionMadeByHandIsImported(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.byHand()
	spec := w.spec("import")
	file := w.configFile(spec)
	w.initStack(spec.Stack)
	output, err := w.pulumi(file, "import", distributionType, "by-hand", *made.Id,
		"--stack", spec.Stack, "--yes", "--skip-preview", "--generate-code=false", "--protect=false")
	require.NoError(t, err, output)

	var imported *stateResource
	for _, r := range w.state(spec.Stack) {
		if r.Type == distributionType {
			imported = &r
		}
	}
	require.NotNil(t, imported)
	assert.Equal(t, *made.Id, imported.ID)
	assert.Equal(t, "made by hand", imported.Inputs["comment"])
	assert.Equal(t, "redirect-to-https", imported.Inputs["defaultCacheBehavior"].(map[string]any)["viewerProtocolPolicy"])
	output, err = w.pulumi(file, "refresh", "--stack", spec.Stack, "--yes", "--skip-preview", "--expect-no-changes")
	require.NoError(t, err, output)
}

// byHand is a distribution of the bucket as a team makes it, without a domain.
func (w *world) byHand() *types.Distribution {
	w.t.Helper()
	made, err := w.cloudfront().CreateDistribution(w.t.Context(), &cloudfront.CreateDistributionInput{
		DistributionConfig: &types.DistributionConfig{
			CallerReference: aws.String("by-hand"), Comment: aws.String("made by hand"), Enabled: aws.Bool(true),
			Origins: &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{
				Id: aws.String("s3"), DomainName: aws.String(bucketName + ".s3." + homeRegion + ".amazonaws.com"),
				S3OriginConfig: &types.S3OriginConfig{OriginAccessIdentity: aws.String("")},
			}}},
			DefaultCacheBehavior: &types.DefaultCacheBehavior{
				TargetOriginId: aws.String("s3"), ViewerProtocolPolicy: types.ViewerProtocolPolicyRedirectToHttps,
				CachePolicyId: aws.String("658327ea-f89d-4fab-a63d-7e88639e58f6"),
			},
		},
	})
	require.NoError(w.t, err)
	return made.Distribution
}
