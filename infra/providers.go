package infra

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Providers is the program of a refresh or a destroy: it registers the providers of the
// stack with the AWS settings of today, and keeps the outputs. Configuration that is wrong
// is in nobody's way here.
func Providers(ctx *pulumi.Context, outputs pulumi.Map) error {
	args, _ := readConfig(ctx)
	for name, value := range outputs {
		ctx.Export(name, value)
	}
	return args.MakeProviders(ctx, cdnName)
}
