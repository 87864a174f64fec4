package components

// The plugin that the components and the stack use: provider/cmd/pulumi-resource-imagecdn.
const (
	// PluginVersion is the version of the plugin and of the package.
	PluginVersion = "0.2.0"
	// PluginDownloadURL is where the engine downloads the plugin from when it is not
	// installed. It is empty until the repository has a public home: a guess would be
	// an address that anybody could take.
	PluginDownloadURL = ""
)
