package route53

import (
	"fmt"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// Limits of a batch ("Quotas": ChangeResourceRecordSets). An UPSERT counts twice.
const (
	maxValues     = 1000
	maxCharacters = 32000
)

// cloudFrontZone is the hosted zone id of every CloudFront distribution.
const cloudFrontZone = "Z2FDTNDATAQYW2"

// batch works out what the changes of one request do to a zone. They take
// effect all together or not at all; what is wrong with any of them is collected.
type batch struct {
	zone        *zone
	aliasTarget func(domain string) bool
	working     records
	seen        map[string]string // the last action, by key
	edits       []edit
	messages    []string
	values      int
	characters  int
}

func (b *batch) refuse(format string, args ...any) {
	b.messages = append(b.messages, fmt.Sprintf(format, args...))
}

// add applies one change to the working copy, or notes why it cannot be.
func (b *batch) add(c changeRequest) {
	r, already := c.Set, len(b.messages)
	b.count(c)
	if before, repeated := b.seen[r.key()]; repeated && (before != "DELETE" || c.Action != "CREATE") {
		b.refuse("The request contains an invalid set of changes for a resource record set '%s %s'", r.Type, r.Name)
	}
	b.seen[r.key()] = c.Action
	if !within(r.Name, b.zone.Name) {
		b.refuse("RRSet with DNS name %s is not permitted in zone %s", r.Name, b.zone.Name)
		return
	}
	current, exists := b.working[r.key()]
	switch {
	case c.Action == "DELETE" && !exists:
		b.refuse("Tried to delete resource record set %s but it was not found", r.describe())
	case c.Action == "DELETE" && !r.equal(current):
		b.refuse("Tried to delete resource record set %s but the values provided do not match the current values", r.describe())
	case c.Action == "CREATE" && exists:
		b.refuse("Tried to create resource record set %s but it already exists", r.describe())
	case c.Action != "DELETE":
		b.checkSet(r)
	}
	if len(b.messages) > already {
		return
	}
	e := edit{Key: r.key()}
	if c.Action != "DELETE" {
		e = put(r)
	}
	e.apply(b.working)
	b.edits = append(b.edits, e)
}

func (b *batch) count(c changeRequest) {
	times := 1
	if c.Action == "UPSERT" {
		times = 2
	}
	b.values += times * max(len(c.Set.Records), 1)
	for _, record := range c.Set.Records {
		b.characters += times * len(record.Value)
	}
}

// result is what is to be done, or all that is wrong.
func (b *batch) result() ([]edit, error) {
	if b.values > maxValues {
		b.refuse("Number of records limit of %d exceeded.", maxValues)
	}
	if b.characters > maxCharacters {
		b.refuse("RDATA character limit of %d exceeded.", maxCharacters)
	}
	if len(b.working.of(b.zone.Name, "SOA")) != 1 {
		b.refuse("A HostedZone must contain exactly one SOA record.")
	}
	if len(b.working.of(b.zone.Name, "NS")) == 0 {
		b.refuse("A HostedZone must contain at least one NS record for the zone itself.")
	}
	if len(b.messages) > 0 {
		return nil, api.Refuse("InvalidChangeBatch", "[%s]", strings.Join(b.messages, ", "))
	}
	return b.edits, nil
}

// checkSet says what is wrong with a record set that is to be in the zone.
func (b *batch) checkSet(r recordSet) {
	b.checkPlace(r)
	b.checkNeighbours(r)
	if r.AliasTarget != nil {
		b.checkAlias(r)
	}
	if r.Type == "CNAME" && len(r.Records) > 1 {
		b.refuse("CNAME record set %s may contain only one value", r.Name)
	}
	for i, record := range r.Records {
		if slices.Contains(r.Records[:i], record) {
			b.refuse("Duplicate Resource Record: '%s'", record.Value)
		}
		if fault := checkValue(r.Type, record.Value); fault != "" {
			b.refuse("%s", fault)
		}
	}
}

// checkPlace keeps to the apex what belongs there, and off it what does not.
func (b *batch) checkPlace(r recordSet) {
	apex := r.Name == b.zone.Name
	switch {
	case r.Type == "CNAME" && apex:
		b.refuse("RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s", r.Name, b.zone.Name)
	case r.Type == "SOA" && !apex:
		b.refuse("RRSet of type SOA with DNS name %s is only permitted at apex in zone %s", r.Name, b.zone.Name)
	case r.Type == "DS" && apex:
		b.refuse("RRSet of type DS with DNS name %s is not permitted at apex in zone %s", r.Name, b.zone.Name)
	case r.routed() && (r.Type == "SOA" || r.Type == "NS"):
		b.refuse("RRSet of type %s with DNS name %s cannot have a routing policy", r.Type, r.Name)
	}
}

// checkNeighbours refuses a CNAME beside other data, and record sets of one
// name and type with different routing policies.
func (b *batch) checkNeighbours(r recordSet) {
	for _, other := range b.working.of(r.Name, "") {
		switch {
		case other.key() == r.key():
		case other.Type == r.Type:
			b.checkPolicy(r, other)
		case r.Type == "CNAME":
			b.refuse("RRSet of type CNAME with DNS name %s is not permitted as it conflicts with other records "+
				"with the same DNS name in zone %s", r.Name, b.zone.Name)
			return
		case other.Type == "CNAME":
			b.refuse("RRSet of type %s with DNS name %s is not permitted because a conflicting RRSet of type CNAME "+
				"with the same DNS name already exists in zone %s", r.Type, r.Name, b.zone.Name)
			return
		}
	}
}

func (b *batch) checkPolicy(r, other recordSet) {
	if r.policy() != other.policy() {
		b.refuse("RRSet with DNS name %s, type %s, SetIdentifier %s cannot be created because a %s RRSet "+
			"exists with the same name and type.", r.Name, r.Type, identifier(r), other.policy())
		return
	}
	if role := r.role(); role != "" && role == other.role() {
		b.refuse("RRSet with DNS name %s, type %s, SetIdentifier %s, and %s cannot be created because an RRSet with the "+
			"same name, type, and %s already exists.", r.Name, r.Type, identifier(r), role, strings.Fields(role)[0])
	}
}

func identifier(r recordSet) string {
	if r.routed() {
		return r.SetIdentifier
	}
	return "null"
}

// checkAlias checks the target of an alias ("Values specific for simple alias
// records"): in CloudFront's zone an existing distribution, in the zone itself
// an existing record set of the type. Targets in zones of other AWS services
// are not known here, and taken as they are.
func (b *batch) checkAlias(r recordSet) {
	target := r.AliasTarget
	tried := fmt.Sprintf("Tried to create an alias that targets %s, type %s in zone %s, but", target.DNSName, r.Type, target.HostedZoneID)
	switch target.HostedZoneID {
	case cloudFrontZone:
		b.checkCloudFrontAlias(r, tried)
	case b.zone.ID:
		if !within(target.DNSName, b.zone.Name) {
			b.refuse("%s the alias target name does not lie within the target zone", tried)
		} else if len(b.working.of(target.DNSName, r.Type)) == 0 || target.DNSName == r.Name {
			b.refuse("%s that target was not found", tried)
		}
	default:
		if strings.HasSuffix(target.DNSName, ".cloudfront.net.") {
			b.refuse("%s the alias target name does not lie within the target zone", tried)
			b.refuse("%s that target was not found", tried)
		}
	}
	if r.Type == "NS" || r.Type == "SOA" {
		b.refuse("An alias record set cannot be of type %s", r.Type)
	}
}

func (b *batch) checkCloudFrontAlias(r recordSet, tried string) {
	domain := strings.TrimSuffix(r.AliasTarget.DNSName, ".")
	if !strings.HasSuffix(domain, ".cloudfront.net") {
		b.refuse("%s the alias target name does not lie within the target zone", tried)
		return
	}
	// CloudFront's names have A, AAAA and HTTPS records, and no others.
	known := b.aliasTarget == nil || b.aliasTarget(domain)
	if !known || r.Type != "A" && r.Type != "AAAA" && r.Type != "HTTPS" {
		b.refuse("%s that target was not found", tried)
	}
	if r.AliasTarget.EvaluateTargetHealth {
		b.refuse("EvaluateTargetHealth cannot be true for the alias %s, which targets a CloudFront distribution", r.Name)
	}
}
