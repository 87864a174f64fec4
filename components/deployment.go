package components

import (
	"context"
	"fmt"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The wait for Deployed. AWS commonly takes 3 to 5 minutes, at most 15.
const (
	deployedTimeout = 30 * time.Minute
	firstPoll       = time.Second
	slowestPoll     = 15 * time.Second
)

// awaitDeployed is the domain name of the distribution, known once its change
// has reached the edge locations. It polls, because the distribution's own wait
// happens before its id is in the state, where a killed up would lose it.
func awaitDeployed(ctx *pulumi.Context, distribution *cloudfront.Distribution) pulumi.StringOutput {
	return pulumi.All(distribution.ID(), distribution.DomainName).ApplyTWithContext(ctx.Context(),
		func(running context.Context, known []any) (string, error) {
			id, domain := string(known[0].(pulumi.ID)), known[1].(string)
			if ctx.DryRun() {
				return domain, nil
			}
			return domain, pollDeployed(running, ctx, distribution, id)
		}).(pulumi.StringOutput)
}

func pollDeployed(running context.Context, ctx *pulumi.Context, distribution *cloudfront.Distribution, id string) error {
	started := time.Now()
	for pause := firstPoll; ; pause = min(pause*2, slowestPoll) {
		found, err := cloudfront.LookupDistribution(ctx, &cloudfront.LookupDistributionArgs{Id: id}, pulumi.Parent(distribution))
		if err != nil {
			return fmt.Errorf("reading the status of distribution %s: %w", id, err)
		}
		waited := time.Since(started).Round(time.Second)
		if found.Status == "Deployed" {
			return nil
		}
		if waited > deployedTimeout {
			return fmt.Errorf("distribution %s is still %s after %s. It goes on deploying by itself: run the same command again later, "+
				"or set waitForDeployment to false", id, found.Status, waited)
		}
		_ = ctx.Log.Info(fmt.Sprintf("distribution %s is %s after %s; the edge locations commonly have it after 3 to 5 minutes", id, found.Status, waited),
			&pulumi.LogArgs{Resource: distribution, Ephemeral: true})
		select {
		case <-running.Done():
			return context.Cause(running)
		case <-time.After(pause):
		}
	}
}
