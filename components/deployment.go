package components

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// How the wait for Deployed looks at the status. A control plane that lags may still
// say Deployed of the state before the change, so one reading is not believed.
const (
	slowestPoll    = 15 * time.Second
	looksToBelieve = 2
	failedReads    = 5
)

// firstPoll is a variable for the tests, most of which are not about waiting.
var firstPoll = time.Second

// awaitServed is the domain name of the distribution, known once its change has
// reached the edge locations. It polls, because the distribution's own wait happens
// before its id is in the state, where a killed up would lose it.
func (c *ImageCdn) awaitServed(ctx *pulumi.Context, plan imagePlan) pulumi.StringOutput {
	w := &deploymentWait{ctx: ctx, distribution: c.Distribution, provider: plan.made.usEast1, timeout: plan.deploymentTimeout}
	return pulumi.All(c.Distribution.ID(), c.Distribution.DomainName, c.Distribution.Arn, c.readFolders()).ApplyTWithContext(ctx.Context(),
		func(running context.Context, known []any) (string, error) {
			w.id = string(known[0].(pulumi.ID))
			domain := known[1].(string)
			if ctx.DryRun() {
				return domain, nil
			}
			if !plan.waits() && !plan.mustWait(known[2].(string), known[3].([]string)) {
				return domain, nil
			}
			return domain, w.poll(running)
		}).(pulumi.StringOutput)
}

func (plan imagePlan) waits() bool { return valueOr(plan.Operation.WaitForDeployment, true) }

// mustWait says whether the edge locations have to be waited for, whatever the up was told.
func (plan imagePlan) mustWait(distributionArn string, folders []string) bool {
	return plan.last.grantsOther(distributionArn, folders) || plan.last.grantsAnotherKey(distributionArn, plan.keys) ||
		plan.Missing.NotFound && plan.last.listsAtTheRoot(distributionArn)
}

// grantsOther says whether the stack lets the distribution read another bucket than these,
// or other folders of one. The engine takes that grant away when the program ends, and until
// then the edge locations must be off what it is for.
func (s *lastState) grantsOther(distributionArn string, wanted []string) bool {
	granted, _ := s.has(BucketPolicyStatementToken, func(r madeResource) bool {
		if !isText(r.Outputs.DistributionArn, strings.ToLower(distributionArn)) {
			return false
		}
		bucket, _ := r.Outputs.Bucket.(string)
		if isText(r.Outputs.Kind, strings.ToLower(CloudFrontList)) {
			return !slices.ContainsFunc(wanted, func(w string) bool { return w == bucket || strings.HasPrefix(w, bucket+" ") })
		}
		return !slices.Contains(wanted, folders(bucket, textsOf(r.Outputs.Prefixes)))
	})
	return granted
}

// textsOf are the texts of a list of the state.
func textsOf(value any) []string {
	list, _ := value.([]any)
	var all []string
	for _, one := range list {
		if text, ok := one.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// deploymentWait waits until CloudFront says twice in a row that it has deployed.
type deploymentWait struct {
	ctx          *pulumi.Context
	distribution *cloudfront.Distribution
	provider     pulumi.ProviderResource
	id           string
	timeout      time.Duration
}

func (w *deploymentWait) poll(running context.Context) error {
	started, seen, failed := time.Now(), 0, 0
	for pause := firstPoll; ; pause = min(pause*2, slowestPoll) {
		if seen > 0 {
			pause = firstPoll
		}
		select {
		case <-running.Done():
			return context.Cause(running)
		case <-time.After(pause):
		}
		status, err := w.status()
		waited := time.Since(started).Round(time.Second)
		switch {
		case err != nil:
			if failed++; failed == failedReads {
				return fmt.Errorf("reading the status of distribution %s, %d times: %w", w.id, failed, err)
			}
			continue
		case status == "Deployed":
			if seen++; seen == looksToBelieve {
				return nil
			}
			continue
		case waited > w.timeout:
			return fmt.Errorf("distribution %s is still %s after %s. It goes on deploying by itself: run the same command again later, "+
				"raise operation.deploymentTimeout, or set operation.waitForDeployment to false", w.id, status, waited)
		}
		seen, failed = 0, 0
		_ = w.ctx.Log.Info(fmt.Sprintf("distribution %s is %s after %s; the edge locations commonly have it after 3 to 5 minutes", w.id, status, waited),
			&pulumi.LogArgs{Resource: w.distribution, Ephemeral: true})
	}
}

func (w *deploymentWait) status() (string, error) {
	found, err := cloudfront.LookupDistribution(w.ctx, &cloudfront.LookupDistributionArgs{Id: w.id}, pulumi.Provider(w.provider))
	if err != nil {
		return "", err
	}
	return found.Status, nil
}
