package components

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const getDistribution = "aws:cloudfront/getDistribution:getDistribution"

// someDistribution registers a distribution that is nothing but that.
func someDistribution(ctx *pulumi.Context) (*cloudfront.Distribution, error) {
	return cloudfront.NewDistribution(ctx, "d", &cloudfront.DistributionArgs{
		Enabled: pulumi.Bool(true),
		Origins: cloudfront.DistributionOriginArray{},
		DefaultCacheBehavior: cloudfront.DistributionDefaultCacheBehaviorArgs{
			TargetOriginId: pulumi.String(originID), ViewerProtocolPolicy: pulumi.String("allow-all"),
			AllowedMethods: pulumi.StringArray{}, CachedMethods: pulumi.StringArray{},
		},
		Restrictions: cloudfront.DistributionRestrictionsArgs{
			GeoRestriction: cloudfront.DistributionRestrictionsGeoRestrictionArgs{RestrictionType: pulumi.String("none")},
		},
		ViewerCertificate: cloudfront.DistributionViewerCertificateArgs{},
	})
}

// deploy runs a program that is a distribution and the wait for it, and returns what the wait gave.
func deploy(c *cloud) (served string, err error) {
	err = c.run(func(ctx *pulumi.Context) error {
		distribution, err := someDistribution(ctx)
		if err != nil {
			return err
		}
		deployed := awaitDeployed(ctx, distribution)
		deployed.ApplyT(func(domain string) error {
			served = domain
			return nil
		})
		ctx.Export("served", deployed) // or nobody would hear of its failure
		return nil
	})
	return served, err
}

func TestTheDistributionIsAskedUntilItIsDeployed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, started := newCloud(t), time.Now()
		c.statuses = []string{"InProgress", "InProgress", "Deployed"}
		served, err := deploy(c)
		require.NoError(t, err)
		assert.Equal(t, distributionDomain, served)
		assert.Len(t, c.callsOf(getDistribution), 3)
		assert.Equal(t, 3*time.Second, time.Since(started), "the pauses grow")
	})
}

func TestTheWaitForTheDistributionEndsSomeTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, started := newCloud(t), time.Now()
		c.statuses = []string{"InProgress"}
		_, err := deploy(c)
		require.ErrorContains(t, err, "distribution E2EXAMPLE is still InProgress after 30m")
		require.ErrorContains(t, err, "waitForDeployment")
		assert.InDelta(t, deployedTimeout, time.Since(started), float64(slowestPoll))
	})
}

func TestAStatusThatCannotBeReadEndsTheWait(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.broken = map[string]error{getDistribution: errors.New("AccessDenied")}
	err := c.up(one())
	require.ErrorContains(t, err, "reading the status of distribution E2EXAMPLE")
	require.ErrorContains(t, err, "AccessDenied")
	assert.NotContains(t, strings.Join(c.names(), "\n"), "cdn-alias-", "no domain points at it")
}

func TestAPreviewDoesNotWait(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.preview, c.statuses = true, []string{"InProgress"}
	_, err := deploy(c)
	require.NoError(t, err)
	assert.Empty(t, c.callsOf(getDistribution))
}

func TestACancelledUpDoesNotWait(t *testing.T) {
	t.Parallel()
	cancelled := errors.New("interrupted")
	c := newCloud(t)
	c.statuses = []string{"InProgress"}
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		distribution, err := someDistribution(ctx)
		if err != nil {
			return err
		}
		running, cancel := context.WithCancelCause(t.Context())
		cancel(cancelled)
		require.ErrorIs(t, pollDeployed(running, ctx, distribution, distributionID), cancelled)
		return nil
	}))
}

func TestDomainsPointAtTheDistributionOnceItIsDeployed(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		wait  *bool
		polls int
	}{
		"by default":           {nil, 2},
		"when told to wait":    {new(true), 2},
		"or at once, if asked": {new(false), 0},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.statuses = []string{"InProgress", "Deployed"}
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.WaitForDeployment = test.wait }))
			for _, kind := range []string{"a", "aaaa", "https"} {
				assert.Equal(t, test.polls, c.resource("cdn-alias-cdn.example.com-"+kind).polls, kind)
			}
			assert.Len(t, c.callsOf(getDistribution), test.polls)
		})
	}
}
