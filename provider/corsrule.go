package provider

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// CorsRuleToken is the type of a CORS rule of a bucket.
const CorsRuleToken tokens.Type = Name + ":index:BucketCorsRule"

// Names of a rule's properties, besides bucket, region and mark.
const (
	originsKey resource.PropertyKey = "origins"
	ruleIDKey  resource.PropertyKey = "ruleId"
	ruleKey    resource.PropertyKey = "rule"
)

// corsRuleShapes are a rule's inputs in the order in which faults are reported.
var corsRuleShapes = append(bucketShapes[:1:1],
	shape{key: regionKey, pattern: regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`), want: "a region such as eu-central-1"},
	shape{key: originsKey, required: true, want: "the origins whose scripts may read the objects"},
	shape{key: markKey, pattern: anything, want: "the mark of the component that the rule belongs to"},
)

// corsRules are the CORS rules of a bucket, of which the first one that fits counts.
type corsRules []s3types.CORSRule

// Equal compares what the rules say.
func (rules corsRules) Equal(others corsRules) bool {
	return slices.EqualFunc(rules, others, func(a, b s3types.CORSRule) bool { return ruleText(a) == ruleText(b) })
}

func (rules corsRules) find(id string) int {
	return slices.IndexFunc(rules, func(r s3types.CORSRule) bool { return aws.ToString(r.ID) == id })
}

// with has the rule in its place, or behind those of others.
func (rules corsRules) with(rule s3types.CORSRule) corsRules {
	all := slices.Clone(rules)
	if i := all.find(aws.ToString(rule.ID)); i >= 0 {
		all[i] = rule
		return all
	}
	return append(all, rule)
}

// without has the rule taken out, unless somebody made it into one that lets pages write: it is theirs now.
func (rules corsRules) without(id string) corsRules {
	i := rules.find(id)
	if i < 0 || slices.ContainsFunc(rules[i].AllowedMethods, func(m string) bool { return m != http.MethodGet && m != http.MethodHead }) {
		return rules
	}
	return slices.Delete(slices.Clone(rules), i, i+1)
}

// ruleText is a rule as JSON.
func ruleText(rule s3types.CORSRule) string {
	text, _ := json.Marshal(struct { // texts and numbers cannot fail
		ID                             *string `json:",omitempty"`
		AllowedOrigins, AllowedMethods []string
		AllowedHeaders, ExposeHeaders  []string `json:",omitempty"`
		MaxAgeSeconds                  *int32   `json:",omitempty"`
	}{rule.ID, rule.AllowedOrigins, rule.AllowedMethods, rule.AllowedHeaders, rule.ExposeHeaders, rule.MaxAgeSeconds})
	return string(text)
}

// corsStore are the CORS rules of buckets.
var corsStore = bucketDocuments[corsRules]{
	what: "CORS rules", event: "PutBucketCors", get: getCorsRules, put: putCorsRules,
	cures: needs("s3:GetBucketCORS and s3:PutBucketCORS on the bucket").and(cures{
		"MalformedXML": "S3 keeps at most 100 CORS rules for a bucket: take those out that nobody needs",
		"NoSuchBucket": "Check the bucket's name and the account",
	}),
}

func getCorsRules(ctx context.Context, client *s3.Client, bucket *string) (corsRules, error) {
	out, err := client.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: bucket})
	switch {
	case errorCode(err) == "NoSuchCORSConfiguration":
		return nil, nil
	case err != nil:
		return nil, err //nolint:wrapcheck // the editor does
	}
	return out.CORSRules, nil
}

func putCorsRules(ctx context.Context, client *s3.Client, bucket *string, wanted corsRules) (err error) {
	if len(wanted) == 0 {
		_, err = client.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: bucket})
		return err //nolint:wrapcheck // the editor does
	}
	_, err = client.PutBucketCors(ctx, &s3.PutBucketCorsInput{
		Bucket: bucket, CORSConfiguration: &s3types.CORSConfiguration{CORSRules: wanted},
	})
	return err //nolint:wrapcheck // the editor does
}

// corsRuleKind are the resources of type [CorsRuleToken]: one rule each, and every other rule stays as it is. S3 keeps
// all rules of a bucket as one document, which the AWS provider's BucketCorsConfiguration owns whole.
type corsRuleKind struct{ provider *Provider }

func (k corsRuleKind) check(inputs resource.PropertyMap) []plugin.CheckFailure {
	faults := checkAgainst(inputs, corsRuleShapes)
	if origins := bare(inputs[originsKey]); !origins.IsNull() && !origins.ContainsUnknowns() && len(texts(inputs, originsKey)) == 0 {
		faults = append(faults, plugin.CheckFailure{Property: originsKey, Reason: "must be a list of at least one origin"})
	}
	return faults
}

// rule is what a resource with this id owns. Browsers may send all headers: which origins are let in is what counts.
func (k corsRuleKind) rule(inputs resource.PropertyMap, id string) s3types.CORSRule {
	return s3types.CORSRule{
		ID: aws.String(id), AllowedOrigins: texts(inputs, originsKey),
		AllowedMethods: []string{http.MethodGet, http.MethodHead}, AllowedHeaders: []string{"*"},
	}
}

// diff replaces for another bucket, and updates for everything else, including a rule that somebody edited or took away.
func (k corsRuleKind) diff(ctx context.Context, req plugin.DiffRequest) plugin.DiffResult {
	olds := req.OldInputs
	if len(olds) == 0 {
		olds = req.OldOutputs
	}
	detailed := map[string]plugin.PropertyDiff{}
	for _, shape := range corsRuleShapes {
		if kind, changed := diffProperty(olds[shape.key], req.NewInputs[shape.key]); changed && shape.key != markKey {
			diff := plugin.PropertyDiff{Kind: kind, InputDiff: true}
			if shape.key == bucketKey {
				diff = diff.ToReplace()
			}
			detailed[string(shape.key)] = diff
		}
	}
	edited := text(req.OldOutputs, ruleKey) != ruleText(k.rule(req.NewInputs, text(req.OldOutputs, ruleIDKey)))
	if len(detailed) == 0 && !slices.Contains(req.IgnoreChanges, string(ruleKey)) && (edited || k.drifted(ctx, req)) {
		detailed[string(ruleKey)] = plugin.PropertyDiff{Kind: plugin.DiffUpdate}
	}
	return diffResult(detailed, ruleIDKey)
}

// drifted reports whether the bucket, as it is now, does not have the rule that the inputs ask for.
func (k corsRuleKind) drifted(ctx context.Context, req plugin.DiffRequest) bool {
	bucket, id, err := splitStatementID(req.ID, bucketShapes[0])
	if err != nil {
		return false
	}
	if _, err := k.provider.configured(); err != nil {
		return false
	}
	edit, err := newBucketEditor(ctx, k.provider, corsStore, placeOf(bucket, req.NewInputs, req.OldOutputs))
	if err != nil {
		k.provider.unseen(ctx, req.URN, "CORS rule "+id+" of bucket "+bucket, err)
		return false
	}
	rules, err := edit.read(ctx)
	switch {
	case hasCode(err, noSuchBucket): // an update could not mend it
		return false
	case err != nil:
		k.provider.unseen(ctx, req.URN, "CORS rule "+id+" of bucket "+bucket, err)
		return false
	}
	at := rules.find(id)
	return at < 0 || ruleText(rules[at]) != ruleText(k.rule(req.NewInputs, id))
}

// create adds the rule, or finds that an interrupted create did so before.
func (k corsRuleKind) create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	id := candidateSid(req.URN, text(req.Properties, markKey), 0)
	if req.Preview {
		return plugin.CreateResponse{Properties: k.previewed(req.Properties, id)}, nil
	}
	bucket := text(req.Properties, bucketKey)
	if err := k.write(ctx, bucket, id, req.Properties); err != nil {
		return plugin.CreateResponse{}, err
	}
	return plugin.CreateResponse{ID: statementID(bucket, id), Properties: k.outputs(req.Properties, k.rule(req.Properties, id))}, nil
}

// previewed is the state as far as it is known before AWS was asked.
func (k corsRuleKind) previewed(inputs resource.PropertyMap, id string) resource.PropertyMap {
	if !inputs[originsKey].ContainsUnknowns() && !inputs[markKey].ContainsUnknowns() {
		return k.outputs(inputs, k.rule(inputs, id))
	}
	state := inputs.Copy()
	state[ruleIDKey] = resource.MakeComputed(resource.NewProperty(""))
	state[ruleKey] = resource.MakeComputed(resource.NewProperty(""))
	return state
}

func (k corsRuleKind) outputs(inputs resource.PropertyMap, rule s3types.CORSRule) resource.PropertyMap {
	state := inputs.Copy()
	state[ruleIDKey] = resource.NewProperty(aws.ToString(rule.ID))
	state[ruleKey] = resource.NewProperty(ruleText(rule))
	if inputs[originsKey].ContainsSecrets() {
		state[ruleKey] = resource.MakeSecret(state[ruleKey])
	}
	return state
}

// write puts the rule in its place, whatever has become of it.
func (k corsRuleKind) write(ctx context.Context, bucket, id string, inputs resource.PropertyMap) error {
	edit, err := newBucketEditor(ctx, k.provider, corsStore, placeOf(bucket, inputs, nil))
	if err != nil {
		return err
	}
	return edit.apply(ctx, func(rules corsRules) (corsRules, error) { return rules.with(k.rule(inputs, id)), nil })
}

func (k corsRuleKind) update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	bucket, id, err := splitStatementID(req.ID, bucketShapes[0])
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		return plugin.UpdateResponse{Properties: k.previewed(req.NewInputs, id)}, nil
	}
	if err := k.write(ctx, bucket, id, req.NewInputs); err != nil {
		return plugin.UpdateResponse{}, err
	}
	return plugin.UpdateResponse{Properties: k.outputs(req.NewInputs, k.rule(req.NewInputs, id))}, nil
}

// delete takes the rule away, and with the last rule the document. A bucket that is gone is what was asked for.
func (k corsRuleKind) delete(ctx context.Context, req plugin.DeleteRequest) error {
	bucket, id, err := splitStatementID(req.ID, bucketShapes[0])
	if err != nil {
		return err
	}
	edit, err := newBucketEditor(ctx, k.provider, corsStore, placeOf(bucket, req.Inputs, req.Outputs))
	if err != nil {
		return err
	}
	err = edit.apply(ctx, func(rules corsRules) (corsRules, error) { return rules.without(id), nil })
	if hasCode(err, noSuchBucket) {
		return nil
	}
	return err
}

// read finds the rule by its id. One that is gone reads as a deleted resource, so that the next up restores it; an
// edited one is returned as it is, so that the next up mends it.
func (k corsRuleKind) read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	bucket, id, err := splitStatementID(req.ID, bucketShapes[0])
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	edit, err := newBucketEditor(ctx, k.provider, corsStore, placeOf(bucket, req.Inputs, req.State))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	rules, err := edit.read(ctx)
	if err != nil && !hasCode(err, noSuchBucket) {
		return plugin.ReadResponse{}, err
	}
	i := rules.find(id)
	if i < 0 {
		return plugin.ReadResponse{}, nil
	}
	inputs := req.Inputs
	if len(inputs) == 0 {
		inputs = resource.PropertyMap{bucketKey: resource.NewProperty(bucket), originsKey: resource.NewPropertyValue(rules[i].AllowedOrigins)}
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: statementID(bucket, id), Inputs: inputs, Outputs: k.outputs(inputs, rules[i]),
	}}, nil
}
