package adopt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Change is one property that changes in place.
type Change struct {
	// Property is its path, such as "origins[0].originId".
	Property string `json:"property"`
	// Before and After are its values as JSON; "" is none.
	Before string `json:"before"`
	After  string `json:"after"`
}

// unknownText is what a preview prints of a value that is known only when the stack is up. Source:
// plugin.UnknownStringValue of Pulumi's SDK.
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

// copied are the properties that repeat others, or say something to the provider alone.
var copied = []string{"tagsAll", "waitForDeployment", "__defaults"}

// addresses are inputs of the package's own resources that say where and what for, and change nothing on AWS.
var addresses = []string{"region", "certificateArn", "domain"}

// unset are the values that the provider sets where a program says nothing.
var unset = map[string]string{"connectionAttempts": "3", "connectionTimeout": "10"}

// changes are the inputs that differ, of those that the provider says it changes.
func changes(s step) []Change {
	if s.OldState == nil || s.NewState == nil {
		return nil
	}
	var all []Change
	for _, key := range slices.Sorted(slices.Values(s.DiffReasons)) {
		saysWhere := strings.HasPrefix(s.NewState.Type, "imagecdn:") && slices.Contains(addresses, key)
		if !slices.Contains(copied, key) && !saysWhere {
			compare(key, s.OldState.Inputs[key], s.NewState.Inputs[key], &all)
		}
	}
	return all
}

// compare adds what differs between two values: down to the single values where both are of one shape.
func compare(path string, before, after any, into *[]Change) {
	from, fromObject := before.(map[string]any)
	to, toObject := after.(map[string]any)
	if fromObject && toObject {
		keys := maps.Clone(from)
		maps.Copy(keys, to)
		delete(keys, "__defaults")
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			compare(path+"."+key, from[key], to[key], into)
		}
		return
	}
	oldList, fromList := before.([]any)
	newList, toList := after.([]any)
	if fromList && toList && len(oldList) == len(newList) {
		for i := range oldList {
			compare(path+"["+strconv.Itoa(i)+"]", oldList[i], newList[i], into)
		}
		return
	}
	was, will := text(before), text(after)
	if name := path[strings.LastIndex(path, ".")+1:]; will == "" && was != "" && unset[name] == was {
		return
	}
	if was != will {
		*into = append(*into, Change{Property: path, Before: was, After: will})
	}
}

// text is a value as people read it: JSON, "" for none.
func text(value any) string {
	value = bare(value)
	if value == nil {
		return ""
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	written := strings.TrimSpace(out.String())
	if strings.Contains(written, unknownText) {
		return "known after the up"
	}
	return written
}

// bare takes the provider's own marks off a value, and what is empty: that says as much as nothing.
func bare(value any) any {
	switch v := value.(type) {
	case map[string]any:
		clean := map[string]any{}
		for key, inside := range v {
			if inside = bare(inside); inside != nil && key != "__defaults" {
				clean[key] = inside
			}
		}
		if len(clean) > 0 {
			return clean
		}
		return nil
	case []any:
		clean := make([]any, len(v))
		for i, inside := range v {
			clean[i] = bare(inside)
		}
		if len(clean) > 0 {
			return clean
		}
		return nil
	case string:
		if v == "" {
			return nil
		}
	}
	return value
}
