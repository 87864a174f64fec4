package provider

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// RecordToken is the type of a record by which ACM validates a name.
const RecordToken tokens.Type = Name + ":index:ValidationRecord"

// Names of a record's properties, besides certificateArn.
const (
	zoneKey   resource.PropertyKey = "zoneId"
	nameKey   resource.PropertyKey = "name"
	valueKey  resource.PropertyKey = "value"
	domainKey resource.PropertyKey = "domain"
	ttlKey    resource.PropertyKey = "ttl"
	fqdnKey   resource.PropertyKey = "fqdn"
)

// defaultTTL is that of a new record, in seconds.
const defaultTTL = 300

// maxTTL is the longest time to live, in seconds (Route 53 API Reference, ResourceRecordSet).
const maxTTL = 2_147_483_647

// recordShapes are a record's inputs in the order in which faults are reported.
var recordShapes = []shape{
	{key: zoneKey, required: true, pattern: regexp.MustCompile(`^([a-z0-9:-]*/?hostedzone/)?Z?[A-Z0-9]{1,32}$`), want: "the id of a hosted zone"},
	{key: nameKey, required: true, pattern: regexp.MustCompile(`^[^.\s]+(\.[^.\s]+)+\.?$`), want: "the record's name, as ACM says it"},
	{key: valueKey, required: true, pattern: regexp.MustCompile(`^[^.\s]+(\.[^.\s]+)+\.?$`), want: "the record's value, as ACM says it"},
	{key: certificateARNKey, pattern: regexp.MustCompile(`^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$`), want: "the ARN of a certificate"},
	{key: domainKey, pattern: anything, want: "the domain that the record validates"},
	{key: ttlKey, want: "the time to live in seconds"},
}

// recordCures are for calls of Route 53 that change a zone.
var recordCures = needs("route53:ListResourceRecordSets and route53:ChangeResourceRecordSets on the hosted zone").and(cures{
	"NoSuchHostedZone": "Check the id of the zone, and the account: it has to be that of the zone's owner",
})

// records are the resources of type [RecordToken]. ACM asks for the same record for every certificate of an account
// with that name, so one that is there is taken as it is, and it is deleted only when no other certificate needs it.
type records struct{ provider *Provider }

// validation is what a record is. What is not known yet is empty.
type validation struct {
	zone, name, value, certificateARN, domain string

	ttl int64
}

func readValidation(inputs resource.PropertyMap) validation {
	v := validation{
		zone: zoneID(text(inputs, zoneKey)), name: plainName(text(inputs, nameKey)), value: plainName(text(inputs, valueKey)),
		certificateARN: text(inputs, certificateARNKey), domain: text(inputs, domainKey), ttl: defaultTTL,
	}
	if ttl := bare(inputs[ttlKey]); ttl.IsNumber() {
		v.ttl = int64(ttl.NumberValue())
	}
	return v
}

// String names the record for people.
func (v validation) String() string {
	if v.domain == "" {
		return "validation record " + v.name
	}
	return fmt.Sprintf("validation record %s of %s", v.name, v.domain)
}

func (v validation) id() resource.ID { return resource.ID(v.zone + "/" + v.name) }

func (v validation) outputs(inputs resource.PropertyMap) resource.PropertyMap {
	state := inputs.Copy()
	state[fqdnKey] = resource.NewProperty(v.name)
	if v.name == "" {
		state[fqdnKey] = resource.MakeComputed(resource.NewProperty(""))
	}
	return state
}

func (r records) check(inputs resource.PropertyMap) []plugin.CheckFailure {
	faults := checkAgainst(inputs, recordShapes)
	ttl := bare(inputs[ttlKey])
	if ttl.IsNull() || ttl.IsComputed() {
		return faults
	}
	if !ttl.IsNumber() || ttl.NumberValue() < 0 || ttl.NumberValue() > maxTTL || ttl.NumberValue() != float64(int64(ttl.NumberValue())) {
		faults = append(faults, plugin.CheckFailure{Property: ttlKey, Reason: "must be a whole number of seconds"})
	}
	return faults
}

