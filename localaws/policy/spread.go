package policy

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Spread writes JSON over several lines, as KMS gives policies back: members and
// objects on lines of their own, values of a list on one ("GetKeyPolicy" in the AWS
// KMS API Reference has an example).
func Spread(text []byte) []byte {
	var out bytes.Buffer
	spread(&out, text, 0)
	return out.Bytes()
}

func spread(out *bytes.Buffer, text json.RawMessage, depth int) {
	members, err := object(text)
	var list []json.RawMessage
	switch {
	case err == nil && len(members) > 0:
		spreadObject(out, members, depth)
	case err != nil && json.Unmarshal(text, &list) == nil && len(list) > 0:
		for i, item := range list {
			out.WriteString([]string{"[ ", ", "}[min(i, 1)])
			spread(out, item, depth)
		}
		out.WriteString(" ]")
	default:
		out.Write(text)
	}
}

func spreadObject(out *bytes.Buffer, members []member, depth int) {
	line := func(depth int) { out.WriteString("\n" + strings.Repeat("  ", depth)) }
	for i, m := range members {
		out.WriteByte("{,"[min(i, 1)])
		line(depth + 1)
		name, _ := encode(m.name) // a string can always be written
		out.Write(name)
		out.WriteString(" : ")
		spread(out, m.value, depth+1)
	}
	line(depth)
	out.WriteByte('}')
}
