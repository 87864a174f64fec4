package translate

import (
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// Failure returns an error of the bridge as pulumi-aws would have sent it: the same code, the message and the details
// with pulumi-aws's tokens and properties. The details carry the state of a resource that was made only in part.
func (fs Fields) Failure(err error) error {
	if err == nil {
		return nil
	}
	original, ok := status.FromError(err)
	if !ok {
		return fmt.Errorf("calling the Terraform bridge: %w", err)
	}
	failure := original.Proto()
	failure.Message = Text(failure.GetMessage())
	for i, detail := range failure.GetDetails() {
		failure.Details[i] = fs.detail(detail)
	}

	return status.FromProto(failure).Err()
}

// detail translates the details that name properties or tokens, and passes on every other untouched.
func (fs Fields) detail(packed *anypb.Any) *anypb.Any {
	message, err := packed.UnmarshalNew()
	if err != nil { // a kind of detail that this build does not know
		return packed
	}
	switch d := message.(type) {
	case *pulumirpc.ErrorResourceInitFailed:
		d.Properties = fs.Properties(d.GetProperties(), ToSDK)
		d.Inputs = fs.Properties(d.GetInputs(), ToSDK)
		for i, reason := range d.GetReasons() {
			d.Reasons[i] = Text(reason)
		}
	case *pulumirpc.ErrorCause:
		d.Message = Text(d.GetMessage())
	case *pulumirpc.InputPropertiesError:
		for _, e := range d.GetErrors() {
			e.PropertyPath = fs.Path(e.GetPropertyPath(), ToSDK)
			e.Reason = Text(e.GetReason())
		}
	default:
		return packed
	}

	return repacked(message, packed)
}

func repacked(message proto.Message, original *anypb.Any) *anypb.Any {
	packed, err := anypb.New(message)
	if err != nil {
		return original
	}

	return packed
}

// Checks translates the faults that a check found.
func (fs Fields) Checks(failures []*pulumirpc.CheckFailure) []*pulumirpc.CheckFailure {
	for _, f := range failures {
		f.Property = fs.Path(f.GetProperty(), ToSDK)
		f.Reason = Text(f.GetReason())
	}

	return failures
}

// Diff translates the names of what changes.
func (fs Fields) Diff(diff *pulumirpc.DiffResponse) *pulumirpc.DiffResponse {
	diff.Replaces = fs.Paths(diff.GetReplaces(), ToSDK)
	diff.Stables = fs.Paths(diff.GetStables(), ToSDK)
	diff.Diffs = fs.Paths(diff.GetDiffs(), ToSDK)
	detailed := make(map[string]*pulumirpc.PropertyDiff, len(diff.GetDetailedDiff()))
	for path, kind := range diff.GetDetailedDiff() {
		detailed[fs.Path(path, ToSDK)] = kind
	}
	diff.DetailedDiff = detailed

	return diff
}
