// Package provider is the Pulumi provider of the CDN: the resources and functions that the AWS provider
// lacks, and that need calls of their own to AWS.
//
//   - BucketPolicyStatement is one statement of a bucket policy. The AWS provider's BucketPolicy owns the whole
//     document, so on a bucket that has a policy already it replaces what others wrote, and its deletion deletes all.
//   - KeyPolicyStatement is one statement of the policy of a KMS key, for the same reason.
//   - BucketCorsRule is one CORS rule of a bucket, for the same reason.
//   - ValidationRecord is the DNS record that ACM asks for, which is the same for every certificate of that name. The
//     AWS provider's Record fails if it is there, and its deletion stops the renewal of other certificates.
//   - getBucket, getKey, getDomains and getEdge look up what is there already, in few calls.
//
// It is written on the Pulumi SDK's plugin package. The provider framework pulumi-go-provider would be shorter, but it
// brings the engine (pulumi/pkg) with it.
package provider

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"imagecdn/components"
)

// Name is the package name of the provider: its plugin is pulumi-resource-imagecdn.
const Name = "imagecdn"

// Version is the version of the plugin and of its schema.
const Version = components.PluginVersion

// operationTimeout bounds an operation whose resource has no custom timeout.
const operationTimeout = 10 * time.Minute

// Provider serves one configured provider instance.
type Provider struct {
	plugin.UnimplementedProvider

	pace  pace
	locks keyedLock
	note  func(ctx context.Context, urn resource.URN, message string)

	cancel context.CancelCauseFunc
	life   context.Context //nolint:containedctx // the life of the instance, ended by Cancel; calls have their own

	mu         sync.Mutex
	identities *identities
}

// Option changes how a provider works.
type Option func(*Provider)

// WithSettleTime sets how long the provider waits after a write before it looks whether the write is still there. The
// default suits AWS: between one and two seconds, drawn anew each time.
func WithSettleTime(shortest, longest time.Duration) Option {
	return func(p *Provider) { p.pace = pace{shortest: shortest, longest: longest} }
}

// WithNotes hands over what people should know of a resource although the operation succeeds.
func WithNotes(note func(ctx context.Context, urn resource.URN, message string)) Option {
	return func(p *Provider) { p.note = note }
}

// New makes a provider that waits to be configured.
func New(options ...Option) *Provider {
	life, cancel := context.WithCancelCause(context.Background())
	p := &Provider{
		life: life, cancel: cancel, pace: pace{shortest: time.Second, longest: 2 * time.Second},
		note: func(context.Context, resource.URN, string) {},
	}
	for _, option := range options {
		option(p)
	}
	return p
}

// kind is one type of resource.
type kind interface {
	check(inputs resource.PropertyMap) []plugin.CheckFailure
	diff(ctx context.Context, req plugin.DiffRequest) plugin.DiffResult
	create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error)
	update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error)
	read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error)
	delete(ctx context.Context, req plugin.DeleteRequest) error
}

func (p *Provider) kind(urn resource.URN) (kind, error) {
	kinds := map[tokens.Type]kind{
		StatementToken: statements{policyOfBucket, p}, KeyStatementToken: statements{policyOfKey, p}, CorsRuleToken: corsRuleKind{provider: p},
		RecordToken: records{provider: p}, LeftoversToken: leftovers{provider: p},
	}
	if kind, known := kinds[urn.Type()]; known {
		return kind, nil
	}
	return nil, fmt.Errorf("%s has no resource %s: there are %s, %s, %s, %s and %s",
		Name, urn.Type(), StatementToken, KeyStatementToken, CorsRuleToken, RecordToken, LeftoversToken)
}

// Handshake accepts secrets: a secret input stays one in the state. It accepts outputs, which only components are sent:
// without them the engine leaves out what an output inside an object depends on, and the SDK's Construct takes none there.
func (p *Provider) Handshake(
	context.Context, plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true, AcceptOutputs: true}, nil
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

// misplacedKeys were settings of the provider once. Left there, they would be ignored, and somebody else's credentials
// would be found.
var misplacedKeys = []resource.PropertyKey{
	"region", "profile", "accessKey", "secretKey", "token", "assumeRole", "assumeRoles", "assumeRoleWithWebIdentity", "endpoints",
}

