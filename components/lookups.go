package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// lookupOptions are the invoke options with which a constructor looks things up
// before it registers its component: the AWS provider the caller's resource
// options name, as a child of the component would get it.
func lookupOptions(opts []pulumi.ResourceOption) ([]pulumi.InvokeOption, error) {
	snapshot, err := pulumi.NewResourceOptions(opts...)
	if err != nil {
		return nil, err
	}
	for _, provider := range append(snapshot.Providers, snapshot.Provider) {
		if p, ok := provider.(*aws.Provider); ok {
			return []pulumi.InvokeOption{pulumi.Provider(p)}, nil
		}
	}
	if snapshot.Parent != nil {
		return []pulumi.InvokeOption{pulumi.Parent(snapshot.Parent)}, nil
	}
	return nil, nil
}

// checkUsEast1 sees to it that the provider of certificate and web ACL is where
// CloudFront looks for them, before anything is made in the wrong region.
func checkUsEast1(ctx *pulumi.Context, given *aws.Provider, home []pulumi.InvokeOption, fs *faults) {
	options := home
	if given != nil {
		options = []pulumi.InvokeOption{pulumi.Provider(given)}
	}
	region, err := aws.GetRegion(ctx, nil, options...)
	switch {
	case err != nil:
		fs.add("aws:region", "", "the region of the AWS provider cannot be read: "+lastLine(err),
			"Set it: pulumi config set aws:region eu-central-1")
	case region.Name != UsEast1:
		fs.add("usEast1Provider", region.Name,
			"CloudFront takes certificates and web ACLs from "+UsEast1+" only, this provider is elsewhere",
			"Pass a provider for it: components.NewUsEast1Provider(ctx, \"us-east-1\")")
	}
}
