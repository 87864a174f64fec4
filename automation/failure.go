package automation

import (
	"fmt"
	"strings"
)

// FailedError is what went wrong on AWS or in the engine, resource by resource.
type FailedError struct {
	// Failures has at least one entry.
	Failures []Failure
}

// Failure is one resource's.
type Failure struct {
	// Resource is the resource's name, such as "cdn-distribution"; "" for the stack.
	Resource string
	// Message is what AWS or the engine said.
	Message string
	// Cause is the likely cause, and Cure what to do; "" where neither is known.
	Cause, Cure string
}

// Error lists the failures with cause and cure.
func (e *FailedError) Error() string {
	var lines []string
	for _, f := range e.Failures {
		line := f.Message
		if f.Resource != "" {
			line = f.Resource + ": " + line
		}
		if f.Cause != "" {
			line += fmt.Sprintf("\n  likely cause: %s\n  next step: %s", f.Cause, f.Cure)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Is makes errors.Is find ErrFailed.
func (e *FailedError) Is(target error) bool { return target == ErrFailed }

// pluginMissing is what the engine says of a provider that is not installed.
const pluginMissing = "no resource plugin"

// diagnoses are the refusals people meet, by what AWS calls them. Source: the API
// references of the services, and the threads of those who met them.
var diagnoses = []struct{ code, cause, cure string }{
	{
		"CNAMEAlreadyExists", "the domain is on another distribution, of this or another account, disabled ones included",
		"find it with `aws cloudfront list-conflicting-aliases`, take the domain off it, and run this again",
	},
	{
		"InvalidViewerCertificate", "the certificate is not issued, not in us-east-1, or does not cover a domain",
		"look at it with `aws acm describe-certificate --region us-east-1`",
	},
	{
		"but it already exists", "somebody else has made a record of that name and type since the stack looked",
		"delete the record if the domain may move, and run this again",
	},
	{
		"BucketNotEmpty", "the bucket that the stack made still holds objects, and images are not deleted for you",
		"empty the bucket if it may go, or take it out of the stack with `pulumi state delete`, and run this again",
	},
	{
		"TooManyCachePolicies", "the account has no room for another cache policy; 20 are allowed unless raised",
		"share one by cachePolicyId, or ask AWS for more",
	},
	{
		"TooManyDistributions", "the account has no room for another distribution; 500 are allowed unless raised",
		"ask AWS for more",
	},
	{
		"AlreadyExists", "a resource of that name was left by a run that was killed just as AWS had made it, or belongs to a stack of the same name elsewhere",
		"delete it if nothing uses it, or import it with `pulumi import`, and run this again",
	},
	{
		"LimitExceeded", "a quota of the account is used up",
		"see which in the message, and ask AWS for more or delete what is not needed",
	},
	{
		"AccessDenied", "the credentials do not allow the call",
		"compare them with docs/permissions.md; an organization's policies may refuse it too",
	},
	{
		"not authorized to perform", "the credentials do not allow the call",
		"compare them with docs/permissions.md; an organization's policies may refuse it too",
	},
	{
		"ExpiredToken", "the credentials have expired", "get new ones, and run this again: it goes on where it stopped",
	},
	{
		"no valid credential sources", "no credentials were found", "set a profile, a role or AWS_ACCESS_KEY_ID, and run this again",
	},
	{
		pluginMissing, "the provider is not installed in the Pulumi home that the engine uses, and may not or cannot be downloaded",
		"install the plugin (`pulumi plugin install resource NAME VERSION`) there, or set Engine.Home to where it is",
	},
	{
		"Throttling", "the account makes too many calls at once", "run this again later, or fewer stacks side by side",
	},
	{
		"PriorRequestNotComplete", "other changes to the hosted zone are under way", "run this again",
	},
}

// newFailure adds what is known of a message.
func newFailure(resource, message string) Failure {
	f := Failure{Resource: resource, Message: message}
	for _, d := range diagnoses {
		if strings.Contains(message, d.code) {
			f.Cause, f.Cure = d.cause, d.cure
			break
		}
	}
	return f
}
