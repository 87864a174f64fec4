package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"imagecdn/internal/bucketpolicy"
)

// StatementToken is the type of a statement of a bucket policy.
const StatementToken tokens.Type = Name + ":index:BucketPolicyStatement"

// KeyStatementToken is the type of a statement of a key's policy.
const KeyStatementToken tokens.Type = Name + ":index:KeyPolicyStatement"

// noSuchBucket is S3's code for a bucket that is gone, and every statement with it.
const noSuchBucket = "NoSuchBucket"

// statements are the resources of type [StatementToken] or [KeyStatementToken].
type statements struct {
	policyKind

	provider *Provider
}

// policyKind are the policies of buckets, or of keys.
type policyKind struct {
	holder    resource.PropertyKey // the input that names what has the policy
	what      string               // that is, for people
	shapes    []shape              // of the inputs, that of the holder first
	kinds     []string             // of statements, the default one first
	editor    func(ctx context.Context, p *Provider, holder string, inputs, state resource.PropertyMap) (*editor[bucketpolicy.Document], error)
	gone      []string // AWS's codes for a holder that is gone, and every statement with it
	ours      func(bucketpolicy.Statement) bool
	otherwise string // what a statement of no kind does, for people
}

var policyOfBucket = policyKind{
	holder: bucketKey, what: "bucket", shapes: statementShapes, kinds: bucketKinds, gone: []string{noSuchBucket},
	editor: func(ctx context.Context, p *Provider, bucket string, inputs, state resource.PropertyMap) (*editor[bucketpolicy.Document], error) {
		return newBucketEditor(ctx, p, policies, placeOf(bucket, inputs, state))
	},
	ours: func(s bucketpolicy.Statement) bool {
		return s.GrantsCloudFront() || s.GrantsLogDelivery() || s.RequiresTLS()
	},
	otherwise: "neither lets CloudFront read or list the bucket nor refuses plain HTTP",
}

var policyOfKey = policyKind{
	holder: keyARNKey, what: "key", shapes: keyStatementShapes, kinds: keyKinds, gone: []string{noSuchKey, keyIsGoing}, editor: newKeyEditor,
	ours: bucketpolicy.Statement.GrantsCloudFront, otherwise: "does not let CloudFront decrypt",
}

func (s statements) check(inputs resource.PropertyMap) []plugin.CheckFailure {
	if s.holder == bucketKey {
		return checkBucketArguments(inputs)
	}
	return checkAgainst(inputs, s.shapes)
}

// describe names a statement for people.
func (s statements) describe(holder, sid string) string {
	return "statement " + sid + " of " + s.what + " " + holder
}

func (s statements) split(id resource.ID) (holder, sid string, err error) {
	return splitStatementID(id, s.shapes[0])
}

// diff replaces for another bucket, other folders or another key, the new grant before the old one goes: CloudFront may
// read both until the edge is off the old one.
// It updates for everything else, including a statement that somebody edited, or took out of the policy.
func (s statements) diff(ctx context.Context, req plugin.DiffRequest) plugin.DiffResult {
	olds := req.OldInputs
	if len(olds) == 0 {
		olds = req.OldOutputs
	}
	detailed := map[string]plugin.PropertyDiff{}
	for _, shape := range s.shapes {
		if kind, changed := diffProperty(olds[shape.key], req.NewInputs[shape.key]); changed {
			diff := plugin.PropertyDiff{Kind: kind, InputDiff: true}
			if shape.key == s.holder || shape.key == prefixesKey {
				diff = diff.ToReplace()
			}
			detailed[string(shape.key)] = diff
		}
	}
	if len(detailed) == 0 && !slices.Contains(req.IgnoreChanges, string(statementKey)) && (s.edited(req) || s.drifted(ctx, req)) {
		detailed[string(statementKey)] = plugin.PropertyDiff{Kind: plugin.DiffUpdate}
	}
	return diffResult(detailed, sidKey)
}

// drifted reports whether the policy, as it is now, does not have the statement that the inputs ask for.
func (s statements) drifted(ctx context.Context, req plugin.DiffRequest) bool {
	holder, sid, err := s.split(req.ID)
	if err != nil {
		return false
	}
	if _, err := s.provider.configured(); err != nil {
		return false
	}
	edit, err := s.editor(ctx, s.provider, holder, req.NewInputs, req.OldOutputs)
	if err != nil {
		s.provider.unseen(ctx, req.URN, s.describe(holder, sid), err)
		return false
	}
	policy, err := edit.read(ctx)
	switch {
	case hasCode(err, s.gone...): // an update could not mend it
		return false
	case err != nil:
		s.provider.unseen(ctx, req.URN, s.describe(holder, sid), err)
		return false
	}
	statement, present := policy.Find(sid)
	return !present || !statement.Equal(s.arguments(req.NewInputs).statement(sid))
}

// edited reports whether the statement, as it was last read, does not say what the inputs ask for.
func (s statements) edited(req plugin.DiffRequest) bool {
	statement, err := bucketpolicy.ParseStatement(text(req.OldOutputs, statementKey))
	if err != nil {
		return true
	}
	return !statement.Equal(s.arguments(req.NewInputs).statement(statement.Sid()))
}

