package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

func redirects(from, to string) map[string]pulumi.StringInput {
	return map[string]pulumi.StringInput{from: pulumi.String(to)}
}

func TestNothingRunsAtTheEdgeThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(one())
	expectInputs(t, c.resource("cdn-distribution"), map[string]any{"defaultCacheBehavior.functionAssociations": nil})
	assert.NotContains(t, c.resource("cdn-mark").input("kinds"), "function")
}

func TestOneFunctionRunsAtEachEventOfEveryBehaviour(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), func(a *ImageCdnArgs) {
		a.Functions = FunctionsArgs{ContentTypes: true, LowerCase: true, Robots: pulumi.String("User-agent: *").ToStringOutput()}
		a.Paths = []PathArgs{{Pattern: "/new/*", Cache: CacheArgs{Preset: "fresh"}}}
	}))
	for name, part := range map[string]string{"cdn-request": `const robots = "User-agent: *";`, "cdn-response": "const contentTypes = true;"} {
		expectInputs(t, c.resource(name), map[string]any{"name": nil, "runtime": "cloudfront-js-2.0", "publish": true})
		assert.Contains(t, c.resource(name).input("code"), part)
		assert.Contains(t, c.resource(name).input("comment"), theMark, "a destroy finds it if its answer was lost")
	}
	for _, behavior := range []string{"defaultCacheBehavior", "orderedCacheBehaviors[0]"} {
		expectInputs(t, c.resource("cdn-distribution"), map[string]any{
			behavior + ".functionAssociations[0].eventType":   "viewer-request",
			behavior + ".functionAssociations[0].functionArn": "arn:cdn-request",
			behavior + ".functionAssociations[1].eventType":   "viewer-response",
			behavior + ".functionAssociations[1].functionArn": "arn:cdn-response",
		})
	}
	assert.Contains(t, c.resource("cdn-mark").input("kinds"), "function")
}

func TestCodeOfOnesOwnKeepsItsImports(t *testing.T) {
	t.Parallel()
	code := FunctionsArgs{}.responseFunction("import cf from 'cloudfront';\nfunction handler(event) { return event.response; }")
	assert.Regexp(t, `^import cf from 'cloudfront';\nconst own = \(function \(\) \{\nfunction handler`, code)
}
