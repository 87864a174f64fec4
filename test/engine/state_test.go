package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// stateResource is a resource in a stack's state.
type stateResource struct {
	URN          string         `json:"urn"`
	ID           string         `json:"id"`
	Type         string         `json:"type"`
	Custom       bool           `json:"custom"`
	Inputs       map[string]any `json:"inputs"`
	Outputs      map[string]any `json:"outputs"`
	Dependencies []string       `json:"dependencies"`
}

// named says whether it is the resource of a name.
func (r stateResource) named(name string) bool { return strings.HasSuffix(r.URN, "::"+name) }

// stateFile is where the file backend has a stack's state.
func (w *world) stateFile(stack string) string {
	return filepath.Join(strings.TrimPrefix(w.backend, "file://"), ".pulumi", "stacks", "imagecdn", stack+".json")
}

// state reads the resources of a stack from the file backend.
func (w *world) state(stack string) []stateResource {
	w.t.Helper()
	content, err := os.ReadFile(w.stateFile(stack))
	require.NoError(w.t, err)
	var checkpoint struct {
		Checkpoint struct {
			Latest struct {
				Resources []stateResource `json:"resources"`
			} `json:"latest"`
		} `json:"checkpoint"`
	}
	require.NoError(w.t, json.Unmarshal(content, &checkpoint))
	return checkpoint.Checkpoint.Latest.Resources
}

// graph is what depends on what in a state, among the resources that are something in AWS.
type graph map[string]stateResource

func newGraph(resources []stateResource) graph {
	g := graph{}
	for _, r := range resources {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") && r.Type != leftoversType {
			g[r.URN] = r
		}
	}
	return g
}

// chain is the longest path of dependencies that ends in a resource, as types.
func (g graph) chain(urn string) []string {
	var longest []string
	for _, dependency := range g[urn].Dependencies {
		if _, known := g[dependency]; known {
			if path := g.chain(dependency); len(path) > len(longest) {
				longest = path
			}
		}
	}
	return append(slices.Clone(longest), g[urn].Type)
}

// waitsFor says whether a resource depends on one of a type, however indirectly.
func (g graph) waitsFor(urn, kind string) bool {
	return slices.ContainsFunc(g[urn].Dependencies, func(dependency string) bool {
		return g[dependency].Type == kind || g.waitsFor(dependency, kind)
	})
}

const (
	certificateType = "aws:acm/certificate:Certificate"
	recordType      = "aws:route53/record:Record"

	validationRecordType = "imagecdn:index:ValidationRecord"

	validationType   = "aws:acm/certificateValidation:CertificateValidation"
	distributionType = "aws:cloudfront/distribution:Distribution"
	statementType    = "imagecdn:index:BucketPolicyStatement"
	leftoversType    = "imagecdn:index:Leftovers" // its creation calls nothing
)

// assertChain asserts that an up waits for no more than it must.
func assertChain(t *testing.T, resources []stateResource) {
	t.Helper()
	g := newGraph(resources)
	// Nothing points at a CDN that cannot read: the alias record comes after the statement.
	toTheAlias := []string{certificateType, validationRecordType, validationType, distributionType, statementType, recordType}
	var chains [][]string
	for urn := range g {
		path := g.chain(urn)
		require.LessOrEqual(t, len(path), len(toTheAlias), "%v", path)
		if len(path) == len(toTheAlias) {
			chains = append(chains, path)
			require.Equal(t, toTheAlias, path)
		}
	}
	require.Contains(t, chains, toTheAlias)
	for urn, r := range g {
		wanted := slices.Contains(toTheAlias[1:], r.Type)
		require.Equal(t, wanted, g.waitsFor(urn, certificateType), "only the distribution, and what needs it, waits for the certificate: %s", urn)
	}
}
