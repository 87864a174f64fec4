package provider

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// LeftoversToken is the type of what marks the things of a component, and deletes those that no state knows.
const LeftoversToken tokens.Type = Name + ":index:Leftovers"

// Names of its properties.
const (
	markKey  resource.PropertyKey = "mark"
	kindsKey resource.PropertyKey = "kinds"
	keepKey  resource.PropertyKey = "keep"

	renewalsKey resource.PropertyKey = "renewals"
)

// markPattern is what a mark looks like: it is looked for within descriptions, so it must not be part of another one.
var markPattern = regexp.MustCompile(`^imagecdn-[0-9a-f]{16}$`)

var leftoverShapes = []shape{
	{key: markKey, pattern: markPattern, want: "the mark of another resource of this type"},
	{key: kindsKey, required: true, want: "the kinds of things that carry the mark"},
	{key: keepKey, want: "ids or ARNs of what is not to be deleted"},
	{key: renewalsKey, want: "how often things had to be made anew, by kind"},
}

// leftovers are the resources of type [LeftoversToken]. AWS may have made something whose answer never came: the
// connection broke, or the engine was killed. No state knows of it then. What a component makes carries its mark, and
// when everything that the state knows is deleted, what still carries the mark is a leftover.
type leftovers struct{ provider *Provider }

func (l leftovers) check(inputs resource.PropertyMap) []plugin.CheckFailure {
	faults := checkAgainst(inputs, leftoverShapes)
	for _, kind := range texts(inputs, kindsKey) {
		if !slices.ContainsFunc(sweepers, func(s sweeper) bool { return s.kind == kind }) {
			faults = append(faults, plugin.CheckFailure{Property: kindsKey, Reason: fmt.Sprintf("has no %q", kind)})
		}
	}
	return faults
}

// diff replaces for another mark: what carries the old one is then deleted, if no state knows it.
func (l leftovers) diff(_ context.Context, req plugin.DiffRequest) plugin.DiffResult {
	detailed := map[string]plugin.PropertyDiff{}
	for _, key := range []resource.PropertyKey{markKey, kindsKey, keepKey, renewalsKey} {
		before, after := req.OldInputs[key], req.NewInputs[key]
		if diffKind, changed := diffProperty(before, after); changed {
			diff := plugin.PropertyDiff{Kind: diffKind, InputDiff: true}
			if key == markKey {
				diff = diff.ToReplace()
			}
			detailed[string(key)] = diff
		}
	}
	return diffResult(detailed)
}

// create chooses the mark. It calls nothing.
func (l leftovers) create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	state := req.Properties.Copy()
	mark := text(req.Properties, markKey)
	switch {
	case mark != "" || bare(req.Properties[markKey]).IsComputed():
	case req.Preview:
		state[markKey] = resource.MakeComputed(resource.NewProperty(""))
	default:
		var random [8]byte
		_, _ = rand.Read(random[:]) // it never fails
		mark = "imagecdn-" + hex.EncodeToString(random[:])
		state[markKey] = resource.NewProperty(mark)
	}
	return plugin.CreateResponse{ID: resource.ID(mark + "/" + strings.Join(texts(req.Properties, kindsKey), "+")), Properties: state}, nil
}

func (l leftovers) update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	state := req.NewInputs.Copy()
	state[markKey] = req.OldOutputs[markKey]
	return plugin.UpdateResponse{Properties: state}, nil
}

// read believes the state: there is nothing of it in AWS.
func (l leftovers) read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	inputs, state := req.Inputs, req.State
	if len(state) == 0 { // imported, as "mark/kind+kind"
		mark, kinds, found := strings.Cut(string(req.ID), "/")
		if !found || !markPattern.MatchString(mark) {
			return plugin.ReadResponse{}, fmt.Errorf("id %q is not of the form <mark>/<kinds>", req.ID)
		}
		state = resource.PropertyMap{markKey: resource.NewProperty(mark), kindsKey: resource.NewPropertyValue(strings.Split(kinds, "+"))}
		inputs = state
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: req.ID, Inputs: inputs, Outputs: state}}, nil
}

// delete deletes what carries the mark. Who may not look is told so, and keeps nothing from being destroyed.
func (l leftovers) delete(ctx context.Context, req plugin.DeleteRequest) error {
	ids, err := l.provider.configured()
	if err != nil {
		return err
	}
	s := sweep{
		mark: text(req.Outputs, markKey), keep: texts(req.Outputs, keepKey), owner: ids.aws, dns: ids.dns,
		note: func(message string) { l.provider.note(ctx, req.URN, message) },
	}
	for _, sweeper := range sweepers {
		if !slices.Contains(texts(req.Outputs, kindsKey), sweeper.kind) {
			continue
		}
		err := sweeper.run(s, ctx)
		if denied(err) {
			s.note(fmt.Sprintf("Whether an interrupted operation has left a %s of this stack in AWS cannot be told: %v", sweeper.kind, said(ctx, err)))
			continue
		}
		if err != nil {
			return explain(ctx, fmt.Sprintf("deleting the %s that carries the mark %s", sweeper.kind, s.mark), err, needs(sweeper.permissions))
		}
	}
	return nil
}
