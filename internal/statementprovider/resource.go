package statementprovider

import (
	"context"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"imagecdn/internal/bucketpolicy"
)

// Token is the type of the one resource.
const Token tokens.Type = Name + ":index:BucketPolicyStatement"

// noSuchBucket is S3's code for a bucket that is gone, and every statement with it.
const noSuchBucket = "NoSuchBucket"

// Check validates the inputs and passes them on as they are.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	if err := known(req.URN); err != nil {
		return plugin.CheckResponse{}, err
	}
	return plugin.CheckResponse{Properties: req.News, Failures: checkArguments(req.News)}, nil
}

func known(urn resource.URN) error {
	if urn.Type() != Token {
		return fmt.Errorf("%s has no resource %s: there is %s", Name, urn.Type(), Token)
	}
	return nil
}

// Diff replaces for another bucket and updates for everything else, including a statement that somebody edited.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	olds := req.OldInputs
	if len(olds) == 0 {
		olds = req.OldOutputs
	}
	detailed := map[string]plugin.PropertyDiff{}
	for _, key := range inputKeys {
		if kind, changed := diffProperty(olds[key], req.NewInputs[key]); changed {
			diff := plugin.PropertyDiff{Kind: kind, InputDiff: true}
			if key == bucketKey {
				diff = diff.ToReplace()
			}
			detailed[string(key)] = diff
		}
	}
	if len(detailed) == 0 && edited(req) && !slices.Contains(req.IgnoreChanges, statementKey) {
		detailed[statementKey] = plugin.PropertyDiff{Kind: plugin.DiffUpdate}
	}
	if len(detailed) == 0 {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	_, replaced := detailed[bucketKey]
	return plugin.DiffResult{
		Changes: plugin.DiffSome, DetailedDiff: detailed, DeleteBeforeReplace: replaced,
		StableKeys: []resource.PropertyKey{sidKey},
	}, nil
}

func diffProperty(before, after resource.PropertyValue) (plugin.DiffKind, bool) {
	before, after = bare(before), bare(after)
	switch {
	case before.IsNull() && after.IsNull():
		return 0, false
	case before.IsNull():
		return plugin.DiffAdd, true
	case after.IsNull():
		return plugin.DiffDelete, true
	}
	return plugin.DiffUpdate, after.IsComputed() || !before.DeepEquals(after)
}

// edited reports whether the statement, as it was last read, does not say what the inputs ask for.
func edited(req plugin.DiffRequest) bool {
	statement, err := bucketpolicy.ParseStatement(text(req.OldOutputs, statementKey))
	if err != nil {
		return true
	}
	args := readArguments(req.NewInputs)
	return !statement.Equal(grant(statement.Sid(), args.bucket, args.distributionARN))
}

// Create adds the statement, or finds that an interrupted create did so before.
func (p *Provider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if err := known(req.URN); err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		return plugin.CreateResponse{Properties: previewed(req.Properties, "")}, nil
	}
	ctx, end := p.operation(ctx, req.Timeout)
	defer end()
	args := readArguments(req.Properties)
	edit, err := p.editor(ctx, args.bucket, args.region)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	var statement bucketpolicy.Statement
	err = edit.apply(ctx, func(policy bucketpolicy.Document) (bucketpolicy.Document, error) {
		sid, err := chooseSid(policy, req.URN, args.bucket, args.distributionARN)
		if err != nil {
			return policy, err
		}
		statement = grant(sid, args.bucket, args.distributionARN)
		return policy.With(statement)
	})
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	return plugin.CreateResponse{
		ID: resourceID(args.bucket, statement.Sid()), Properties: outputs(req.Properties, statement),
	}, nil
}

// previewed is the state as far as it is known before AWS was asked. A new statement's Sid depends on the policy.
func previewed(inputs resource.PropertyMap, sid string) resource.PropertyMap {
	args := readArguments(inputs)
	if sid != "" && args.bucket != "" && args.distributionARN != "" {
		return outputs(inputs, grant(sid, args.bucket, args.distributionARN))
	}
	state := inputs.Copy()
	state[sidKey] = resource.MakeComputed(resource.NewProperty(""))
	if sid != "" {
		state[sidKey] = resource.NewProperty(sid)
	}
	state[statementKey] = resource.MakeComputed(resource.NewProperty(""))
	return state
}

