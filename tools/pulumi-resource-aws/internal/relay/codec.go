package relay

import (
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto" // registers the codec for all other messages
	"google.golang.org/grpc/mem"
)

// frame is a message that nobody looks into.
type frame struct{ content []byte }

// codec leaves frames as they are. go-plugin's own services are on the same server: theirs are encoded as usual.
type codec struct{}

func (codec) Name() string { return proto.Name }

func (codec) Marshal(message any) (mem.BufferSlice, error) {
	if f, ok := message.(*frame); ok {
		return mem.BufferSlice{mem.SliceBuffer(f.content)}, nil
	}

	return encoding.GetCodecV2(proto.Name).Marshal(message) //nolint:wrapcheck // gRPC says what failed
}

func (codec) Unmarshal(data mem.BufferSlice, message any) error {
	if f, ok := message.(*frame); ok {
		f.content = data.Materialize()

		return nil
	}

	return encoding.GetCodecV2(proto.Name).Unmarshal(data, message) //nolint:wrapcheck // gRPC says what failed
}