// diff replaces for another zone or name. A name that is not known yet is no other one: ACM asks for the same record
// for the same name and account, so a replaced certificate leaves it as it is. It updates for a record that is gone from
// the zone, or says something else there.
func (r records) diff(ctx context.Context, req plugin.DiffRequest) plugin.DiffResult {
	olds := req.OldInputs
	if len(olds) == 0 {
		olds = req.OldOutputs
	}
	before, after := readValidation(olds), readValidation(req.NewInputs)
	same := map[resource.PropertyKey]bool{
		zoneKey: before.zone == after.zone, nameKey: before.name == after.name, valueKey: before.value == after.value,
	}
	detailed := map[string]plugin.PropertyDiff{}
	for _, shape := range recordShapes {
		kind, changed := diffProperty(olds[shape.key], req.NewInputs[shape.key])
		if !changed || same[shape.key] {
			continue
		}
		diff := plugin.PropertyDiff{Kind: kind, InputDiff: true}
		if shape.key == zoneKey || shape.key == nameKey && !bare(req.NewInputs[nameKey]).IsComputed() {
			diff = diff.ToReplace()
		}
		detailed[string(shape.key)] = diff
	}
	if len(detailed) == 0 && r.drifted(ctx, req, before) {
		detailed[string(valueKey)] = plugin.PropertyDiff{Kind: plugin.DiffUpdate}
	}
	return diffResult(detailed)
}

// drifted reports whether the zone, as it is now, does not have the record.
func (r records) drifted(ctx context.Context, req plugin.DiffRequest, wanted validation) bool {
	if _, err := r.provider.configured(); err != nil || slices.Contains(req.IgnoreChanges, string(valueKey)) {
		return false
	}
	client, err := r.client(ctx, wanted)
	if err != nil {
		r.provider.unseen(ctx, req.URN, wanted.String(), err)
		return false
	}
	present, err := wanted.find(ctx, client)
	switch {
	case hasCode(err, noSuchZone): // an update could not mend it
		return false
	case err != nil:
		r.provider.unseen(ctx, req.URN, wanted.String(), err)
		return false
	}
	return present == nil || !wanted.is(*present)
}

// create takes the record that is there, or makes it. It does not wait until every name server has it: ACM's own wait
// is longer.
func (r records) create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	wanted := readValidation(req.Properties)
	if req.Preview {
		return plugin.CreateResponse{Properties: wanted.outputs(req.Properties)}, nil
	}
	client, err := r.client(ctx, wanted)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	present, err := wanted.find(ctx, client)
	if err == nil && present == nil {
		err = wanted.change(ctx, client, types.ChangeActionCreate, wanted.set())
		if hasCode(err, "InvalidChangeBatch") { // somebody was faster, perhaps with the same record
			refused := err
			if present, err = wanted.find(ctx, client); err == nil && present == nil {
				err = refused
			}
		}
	}
	if err != nil {
		return plugin.CreateResponse{}, explain(ctx, "making "+wanted.String(), err, recordCures)
	}
	if present != nil && !wanted.is(*present) {
		return plugin.CreateResponse{}, fmt.Errorf("making %s: hosted zone %s has another record of that name: %s. ACM asks "+
			"for a CNAME to %s: if nobody needs the other one, delete it", wanted, wanted.zone, describeSet(*present), wanted.value)
	}
	return plugin.CreateResponse{ID: wanted.id(), Properties: wanted.outputs(req.Properties)}, nil
}

// update writes if the record does not say what it should, or if another time to live is asked for.
func (r records) update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	wanted := readValidation(req.NewInputs)
	if req.Preview {
		return plugin.UpdateResponse{Properties: wanted.outputs(req.NewInputs)}, nil
	}
	client, err := r.client(ctx, wanted)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	present, err := wanted.find(ctx, client)
	if err == nil && (present == nil || !wanted.is(*present) || wanted.ttl != readValidation(req.OldInputs).ttl) {
		err = wanted.change(ctx, client, types.ChangeActionUpsert, wanted.set())
	}
	if err != nil {
		return plugin.UpdateResponse{}, explain(ctx, "changing "+wanted.String(), err, recordCures)
	}
	return plugin.UpdateResponse{Properties: wanted.outputs(req.NewInputs)}, nil
}

