package components

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
func deploy(c *cloud) (served any, err error) {
	return c.valueOf(func(ctx *pulumi.Context) (pulumi.Output, error) {
		distribution, err := someDistribution(ctx)
		if err != nil {
			return nil, err
		}
		usEast1, err := aws.NewProvider(ctx, "us-east-1", &aws.ProviderArgs{Region: pulumi.String(UsEast1)})
		if err != nil {
			return nil, err
		}
		cdn := &ImageCdn{Distribution: distribution, Origin: &BucketOrigin{BucketName: pulumi.String("images").ToStringOutput()}}
		return cdn.awaitServed(ctx, imagePlan{made: &providers{usEast1: usEast1}, deploymentTimeout: 30 * time.Minute}), nil
	})
}

func TestTheDistributionIsAskedUntilItSaysTwiceThatItIsDeployed(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		statuses []string
		pauses   time.Duration // in first ones
	}{
		"the pauses grow, and shrink when it is near": {[]string{"InProgress", "InProgress", "InProgress", "Deployed"}, 1 + 2 + 4 + 8 + 1},
		"one that lags is not believed":               {[]string{"Deployed", "InProgress", "Deployed"}, 1 + 1 + 2 + 1},
		"a failed reading is no reading": {
			[]string{failedRead + "Throttling", "Deployed", failedRead + "Throttling", "Deployed"}, 1 + 2 + 1 + 1,
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, started := newCloud(t), time.Now()
				c.statuses = test.statuses
				served, err := deploy(c)
				require.NoError(t, err)
				assert.Equal(t, distributionDomain, served)
				assert.Equal(t, test.pauses*firstPoll, time.Since(started))
				for _, call := range c.callsOf(getDistribution) {
					assert.Equal(t, "us-east-1", providerName(call.Provider))
				}
			})
		})
	}
}

func TestTheWaitForTheDistributionEndsSomeTime(t *testing.T) {
	t.Parallel()
	for sentence, statuses := range map[string][]string{
		"it does not deploy":           {"InProgress"},
		"and cannot be read sometimes": {"InProgress", failedRead + "Throttling", failedRead + "Throttling", "InProgress"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, started := newCloud(t), time.Now()
				c.statuses = statuses
				_, err := deploy(c)
				require.ErrorContains(t, err, "distribution E2EXAMPLE is still InProgress after 30m")
				require.ErrorContains(t, err, "operation.waitForDeployment")
				require.ErrorContains(t, err, "operation.deploymentTimeout")
				assert.InDelta(t, 30*time.Minute, time.Since(started), float64(slowestPoll))
			})
		})
	}
}

func TestAStatusThatCannotBeReadAgainAndAgainEndsTheWait(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.broken = map[string]error{getDistribution: errors.New("AccessDenied")}
	err := c.up(one())
	require.ErrorContains(t, err, "reading the status of distribution E2EXAMPLE")
	require.ErrorContains(t, err, "AccessDenied")
	assert.Len(t, c.callsOf(getDistribution), failedReads)
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
		w := &deploymentWait{ctx: ctx, distribution: distribution, id: distributionID, timeout: time.Hour}
		require.ErrorIs(t, w.poll(running), cancelled)
		return nil
	}))
}

func TestDomainsPointAtTheDistributionOnceItIsDeployed(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		wait  *bool
		polls int
	}{
		"by default":           {nil, 3},
		"when told to wait":    {new(true), 3},
		"or at once, if asked": {new(false), 0},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.statuses = []string{"InProgress", "Deployed"}
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Operation.WaitForDeployment = test.wait }))
			for _, kind := range []string{"a", "aaaa", "https"} {
				assert.Equal(t, test.polls, c.resource("cdn-alias-cdn.example.com-"+kind).polls, kind)
			}
			assert.Len(t, c.callsOf(getDistribution), test.polls)
		})
	}
}

func TestAnUpThatChangesTheBucketWaitsForTheEdgeWhateverItWasTold(t *testing.T) {
	t.Parallel()
	for bucket, polls := range map[string]int{"old-images": 3, "images": 0} {
		c := newCloud(t)
		c.statuses = []string{"InProgress", "Deployed"}
		c.state = []any{inState(BucketPolicyStatementToken, map[string]any{"bucket": bucket, "distributionArn": distributionARN})}
		c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Operation.WaitForDeployment = new(false) }))
		assert.Len(t, c.callsOf(getDistribution), polls, bucket)
	}
}

func TestTheBoundOfTheWaitIsADuration(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ field, given, problem string }{
		{"operation.deploymentTimeout", "30", "not a duration"},
		{"operation.deploymentTimeout", "soon", "not a duration"},
		{"operation.deploymentTimeout", "0s", "from 1s to 6h0m0s"},
		{"operation.deploymentTimeout", "-5m", "from 1s to 6h0m0s"},
		{"operation.deploymentTimeout", "6h1s", "from 1s to 6h0m0s"},
		{"certificate.validationTimeout", "45", "not a duration"},
		{"certificate.validationTimeout", "999ms", "from 1s to 72h0m0s"},
		{"certificate.validationTimeout", "72h1s", "from 1s to 72h0m0s"},
	} {
		fault := newCloud(t).oneFault(with(one(), func(a *ImageCdnArgs) { setTimeout(a, test.field, test.given) }))
		assert.Equal(t, test.field, fault.Field)
		assert.Equal(t, test.given, fault.Value)
		assert.Contains(t, fault.Problem, test.problem)
	}
	for _, given := range []string{"1s", "1h30m", "6h"} {
		for _, field := range []string{"operation.deploymentTimeout", "certificate.validationTimeout"} {
			newCloud(t).mustUp(with(one(), func(a *ImageCdnArgs) { setTimeout(a, field, given) }))
		}
	}
}

func setTimeout(a *ImageCdnArgs, field, timeout string) {
	if field == "operation.deploymentTimeout" {
		a.Operation.DeploymentTimeout = timeout
	} else {
		a.Certificate.ValidationTimeout = timeout
	}
}
