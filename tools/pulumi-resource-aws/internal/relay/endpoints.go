package relay

import (
	"errors"

	"github.com/vmihailenco/msgpack/v5"
	"google.golang.org/protobuf/encoding/protowire"
)

// prepareMethod has the provider check its configuration.
const prepareMethod = "/tfplugin5.Provider/PrepareProviderConfig"

// endpointsName is a block of some 300 attributes, one for each service of AWS. Terraform's framework describes the
// whole block once for each of its attributes: over two seconds of processor time, for everybody whose AWS is not at
// AWS's own addresses.
const endpointsName = "endpoints"

// none is an empty set, as MessagePack has it.
var none = msgpack.RawMessage{0x90}

var errNoConfiguration = errors.New("the provider's configuration is not as Terraform's protocol has it")

// prepare has the provider check its configuration without the endpoints, and puts them back into the answer.
func prepare(request *frame, ask func(*frame) (*frame, error)) (*frame, error) {
	reduced, endpoints, err := exchangeEndpoints(request.content, none)
	if err != nil || endpoints == nil {
		return ask(request) // the provider says what is wrong
	}
	answer, err := ask(&frame{reduced})
	if err != nil {
		return nil, err
	}
	whole, had, err := exchangeEndpoints(answer.content, endpoints)
	if err != nil || had == nil {
		return answer, nil // it has no configuration, but says what is wrong
	}

	return &frame{whole}, nil
}

// exchangeEndpoints puts other endpoints into a message whose first field is a configuration, and returns those that
// it had.
func exchangeEndpoints(message []byte, other msgpack.RawMessage) (exchanged []byte, had msgpack.RawMessage, err error) {
	value, rest, err := firstField(message)
	if err != nil {
		return nil, nil, err
	}
	packed, restOfValue, err := firstField(value)
	if err != nil {
		return nil, nil, err
	}
	var config map[string]msgpack.RawMessage
	if err := msgpack.Unmarshal(packed, &config); err != nil {
		return nil, nil, err
	}
	if had = config[endpointsName]; had == nil {
		return nil, nil, nil
	}
	config[endpointsName] = other
	repacked, err := msgpack.Marshal(config)
	if err != nil {
		return nil, nil, err
	}

	return append(field(append(field(repacked), restOfValue...)), rest...), had, nil
}

// firstField takes the field with number 1 off a message that begins with it.
func firstField(message []byte) (content, rest []byte, err error) {
	number, kind, head := protowire.ConsumeTag(message)
	if head < 0 || number != 1 || kind != protowire.BytesType {
		return nil, nil, errNoConfiguration
	}
	content, body := protowire.ConsumeBytes(message[head:])
	if body < 0 {
		return nil, nil, errNoConfiguration
	}

	return content, message[head+body:], nil
}

func field(content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), content)
}
