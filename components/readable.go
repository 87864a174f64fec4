package components

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// checkReadable reports what keeps CloudFront from reading a bucket whatever it is
// granted. What hangs on single objects, or on a key that is not looked at, is a warning.
// Source: "Restrict access to an Amazon S3 origin" in the CloudFront Developer Guide.
func checkReadable(ctx *pulumi.Context, field string, found foundBucket, fs *faults) {
	for _, statement := range found.RefusedBy {
		fs.add(field, found.Name, fmt.Sprintf("the statement %s of its policy refuses CloudFront, whatever is granted", statement),
			`Leave AWS's services out of it by one more condition, "Bool": {"aws:PrincipalIsAWSService": "false"}, or take the statement away`)
	}
	warn := func(text string) { _ = ctx.Log.Warn("bucket "+found.Name+": "+text, nil) }
	switch {
	case !strings.HasPrefix(found.Encryption, "aws:kms"):
	case found.KmsKeyID == "" || strings.HasSuffix(found.KmsKeyID, "alias/aws/s3"):
		fs.add(field, found.Name, "its default encryption is SSE-KMS with AWS's own key (aws/s3), whose policy nobody can change, "+
			"so that CloudFront can read nothing that is encrypted with it",
			"Make SSE-S3 or a key of your own the default encryption, and encrypt the images anew")
	default:
		warn("new objects are encrypted with the key " + found.KmsKeyID + ", and this component does not change keys. " +
			"The key's policy must allow kms:Decrypt to cloudfront.amazonaws.com, with the condition that AWS:SourceArn is the distribution's ARN.")
	}
	if found.ObjectOwnership == "ObjectWriter" {
		warn("its object ownership is ObjectWriter, so that objects which other accounts upload are not the bucket owner's, " +
			"and CloudFront may not read them. Set it to BucketOwnerEnforced, or BucketOwnerPreferred where ACLs are needed.")
	}
}
