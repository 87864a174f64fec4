// Package switchover moves live domains to a distribution that was prepared for them,
// without a request that fails, and back again. The alias moves first, so that whichever
// address a viewer still has leads to the new distribution; then the records of all
// domains change at once.
package switchover

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// Clients are those of the account that has the distributions and the hosted zones.
type Clients struct {
	CloudFront *cloudfront.Client
	Route53    *route53.Client
}

// Plan is a move of domains to a distribution, with what is needed to take it back. It can
// be kept as JSON.
type Plan struct {
	// To is the distribution that the domains move to.
	To Distribution `json:"to"`
	// Moves are the domains.
	Moves []Move `json:"moves"`
}

// Distribution is one of CloudFront's.
type Distribution struct {
	// ID is its id, such as "E2EXAMPLE".
	ID string `json:"id"`
	// Domain is CloudFront's own name of it, "d….cloudfront.net".
	Domain string `json:"domain"`
}

// Move is the move of one domain.
type Move struct {
	// Domain is the domain, or a wildcard.
	Domain string `json:"domain"`
	// ZoneID is that of the hosted zone with its records.
	ZoneID string `json:"zoneId"`
	// From is the distribution of the account that has the domain now; nil if none has.
	From *Distribution `json:"from,omitempty"`
	// Records are those that say now where the domain is: A, AAAA, HTTPS or CNAME.
	Records []types.ResourceRecordSet `json:"records"`
}

// pointing are the types of records that say where a domain is.
var pointing = []types.RRType{types.RRTypeA, types.RRTypeAaaa, types.RRTypeHttps, types.RRTypeCname}

// Do moves the domains. After an error, the plan is what [Plan.Back] needs to undo the part
// that was done.
func (p Plan) Do(ctx context.Context, clients Clients, say func(string)) error {
	m := mover{clients: clients, say: say}
	if err := m.takeAliases(ctx, p.To, p.Moves); err != nil {
		return err
	}
	return m.changeRecords(ctx, p.Moves, func(move Move) []types.ResourceRecordSet { return aliasesTo(move.Domain, p.To) })
}

// Back gives the domains back to whoever had them, with the records that they had.
func (p Plan) Back(ctx context.Context, clients Clients, say func(string)) error {
	m := mover{clients: clients, say: say}
	for _, from := range p.sources() {
		var moves []Move
		for _, move := range p.Moves {
			if move.From != nil && move.From.ID == from.ID {
				moves = append(moves, move)
			}
		}
		if err := m.takeAliases(ctx, from, moves); err != nil {
			return err
		}
	}
	return m.changeRecords(ctx, p.Moves, func(move Move) []types.ResourceRecordSet { return move.Records })
}

// sources are the distributions that had domains of the plan, each once.
func (p Plan) sources() []Distribution {
	var sources []Distribution
	seen := map[string]bool{}
	for _, move := range p.Moves {
		if move.From != nil && !seen[move.From.ID] {
			seen[move.From.ID] = true
			sources = append(sources, *move.From)
		}
	}
	return sources
}

// OldestAnswer is how many seconds resolvers may go on giving the old answer.
func (p Plan) OldestAnswer() int64 {
	longest := int64(60) // of an alias to CloudFront
	for _, move := range p.Moves {
		for _, set := range move.Records {
			longest = max(longest, aws.ToInt64(set.TTL))
		}
	}
	return longest
}

// cloudFrontZone is the hosted zone of every alias to CloudFront.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
const cloudFrontZone = "Z2FDTNDATAQYW2"

// aliasesTo are the records that point a domain at a distribution, as the component makes them.
func aliasesTo(domain string, to Distribution) []types.ResourceRecordSet {
	var sets []types.ResourceRecordSet
	for _, kind := range []types.RRType{types.RRTypeA, types.RRTypeAaaa, types.RRTypeHttps} {
		sets = append(sets, types.ResourceRecordSet{Name: aws.String(domain), Type: kind, AliasTarget: &types.AliasTarget{
			DNSName: aws.String(to.Domain), HostedZoneId: aws.String(cloudFrontZone), EvaluateTargetHealth: false,
		}})
	}
	return sets
}

// Describe says where the domain is now.
func (m Move) Describe() string {
	var at []string
	for _, set := range m.Records {
		target := ""
		if set.AliasTarget != nil {
			target = aws.ToString(set.AliasTarget.DNSName)
		}
		for _, record := range set.ResourceRecords {
			target += " " + aws.ToString(record.Value)
		}
		at = append(at, fmt.Sprintf("%s %s", set.Type, strings.TrimSpace(target)))
	}
	where := "no record points anywhere"
	if len(at) > 0 {
		where = strings.Join(at, ", ")
	}
	if m.From == nil {
		return where + "; no distribution of this account has it"
	}
	return where + "; distribution " + m.From.ID + " has it"
}
