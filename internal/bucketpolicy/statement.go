package bucketpolicy

import (
	"encoding/json"
	"fmt"
	"strings"
)

// cloudFrontService is the principal that CloudFront signs origin requests as.
const cloudFrontService = "cloudfront.amazonaws.com"

// Statement is one statement of a policy, kept as the JSON text it came in.
type Statement struct {
	raw string
	sid string
}

// ParseStatement reads one statement: a JSON object whose Sid, if it has one, is a string.
func ParseStatement(text string) (Statement, error) {
	var head struct{ Sid string }
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return Statement{}, fmt.Errorf("%w: a statement is a JSON object", ErrMalformed)
	}
	if err := json.Unmarshal([]byte(text), &head); err != nil {
		return Statement{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return Statement{raw: text, sid: head.Sid}, nil
}

// Sid is the statement's identifier, "" if it has none.
func (s Statement) Sid() string { return s.sid }

// String is the statement's JSON text.
func (s Statement) String() string { return s.raw }

// ReadGrant lets one CloudFront distribution, and no other, read the bucket's objects through origin access control
// (CloudFront Developer Guide, "Restrict access to an Amazon S3 origin"): all of them, or those below the prefixes.
func ReadGrant(sid, bucketARN, distributionARN string, prefixes ...string) Statement {
	resources := objectsBelow(bucketARN, prefixes)
	if len(resources) == 1 {
		return grant(sid, "s3:GetObject", resources[0], distributionARN)
	}
	return grant(sid, "s3:GetObject", resources, distributionARN)
}

// objectsBelow are the objects of a bucket, or those below prefixes.
func objectsBelow(bucketARN string, prefixes []string) []string {
	if len(prefixes) == 0 {
		return []string{bucketARN + "/*"}
	}
	resources := make([]string, len(prefixes))
	for i, prefix := range prefixes {
		resources[i] = bucketARN + "/" + prefix + "/*"
	}
	return resources
}

// ListGrant lets one CloudFront distribution, and no other, know which objects are not there: S3 then says 404 of
// them, and 403 otherwise (Amazon S3 API Reference, GetObject). A request for the bucket itself would be answered
// with its list.
func ListGrant(sid, bucketARN, distributionARN string) Statement {
	return grant(sid, "s3:ListBucket", bucketARN, distributionARN)
}

// ReadAndListGrant is [ReadGrant] and [ListGrant] in one.
func ReadAndListGrant(sid, bucketARN, distributionARN string, prefixes ...string) Statement {
	return grant(sid, []string{"s3:GetObject", "s3:ListBucket"}, append([]string{bucketARN}, objectsBelow(bucketARN, prefixes)...), distributionARN)
}

// DecryptGrant is the statement of a key's policy that lets one CloudFront distribution, and no other, read objects that
// are encrypted under the key (CloudFront Developer Guide, "Restrict access to an Amazon S3 origin"). In the policy of a
// key, "*" is that key.
func DecryptGrant(sid, distributionARN string) Statement {
	return grant(sid, "kms:Decrypt", "*", distributionARN)
}

// grant lets one distribution do something; actions and resources are a text, or a list of them.
func grant(sid string, actions, resources any, distributionARN string) Statement {
	raw := fmt.Sprintf(`{"Sid":%s,"Effect":"Allow","Principal":{"Service":%s},"Action":%s,"Resource":%s,`+
		`"Condition":{"StringEquals":{"AWS:SourceArn":%s}}}`,
		quote(sid), quote(cloudFrontService), quote(actions), quote(resources), quote(distributionARN))
	return Statement{raw: raw, sid: sid}
}

// logDeliveryService is the principal that delivers CloudFront's standard logs (v2).
const logDeliveryService = "delivery.logs.amazonaws.com"

// LogDeliveryGrant lets one delivery source of CloudWatch Logs, and no other, write objects
// whose keys begin with a prefix, "" for any (CloudWatch Logs User Guide, "Logs sent to
// Amazon S3").
func LogDeliveryGrant(sid, bucketARN, prefix, sourceARN string) Statement {
	account := ""
	if parts := strings.Split(sourceARN, ":"); len(parts) > 4 {
		account = parts[4]
	}
	raw := fmt.Sprintf(`{"Sid":%s,"Effect":"Allow","Principal":{"Service":%s},"Action":"s3:PutObject","Resource":%s,`+
		`"Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control","aws:SourceAccount":%s},"ArnLike":{"aws:SourceArn":%s}}}`,
		quote(sid), quote(logDeliveryService), quote(bucketARN+"/"+prefix+"*"), quote(account), quote(sourceARN))
	return Statement{raw: raw, sid: sid}
}

// quote is JSON's form of a text or of a list of texts, which always have one.
func quote(text any) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return []byte(`""`)
	}
	return quoted
}

