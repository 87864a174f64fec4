package components

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const encryptAnew = "Make SSE-S3 or a key of your own the default encryption, and encrypt the images anew"

// checkReadable reports what keeps CloudFront from reading a bucket whatever it is
// granted. What hangs on single objects is a warning.
// Source: "Restrict access to an Amazon S3 origin" in the CloudFront Developer Guide.
func checkReadable(ctx *pulumi.Context, field string, found foundBucket, fs *faults) {
	for _, statement := range found.RefusedBy {
		fs.add(field, found.Name, fmt.Sprintf("the statement %s of its policy refuses CloudFront, whatever is granted", statement),
			`Leave AWS's services out of it by one more condition, "Bool": {"aws:PrincipalIsAWSService": "false"}, or take the statement away`)
	}
	if found.underAWSsKey() {
		fs.add(field, found.Name, "its default encryption is SSE-KMS with AWS's own key (aws/s3), whose policy nobody can change, "+
			"so that CloudFront can read nothing that is encrypted with it", encryptAnew)
	}
	if found.ObjectOwnership == "ObjectWriter" {
		_ = ctx.Log.Warn("bucket "+found.Name+": its object ownership is ObjectWriter, so that objects which other accounts upload are not the bucket owner's, "+
			"and CloudFront may not read them. Set it to BucketOwnerEnforced, or BucketOwnerPreferred where ACLs are needed.", nil)
	}
}
