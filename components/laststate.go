package components

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

// readState is the engine's own function: what the stack's resources were after the last
// run. AWS alone cannot say whose a distribution is: stacks are renamed, and comments
// change.
const readState = "pulumi:pulumi:readStackResourceOutputs"

// lastState is what the stack has made before. It is read once.
type lastState struct {
	ctx       *pulumi.Context
	providers *providers

	loaded    bool
	known     bool
	unasked   bool // a preview in which no provider of the component is in the state
	resources []madeResource
}

// madeResource is a resource of the last run. Outputs of one name differ in type from
// one kind of resource to another.
type madeResource struct {
	Name    string
	Type    string `pulumi:"type"`
	Outputs struct {
		ID                      any `pulumi:"id"`
		AllowOverwrite          any `pulumi:"allowOverwrite"`
		WaitForDeployment       any `pulumi:"waitForDeployment"`
		ZoneID                  any `pulumi:"zoneId"`
		Renewals                any `pulumi:"renewals"`
		Etag                    any `pulumi:"etag"`
		Arn                     any `pulumi:"arn"`
		DomainName              any `pulumi:"domainName"`
		SubjectAlternativeNames any `pulumi:"subjectAlternativeNames"`
		Fqdn                    any `pulumi:"fqdn"`
		Mark                    any `pulumi:"mark"`
		Bucket                  any `pulumi:"bucket"`
		KeyArn                  any `pulumi:"keyArn"`
		DistributionArn         any `pulumi:"distributionArn"`
		Kind                    any `pulumi:"kind"`
		Prefixes                any `pulumi:"prefixes"`
		DefaultRootObject       any `pulumi:"defaultRootObject"`
	} `pulumi:"outputs"`
}

// has says whether the stack has made a resource of a type, and whether that can be told.
func (s *lastState) has(token string, is func(madeResource) bool) (made, known bool) {
	s.load()
	return slices.ContainsFunc(s.resources, func(r madeResource) bool { return r.Type == token && is(r) }), s.known
}

// made is the resource of a type and a name.
func (s *lastState) made(token, name string) (madeResource, bool) {
	s.load()
	at := slices.IndexFunc(s.resources, func(r madeResource) bool { return r.Type == token && r.Name == name })
	if at < 0 {
		return madeResource{}, false
	}
	return s.resources[at], true
}

// load reads the state, once. It is to be called before anything is registered: later, the
// engine answers with what the run has made of it so far.
func (s *lastState) load() {
	if s.loaded {
		return
	}
	s.loaded = true
	if s.ctx.DryRun() && !s.knowsAProvider() {
		s.known, s.unasked = true, true
		return
	}
	var state struct {
		Resources map[string]madeResource `pulumi:"outputs"`
	}
	// The state may hold secrets; what is looked at here is none.
	_, err := s.ctx.InvokePackageRaw(readState, &struct {
		StackName string `pulumi:"stackName"`
	}{s.ctx.Organization() + "/" + s.ctx.Project() + "/" + s.ctx.Stack()}, &state, "")
	s.known = err == nil
	for urn, resource := range state.Resources {
		resource.Name = urn[strings.LastIndex(urn, "::")+len("::"):]
		s.resources = append(s.resources, resource)
	}
}

// knowsAProvider says whether a provider of the component is in the state: only then has
// it an id in a preview. Without one nothing was made yet, and Pulumi 3.256 crashes when
// it is asked for a state that was never written.
func (s *lastState) knowsAProvider() bool {
	for _, provider := range []pulumi.ProviderResource{s.providers.plugin, s.providers.usEast1, s.providers.dns} {
		id, err := internals.UnsafeAwaitOutput(s.ctx.Context(), provider.ID())
		if err == nil && id.Known {
			return true
		}
	}
	return false
}

func isText(value any, texts ...string) bool {
	text, ok := value.(string)
	return ok && slices.Contains(texts, strings.ToLower(text))
}
