package policy

import "strings"

// Validate checks what depends on the bucket: every resource lies in it, and
// every action can apply to one of the statement's resources. The error is a
// Malformed.
func (d *Document) Validate(bucket string) error {
	for _, s := range d.Statements {
		if err := s.validate(bucket); err != nil {
			return err
		}
	}
	return nil
}

func (s *Statement) validate(bucket string) error {
	onBucket, onObjects := false, false
	for _, r := range s.Resources {
		rest, found := strings.CutPrefix(r, "arn:aws:s3:::"+bucket)
		if !found || rest != "" && rest[0] != '/' && rest[0] != '*' {
			return Malformed("Policy has invalid resource")
		}
		onBucket = onBucket || rest == "" || rest[0] == '*'
		onObjects = onObjects || rest != ""
	}
	for _, a := range s.Actions {
		forBucket, forObjects := scopeOf(a)
		if !forBucket && !forObjects {
			return Malformed("Policy has invalid action")
		}
		inverted := s.NotActions || s.NotResources
		if !inverted && (!forBucket || !onBucket) && (!forObjects || !onObjects) {
			return Malformed("Action does not apply to any resource(s) in statement")
		}
	}
	return nil
}

// scopeOf says whether an action pattern has matches among the actions on
// buckets and among those on objects. Neither means there is no such action.
func scopeOf(pattern string) (bucket, object bool) {
	if pattern == "*" {
		return true, true
	}
	return anyMatch(pattern, bucketActions), anyMatch(pattern, objectActions)
}

func anyMatch(pattern, actions string) bool {
	for a := range strings.FieldsSeq(actions) {
		if matchFold(pattern, "s3:"+a) {
			return true
		}
	}
	return false
}

// The actions a bucket policy can name, from "Actions, resources, and condition
// keys for Amazon S3" in the Service Authorization Reference.
const (
	bucketActions = `CreateBucket DeleteBucket DeleteBucketPolicy DeleteBucketWebsite DeleteBucketTagging
		GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAcl GetBucketCORS GetBucketLocation
		GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls
		GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging
		GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetIntelligentTieringConfiguration
		GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration
		GetBucketMetadataTableConfiguration ListBucket ListBucketMultipartUploads ListBucketVersions
		ListTagsForResource TagResource UntagResource PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketAcl
		PutBucketCORS PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration
		PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment
		PutBucketTagging PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
		PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
		PutMetricsConfiguration PutReplicationConfiguration`
	objectActions = `AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging
		DeleteObjectVersion DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes
		GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion
		GetObjectVersionAcl GetObjectVersionAttributes GetObjectVersionForReplication GetObjectVersionTagging
		GetObjectVersionTorrent InitiateReplication ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner
		PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention PutObjectTagging PutObjectVersionAcl
		PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateTags RestoreObject UpdateObjectEncryption`
)
