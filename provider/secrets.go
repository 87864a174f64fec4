package provider

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// secretKeys are settings that are never stored or shown in clear, folded.
var secretKeys = []string{"secretkey", "token", "webidentitytoken"}

// concealed makes secrets of the credentials in an identity's settings; of all its JSON text, if there are any in it.
func concealed(value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsSecret(), value.IsOutput():
		return value
	case value.IsString() && slices.ContainsFunc(secretKeys, func(key string) bool {
		return strings.Contains(fold(value.StringValue()), `"`+key+`"`)
	}):
		return resource.MakeSecret(value)
	case value.IsArray():
		items := slices.Clone(value.ArrayValue())
		for i, item := range items {
			items[i] = concealed(item)
		}
		return resource.NewProperty(items)
	case value.IsObject():
		members := value.ObjectValue().Copy()
		for key, member := range members {
			members[key] = concealed(member)
			if slices.Contains(secretKeys, fold(string(key))) && !member.IsNull() && !member.IsComputed() && !member.IsSecret() {
				members[key] = resource.MakeSecret(member)
			}
		}
		return resource.NewProperty(members)
	}
	return value
}
