package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// UsEast1 is the only region whose certificates and web ACLs CloudFront takes.
// Source: "Requirements for using SSL/TLS certificates with CloudFront".
const UsEast1 = "us-east-1"

// ProvidersArgs are AWS providers of the program's own. Each may be left out: then
// the component makes what it needs, with the stack's `aws:` configuration, once for
// all components of the program. They are for Go programs; programs in other
// languages give an AWS provider by the resource option, and identities.
type ProvidersArgs struct {
	// UsEast1 makes all that is global: certificate, distribution, policies, web ACL.
	// It must be in us-east-1. Default: made with the settings of Home.
	UsEast1 *aws.Provider
	// Home says whose CDN it is, and in which region a bucket is made. Default: the
	// AWS provider of the resource options, else UsEast1 if that is given, else the
	// stack's `aws:` configuration. A provider that the parent passes on does not
	// count: Pulumi does not tell it to components in Go.
	Home *aws.Provider
	// Dns makes the records; its account owns the hosted zones. Default: UsEast1.
	Dns *aws.Provider
	// Bucket makes the bucket, or changes the policy of an existing one; its account
	// owns the bucket. Default: Home.
	Bucket *aws.Provider
	// Key changes the policies of KMS keys; its account owns the keys. Default: Bucket.
	Key *aws.Provider
}

// IdentitiesArgs say who owns the hosted zones, the bucket and the keys, where that is another
// account than the CDN's. Everything else of their AWS settings is the CDN's own.
type IdentitiesArgs struct {
	// Dns owns the hosted zones. Default: the CDN's own identity.
	Dns IdentityArgs `pulumi:"dns"`
	// Bucket owns the bucket. Default: the CDN's own identity.
	Bucket IdentityArgs `pulumi:"bucket"`
	// Key owns the KMS keys that images are encrypted with. Default: that of the bucket.
	Key IdentityArgs `pulumi:"key"`
}

// IdentityArgs name an identity of AWS: a profile or a role.
type IdentityArgs struct {
	// Profile is a profile of the shared configuration files.
	Profile string `pulumi:"profile"`
	// RoleArn is a role to assume.
	RoleArn string `pulumi:"roleArn"`
	// ExternalId is what the role's trust policy asks for.
	ExternalId string `pulumi:"externalId"`
}

func (i IdentityArgs) given() bool { return i != IdentityArgs{} }

// providers are what the parts of a component are made with. Each AWS provider is a
// process of some 250 MB, so none is made that is not needed.
type providers struct {
	usEast1 *aws.Provider
	dns     *aws.Provider
	plugin  *pluginProvider
	// bucket makes a provider for a bucket to be made: it is the only regional thing.
	bucket func() (*aws.Provider, error)
	// home makes one for a bucket of the CDN's own account.
	home func() (*aws.Provider, error)
	// homeRegion is where such a bucket comes to be; "" where that is not known.
	homeRegion string
}

// pluginProvider is an instance of the plugin. It has no credentials of its own: it
// is whoever the AWS providers beside it are.
type pluginProvider struct {
	pulumi.ProviderResourceState
}

// newProviders finds or makes them. An AWS provider that the program gives decides
// whose calls they all are; the stack's `aws:` configuration does only without one.
func newProviders(
	ctx *pulumi.Context, name string, args ProvidersArgs, identities IdentitiesArgs, opts []pulumi.ResourceOption, fs *faults,
) (*providers, error) {
	m, err := newProviderMaker(ctx, name, args, identities, opts)
	if err != nil {
		return nil, err
	}
	m.faults = fs
	return m.make()
}

// newPlugin makes the plugin alone, for a resource of its own.
func newPlugin(
	ctx *pulumi.Context, name string, args ProvidersArgs, identities IdentitiesArgs, opts []pulumi.ResourceOption,
) (*pluginProvider, error) {
	m, err := newProviderMaker(ctx, name, args, identities, opts)
	if err != nil {
		return nil, err
	}
	base, err := m.base()
	if err != nil {
		return nil, err
	}
	return m.plugin(base)
}

func newProviderMaker(
	ctx *pulumi.Context, name string, args ProvidersArgs, identities IdentitiesArgs, opts []pulumi.ResourceOption,
) (*providerMaker, error) {
	snapshot, err := pulumi.NewResourceOptions(opts...)
	if err != nil {
		return nil, fmt.Errorf("reading the resource options of %q: %w", name, err)
	}
	if args.Home == nil {
		args.Home = optionsProvider(snapshot)
	}
	m := &providerMaker{ctx: ctx, name: name, given: args, identities: identities}
	if snapshot.Parent != nil {
		m.opts = []pulumi.ResourceOption{pulumi.Parent(snapshot.Parent)}
	}
	return m, nil
}

// optionsProvider is the AWS provider in resource options.
func optionsProvider(snapshot *pulumi.ResourceOptions) *aws.Provider {
	for _, provider := range append(snapshot.Providers, snapshot.Provider) {
		if p, ok := provider.(*aws.Provider); ok {
			return p
		}
	}
	return nil
}

// providerMaker makes the providers of one component.
type providerMaker struct {
	ctx        *pulumi.Context
	name       string
	given      ProvidersArgs
	identities IdentitiesArgs
	opts       []pulumi.ResourceOption // of providers that are the component's alone
	faults     *faults
}

