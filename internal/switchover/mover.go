package switchover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go"

	"imagecdn/internal/dnsname"
)

const (
	deployed = "Deployed"
	// Bounds of the waits. Both last minutes on AWS.
	patience = 45 * time.Minute
	// proofTries is how often CloudFront is asked to move an alias whose proof it may not
	// have seen in DNS yet.
	proofTries = 20
)

// pause is between two looks at what changes by itself.
const pause = 2 * time.Second

// mover makes the calls, and says what it is at.
type mover struct {
	clients Clients
	say     func(string)
}

// takeAliases has a distribution answer to domains, whoever answered before. CloudFront wants
// a TXT record that says so; it goes when the domain has moved.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-move.html
func (m mover) takeAliases(ctx context.Context, to Distribution, moves []Move) error {
	for _, move := range moves {
		if err := m.takeAlias(ctx, to, move); err != nil {
			return fmt.Errorf("moving %s to distribution %s: %w", move.Domain, to.ID, err)
		}
		m.say(fmt.Sprintf("distribution %s has taken %s over; its records are still as they were", to.ID, move.Domain))
	}
	return m.awaitDeployed(ctx, to)
}

func (m mover) takeAlias(ctx context.Context, to Distribution, move Move) (err error) {
	proof := "_" + dnsname.ValidationKey(move.Domain)
	before, err := m.textAt(ctx, move.ZoneID, proof)
	if err != nil {
		return err
	}
	wanted := types.ResourceRecordSet{
		Name: aws.String(proof), Type: types.RRTypeTxt, TTL: aws.Int64(60),
		ResourceRecords: []types.ResourceRecord{{Value: aws.String(`"` + to.Domain + `"`)}},
	}
	if before != nil {
		wanted.TTL, wanted.ResourceRecords = before.TTL, append(slices.Clone(before.ResourceRecords), wanted.ResourceRecords...)
	}
	if err := m.change(ctx, move.ZoneID, []types.Change{{Action: types.ChangeActionUpsert, ResourceRecordSet: &wanted}}); err != nil {
		return err
	}
	restore := types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: &wanted}
	if before != nil {
		restore = types.Change{Action: types.ChangeActionUpsert, ResourceRecordSet: before}
	}
	defer func() {
		// Also after an interruption: the proof is nobody's to keep.
		err = errors.Join(err, m.change(context.WithoutCancel(ctx), move.ZoneID, []types.Change{restore}))
	}()
	for range proofTries {
		_, err = m.clients.CloudFront.AssociateAlias(ctx, &cloudfront.AssociateAliasInput{
			TargetDistributionId: aws.String(to.ID), Alias: aws.String(move.Domain),
		})
		var refusal smithy.APIError
		if !errors.As(err, &refusal) || refusal.ErrorCode() != "IllegalUpdate" {
			return err //nolint:wrapcheck // the caller names domain and distribution
		}
		m.say("CloudFront does not see the TXT record " + proof + " yet, which says that the domain may move")
		if err := sleep(ctx); err != nil {
			return err
		}
	}
	return err //nolint:wrapcheck // the caller names domain and distribution
}

// textAt is the TXT record set at a name, nil if there is none.
func (m mover) textAt(ctx context.Context, zone, name string) (*types.ResourceRecordSet, error) {
	sets, err := setsAt(ctx, m.clients.Route53, zone, name)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		if set.Type == types.RRTypeTxt {
			return &set, nil
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

// awaitDeployed waits until every edge location answers to what the distribution has taken.
func (m mover) awaitDeployed(ctx context.Context, to Distribution) error {
	started := time.Now()
	for seen := 0; seen < 2; { // a control plane that lags may still say so of what was before
		if err := sleep(ctx); err != nil {
			return err
		}
		got, err := m.clients.CloudFront.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: aws.String(to.ID)})
		if err != nil {
			return fmt.Errorf("waiting for distribution %s: %w", to.ID, err)
		}
		waited := time.Since(started).Round(time.Second)
		switch status := aws.ToString(got.Distribution.Status); {
		case status == deployed:
			seen++
		case waited > patience:
			return fmt.Errorf("distribution %s is still %s after %s: run this again later", to.ID, status, waited)
		default:
			seen = 0
			m.say(fmt.Sprintf("distribution %s is %s after %s; 3 to 5 minutes are common", to.ID, status, waited))
		}
	}
	return nil
}

// changeRecords gives all domains their new records, in one change for each hosted zone.
func (m mover) changeRecords(ctx context.Context, moves []Move, wanted func(Move) []types.ResourceRecordSet) error {
	changes := map[string][]types.Change{}
	var zones []string
	for _, move := range moves {
		there, err := setsAt(ctx, m.clients.Route53, move.ZoneID, move.Domain)
		if err != nil {
			return err
		}
		if changes[move.ZoneID] == nil {
			zones = append(zones, move.ZoneID)
		}
		changes[move.ZoneID] = append(changes[move.ZoneID], exchange(there, wanted(move))...)
	}
	for _, zone := range zones {
		if err := m.change(ctx, zone, changes[zone]); err != nil {
			return err
		}
		m.say("the records in hosted zone " + strings.TrimPrefix(zone, "/hostedzone/") + " are changed, all at once")
	}
	return nil
}

// exchange takes away what points elsewhere and puts what is wanted: first the one, since a
// CNAME stands beside nothing. Route 53 does all of a change or nothing of it.
func exchange(there, wanted []types.ResourceRecordSet) []types.Change {
	var changes []types.Change
	for _, set := range there {
		kept := slices.ContainsFunc(wanted, func(w types.ResourceRecordSet) bool { return w.Type == set.Type })
		if slices.Contains(pointing, set.Type) && !kept {
			changes = append(changes, types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: &set})
		}
	}
	for _, set := range wanted {
		changes = append(changes, types.Change{Action: types.ChangeActionUpsert, ResourceRecordSet: &set})
	}
	return changes
}

// change makes a change and waits until every name server of Route 53 has it.
func (m mover) change(ctx context.Context, zone string, changes []types.Change) error {
	if len(changes) == 0 {
		return nil
	}
	out, err := m.clients.Route53.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: aws.String(zone),
		ChangeBatch:  &types.ChangeBatch{Changes: changes, Comment: aws.String("imagecdn switch")},
	})
	if err != nil {
		return fmt.Errorf("changing the records in hosted zone %s: %w", zone, err)
	}
	waiter := route53.NewResourceRecordSetsChangedWaiter(m.clients.Route53, func(o *route53.ResourceRecordSetsChangedWaiterOptions) {
		o.MinDelay, o.MaxDelay = time.Second, 10*time.Second
	})
	if err := waiter.Wait(ctx, &route53.GetChangeInput{Id: out.ChangeInfo.Id}, patience); err != nil {
		return fmt.Errorf("waiting for Route 53's name servers: %w", err)
	}
	return nil
}

func sleep(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(pause):
		return nil
	}
}
