package s3

import (
	"encoding/json"
	"fmt"
	"net/http"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
)

// LogObject is a log file that CloudWatch Logs delivers.
type LogObject struct {
	// Bucket and Key are where it goes; while it is only asked for, Key is a prefix.
	Bucket, Key string
	// SourceARN is the delivery source that it comes from.
	SourceARN string
	// Body is its content.
	Body []byte
}

const logDelivery = "delivery.logs.amazonaws.com"

// DeliverLog puts a log file into its bucket, if the bucket lets the delivery in. Call it
// with the world's lock held.
func (s *Service) DeliverLog(o LogObject) error {
	b := s.buckets[o.Bucket]
	switch {
	case b == nil:
		return noSuchBucket(o.Bucket)
	case !b.letsIn(b.logRequest(o, s)):
		return b.refused(b.logRequest(o, s))
	}
	r := &api.Request{Service: "s3", Resource: resource(o.Bucket, o.Key), HTTP: &http.Request{Header: http.Header{}}}
	c := &call{Request: r, now: s.env.Now(), name: o.Bucket, key: o.Key, bucket: b}
	v, err := c.newVersion()
	if err != nil {
		return err
	}
	v.Header["Content-Type"], v.Header["Content-Encoding"] = "application/json", "gzip"
	s.unsaved = true
	return s.keep(c, v, o.Body)
}

// logRequest is a delivery as a bucket's policy sees it.
func (b *bucket) logRequest(o LogObject, s *Service) policy.Request {
	r := policy.Request{
		Caller: policy.Caller{Kind: "Service", Value: logDelivery}, Action: "s3:PutObject",
		Resource: resource(b.Name, o.Key), Context: b.surroundings(s.env.Now()),
	}
	for key, value := range map[string]string{
		"aws:sourcearn": o.SourceARN, "aws:sourceaccount": api.AccountOf(o.SourceARN), "s3:x-amz-acl": "bucket-owner-full-control",
		"aws:principalisawsservice": "true", "aws:principalservicename": logDelivery, "s3:tlsversion": "1.3",
	} {
		r.Context[key] = []string{value}
	}
	return r
}

// AdmitLogs says whether log files may be delivered under a prefix. If the bucket does not
// let them in yet, what is missing is added to its policy with the permissions of the
// caller ("Logs sent to Amazon S3", CloudWatch Logs User Guide). Call it with the world's
// lock held.
func (s *Service) AdmitLogs(caller api.Caller, o LogObject) error {
	b := s.buckets[o.Bucket]
	if b == nil {
		return api.Refuse("ResourceNotFoundException", "The bucket %s does not exist.", o.Bucket)
	}
	probe := o
	probe.Key += "probe"
	if b.letsIn(b.logRequest(probe, s)) {
		return nil
	}
	for _, action := range []string{"s3:GetBucketPolicy", "s3:PutBucketPolicy"} {
		own := s.decide != nil && s.decide(caller, policy.Request{
			Caller: policy.Caller{Kind: "AWS", Value: caller.ARN, Account: caller.Account}, Action: action, Resource: b.arn(),
			Context: b.surroundings(s.env.Now()),
		}) != policy.Allow
		if own || caller.Account != b.Account {
			return api.Refuse("AccessDeniedException", "User: %s is not authorized to perform: %s on resource: %s, which lets no log delivery in",
				caller.ARN, action, b.arn())
		}
	}
	text, err := withLogStatement(b.Policy, resource(b.Name, o.Key+"*"), o.SourceARN)
	if err != nil {
		return err
	}
	b.setPolicy(text)
	s.unsaved = true
	return nil
}

// withLogStatement is a policy with the statement that AWS adds.
func withLogStatement(text, objects, sourceARN string) (string, error) {
	document := struct {
		Version   string
		ID        string `json:"Id,omitempty"`
		Statement []any
	}{Version: "2012-10-17", ID: "AWSLogDeliveryWrite20150319"}
	if text != "" {
		var before struct {
			Version   string
			ID        string `json:"Id"`
			Statement any
		}
		if err := json.Unmarshal([]byte(text), &before); err != nil {
			return "", fmt.Errorf("reading a bucket policy: %w", err)
		}
		document.Version, document.ID = before.Version, before.ID
		switch statements := before.Statement.(type) {
		case []any:
			document.Statement = statements
		default:
			document.Statement = []any{statements}
		}
	}
	document.Statement = append(document.Statement, map[string]any{
		"Sid": "AWSLogDeliveryWrite1", "Effect": "Allow", "Principal": map[string]string{"Service": logDelivery},
		"Action": "s3:PutObject", "Resource": objects,
		"Condition": map[string]any{
			"StringEquals": map[string]string{"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": api.AccountOf(sourceARN)},
			"ArnLike":      map[string]string{"aws:SourceArn": sourceARN},
		},
	})
	body, err := json.Marshal(document)
	if err != nil {
		return "", fmt.Errorf("writing a bucket policy: %w", err)
	}
	return string(body), nil
}

// TakeChanges implements api.Lazy: log files come by no call of S3's.
func (s *Service) TakeChanges() bool {
	changed := s.unsaved
	s.unsaved = false
	return changed
}
