package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// failover has a replica stand in.
func failover(args FailoverArgs) func(*ImageCdnArgs) {
	return func(a *ImageCdnArgs) { a.Origin.Failover = args }
}

func TestAReplicaIsAskedWhereTheBucketFails(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		codes []int
		want  []any
	}{
		"by default where it cannot answer": {nil, []any{500.0, 502.0, 503.0, 504.0}},
		"upon the statuses that were said":  {[]int{404, 503}, []any{404.0, 503.0}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.buckets["replica"] = bucketAt{region: "eu-west-3"}
			c.mustUp(with(one(), func(a *ImageCdnArgs) {
				a.Origin = OriginArgs{Shield: Auto, Failover: FailoverArgs{Bucket: pulumi.String("arn:aws:s3:::replica"), StatusCodes: test.codes}}
				a.Paths = []PathArgs{{Pattern: "/new/*", Cache: CacheArgs{Preset: "fresh"}}}
				a.Missing.NotFound = true
			}))
			expectInputs(t, c.resource("cdn-distribution"), map[string]any{
				"origins[0].originId": "bucket", "origins[1].originId": "replica",
				"origins[1].domainName":                        "replica.s3.eu-west-3.amazonaws.com",
				"origins[1].originAccessControlId":             c.resource("cdn-distribution").input("origins[0].originAccessControlId"),
				"origins[0].originShield.originShieldRegion":   "eu-central-1",
				"origins[1].originShield.originShieldRegion":   "eu-west-2",
				"originGroups[0].originId":                     "bucket-or-replica",
				"originGroups[0].members[0].originId":          "bucket",
				"originGroups[0].members[1].originId":          "replica",
				"originGroups[0].failoverCriteria.statusCodes": test.want,
				"defaultCacheBehavior.targetOriginId":          "bucket-or-replica",
				"orderedCacheBehaviors[0].targetOriginId":      "bucket-or-replica",
			})
			assert.Equal(t, map[string]any{"bucket": "replica", "region": "eu-west-3", "distributionArn": distributionARN},
				c.resource("cdn-replica-read").inputs.Mappable())
			assert.Equal(t, map[string]any{"bucket": "replica", "region": "eu-west-3", "distributionArn": distributionARN, "kind": CloudFrontList},
				c.resource("cdn-replica-list").inputs.Mappable())
			assert.Equal(t, "images", c.resource("cdn-read").input("bucket"))
		})
	}
}

func TestAReplicaMayBeMadeInTheSameProgramAndBeGrantedBySomebodyElse(t *testing.T) {
	t.Parallel()
	for _, preview := range []bool{false, true} {
		c := newCloud(t)
		c.preview = preview
		c.buckets["replica"] = bucketAt{region: "eu-west-1"}
		statements := c.output(with(one(), func(a *ImageCdnArgs) {
			a.Origin = OriginArgs{Grant: None, Failover: FailoverArgs{Bucket: pulumi.String("replica").ToStringOutput()}}
		}), func(cdn *ImageCdn) pulumi.Output { return cdn.GrantStatements })
		assert.Equal(t, "bucket-or-replica", c.resource("cdn-distribution").input("defaultCacheBehavior.targetOriginId"))
		assert.NotContains(t, c.names(), "imagecdn:index:BucketPolicyStatement cdn-replica-read")
		if !preview {
			require.Contains(t, statements, "replica")
			assert.Contains(t, statements.(map[string]string)["replica"], "arn:aws:s3:::replica/*")
			assert.Contains(t, statements.(map[string]string)["images"], "arn:aws:s3:::images/*")
		}
	}
}

func TestAnUpThatTakesTheReplicaAwayWaitsForTheEdge(t *testing.T) {
	t.Parallel()
	granted := []any{
		inState(BucketPolicyStatementToken, map[string]any{"bucket": "images", "distributionArn": distributionARN}),
		inState(BucketPolicyStatementToken, map[string]any{"bucket": "replica", "distributionArn": distributionARN}),
	}
	for sentence, test := range map[string]struct {
		change func(*ImageCdnArgs)
		polls  bool
	}{
		"with it there is nothing to wait for": {failover(FailoverArgs{Bucket: pulumi.String("replica")}), false},
		"without it the grant goes":            {unchanged, true},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.buckets["replica"] = bucketAt{region: "eu-west-1"}
			c.state = granted
			c.mustUp(with(one(), func(a *ImageCdnArgs) {
				test.change(a)
				a.Operation.WaitForDeployment = new(false)
			}))
			assert.Equal(t, test.polls, len(c.callsOf(getDistribution)) > 0)
		})
	}
}