// create adds the statement, or finds that an interrupted create did so before.
func (s statements) create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if req.Preview {
		return plugin.CreateResponse{Properties: s.previewed(req.Properties, "")}, nil
	}
	args := s.arguments(req.Properties)
	edit, err := s.editor(ctx, s.provider, args.holder, req.Properties, nil)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	var statement bucketpolicy.Statement
	err = edit.apply(ctx, func(policy bucketpolicy.Document) (bucketpolicy.Document, error) {
		sid, err := chooseSid(policy, req.URN, args)
		if err != nil {
			return policy, err
		}
		statement = args.statement(sid)
		return policy.With(statement)
	})
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	return plugin.CreateResponse{
		ID: statementID(args.holder, statement.Sid()), Properties: outputs(req.Properties, statement),
	}, nil
}

// previewed is the state as far as it is known before AWS was asked. A new statement's Sid depends on the policy.
func (s statements) previewed(inputs resource.PropertyMap, sid string) resource.PropertyMap {
	args := s.arguments(inputs)
	if sid != "" && args.known() {
		return outputs(inputs, args.statement(sid))
	}
	state := inputs.Copy()
	state[sidKey] = resource.MakeComputed(resource.NewProperty(""))
	if sid != "" {
		state[sidKey] = resource.NewProperty(sid)
	}
	state[statementKey] = resource.MakeComputed(resource.NewProperty(""))
	return state
}

// update rewrites the statement under its Sid in one write, whatever has become of it.
func (s statements) update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	holder, sid, err := s.split(req.ID)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		return plugin.UpdateResponse{Properties: s.previewed(req.NewInputs, sid)}, nil
	}
	args := s.arguments(req.NewInputs)
	args.holder = holder
	edit, err := s.editor(ctx, s.provider, holder, req.NewInputs, nil)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	statement := args.statement(sid)
	err = edit.apply(ctx, func(policy bucketpolicy.Document) (bucketpolicy.Document, error) {
		return policy.With(statement)
	})
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	return plugin.UpdateResponse{Properties: outputs(req.NewInputs, statement)}, nil
}

// delete takes the statement away if it is still of one of the provider's kinds, and with the last statement the
// policy: a policy without statements cannot be stored, so the bucket had none before. A statement that somebody made
// into something else is theirs now and stays. A bucket or policy that is gone is what was asked for.
func (s statements) delete(ctx context.Context, req plugin.DeleteRequest) error {
	holder, sid, err := s.split(req.ID)
	if err != nil {
		return err
	}
	edit, err := s.editor(ctx, s.provider, holder, req.Inputs, req.Outputs)
	if err != nil {
		return err
	}
	err = edit.apply(ctx, func(policy bucketpolicy.Document) (bucketpolicy.Document, error) {
		statement, present := policy.Find(sid)
		if !present || !s.ours(statement) {
			return policy, nil
		}
		return policy.Without(sid), nil
	})
	if hasCode(err, s.gone...) {
		return nil
	}
	return err
}

// read finds the statement by its Sid. One that is gone reads as a deleted resource, so that the next up restores it;
// an edited one is returned as it is, so that the next up mends it. The spelling of an unchanged one is not a drift.
func (s statements) read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	holder, sid, err := s.split(req.ID)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	edit, err := s.editor(ctx, s.provider, holder, req.Inputs, req.State)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	policy, err := edit.read(ctx)
	if err != nil && !hasCode(err, s.gone...) {
		return plugin.ReadResponse{}, err
	}
	statement, present := policy.Find(sid)
	if !present {
		return plugin.ReadResponse{}, nil
	}
	return s.found(req, holder, statement)
}

// found describes a statement that was read. Without a state it is being imported, and must be of one of the
// provider's kinds.
func (s statements) found(
	req plugin.ReadRequest, holder string, statement bucketpolicy.Statement,
) (plugin.ReadResponse, error) {
	inputs := resource.PropertyMap{s.holder: resource.NewProperty(holder)}
	for _, shape := range s.shapes {
		for _, last := range []resource.PropertyMap{req.State, req.Inputs} {
			if value, given := last[shape.key]; given {
				inputs[shape.key] = value
			}
		}
	}
	importing := len(inputs) == 1
	args := s.arguments(inputs)
	args.holder = holder
	if arn, named := statement.SourceARN(); named && args.kind != tlsOnly && args.kind != logDelivery {
		args.distributionARN = arn
	}
	if importing {
		args = args.ofKind(statement, s.kinds)
		if args.kind != s.kinds[0] {
			inputs[kindKey] = resource.NewProperty(args.kind)
		}
	}
	canonical := args.statement(statement.Sid())
	intact := args.known() && statement.Equal(canonical)
	if importing && !intact {
		return plugin.ReadResponse{}, fmt.Errorf("importing %q: the statement %s: %s", req.ID, s.otherwise, statement)
	}
	if intact {
		statement = canonical
		if args.distributionARN != text(inputs, distributionKey) {
			inputs[distributionKey] = resource.NewProperty(args.distributionARN)
		}
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: statementID(holder, statement.Sid()), Inputs: inputs, Outputs: outputs(inputs, statement),
	}}, nil
}

// arguments reads inputs, and what the provider's settings say where they say nothing.
func (s statements) arguments(inputs resource.PropertyMap) arguments {
	args := s.readArguments(inputs)
	if ids, err := s.provider.configured(); err == nil {
		args.home = ids.bucket.settings.Region
	}
	return args
}
