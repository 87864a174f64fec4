// Package causes is what is known of failures on AWS and in the engine: the likely cause, and what to do. Whoever
// reports one, the plugin or the Automation API, says the same, and so does the documentation.
package causes

import (
	"slices"
	"strings"
)

// Known is a failure that people meet.
type Known struct {
	// Said is what AWS or Pulumi says of it: codes of errors, or words of a message.
	Said []string
	// Cause is the likely cause, and Cure what to do. Both are parts of a sentence.
	Cause, Cure string
}

// PluginMissing is what the engine says of a provider that is not installed.
const PluginMissing = "no resource plugin"

// All are those that are known; where words occur in each other, the longer ones come first. Source: the API references
// of the services, and the threads of those who met them.
var All = []Known{
	{
		[]string{"CNAMEAlreadyExists"}, "the domain is on another distribution, of this or another account, disabled ones included",
		"find it with `aws cloudfront list-conflicting-aliases`, take the domain off it, and run this again",
	},
	{
		[]string{"InvalidViewerCertificate"}, "the certificate is not issued, not in us-east-1, or does not cover a domain",
		"look at it with `aws acm describe-certificate --region us-east-1`",
	},
	{
		[]string{"but it already exists"}, "somebody else has made a record of that name and type since the stack looked",
		"delete the record if the domain may move, and run this again",
	},
	{
		[]string{"BucketNotEmpty"}, "the bucket that the stack made still holds objects, and images are not deleted for you",
		"empty the bucket if it may go, or take it out of the stack with `pulumi state delete`, and run this again",
	},
	{
		[]string{"TooManyCachePolicies"}, "the account has no room for another cache policy; 20 are allowed unless raised",
		"share one by cache.policyId, or ask AWS for more",
	},
	{
		[]string{"TooManyDistributions"}, "the account has no room for another distribution; 500 are allowed unless raised", "ask AWS for more",
	},
	{
		[]string{"another Delivery Source", "Delivery already exists"}, "the distribution's logs are delivered to S3 already, by something else or by an up that was killed",
		"find it with `aws logs describe-deliveries --region us-east-1`, delete that delivery and then its source if nobody needs them, and run this again",
	},
	{
		[]string{"AlreadyExists"}, "a resource of that name was left by a run that was killed just as AWS had made it, or belongs to a stack of the same name elsewhere",
		"delete it if nothing uses it, or import it with `pulumi import`, and run this again",
	},
	{
		[]string{"LimitExceeded"}, "a quota of the account is used up", "see which in the message, and ask AWS for more or delete what is not needed",
	},
	{
		[]string{"kms:Decrypt"}, "the policy of a KMS key does not let the caller decrypt: CloudFront for images, whoever runs the stack for the secrets in its state",
		"for images run `pulumi up`, which puts its statement into the key's policy, see docs/encryption.md; for the state allow it to the caller",
	},
	{
		[]string{"KMSInvalidState", "DisabledException"}, "the KMS key is disabled or waits for its deletion, so that nothing under it can be read",
		"look at it with `aws kms describe-key`, then `aws kms cancel-key-deletion` and `aws kms enable-key`",
	},
	{
		[]string{"AccessDenied", "not authorized to perform"}, "the credentials do not allow the call",
		"compare them with docs/permissions.md; an organization's policies may refuse it too",
	},
	{
		[]string{"ExpiredToken"}, "the credentials have expired", "sign in again or get new ones, and run this again: it goes on where it stopped",
	},
	{
		[]string{"InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException"}, "the credentials do not exist",
		"check the AWS settings of the stack",
	},
	{
		[]string{"SignatureDoesNotMatch"}, "the secret key is not the access key's", "check the AWS settings of the stack",
	},
	{
		[]string{"no valid credential sources"}, "no credentials were found", "set a profile, a role or AWS_ACCESS_KEY_ID, and run this again",
	},
	{
		[]string{PluginMissing}, "the provider is not installed in the Pulumi home that the engine uses, and may not or cannot be downloaded",
		"install the plugin (`pulumi plugin install resource NAME VERSION`) there, or set Engine.Home to where it is",
	},
	{
		[]string{"Throttling", "SlowDown"}, "the account makes too many calls at once", "run this again later, or fewer stacks side by side",
	},
	{
		[]string{"PriorRequestNotComplete"}, "other changes to the hosted zone are under way", "run this again",
	},
	{
		[]string{"PreconditionFailed", "InvalidIfMatchVersion"}, "AWS had done it, its answer was lost, and the provider asked once more by the version " +
			"before; or somebody else has changed it since",
		"run this again; if it is said again, run `pulumi refresh` before",
	},
	{
		[]string{"failed to load checkpoint"}, "the disk of the state was full, or the engine was killed in the middle of a write, and Pulumi has kept half a state or none",
		"put back the newest whole copy of the state, as docs/reliability.md says, and run this again",
	},
}

// Of finds what is known of an error's code or message; the zero value is nothing.
func Of(text string) Known {
	at := slices.IndexFunc(All, func(known Known) bool {
		return slices.ContainsFunc(known.Said, func(said string) bool { return strings.Contains(text, said) })
	})
	if text == "" || at < 0 {
		return Known{}
	}
	return All[at]
}