// GrantsCloudFront reports whether the statement allows something to CloudFront and to nobody else. It stays true
// when somebody edits the actions or the conditions of a read grant.
func (s Statement) GrantsCloudFront() bool { return s.grantsOnly(cloudFrontService) }

// GrantsLogDelivery reports whether the statement allows something to the delivery of logs
// and to nobody else.
func (s Statement) GrantsLogDelivery() bool { return s.grantsOnly(logDeliveryService) }

func (s Statement) grantsOnly(service string) bool {
	var grant struct {
		Effect    string
		Principal map[string]texts
	}
	if json.Unmarshal([]byte(s.raw), &grant) != nil || grant.Effect != "Allow" || len(grant.Principal) != 1 {
		return false
	}
	services := grant.Principal["Service"]
	return len(services) == 1 && services[0] == service
}

// SourceARN is the one ARN that the statement's StringEquals condition on AWS:SourceArn names, if there is one.
func (s Statement) SourceARN() (string, bool) {
	var grant struct {
		Condition map[string]map[string]texts
	}
	if json.Unmarshal([]byte(s.raw), &grant) != nil {
		return "", false
	}
	for key, values := range grant.Condition["StringEquals"] {
		if strings.EqualFold(key, "AWS:SourceArn") && len(values) == 1 {
			return values[0], true
		}
	}
	return "", false
}

// texts is a policy value that may be one string or a list of them.
type texts []string

// UnmarshalJSON accepts both forms.
func (t *texts) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		return json.Unmarshal(data, (*[]string)(t)) //nolint:wrapcheck // encoding/json adds the place
	}
	var one string
	if err := json.Unmarshal(data, &one); err != nil {
		return err //nolint:wrapcheck // encoding/json adds the place
	}
	*t = texts{one}
	return nil
}

// TLSOnly refuses every request to the bucket and its objects that does not come by TLS (AWS Security Hub control
// S3.5; Amazon S3 User Guide, "Amazon S3 security best practices").
func TLSOnly(sid, bucketARN string) Statement {
	raw := fmt.Sprintf(`{"Sid":%s,"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":[%s,%s],`+
		`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`, quote(sid), quote(bucketARN), quote(bucketARN+"/*"))
	return Statement{raw: raw, sid: sid}
}

// RequiresTLS reports whether the statement refuses something that does not come by TLS, and nothing else. It stays
// true when somebody edits the actions or the resources of [TLSOnly].
func (s Statement) RequiresTLS() bool {
	var refusal struct {
		Effect    string
		Condition map[string]map[string]any
	}
	if json.Unmarshal([]byte(s.raw), &refusal) != nil || refusal.Effect != "Deny" || len(refusal.Condition) != 1 {
		return false
	}
	tests := refusal.Condition["Bool"]
	for key, value := range tests {
		return len(tests) == 1 && strings.EqualFold(key, "aws:SecureTransport") &&
			encode(set(value, strings.ToLower)) == `["false"]`
	}
	return false
}
