package statementprovider

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithy "github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"imagecdn/internal/bucketpolicy"
)

const otherRegion = "The bucket is in another region: set the resource's region to the bucket's"

// cures say what to do, by the code of S3's error. They are sentences that follow what AWS said.
var cures = map[string]string{
	"AccessDenied": "The caller needs s3:GetBucketPolicy, s3:PutBucketPolicy and s3:DeleteBucketPolicy on the bucket. " +
		"If it has them, look for a Deny in the bucket policy or the organization, and for a public statement in the " +
		"policy that Block Public Access refuses to store again",
	"MethodNotAllowed": "Only the account that owns the bucket may change its policy: use that account's credentials",
	"MalformedPolicy": "S3 refuses the merged policy: if a principal in another statement was deleted since, " +
		"remove it; and check that the distribution exists in this partition",
	"NoSuchBucket": "Check the bucket's name and the account: the bucket has to exist before CloudFront may read it",

	"PermanentRedirect":                  otherRegion,
	"AuthorizationHeaderMalformed":       otherRegion,
	"IllegalLocationConstraintException": otherRegion,

	"InvalidAccessKeyId":    "The credentials do not exist: check the aws configuration of the stack",
	"SignatureDoesNotMatch": "The secret key is not the access key's: check the aws configuration of the stack",
	"ExpiredToken":          "The session has expired: sign in again and repeat the operation, it goes on where it stopped",

	"OperationAborted": "Another change of the bucket was in progress the whole time: repeat the operation",
	"SlowDown":         "S3 throttled every attempt: repeat the operation later",
}

// errorCode is AWS's code of the error, "" if it is none of AWS's.
func errorCode(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// explain names the operation and the bucket, says what AWS said, and what to do about it. All matching of S3's errors
// is here.
func explain(ctx context.Context, operation, bucket string, err error) error {
	return fmt.Errorf("%s of bucket %q: %w%s", operation, bucket, said(ctx, err), cure(err))
}

// said leaves out the SDK's layers around AWS's own words.
func said(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		return api
	}
	return err
}

// credentialService is the service that failed to give credentials, so that its AccessDenied is not taken for S3's.
func credentialService(err error) string {
	innermost := ""
	for operation := (*smithy.OperationError)(nil); errors.As(err, &operation); err = operation.Err {
		innermost = operation.ServiceID
	}
	if innermost == s3.ServiceID {
		return ""
	}
	return innermost
}

func cure(err error) string {
	if service := credentialService(err); service != "" {
		return fmt.Sprintf(". No usable credentials from %s: check the aws configuration of the stack (profile, accessKey, "+
			"assumeRole and the role's trust policy) and that you are signed in", service)
	}
	switch {
	case errors.Is(err, bucketpolicy.ErrTooLarge):
		return ""
	case errors.Is(err, bucketpolicy.ErrMalformed):
		return ". The policy is left alone: what cannot be read cannot be kept. Store a valid policy first"
	}
	text, known := cures[errorCode(err)]
	if !known {
		return ""
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.Response != nil {
		if region := response.Response.Header.Get("X-Amz-Bucket-Region"); region != "" {
			text += fmt.Sprintf(" (S3 says it is in %s)", region)
		}
	}
	return ". " + text
}
