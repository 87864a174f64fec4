package clients

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsNotServedIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	w := newWorld(t.Context(), t)
	cli := newAWSCLI(t, w, usEast1)
	for operation, command := range map[string]string{
		"DescribeInstances":       "ec2 describe-instances",
		"ListGroups":              "iam list-groups",
		"ListTables":              "dynamodb list-tables",
		"CopyDistribution":        "cloudfront copy-distribution --primary-distribution-id E1 --caller-reference x",
		"CreateKeyValueStore":     "cloudfront create-key-value-store --name f",
		"CreateHealthCheck":       "route53 create-health-check --caller-reference x --health-check-config Type=HTTP",
		"PutAccountConfiguration": "acm put-account-configuration --idempotency-token x",
		"CreateRegexPatternSet":   "wafv2 create-regex-pattern-set --name x --scope CLOUDFRONT --regular-expression-list RegexString=a",
		"GetFederationToken":      "sts get-federation-token --name somebody",
		"PutBucketReplication":    "s3api put-bucket-replication --bucket " + seededBucket + " --replication-configuration Role=x,Rules=[]",
	} {
		t.Run(operation+" is answered with 501 and its name", func(t *testing.T) {
			t.Parallel()
			ctx := within(t, cliLimit)
			result := cli.run(ctx, t, strings.Fields(command)...)
			require.NotZero(t, result.code, "%s", result)
			// The CLI names the operation it called, and the message must again.
			assert.Regexp(t, `\(NotImplemented\) when calling the `+operation+` operation: .*\b`+operation+`\b`, result.stderr)
			assert.Contains(t, w.unserved(), operation)
		})
	}
}

// unserved are the operations this AWS answered with 501.
func (w world) unserved() []string {
	var operations []string
	for _, call := range w.Front().Journal().Entries() {
		if call.Status == http.StatusNotImplemented {
			operations = append(operations, call.Operation)
		}
	}
	return operations
}
