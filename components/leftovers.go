package components

import (
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LeftoversToken is the type token of [Leftovers].
const LeftoversToken = "imagecdn:index:Leftovers" //nolint:gosec // a type token

// markTag is the tag that holds the mark.
const markTag = "imagecdn:mark"

// sweepTimeout bounds the deletion of what is left: CloudFront takes some minutes to
// disable a distribution.
const sweepTimeout = "30m"

// Leftovers marks what a component makes, and deletes, when it is deleted itself, what
// still carries the mark. AWS may have made something although its answer was lost, and no
// state knows it: no resource of the AWS provider would ever delete that.
type Leftovers struct {
	pulumi.CustomResourceState

	// Mark is what everything that the component makes carries, such as
	// "imagecdn-0123456789abcdef". It stays the same for the life of the component,
	// whatever the stack, the project or the component is called.
	Mark pulumi.StringOutput `pulumi:"mark"`
}

// mark is what everything that a component makes carries, and how often what was gone from
// AWS had to be made anew.
type mark struct {
	text     pulumi.StringOutput
	renewals renewals
}

// renewals are how often a resource had to be made anew because it was gone from AWS, by its
// name; nil where that cannot be told.
type renewals map[string]string

// of has the engine replace a resource once each time that its count goes up. A plain up compares the state with the program alone: it would see no change.
func (r renewals) of(name string) pulumi.ResourceOption {
	switch {
	case r == nil: // it is not compared
		return pulumi.ReplacementTrigger(nil)
	case r[name] == "":
		return pulumi.ReplacementTrigger(pulumi.String("0"))
	}
	return pulumi.ReplacementTrigger(pulumi.String(r[name]))
}

// Kinds of things that carry the mark.
const (
	leftDistribution  = "distribution"
	leftCertificate   = "certificate"
	leftWebAcl        = "webAcl"
	leftAccessControl = "originAccessControl"
	leftCachePolicy   = "cachePolicy"
	leftHeadersPolicy = "responseHeadersPolicy"
	leftKeyGroup      = "keyGroup"
	leftPublicKey     = "publicKey"
	leftFunction      = "function"
	leftLogDelivery   = "logDelivery"
)

// newMark chooses the mark of a component. Everything that carries it depends on it, so
// that it is deleted last. It keeps the renewals in the state.
func newMark(
	ctx *pulumi.Context, name string, kinds []string, counted renewals, plugin *pluginProvider, parent pulumi.Resource,
) (*mark, error) {
	left, err := newLeftovers(ctx, name+"-mark", leftoversArgs{kinds: kinds, renewals: counted}, plugin, pulumi.Parent(parent))
	if err != nil {
		return nil, err
	}
	return &mark{text: left.Mark, renewals: counted}, nil
}

// leftoversArgs say what to look for when everything else is deleted.
type leftoversArgs struct {
	mark  pulumi.StringInput      // nil for a new one
	kinds []string                // of things that carry it
	keep  pulumi.StringArrayInput // what carries it and is another resource's to delete

	renewals renewals
}

func newLeftovers(
	ctx *pulumi.Context, name string, args leftoversArgs, plugin *pluginProvider, opts ...pulumi.ResourceOption,
) (*Leftovers, error) {
	inputs := pulumi.Map{"kinds": pulumi.ToStringArray(args.kinds)}
	if args.mark != nil {
		inputs["mark"] = args.mark
	}
	if args.keep != nil {
		inputs["keep"] = args.keep
	}
	if len(args.renewals) > 0 {
		inputs["renewals"] = pulumi.ToStringMap(args.renewals)
	}
	left := &Leftovers{}
	opts = append(pluginOptions(plugin, opts), pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: sweepTimeout}))
	if err := ctx.RegisterResource(LeftoversToken, name, inputs, left, opts...); err != nil {
		return nil, fmt.Errorf("registering %q: %w", name, err)
	}
	return left, nil
}

// withMark adds the tag that holds the mark. Tags that are given one by one stay so: a
// preview shows those that are known, and only those that are secret are secrets.
func withMark(tags pulumi.StringMapInput, mark pulumi.StringInput) pulumi.StringMapInput {
	if given, plain := tags.(pulumi.StringMap); plain || tags == nil {
		all := pulumi.StringMap{markTag: mark}
		maps.Copy(all, given)
		return all
	}
	return pulumi.All(tags, mark).ApplyT(func(known []any) map[string]string {
		all := maps.Clone(known[0].(map[string]string))
		all[markTag] = known[1].(string)
		return all
	}).(pulumi.StringMapOutput)
}

// longestDescription is what CloudFront takes of a comment, and WAF of a description, at
// the least. Source: CloudFront API reference, CachePolicyConfig.
const longestDescription = 128

// describe is a description that holds the mark.
func describe(text string, mark pulumi.StringInput) pulumi.StringOutput {
	return mark.ToStringOutput().ApplyT(func(mark string) string {
		return shorten(text, longestDescription-len(mark)-1) + " " + mark
	}).(pulumi.StringOutput)
}

// shorten cuts a text, but not in the middle of a character.
func shorten(text string, longest int) string {
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	return text
}
