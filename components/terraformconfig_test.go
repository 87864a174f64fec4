package components

import (
	"encoding/json"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// terraformConfig is the method of pulumi-aws's Provider that tells its settings.
const terraformConfig = "pulumi:providers:aws/terraformConfig"

// terraformSettings are what that method makes of a provider's inputs: names and shapes
// of the Terraform provider.
func terraformSettings(inputs resource.PropertyMap) resource.PropertyMap {
	settings := resource.PropertyMap{}
	for key, value := range inputs {
		if key != "version" {
			settings[resource.PropertyKey(snakeCase(string(key)))] = terraformSetting(string(key), value)
		}
	}
	return settings
}

func terraformSetting(key string, value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsSecret():
		return resource.MakeSecret(terraformSetting(key, value.SecretValue().Element))
	case value.IsComputed():
		return resource.NewProperty(plugin.UnknownStringValue) // what an unknown is on the wire
	case !value.IsString():
		return value
	}
	var decoded any
	if json.Unmarshal([]byte(value.StringValue()), &decoded) != nil {
		return value
	}
	decoded = snakeKeys(decoded)
	if slices.Contains(singleBlocks, key) {
		decoded = []any{decoded}
	}
	return resource.NewPropertyValue(decoded)
}

func snakeKeys(value any) any {
	object, isObject := value.(map[string]any)
	if !isObject {
		return value
	}
	renamed := map[string]any{}
	for key, entry := range object {
		renamed[snakeCase(key)] = entry
	}
	return renamed
}
