package provider

import (
	"context"
	_ "embed" // the schema

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// schema is written by `make schema`: what resources.json says of the custom resources, functions and the provider, and
// what the Go types say of the components.
//
//go:embed schema.json
var schema []byte

// GetSchema describes the package to `pulumi package` and to the SDK generators.
func (p *Provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	return plugin.GetSchemaResponse{Schema: schema}, nil
}
