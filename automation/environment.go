package automation

import (
	"os"
	"runtime"
	"slices"
	"strings"
)

// DefaultInherit are the variables that an engine inherits where [Engine].Inherit is
// nil: what a program needs to run on its system, proxies and roots, and all of Pulumi's
// and AWS's. Append to it what else a stack needs, such as "GOOGLE_*" for state in Google
// Cloud Storage. A service that acts for tenants and gives each its own [AWS] may want
// its own AWS_* kept out: name those that are needed instead.
func DefaultInherit() []string {
	return []string{
		"HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "LC_*", "TZ",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
		"SSL_CERT_FILE", "SSL_CERT_DIR",
		"AWS_*", "PULUMI_*",
		// for [Engine].Plugin as source, which is built
		"XDG_CACHE_HOME", "GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "GOFLAGS", "GOTOOLCHAIN", "GOWORK",
		"GOPROXY", "GOPRIVATE", "GONOPROXY", "GOSUMDB", "GONOSUMDB",
		// Windows
		"SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "TEMP", "TMP",
		"USERPROFILE", "USERNAME", "APPDATA", "LOCALAPPDATA", "ProgramData",
	}
}

// inherited are those of the variables, each as name=value, that the names let through.
func inherited(variables, names []string) []string {
	if names == nil {
		names = DefaultInherit()
	}
	return slices.DeleteFunc(slices.Clone(variables), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return !slices.ContainsFunc(names, func(pattern string) bool { return matches(pattern, name) })
	})
}

// matches says whether a pattern, which may end in *, is for the variable.
func matches(pattern, name string) bool {
	if runtime.GOOS == "windows" {
		pattern, name = strings.ToUpper(pattern), strings.ToUpper(name)
	}
	prefix, open := strings.CutSuffix(pattern, "*")
	return name == pattern || open && strings.HasPrefix(name, prefix)
}

// withPath puts the CLI's own directory first: the language host and the plugins
// bundled with a CLI are beside it.
func withPath(directory string) string {
	return "PATH=" + directory + string(os.PathListSeparator) + os.Getenv("PATH")
}
