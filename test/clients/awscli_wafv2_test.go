package clients

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAWSCLIManagesAWebACL(t *testing.T) {
	t.Parallel()
	ctx := within(t, cliLimit)
	cli := newAWSCLI(t, newWorld(ctx, t), usEast1)
	var id, stale string
	visibility := object{"SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "cli"}
	create := []string{
		"wafv2", "create-web-acl", "--name", "cli", "--scope", "CLOUDFRONT",
		"--default-action", document(t, object{"Allow": object{}}), "--visibility-config", document(t, visibility),
		"--rules", document(t, []object{{
			"Name": "common", "Priority": 0, "OverrideAction": object{"None": object{}}, "VisibilityConfig": visibility,
			"Statement": object{"ManagedRuleGroupStatement": object{"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}},
		}}),
	}
	about := func(operation string, more ...string) []string {
		return append([]string{"wafv2", operation, "--name", "cli", "--scope", "CLOUDFRONT", "--id", id}, more...)
	}

	tell(t, []step{
		{"a web ACL is made and read", func(t *testing.T) {
			id = cli.value(ctx, t, "Summary.Id", create...)
			assert.Equal(t, "AWSManagedRulesCommonRuleSet",
				cli.value(ctx, t, "WebACL.Rules[].Statement.ManagedRuleGroupStatement.Name", about("get-web-acl")...))
			assert.Equal(t, "cli", cli.value(ctx, t, "WebACLs[].Name", "wafv2", "list-web-acls", "--scope", "CLOUDFRONT"))
		}},
		{"its name is taken", func(t *testing.T) {
			cli.refused(ctx, t, "WAFDuplicateItemException", "CreateWebACL", create...)
		}},
		{"it cannot be made for CloudFront elsewhere than in us-east-1", func(t *testing.T) {
			cli.refused(ctx, t, "WAFInvalidParameterException", "CreateWebACL", append(create, "--region", homeRegion)...)
		}},
		{"an update with its lock token takes it out of date", func(t *testing.T) {
			stale = cli.value(ctx, t, "LockToken", about("get-web-acl")...)
			cli.succeed(ctx, t, about("update-web-acl", "--lock-token", stale, "--default-action", document(t, object{"Block": object{}}),
				"--visibility-config", document(t, visibility))...)
			cli.refused(ctx, t, "WAFOptimisticLockException", "DeleteWebACL", about("delete-web-acl", "--lock-token", stale)...)
		}},
		{"it is deleted by the token it has now", func(t *testing.T) {
			cli.succeed(ctx, t, about("delete-web-acl", "--lock-token", cli.value(ctx, t, "LockToken", about("get-web-acl")...))...)
			cli.refused(ctx, t, "WAFNonexistentItemException", "GetWebACL", about("get-web-acl")...)
		}},
	})
}
