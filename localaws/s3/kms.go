package s3

import (
	"cmp"
	"errors"
	"maps"
	"net/http"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
)

// ownKey is the alias of the key that AWS manages for S3, where no other is named.
const ownKey = "alias/aws/s3"

// noKeys is a world without KMS.
type noKeys struct{}

// KeyOf implements Keys.
func (noKeys) KeyOf(_, _, name string) (string, error) {
	return "", api.Refuse("NotFoundException", "Key '%s' does not exist", name)
}

// Use implements Keys.
func (noKeys) Use(keyARN string, _ policy.Request, _ policy.Decision) error {
	return api.Refuse("NotFoundException", "Key '%s' does not exist", keyARN)
}

// findKey names the key of an object that is uploaded, and sees to it that the
// caller may encrypt with it. A name without an account is looked for in the
// caller's ("Specifying server-side encryption with AWS KMS").
func (c *call) findKey(v *version) error {
	account := cmp.Or(c.Caller.Account, c.bucket.Account)
	arn, err := c.keys.KeyOf(account, c.bucket.Region, cmp.Or(v.KMSKey, ownKey))
	if err != nil {
		return keyError(err)
	}
	v.KMSKey = arn
	return c.useKey("kms:GenerateDataKey", v)
}

// useKey refuses a caller who may not use the key of an object.
func (c *call) useKey(action string, v *version) error {
	if !c.Signed {
		return unsignedKey()
	}
	r := c.policyRequest(action, c.Resource)
	return useKey(c.keys, c.bucket, c.key, v, r, func(asked policy.Request) policy.Decision { return c.own(asked) })
}

// useKey asks KMS about the key of an object.
func useKey(keys Keys, b *bucket, object string, v *version, r policy.Request, own func(policy.Request) policy.Decision) error {
	arn, err := keys.KeyOf(b.Account, b.Region, v.KMSKey)
	if err != nil {
		return keyError(err)
	}
	r.Resource = arn
	r.Context = maps.Clone(r.Context)
	r.Context["kms:encryptioncontext:aws:s3:arn"] = []string{resource(b.Name, object)}
	if b.Encryption.Rules[0].BucketKey {
		r.Context["kms:encryptioncontext:aws:s3:arn"] = []string{b.arn()}
	}
	return keyError(keys.Use(arn, r, own(r)))
}

// keyError is a refusal of KMS as S3 passes it on ("List of error codes" in the Amazon
// S3 API Reference).
func keyError(err error) error {
	var refusal *api.Error
	switch {
	case !errors.As(err, &refusal):
		return err
	case refusal.Code == "AccessDeniedException":
		return api.RefuseStatus(http.StatusForbidden, "AccessDenied", "%s", refusal.Message)
	}
	return api.Refuse("KMS."+refusal.Code, "%s", refusal.Message)
}

// unsignedKey refuses who does not sign: KMS has no anonymous callers.
func unsignedKey() error {
	return invalidArgument("Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
		"Authorization", "null")
}
