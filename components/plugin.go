package components

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// The plugin that the components use: provider/cmd/pulumi-resource-imagecdn.
const (
	// PluginVersion is the version of the plugin and of the package.
	PluginVersion = "0.2.0"
	// PluginDownloadURL is where the engine downloads the plugin from when it is not
	// installed. It is empty until the repository has a public home: a guess would be
	// an address that anybody could take.
	PluginDownloadURL = ""
)

// pluginSource says which plugin it is, to the engine of whoever destroys the stack
// from an empty directory.
func pluginSource() []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Version(PluginVersion)}
	if PluginDownloadURL != "" {
		opts = append(opts, pulumi.PluginDownloadURL(PluginDownloadURL))
	}
	return opts
}

// pluginOptions are the options of a resource of the plugin.
func pluginOptions(plugin *pluginProvider, opts []pulumi.ResourceOption) []pulumi.ResourceOption {
	return append(append(opts[:len(opts):len(opts)], pulumi.Provider(plugin)), pluginSource()...)
}
