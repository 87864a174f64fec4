package relay

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/vmihailenco/msgpack/v5"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// answer is a schema as Terraform's protocol has it: the provider's own, then resources and data sources by name.
func answer(resources, dataSources []string) []byte {
	content := field([]byte("provider"))
	for number, names := range map[protowire.Number][]string{resourceSchemas: resources, dataSourceSchemas: dataSources} {
		for _, name := range names {
			entry := append(field([]byte(name)), protowire.AppendBytes(protowire.AppendTag(nil, 2, protowire.BytesType), []byte("schema of "+name))...)
			content = protowire.AppendBytes(protowire.AppendTag(content, number, protowire.BytesType), entry)
		}
	}

	return content
}

func TestOnlyWhatIsServedIsKeptOfTheSchema(t *testing.T) {
	t.Parallel()
	s := Schema{names: []string{"aws_b", "aws_d"}}
	kept, err := s.only(answer([]string{"aws_a", "aws_b"}, []string{"aws_c", "aws_d"}))
	require.NoError(t, err)
	assert.ElementsMatch(t, answer([]string{"aws_b"}, []string{"aws_d"}), kept)
	for _, malformed := range [][]byte{{0xff}, {0x12, 0x7f}, {0x12, 0x00}, {0x12, 0x02, 0x08, 0x01}} {
		_, err := s.only(malformed)
		require.ErrorIs(t, err, errMalformed, "%x", malformed)
	}
}

func TestTheProviderIsAskedForItsSchemaOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := filepath.Join(dir, "provider")
	require.NoError(t, os.WriteFile(program, []byte("a program"), 0o600))
	asked := 0
	ask := func() (*frame, error) {
		asked++

		return &frame{answer([]string{"aws_a", "aws_b"}, nil)}, nil
	}
	for range 2 {
		s, err := NewSchema(dir, program, []string{"aws_a"})
		require.NoError(t, err)
		got, err := s.get(ask)
		require.NoError(t, err)
		assert.Equal(t, answer([]string{"aws_a"}, nil), got.content)
	}
	assert.Equal(t, 1, asked)

	more, err := NewSchema(dir, program, []string{"aws_a", "aws_b"})
	require.NoError(t, err)
	got, err := more.get(ask)
	require.NoError(t, err)
	assert.Equal(t, answer([]string{"aws_a", "aws_b"}, nil), got.content, "other names have another file")
	require.NoError(t, os.WriteFile(program, []byte("another program"), 0o600))
	another, err := NewSchema(dir, program, []string{"aws_a"})
	require.NoError(t, err)
	_, err = another.get(func() (*frame, error) { return nil, errors.ErrUnsupported })
	require.ErrorIs(t, err, errors.ErrUnsupported, "another program is asked")
}

func TestASchemaThatCannotBeKeptIsServedAllTheSame(t *testing.T) {
	t.Parallel()
	s := Schema{file: filepath.Join(t.TempDir(), "missing", "schema"), names: []string{"aws_a"}}
	got, err := s.get(func() (*frame, error) { return &frame{answer([]string{"aws_a"}, nil)}, nil })
	require.NoError(t, err)
	assert.Equal(t, answer([]string{"aws_a"}, nil), got.content)
}

// configuration is a message that begins with one, as both the question and the answer of prepare do.
func configuration(t *testing.T, config map[string]any) []byte {
	t.Helper()
	packed, err := msgpack.Marshal(config)
	require.NoError(t, err)

	return append(field(field(packed)), protowire.AppendBytes(protowire.AppendTag(nil, 2, protowire.BytesType), []byte("diagnostic"))...)
}

func read(t *testing.T, message []byte) map[string]any {
	t.Helper()
	value, rest, err := firstField(message)
	require.NoError(t, err)
	assert.Contains(t, string(rest), "diagnostic")
	packed, _, err := firstField(value)
	require.NoError(t, err)
	var config map[string]any
	require.NoError(t, msgpack.Unmarshal(packed, &config))

	return config
}

func TestTheProviderChecksItsConfigurationWithoutTheEndpointsAndNothingElseIsLost(t *testing.T) {
	t.Parallel()
	whole := map[string]any{"region": "eu-central-1", "profile": nil, "endpoints": []any{map[string]any{"s3": "http://127.0.0.1:4566", "sts": nil}}}
	got, err := prepare(&frame{configuration(t, whole)}, func(request *frame) (*frame, error) {
		asked := read(t, request.content)
		assert.Empty(t, asked["endpoints"])
		assert.Equal(t, "eu-central-1", asked["region"])

		return request, nil
	})
	require.NoError(t, err)
	assert.Equal(t, whole, read(t, got.content))
}

func TestWhatIsNoConfigurationIsPassedOnAsItIs(t *testing.T) {
	t.Parallel()
	for _, content := range [][]byte{nil, {0xff}, field([]byte("no value")), configuration(t, map[string]any{"region": "eu-central-1"})} {
		got, err := prepare(&frame{content}, func(request *frame) (*frame, error) {
			assert.Equal(t, content, request.content)

			return &frame{[]byte("the provider's answer")}, nil
		})
		require.NoError(t, err)
		assert.Equal(t, "the provider's answer", string(got.content))
	}
}

func TestTheCodecLeavesFramesAsTheyAreAndEncodesEverythingElse(t *testing.T) {
	t.Parallel()
	data, err := codec{}.Marshal(&frame{[]byte{1, 2, 3}})
	require.NoError(t, err)
	assert.Equal(t, []byte{1, 2, 3}, data.Materialize())
	var got frame
	require.NoError(t, codec{}.Unmarshal(data, &got))
	assert.Equal(t, []byte{1, 2, 3}, got.content)

	data, err = codec{}.Marshal(wrapperspb.String("a message"))
	require.NoError(t, err)
	usual, err := encoding.GetCodecV2(proto.Name).Marshal(wrapperspb.String("a message"))
	require.NoError(t, err)
	assert.Equal(t, usual.Materialize(), data.Materialize())
	var text wrapperspb.StringValue
	require.NoError(t, codec{}.Unmarshal(data, &text))
	assert.Equal(t, "a message", text.GetValue())
}
