package standin

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"

	"imagecdn/tools/pulumi-resource-aws/internal/translate"
)

// Check checks the inputs of a resource and fills in its defaults.
func (s *Server) Check(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	r, err := translate.Resource(req.GetUrn())
	if err != nil {
		return nil, err
	}
	if refused := r.Fields.Refused(req.GetNews()); len(refused) > 0 {
		return &pulumirpc.CheckResponse{Inputs: req.GetNews(), Failures: refused}, nil
	}
	req.Urn, req.Type = r.URN(req.GetUrn()), r.Bridge
	req.Olds, req.News = toBridge(r, req.GetOlds()), toBridge(r, req.GetNews())
	out, err := s.bridge.Check(ctx, req)
	if err != nil {
		return nil, r.Fields.Failure(err)
	}
	out.Inputs, out.Failures = toSDK(r, out.GetInputs()), r.Fields.Checks(out.GetFailures())

	return out, nil
}

// Diff compares what a resource is with what it is to be.
func (s *Server) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	r, err := translate.Resource(req.GetUrn())
	if err != nil {
		return nil, err
	}
	req.Urn, req.Type = r.URN(req.GetUrn()), r.Bridge
	req.IgnoreChanges = r.Fields.Paths(req.GetIgnoreChanges(), translate.ToBridge)
	req.Olds, req.OldInputs = toBridge(r, req.GetOlds()), toBridge(r, req.GetOldInputs())
	req.News = withTimeouts(r, toBridge(r, req.GetNews()), req.GetOlds(), "", 0)
	out, err := s.bridge.Diff(ctx, req)
	if err != nil {
		return nil, r.Fields.Failure(err)
	}

	return r.Fields.Diff(out), nil
}

// Create makes a resource, or foretells it.
func (s *Server) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	r, err := translate.Resource(req.GetUrn())
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.abandonable(ctx, r)
	defer cancel()
	req.Urn, req.Type = r.URN(req.GetUrn()), r.Bridge
	req.Properties = withTimeouts(r, toBridge(r, req.GetProperties()), nil, "create", req.GetTimeout())
	out, err := s.bridge.Create(ctx, req)
	if err != nil {
		return nil, r.Fields.Failure(err)
	}
	out.Properties = toSDK(r, out.GetProperties())

	return out, nil
}

// Read returns what a resource is in AWS.
func (s *Server) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	r, err := translate.Resource(req.GetUrn())
	if err != nil {
		return nil, err
	}
	req.Urn, req.Type = r.URN(req.GetUrn()), r.Bridge
	req.Properties, req.Inputs = toBridge(r, req.GetProperties()), toBridge(r, req.GetInputs())
	out, err := s.bridge.Read(ctx, req)
	if err != nil {
		return nil, r.Fields.Failure(err)
	}
	out.Properties, out.Inputs = toSDK(r, out.GetProperties()), toSDK(r, withoutTimeouts(out.GetInputs()))

	return out, nil
}

// Update changes a resource, or foretells the change.
func (s *Server) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	r, err := translate.Resource(req.GetUrn())
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.abandonable(ctx, r)
	defer cancel()
	req.Urn, req.Type = r.URN(req.GetUrn()), r.Bridge
	req.IgnoreChanges = r.Fields.Paths(req.GetIgnoreChanges(), translate.ToBridge)
	req.Olds, req.OldInputs = toBridge(r, req.GetOlds()), toBridge(r, req.GetOldInputs())
	req.News = withTimeouts(r, toBridge(r, req.GetNews()), req.GetOlds(), "update", req.GetTimeout())
	out, err := s.bridge.Update(ctx, req)
	if err != nil {
		return nil, r.Fields.Failure(err)
	}
	out.Properties = toSDK(r, out.GetProperties())

	return out, nil
}

// Delete removes a resource from AWS.
func (s *Server) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	r, err := translate.Resource(req.GetUrn())
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.abandonable(ctx, r)
	defer cancel()
	req.Urn, req.Type = r.URN(req.GetUrn()), r.Bridge
	req.Properties, req.OldInputs = toBridge(r, req.GetProperties()), toBridge(r, req.GetOldInputs())
	out, err := s.bridge.Delete(ctx, req)

	return out, r.Fields.Failure(err)
}
