package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Entity is a resource or a function that is served, with all that is needed to speak of it on either side.
type Entity struct {
	// SDK is pulumi-aws's token.
	SDK string
	// Bridge is the dynamic bridge's token.
	Bridge string
	// Fields are the properties whose names or shapes differ.
	Fields Fields
	// Timeouts are the operations for which Terraform takes a time limit, each with its default.
	Timeouts map[string]string
	// WaitsOnly is set for a resource whose creation only waits and makes nothing in AWS.
	WaitsOnly bool
	// Sparse is set for a resource with lists that are empty in Terraform and absent in pulumi-aws.
	Sparse bool
}

// URN returns the URN of this resource as the dynamic bridge knows it.
func (e Entity) URN(urn string) string { return withType(urn, e.Bridge) }

// Configuration returns the provider's configuration as an Entity: its tokens are the same on either side.
func Configuration() Entity {
	const token = "pulumi:providers:aws"
	return Entity{SDK: token, Bridge: token, Fields: configuration}
}

var (
	resourcesBySDK = index(resources, asResource)
	functionsBySDK = index(functions, asFunction)
)

func asResource(e entity) Entity {
	resource := Entity{SDK: e.sdk, Bridge: e.resourceToken(), Timeouts: e.timeouts, WaitsOnly: e.waitsOnly, Sparse: e.sparse, Fields: e.fields}
	if !e.ownID {
		// Pulumi keeps the id apart from the properties, but pulumi-aws repeats it among them.
		resource.Fields = append(Fields{{SDK: "id", Bridge: e.identifier()}}, e.fields...)
	}

	return resource
}

func asFunction(e entity) Entity {
	return Entity{SDK: e.sdk, Bridge: e.functionToken(), Fields: e.fields}
}

func index(entities []entity, as func(entity) Entity) map[string]Entity {
	bySDK := make(map[string]Entity, len(entities))
	for _, e := range entities {
		bySDK[e.sdk] = as(e)
	}

	return bySDK
}

// Resource returns the resource that a URN names.
func Resource(urn string) (Entity, error) {
	token, err := typeOf(urn)
	if err != nil {
		return Entity{}, err
	}
	found, ok := resourcesBySDK[token]
	if !ok {
		return Entity{}, fmt.Errorf("the stand-in for pulumi-aws serves no resource %q: add it to its table", token)
	}

	return found, nil
}

// Function returns the function that has this token.
func Function(token string) (Entity, error) {
	found, ok := functionsBySDK[token]
	if !ok {
		return Entity{}, fmt.Errorf("the stand-in for pulumi-aws serves no function %q: add it to its table", token)
	}

	return found, nil
}

// Resources lists the resources that are served, in the order of their tokens.
func Resources() []Entity { return sorted(resourcesBySDK) }

// Functions lists the functions that are served, in the order of their tokens.
func Functions() []Entity { return sorted(functionsBySDK) }

func sorted(bySDK map[string]Entity) []Entity {
	return slices.SortedFunc(maps.Values(bySDK), func(a, b Entity) int { return strings.Compare(a.SDK, b.SDK) })
}

// Terraform lists the Terraform names of everything that is served, each once: what the bridge is to include.
func Terraform() []string {
	var names []string
	for _, e := range slices.Concat(resources, functions) {
		names = append(names, e.terraform)
	}
	slices.Sort(names)

	return slices.Compact(names)
}

var toSDKTokens = func() *strings.Replacer {
	var pairs []string
	for _, e := range slices.Concat(Resources(), Functions()) {
		pairs = append(pairs, e.Bridge, e.SDK)
	}

	return strings.NewReplacer(pairs...)
}()

// Text returns a message, or a URN, of the bridge with pulumi-aws's tokens in it.
func Text(message string) string { return toSDKTokens.Replace(message) }
