package provider

import (
	"context"
	_ "embed" // the schema
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

//go:embed schema.json
var schema []byte

// GetSchema describes the package to `pulumi package` and to the SDK generators.
func (p *Provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(schema, &members); err != nil {
		return plugin.GetSchemaResponse{}, fmt.Errorf("reading the %s schema: %w", Name, err)
	}
	members["version"] = json.RawMessage(`"` + Version + `"`)
	text, err := json.Marshal(members)
	if err != nil {
		return plugin.GetSchemaResponse{}, fmt.Errorf("writing the %s schema: %w", Name, err)
	}
	return plugin.GetSchemaResponse{Schema: text}, nil
}