// Update rewrites the statement under its Sid in one write, whatever has become of it.
func (p *Provider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	bucket, sid, err := splitID(req.ID)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		return plugin.UpdateResponse{Properties: previewed(req.NewInputs, sid)}, nil
	}
	ctx, end := p.operation(ctx, req.Timeout)
	defer end()
	args := readArguments(req.NewInputs)
	edit, err := p.editor(ctx, bucket, args.region)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	statement := grant(sid, bucket, args.distributionARN)
	err = edit.apply(ctx, func(policy bucketpolicy.Document) (bucketpolicy.Document, error) {
		return policy.With(statement)
	})
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	return plugin.UpdateResponse{Properties: outputs(req.NewInputs, statement)}, nil
}

// Delete takes the statement away if it is still a grant to CloudFront, and with the last statement the policy: a
// policy without statements cannot be stored, so the bucket had none before. A statement that somebody made into
// something else is theirs now and stays. A bucket or policy that is gone is what was asked for.
func (p *Provider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	bucket, sid, err := splitID(req.ID)
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	ctx, end := p.operation(ctx, req.Timeout)
	defer end()
	edit, err := p.editor(ctx, bucket, regionOf(req.Inputs, req.Outputs))
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	err = edit.apply(ctx, func(policy bucketpolicy.Document) (bucketpolicy.Document, error) {
		if statement, present := policy.Find(sid); !present || !statement.GrantsCloudFront() {
			return policy, nil
		}
		return policy.Without(sid), nil
	})
	if errorCode(err) == noSuchBucket {
		err = nil
	}
	return plugin.DeleteResponse{}, err
}

// Read finds the statement by its Sid. One that is gone reads as a deleted resource, so that the next up restores it;
// an edited one is returned as it is, so that the next up mends it. The spelling of an unchanged one is not a drift.
func (p *Provider) Read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	bucket, sid, err := splitID(req.ID)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	ctx, end := p.operation(ctx, req.Timeout)
	defer end()
	edit, err := p.editor(ctx, bucket, regionOf(req.Inputs, req.State))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	policy, err := edit.read(ctx)
	if err != nil && errorCode(err) != noSuchBucket {
		return plugin.ReadResponse{}, err
	}
	statement, present := policy.Find(sid)
	if !present {
		return plugin.ReadResponse{}, nil
	}
	return found(req, bucket, statement)
}

// found describes a statement that was read. Without a state it is being imported, and must be a read grant.
func found(req plugin.ReadRequest, bucket string, statement bucketpolicy.Statement) (plugin.ReadResponse, error) {
	inputs := resource.PropertyMap{bucketKey: resource.NewProperty(bucket)}
	for _, key := range inputKeys {
		for _, last := range []resource.PropertyMap{req.State, req.Inputs} {
			if value, given := last[key]; given {
				inputs[key] = value
			}
		}
	}
	arn, named := statement.SourceARN()
	canonical := grant(statement.Sid(), bucket, arn)
	intact := named && statement.Equal(canonical)
	if _, known := inputs[distributionKey]; !known && !intact {
		return plugin.ReadResponse{}, fmt.Errorf("importing %q: the statement is not CloudFront's read grant on the bucket: %s",
			req.ID, statement)
	}
	if intact {
		statement = canonical
	}
	if intact && arn != text(inputs, distributionKey) {
		inputs[distributionKey] = resource.NewProperty(arn)
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: resourceID(bucket, statement.Sid()), Inputs: inputs, Outputs: outputs(inputs, statement),
	}}, nil
}

// regionOf is the bucket's region as it was last known.
func regionOf(inputs, state resource.PropertyMap) string {
	if region := text(inputs, regionKey); region != "" {
		return region
	}
	return text(state, regionKey)
}

// editor makes an editor with this instance's credentials.
func (p *Provider) editor(ctx context.Context, bucket, region string) (editor, error) {
	settings, err := p.configured()
	if err != nil {
		return editor{}, fmt.Errorf("bucket %q: %w", bucket, err)
	}
	client, err := settings.s3Client(ctx, region)
	if err != nil {
		return editor{}, fmt.Errorf("bucket %q: %w", bucket, err)
	}
	return editor{client: client, bucket: bucket, locks: p.locks, pace: p.pace}, nil
}