// CheckConfig reports configuration that cannot be read. It names the key, never the value, which may be a secret, and
// makes secrets of credentials that are not.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	_, faults := readIdentities(req.News)
	for _, key := range misplacedKeys {
		if _, given := req.News[key]; given {
			faults = append(faults, plugin.CheckFailure{Property: key, Reason: "is a setting of an identity: put it into aws"})
		}
	}
	properties := req.News.Copy()
	for _, key := range configKeys {
		if value, given := properties[key]; given {
			properties[key] = concealed(value)
		}
	}
	return plugin.CheckConfigResponse{Properties: properties, Failures: faults}, nil
}

// DiffConfig never replaces: no configuration makes a resource a different one.
func (p *Provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	diff := req.OldInputs.Diff(req.NewInputs)
	if diff == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	return plugin.DiffResult{Changes: plugin.DiffSome, ChangedKeys: diff.ChangedKeys()}, nil
}

// Configure keeps the settings. AWS is called when there is something to do, so a preview needs no credentials.
func (p *Provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	ids, faults := readIdentities(req.Inputs)
	if len(faults) > 0 {
		return plugin.ConfigureResponse{}, fmt.Errorf("configuring %s: %s: %s", Name, faults[0].Property, faults[0].Reason)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.identities = ids
	return plugin.ConfigureResponse{}, nil
}

func (p *Provider) configured() (*identities, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.identities == nil {
		return nil, errors.New("the provider is not configured: some of its configuration is not known yet")
	}
	return p.identities, nil
}

// Invoke runs a function.
func (p *Provider) Invoke(ctx context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	function, known := map[tokens.ModuleMember]func(
		context.Context, resource.PropertyMap,
	) (any, []plugin.CheckFailure, error){
		Name + ":index:getBucket":  p.getBucket,
		Name + ":index:getCdn":     p.getCdn,
		Name + ":index:getDomains": p.getDomains,
		Name + ":index:getEdge":    p.getEdge,
		Name + ":index:getKey":     p.getKey,
	}[req.Tok]
	if !known {
		return plugin.InvokeResponse{}, fmt.Errorf("%s has no function %s", Name, req.Tok)
	}
	ctx, end := p.operation(ctx, 0)
	defer end()
	found, faults, err := function(ctx, req.Args)
	if err != nil || len(faults) > 0 {
		return plugin.InvokeResponse{Failures: faults}, err
	}
	return plugin.InvokeResponse{Properties: resource.NewPropertyMap(found)}, nil
}

// Check validates the inputs and passes them on as they are.
func (p *Provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	kind, err := p.kind(req.URN)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	return plugin.CheckResponse{Properties: req.News, Failures: kind.check(req.News)}, nil
}

// Diff compares inputs with inputs, and, where those are the same, what is wanted with what is there now: an interrupted
// operation, or a person, may have changed that, and an up without a refresh is to mend it.
func (p *Provider) Diff(ctx context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	kind, err := p.kind(req.URN)
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	ctx, end := p.operation(ctx, 0)
	defer end()
	return kind.diff(ctx, req), nil
}

// unseen says that whether a resource is still as it was cannot be told. That is no reason to fail: whoever may not look
// can do without, and a write that is needed reports its own failure.
func (p *Provider) unseen(ctx context.Context, urn resource.URN, what string, err error) {
	p.note(ctx, urn, fmt.Sprintf("Whether the %s is still there cannot be told: %v", what, said(ctx, err)))
}

// diffResult is a difference; a new resource is made before the one that it replaces is deleted.
func diffResult(detailed map[string]plugin.PropertyDiff, stable ...resource.PropertyKey) plugin.DiffResult {
	if len(detailed) == 0 {
		return plugin.DiffResult{Changes: plugin.DiffNone}
	}
	return plugin.DiffResult{Changes: plugin.DiffSome, DetailedDiff: detailed, StableKeys: stable}
}

// Create makes a resource, or finds that it is there.
func (p *Provider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	kind, err := p.kind(req.URN)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	ctx, end := p.operation(ctx, req.Timeout)
	defer end()
	return kind.create(ctx, req)
}

// Read looks a resource up by its id.
func (p *Provider) Read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	kind, err := p.kind(req.URN)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	ctx, end := p.operation(ctx, 0)
	defer end()
	return kind.read(ctx, req)
}

// Update changes a resource in place.
func (p *Provider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	kind, err := p.kind(req.URN)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	ctx, end := p.operation(ctx, req.Timeout)
	defer end()
	return kind.update(ctx, req)
}

// Delete takes a resource away.
func (p *Provider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	kind, err := p.kind(req.URN)
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	ctx, end := p.operation(ctx, req.Timeout)
	defer end()
	return plugin.DeleteResponse{}, kind.delete(ctx, req)
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
