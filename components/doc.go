// Package components holds the Pulumi components that put CloudFront in front of
// an S3 bucket of images:
//
//   - [ImageCdn] is the whole: certificate, origin, distribution, DNS, protections.
//   - [ValidatedCertificate] is an ACM certificate that is issued, not merely requested.
//   - [BucketOrigin] is a bucket that a distribution may read, and nobody else.
//
// What decides how many resources there are, or what they are called, is a plain
// Go value, so that a preview shows every resource the up creates; what is only
// passed through is a Pulumi input. Arguments are checked before anything is
// registered, and all that is wrong with them is reported together, as an
// [InvalidArgsError].
package components
