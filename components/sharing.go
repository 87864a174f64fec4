package components

import (
	"fmt"
	"runtime"
	"sync"
	"weak"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// providerRegistry holds the providers that the components of one program share, by
// name. A provider is a process: twenty CDNs of one program need no more than one CDN.
type providerRegistry struct {
	mu    sync.Mutex
	made  map[string]pulumi.ProviderResource
	hooks map[string]int // names of resource hooks, and how often they were wanted
}

// hookName makes the name of a resource hook unique in the program: components of the same
// name may be below different parents.
func hookName(ctx *pulumi.Context, wanted string) string {
	r := sharedProviders(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hooks == nil {
		r.hooks = map[string]int{}
	}
	r.hooks[wanted]++
	if count := r.hooks[wanted]; count > 1 {
		return fmt.Sprintf("%s-%d", wanted, count)
	}
	return wanted
}

func (r *providerRegistry) get(name string, make func() (pulumi.ProviderResource, error)) (pulumi.ProviderResource, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if provider, known := r.made[name]; known {
		return provider, nil
	}
	provider, err := make()
	if err == nil {
		r.made[name] = provider
	}
	return provider, err
}

type registryKey struct{}

// WithSharedProviders returns a context whose components share their providers with
// those of every other context made with the same sharing, a pointer of the caller's.
// A program has one context, and needs none of this; the plugin constructs each
// component of a program in a context of its own.
func WithSharedProviders(ctx *pulumi.Context, sharing *SharedProviders) *pulumi.Context {
	return ctx.WithValue(registryKey{}, &sharing.registry)
}

// SharedProviders are the providers that components of several contexts share.
type SharedProviders struct{ registry providerRegistry }

// registries are the running programs'. An entry goes with its program's context.
var registries sync.Map // weak.Pointer[pulumi.Context] to *providerRegistry

func sharedProviders(ctx *pulumi.Context) *providerRegistry {
	if given, ok := ctx.Value(registryKey{}).(*providerRegistry); ok {
		given.mu.Lock()
		defer given.mu.Unlock()
		if given.made == nil {
			given.made = map[string]pulumi.ProviderResource{}
		}
		return given
	}
	key := weak.Make(ctx)
	registry, known := registries.LoadOrStore(key, &providerRegistry{made: map[string]pulumi.ProviderResource{}})
	if !known {
		runtime.AddCleanup(ctx, func(key weak.Pointer[pulumi.Context]) { registries.Delete(key) }, key)
	}
	return registry.(*providerRegistry)
}
