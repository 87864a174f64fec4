// Package statementprovider is a Pulumi resource provider with one resource: a single statement of an S3 bucket
// policy. The AWS provider has none: its BucketPolicy owns the whole document, so on a bucket that has a policy
// already it replaces what others wrote, and its deletion deletes all of it.
//
// It is written on the Pulumi SDK's plugin package. The provider framework pulumi-go-provider would be shorter, but it
// brings the engine (pulumi/pkg) into the module of everyone who imports the component.
package statementprovider

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Name is the package name of the provider: its plugin is pulumi-resource-imagecdn.
const Name = "imagecdn"

// Version is the version of the plugin and of its schema.
const Version = "0.1.0"

// operationTimeout bounds an operation whose resource has no custom timeout.
const operationTimeout = 10 * time.Minute

// Provider serves one configured provider instance.
type Provider struct {
	plugin.UnimplementedProvider

	shared *shared
	pace   pace
	locks  *keyedLock
	cancel context.CancelCauseFunc
	life   context.Context //nolint:containedctx // the life of the instance, ended by Cancel; calls have their own

	mu       sync.Mutex
	settings *settings
}

// Option changes how a provider works.
type Option func(*Provider)

// WithSettleTime sets how long the provider waits after a write before it looks whether the write is still there. The
// default suits AWS: between one and two seconds, drawn anew each time.
func WithSettleTime(shortest, longest time.Duration) Option {
	return func(p *Provider) { p.pace = pace{shortest: shortest, longest: longest} }
}

// New makes a provider that waits to be configured.
func New(options ...Option) *Provider {
	return newProvider(&shared{}, options)
}

func newProvider(s *shared, options []Option) *Provider {
	life, cancel := context.WithCancelCause(context.Background())
	p := &Provider{
		shared: s, life: life, cancel: cancel,
		locks: &bucketLocks, pace: pace{shortest: time.Second, longest: 2 * time.Second},
	}
	for _, option := range options {
		option(p)
	}
	return p
}

// Handshake accepts secrets: a secret input stays one in the state.
func (p *Provider) Handshake(
	context.Context, plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true}, nil
}

// Attach is the engine's greeting to a provider that it did not start itself; nothing is asked of the engine.
func (p *Provider) Attach(string) error { return nil }

// GetPluginInfo tells the version.
func (p *Provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	version, err := semver.Parse(Version)
	if err != nil {
		return plugin.PluginInfo{}, fmt.Errorf("plugin version %q: %w", Version, err)
	}
	return plugin.PluginInfo{Version: &version}, nil
}

// SignalCancellation ends running operations.
func (p *Provider) SignalCancellation(context.Context) error {
	p.cancel(errors.New("the operation was cancelled"))
	return nil
}

// Close ends running operations; the server that runs the provider closes its connections.
func (p *Provider) Close() error { return p.SignalCancellation(context.Background()) }

// CheckConfig reports configuration that cannot be read. It names the key, never the value, which may be a secret.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	_, faults := readSettings(req.News)
	properties := req.News.Copy()
	for _, key := range secretKeys {
		if value, given := properties[key]; given && !value.IsSecret() && !value.IsComputed() {
			properties[key] = resource.MakeSecret(value)
		}
	}
	return plugin.CheckConfigResponse{Properties: properties, Failures: faults}, nil
}

// DiffConfig never replaces: no configuration makes the statement a different one.
func (p *Provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	diff := req.OldInputs.Diff(req.NewInputs)
	if diff == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	return plugin.DiffResult{Changes: plugin.DiffSome, ChangedKeys: diff.ChangedKeys()}, nil
}

// Configure keeps the settings. AWS is called when there is something to do, so a preview needs no credentials.
func (p *Provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	settings, faults := readSettings(req.Inputs)
	if len(faults) > 0 {
		return plugin.ConfigureResponse{}, fmt.Errorf("configuring %s: %s: %s", Name, faults[0].Property, faults[0].Reason)
	}
	p.mu.Lock()
	p.settings = settings
	p.mu.Unlock()
	p.shared.add(*settings)
	return plugin.ConfigureResponse{}, nil
}

// configured is the settings of this instance.
func (p *Provider) configured() (settings, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.settings != nil {
		return *p.settings, nil
	}
	return p.shared.only()
}

// operation bounds one call by the resource's timeout in seconds (0 is the default) and by the instance's life.
func (p *Provider) operation(ctx context.Context, seconds float64) (context.Context, context.CancelFunc) {
	timeout := operationTimeout
	if seconds > 0 {
		timeout = time.Duration(seconds * float64(time.Second))
	}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	bounded, cancelCause := context.WithCancelCause(bounded)
	detach := context.AfterFunc(p.life, func() { cancelCause(context.Cause(p.life)) })
	return bounded, func() {
		detach()
		cancelCause(nil)
		cancel()
	}
}

// shared is what the provider instances of one server know of each other.
type shared struct {
	mu       sync.Mutex
	distinct []settings
}

func (s *shared) add(one settings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, known := range s.distinct {
		if known.equal(one) {
			return
		}
	}
	s.distinct = append(s.distinct, one)
}

// only is for a connection that was never configured. gRPC closes a connection that was idle for half an hour (the
// wait for a certificate may be longer) and the engine's next call arrives on a new one. With one configuration there
// is no doubt whose call it is.
func (s *shared) only() (settings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch len(s.distinct) {
	case 0:
		return settings{}, errors.New("the provider is not configured: some of its configuration is not known yet")
	case 1:
		return s.distinct[0], nil
	}
	return settings{}, errors.New("the engine's connection was idle too long and its provider configuration is lost: " +
		"run the operation again, it goes on where it stopped")
}
