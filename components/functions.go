package components

import (
	_ "embed" // for the code that runs at the edge
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// FunctionsArgs say what runs at the edge for every request, in CloudFront functions: one
// when a viewer asks, and one before he is answered. Nothing of it splits the cache.
type FunctionsArgs struct {
	// ContentTypes gives an image that S3 has as binary/octet-stream, as it has uploads
	// without a type, the Content-Type of its extension. Default: false.
	ContentTypes bool `pulumi:"contentTypes"`
	// Redirects are paths that have moved, and where to: a path or an address. "/old/*" is
	// for all below, and "*" in its target is the rest. The status is 301, the query stays.
	// Default: none.
	Redirects map[string]pulumi.StringInput `pulumi:"redirects"`
	// Robots is what /robots.txt says to crawlers. Default: what the bucket has.
	Robots pulumi.StringInput `pulumi:"robots"`
	// Referers are hosts, besides the CDN's own domains, whose pages may show the images,
	// such as "www.example.com" or "*.example.com": others get 403. Who does not say where
	// he comes from is let in. Default: everybody.
	Referers []string `pulumi:"referers"`
	// LowerCase asks S3 for paths in lower case, however a viewer writes them. Default:
	// false.
	LowerCase bool `pulumi:"lowerCase"`
	// Request is code of one's own for when a viewer asks: a script with a function
	// handler(event), as CloudFront runs it. It runs after the parts above. Default: none.
	Request pulumi.StringInput `pulumi:"request"`
	// Response is code of one's own for before a viewer is answered. It runs after
	// contentTypes. Default: none.
	Response pulumi.StringInput `pulumi:"response"`

	strip []string // folders that S3 is not asked for
}

// maxFunction is CloudFront's limit for a function, in bytes.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const maxFunction = 10 << 10

// The code of the parts. What they are told is put before them.
var (
	//go:embed request.js
	requestCode string
	//go:embed response.js
	responseCode string
)

// onRequest and onResponse say whether there is anything to run.
func (args FunctionsArgs) onRequest() bool {
	return len(args.Redirects) > 0 || args.Robots != nil || len(args.Referers) > 0 || args.LowerCase || args.Request != nil || len(args.strip) > 0
}

func (args FunctionsArgs) onResponse() bool { return args.ContentTypes || args.Response != nil }

// withoutEmpty has what is set to nothing left out.
func (args FunctionsArgs) withoutEmpty() FunctionsArgs {
	args.Robots, args.Request, args.Response = unlessEmpty(args.Robots), unlessEmpty(args.Request), unlessEmpty(args.Response)
	return args
}

// checkFunctions reports what could not run, or has no effect.
func checkFunctions(args FunctionsArgs, domains []string, fs *faults) {
	for _, from := range slices.Sorted(maps.Keys(args.Redirects)) {
		checkRedirect(from, args.Redirects[from], fs)
	}
	for i, host := range args.Referers {
		if !refererHost.MatchString(host) {
			fs.add(fmt.Sprintf("functions.referers[%d]", i), host, "this is no host", "Give a host in lower case, without scheme and path, such as www.example.com or *.example.com")
		}
	}
	for _, own := range []struct {
		field string
		code  pulumi.StringInput
	}{{"functions.request", args.Request}, {"functions.response", args.Response}} {
		if text, plain := plainString(own.code); plain && text != "" && !handlerOf.MatchString(text) {
			fs.add(own.field, text, "it has no function handler", "Give the code of a CloudFront function: function handler(event) { ... }")
		}
	}
	for _, made := range []struct{ field, code string }{{"functions.request", args.plainRequest(domains)}, {"functions.response", args.plainResponse()}} {
		if len(made.code) > maxFunction {
			fs.add(made.field, fmt.Sprintf("%d KB", len(made.code)>>10), fmt.Sprintf("with what the other options add, the function has more than the %d bytes that CloudFront takes", maxFunction),
				"Have fewer redirects, or shorter code")
		}
	}
}

var (
	refererHost = regexp.MustCompile(`^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$`)
	handlerOf   = regexp.MustCompile(`(?m)\bfunction\s+handler\s*\(|\bhandler\s*=`)
	redirected  = regexp.MustCompile(`^/[^\s*?#]*\*?$`)
	target      = regexp.MustCompile(`^(https?://[^\s/]+)?/[^\s]*$`)
)

func checkRedirect(from string, to pulumi.StringInput, fs *faults) {
	field := "functions.redirects." + from
	text, plain := plainString(to)
	switch {
	case !redirected.MatchString(from):
		fs.add(field, from, "it is not a path that can be redirected", `Give a path as in a URL, such as /old/cat.jpg, or /old/* for all below`)
	case plain && !target.MatchString(text):
		fs.add(field, text, "it is not where a viewer can be sent", "Give a path such as /new/cat.jpg, or an address such as https://www.example.com/cat.jpg")
	case plain && strings.Contains(text, "*") && !strings.HasSuffix(from, "*"):
		fs.add(field, text, "there is no rest that * could stand for", "End the old path with *, or leave it out of the new one")
	case plain && text == from:
		fs.add(field, text, "it leads to itself", "Give another path, or leave it out")
	}
}

// told is a line of JavaScript with what the parts are told.
func told(name string, value any) string {
	text, _ := json.Marshal(value) // texts and lists of texts never fail
	return "const " + name + " = " + string(text) + ";\n"
}

// imports are at the beginning of a module, and nowhere else.
var imports = regexp.MustCompile(`(?m)^import .*$\n?`)

// ownCode makes a part of a function of one's own, "null" where there is none.
func ownCode(source string) string {
	if source == "" {
		return "const own = null;\n"
	}
	return strings.Join(imports.FindAllString(source, -1), "") +
		"const own = (function () {\n" + imports.ReplaceAllString(source, "") + "\nreturn handler;\n})();\n"
}

// requestFunction is the code that runs when a viewer asks.
func (args FunctionsArgs) requestFunction(domains []string, redirects map[string]string, robots, own string) string {
	exact, below := map[string]string{}, [][]string{}
	for _, from := range slices.Sorted(maps.Keys(redirects)) {
		if prefix, all := strings.CutSuffix(from, "*"); all {
			below = append(below, []string{prefix, redirects[from]})
		} else {
			exact[from] = redirects[from]
		}
	}
	// The longest one is the most exact.
	slices.SortStableFunc(below, func(a, b []string) int { return len(b[0]) - len(a[0]) })
	hosts := []string{}
	if len(args.Referers) > 0 {
		hosts = slices.Concat(domains, args.Referers)
	}
	return ownCode(own) + told("moved", exact) + told("movedBelow", below) + told("robots", robots) +
		told("hosts", hosts) + told("lowerCase", args.LowerCase) + told("folders", append([]string{}, args.strip...)) + requestCode
}

func (args FunctionsArgs) responseFunction(own string) string {
	return ownCode(own) + told("contentTypes", args.ContentTypes) + responseCode
}

// plainRequest is the code as far as it is known yet.
func (args FunctionsArgs) plainRequest(domains []string) string {
	redirects := map[string]string{}
	for from, to := range args.Redirects {
		redirects[from], _ = plainString(to)
	}
	robots, _ := plainString(args.Robots)
	own, _ := plainString(args.Request)
	return args.requestFunction(domains, redirects, robots, own)
}

func (args FunctionsArgs) plainResponse() string {
	own, _ := plainString(args.Response)
	return args.responseFunction(own)
}

// runAtTheEdge makes the functions that the options ask for.
func (c *ImageCdn) runAtTheEdge(ctx *pulumi.Context, plan imagePlan) error {
	args := plan.Functions
	if args.onRequest() {
		code := pulumi.All(pulumi.StringMap(args.Redirects), stringOr(args.Robots, ""), stringOr(args.Request, "")).ApplyT(func(known []any) string {
			return args.requestFunction(plan.domains, known[0].(map[string]string), known[1].(string), known[2].(string))
		}).(pulumi.StringOutput)
		if err := c.addFunction(ctx, plan, "request", code); err != nil {
			return err
		}
	}
	if !args.onResponse() {
		return nil
	}
	code := stringOr(args.Response, "").ToStringOutput().ApplyT(args.responseFunction).(pulumi.StringOutput)
	return c.addFunction(ctx, plan, "response", code)
}

func (c *ImageCdn) addFunction(ctx *pulumi.Context, plan imagePlan, event string, code pulumi.StringOutput) error {
	name := plan.name + "-" + event
	function, err := cloudfront.NewFunction(ctx, name, &cloudfront.FunctionArgs{
		Comment: describe(name, plan.mark.text), Code: code, Runtime: pulumi.String("cloudfront-js-2.0"), Publish: pulumi.Bool(true),
	}, append(c.inUsEast1(plan), replacedPolicy(plan.mark, name)...)...)
	if err != nil {
		return fmt.Errorf("making the %s function of %q: %w", event, plan.name, err)
	}
	c.Functions = append(c.Functions, function)
	c.associations = append(c.associations, cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArgs{
		EventType: pulumi.String("viewer-" + event), FunctionArn: function.Arn,
	})
	return nil
}

// orderedAssociations are the same for the behaviors of paths.
func orderedAssociations(all cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArray) cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArray {
	var ordered cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArray
	for _, one := range all {
		ordered = append(ordered, cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArgs(
			one.(cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArgs)))
	}
	return ordered
}