// read finds the record by its id. Another value at its name is drift; anything else there is not the record.
func (r records) read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	zone, name, found := strings.Cut(string(req.ID), "/")
	if !found || zone == "" || name == "" {
		return plugin.ReadResponse{}, fmt.Errorf("id %q is not of the form <zone id>/<name>", req.ID)
	}
	wanted := readValidation(req.Inputs)
	wanted.zone, wanted.name = zone, plainName(name)
	client, err := r.client(ctx, wanted)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	present, err := wanted.find(ctx, client)
	if err != nil && !hasCode(err, noSuchZone) {
		return plugin.ReadResponse{}, explain(ctx, "reading "+wanted.String(), err, recordCures)
	}
	if present == nil || present.Type != types.RRTypeCname || len(present.ResourceRecords) != 1 {
		return plugin.ReadResponse{}, nil
	}
	inputs := resource.PropertyMap{zoneKey: resource.NewProperty(zone), nameKey: resource.NewProperty(wanted.name)}
	for _, shape := range recordShapes {
		if value, given := req.Inputs[shape.key]; given {
			inputs[shape.key] = value
		}
	}
	if !wanted.is(*present) {
		inputs[valueKey] = resource.NewProperty(plainName(aws.ToString(present.ResourceRecords[0].Value)))
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: wanted.id(), Inputs: inputs, Outputs: wanted.outputs(inputs),
	}}, nil
}

// delete takes the record away unless another certificate needs it, or nobody can tell. A record that is gone, or is
// another one by now, is left alone.
func (r records) delete(ctx context.Context, req plugin.DeleteRequest) error {
	wanted := readValidation(req.Outputs)
	client, err := r.client(ctx, wanted)
	if err != nil {
		return err
	}
	present, err := wanted.find(ctx, client)
	if hasCode(err, noSuchZone) || err == nil && (present == nil || !wanted.is(*present)) {
		return nil
	}
	if err != nil {
		return explain(ctx, "deleting "+wanted.String(), err, recordCures)
	}
	ids, err := r.provider.configured()
	if err != nil {
		return err
	}
	reason, err := ids.aws.needed(ctx, wanted)
	if err != nil {
		return explain(ctx, "deleting "+wanted.String(), err, recordCures)
	}
	if reason != "" {
		r.provider.note(ctx, req.URN, "The "+wanted.String()+" stays: "+reason)
		return nil
	}
	err = wanted.change(ctx, client, types.ChangeActionDelete, *present)
	if hasCode(err, "InvalidChangeBatch") { // it changed or went in between
		if present, findErr := wanted.find(ctx, client); findErr == nil && (present == nil || !wanted.is(*present)) {
			return nil
		}
	}
	if err != nil {
		return explain(ctx, "deleting "+wanted.String(), err, recordCures)
	}
	return nil
}

// client is for the zone's owner.
func (r records) client(ctx context.Context, v validation) (*route53.Client, error) {
	ids, err := r.provider.configured()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v, err)
	}
	client, err := ids.dns.route53(ctx)
	if err != nil {
		return nil, explain(ctx, v.String(), err, recordCures)
	}
	return client, nil
}

// noSuchZone is Route 53's code for a zone that is gone, and every record with it.
const noSuchZone = "NoSuchHostedZone"

// find is the record at the name, nil if there is none: a CNAME if there is one, since nothing else can be beside it.
func (v validation) find(ctx context.Context, client *route53.Client) (*types.ResourceRecordSet, error) {
	out, err := client.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{
		HostedZoneId: aws.String(v.zone), StartRecordName: aws.String(v.name), MaxItems: aws.Int32(1),
	})
	if err != nil || len(out.ResourceRecordSets) == 0 || plainName(aws.ToString(out.ResourceRecordSets[0].Name)) != v.name {
		return nil, err //nolint:wrapcheck // the caller explains
	}
	return &out.ResourceRecordSets[0], nil
}

// is reports whether a record set says what is wanted.
func (v validation) is(set types.ResourceRecordSet) bool {
	return set.Type == types.RRTypeCname && len(set.ResourceRecords) == 1 &&
		plainName(aws.ToString(set.ResourceRecords[0].Value)) == v.value
}

func (v validation) set() types.ResourceRecordSet {
	return types.ResourceRecordSet{
		Name: aws.String(v.name + "."), Type: types.RRTypeCname, TTL: aws.Int64(v.ttl),
		ResourceRecords: []types.ResourceRecord{{Value: aws.String(v.value + ".")}},
	}
}

func (v validation) change(
	ctx context.Context, client *route53.Client, action types.ChangeAction, set types.ResourceRecordSet,
) error {
	_, err := client.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: aws.String(v.zone), ChangeBatch: &types.ChangeBatch{Changes: []types.Change{
			{Action: action, ResourceRecordSet: &set},
		}},
	})
	return err //nolint:wrapcheck // the caller explains
}

func describeSet(set types.ResourceRecordSet) string {
	record := describeRecord(set)
	return strings.TrimSpace(record.Type + " " + strings.Join(append(record.Values, record.AliasTarget), " "))
}
