package kms

import (
	"imagecdn/localaws/policy"
)

// KeyOf is the ARN of the key that an account calls by a name in a region: an id, an
// ARN, or an alias. The error is KMS's.
func (s *Service) KeyOf(account, region, name string) (arn string, err error) {
	k, err := s.named(account, region, name, true)
	if err != nil {
		return "", err
	}
	return k.arn(), nil
}

// Use says whether somebody may use a key through S3. The request has S3's condition
// keys; own is what the caller's own policies say. The error is KMS's.
func (s *Service) Use(keyARN string, r policy.Request, own policy.Decision) error {
	k := s.there(keyARN)
	switch {
	case k == nil:
		return notFound("Key '%s' does not exist", keyARN)
	case k.State == disabled:
		return disabledKey(k)
	case k.State == pendingDeletion:
		return invalidState("%s is pending deletion.", keyARN)
	}
	r.Resource = keyARN
	if r.Caller.Kind == "AWS" {
		r.Context["kms:calleraccount"] = []string{r.Caller.Account}
	}
	r.Context["kms:viaservice"] = []string{"s3." + k.Region + ".amazonaws.com"}
	if r.Caller.Kind == "Service" { // what AWS has there for a service is not known
		delete(r.Context, "kms:viaservice")
		r.Unjudged = append(r.Unjudged[:len(r.Unjudged):len(r.Unjudged)], "kms:viaservice")
		own = policy.Allow // a service has no policies of its own
	}
	return s.permit(k, r, own)
}
