package automation

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// Outputs are the stack's outputs.
type Outputs struct {
	// CdnDomain is the first domain of the CDN.
	CdnDomain string `json:"cdnDomain"`
	// CdnUrl is its URL, without a trailing slash; "" for a wildcard domain.
	CdnUrl string `json:"cdnUrl"`
	// Domains are all domains.
	Domains []string `json:"domains"`
	// DistributionId is the id of the distribution, for invalidations.
	DistributionId string `json:"distributionId"`
	// DistributionArn is its ARN, for policies.
	DistributionArn string `json:"distributionArn"`
	// DistributionDomain is CloudFront's own name of it.
	DistributionDomain string `json:"distributionDomain"`
	// CertificateArn is the ARN of the issued certificate.
	CertificateArn string `json:"certificateArn"`
	// BucketName is the name of the bucket of images.
	BucketName string `json:"bucketName"`
	// BucketPrefix is the folder of the bucket that is the root of the CDN, "" for all of it.
	BucketPrefix string `json:"bucketPrefix"`
	// WebAclArn is the ARN of the web ACL, "" for none.
	WebAclArn string `json:"webAclArn"`
	// SigningKeyIds are the ids of the public keys that were made, by their names.
	SigningKeyIds map[string]string `json:"signingKeyIds"`
	// DnsRecords are the records that somebody else has to make, each as "name type
	// value"; none where dns.records is "managed".
	DnsRecords []string `json:"dnsRecords"`
	// GrantStatement is the statement of the bucket's policy that lets the distribution
	// read, as JSON.
	GrantStatement string `json:"grantStatement"`
	// GrantStatements are the same for every bucket that the CDN reads, by its name.
	GrantStatements map[string]string `json:"grantStatements"`
	// KeyGrantStatement is the statement of a KMS key's policy that lets the distribution
	// decrypt, as JSON; "" where images are encrypted with no key that is known of.
	KeyGrantStatement string `json:"keyGrantStatement"`
	// LogsUri is where the logs of requests go, such as "s3://my-logs/cloudfront"; "" where
	// nothing is logged.
	LogsUri string `json:"logsUri"`
	// AlarmTopicArn is the topic that alarms tell, "" for none.
	AlarmTopicArn string `json:"alarmTopicArn"`
	// InvalidateCommand takes everything out of the edge's cache, when run in a shell.
	InvalidateCommand string `json:"invalidateCommand"`
}

// newOutputs reads the engine's outputs; one of another type than expected is an
// error, an absent one stays zero.
func newOutputs(values auto.OutputMap) (Outputs, error) {
	plain := map[string]any{}
	for name, output := range values {
		plain[name] = output.Value
	}
	encoded, err := json.Marshal(plain)
	if err != nil {
		return Outputs{}, fmt.Errorf("reading the outputs: %w", err)
	}
	var outputs Outputs
	if err := json.Unmarshal(encoded, &outputs); err != nil {
		return Outputs{}, fmt.Errorf("reading the outputs: %w", err)
	}
	return outputs, nil
}