func (m *providerMaker) make() (*providers, error) {
	base, err := m.base()
	if err != nil {
		return nil, err
	}
	p := &providers{homeRegion: base.region}
	if p.usEast1, err = m.usEast1(base); err != nil {
		return nil, err
	}
	if p.dns, err = m.dns(base, p.usEast1); err != nil {
		return nil, err
	}
	p.home = func() (*aws.Provider, error) { return m.home(base, p.usEast1) }
	p.bucket = func() (*aws.Provider, error) { return m.bucket(base, p.usEast1) }
	p.plugin, err = m.plugin(base)
	return p, err
}

// base are the settings of whoever the CDN belongs to.
func (m *providerMaker) base() (settings, error) {
	switch {
	case m.given.Home != nil:
		return settingsOf(m.ctx, m.given.Home)
	case m.given.UsEast1 != nil:
		return settingsOf(m.ctx, m.given.UsEast1)
	}
	return stackSettings(m.ctx), nil
}

func (m *providerMaker) usEast1(base settings) (*aws.Provider, error) {
	switch {
	case m.given.UsEast1 != nil:
		return m.given.UsEast1, m.checkUsEast1()
	case m.given.Home != nil && base.region == UsEast1:
		return m.given.Home, nil
	}
	return m.aws(UsEast1, base.in(UsEast1))
}

// checkUsEast1 sees to it that the provider that is given for us-east-1 is there.
func (m *providerMaker) checkUsEast1() error {
	theirs, err := settingsOf(m.ctx, m.given.UsEast1)
	if err == nil && theirs.region != "" && theirs.region != UsEast1 {
		m.faults.add("providers.usEast1", theirs.region, "CloudFront takes certificates and web ACLs of "+UsEast1+" only, and this provider is elsewhere",
			"Give an AWS provider whose region is "+UsEast1+", or leave it out to have one made")
	}
	return err
}

func (m *providerMaker) dns(base settings, usEast1 *aws.Provider) (*aws.Provider, error) {
	switch {
	case m.given.Dns != nil:
		return m.given.Dns, nil
	case m.identities.Dns.given():
		return m.aws("dns", base.as(m.identities.Dns).in(UsEast1))
	}
	return usEast1, nil
}

func (m *providerMaker) bucket(base settings, usEast1 *aws.Provider) (*aws.Provider, error) {
	switch {
	case m.given.Bucket != nil:
		return m.given.Bucket, nil
	case m.identities.Bucket.given():
		return m.aws("bucket", base.as(m.identities.Bucket))
	}
	return m.home(base, usEast1)
}

func (m *providerMaker) home(base settings, usEast1 *aws.Provider) (*aws.Provider, error) {
	switch {
	case m.given.Home != nil:
		return m.given.Home, nil
	case base.region == UsEast1:
		return usEast1, nil
	}
	return m.aws("home", base)
}

func (m *providerMaker) aws(role string, s settings) (*aws.Provider, error) {
	return makeProvider(m, role, s.identity, func(name string, opts ...pulumi.ResourceOption) (*aws.Provider, error) {
		return aws.NewProvider(m.ctx, name, nil, append(opts, withInputs(s.values))...)
	})
}

// plugin makes the instance of the plugin that acts for all identities.
func (m *providerMaker) plugin(base settings) (*pluginProvider, error) {
	inputs := pulumi.Map{"aws": base.values}
	identity := base.identity
	for _, other := range []struct {
		role     string
		provider *aws.Provider
		identity IdentityArgs
	}{{"dns", m.given.Dns, m.identities.Dns}, {"bucket", m.given.Bucket, m.identities.Bucket}, {"key", m.given.Key, m.identities.Key}} {
		theirs := base.as(other.identity)
		if other.provider != nil {
			var err error
			if theirs, err = settingsOf(m.ctx, other.provider); err != nil {
				return nil, err
			}
		} else if !other.identity.given() {
			continue
		}
		inputs[other.role] = theirs.values
		identity = identity.and(other.role, theirs.identity)
	}
	return makeProvider(m, "plugin", identity, func(name string, opts ...pulumi.ResourceOption) (*pluginProvider, error) {
		provider := &pluginProvider{}
		return provider, m.ctx.RegisterResource("pulumi:providers:imagecdn", name, inputs, provider, append(opts, pluginSource()...)...)
	})
}

// makeProvider makes a provider, once for all components of the program whose settings
// are the same stack configuration. What came from a provider of the program's own is
// the component's alone: outputs cannot be compared.
func makeProvider[P pulumi.ProviderResource](
	m *providerMaker, role string, id identity, make func(name string, opts ...pulumi.ResourceOption) (P, error),
) (P, error) {
	if !id.shared {
		provider, err := make(m.name+"-"+role, m.opts...)
		if err != nil {
			return provider, fmt.Errorf("making the %s provider of %q: %w", role, m.name, err)
		}
		return provider, nil
	}
	name := "imagecdn-" + role + id.suffix()
	provider, err := sharedProviders(m.ctx).get(name, func() (pulumi.ProviderResource, error) { return make(name) })
	if err != nil {
		return *new(P), fmt.Errorf("making provider %q: %w", name, err)
	}
	return provider.(P), nil
}
