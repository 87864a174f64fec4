package components

import (
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// longestName is how long the name of a component may be. Pulumi makes the names in
// AWS from it, with a part for each child and a random ending; origin access controls
// are the strictest with 64 characters.
const longestName = 40

// namesInAWS is what the strictest of them takes, web ACLs.
// Source: WAF API reference, CreateWebACL, Name.
var namesInAWS = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func checkName(name string, fs *faults) {
	switch {
	case len(name) > longestName:
		fs.add("name", name, "names in AWS are made from it, and would be too long", "Give the component a name of at most 40 characters")
	case !namesInAWS.MatchString(name):
		fs.add("name", name, "names in AWS are made from it, and AWS does not take all its characters",
			"Give the component a name of letters, digits, hyphens and underscores")
	}
}

// comment says in AWS's console whose a resource is.
func comment(ctx *pulumi.Context, name, domain string) string {
	return shorten("Pulumi stack "+ctx.Project()+"/"+ctx.Stack()+", "+name+": "+domain, longestDescription)
}

// commentStart is what the comment of a component starts with, whatever its domain.
func commentStart(ctx *pulumi.Context, name string) string {
	return comment(ctx, name, "")
}
