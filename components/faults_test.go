package components

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	wrong := with(one(), func(a *ImageCdnArgs) {
		a.Domain, a.Bucket = "cdn.elsewhere.org", pulumi.String("My_Images")
		a.Cache.MinTtl, a.Cache.DefaultTtl = pulumi.Int(100), pulumi.Int(10)
	})
	for _, preview := range []bool{false, true} {
		c := newCloud(t)
		c.preview = preview
		err := c.up(wrong)
		faults := c.faultsOf(err)
		require.Len(t, faults, 3)
		for i, want := range []Fault{
			{Field: "domain", Value: "cdn.elsewhere.org", Problem: "no public hosted zone", Cure: "Create the hosted zone"},
			{Field: "bucket", Value: "My_Images", Problem: "no bucket with such a name", Cure: "Give the bucket's name alone"},
			{Field: "cache.defaultTtl", Value: "10", Problem: "minTtl 100, defaultTtl 10, maxTtl 31536000", Cure: "minTtl <= defaultTtl <= maxTtl"},
		} {
			assert.Equal(t, want.Field, faults[i].Field)
			assert.Equal(t, want.Value, faults[i].Value)
			assert.Contains(t, faults[i].Problem, want.Problem)
			assert.Contains(t, faults[i].Cure, want.Cure)
			assert.Contains(t, err.Error(), "  - "+faults[i].String())
		}
		assert.Contains(t, err.Error(), "3 invalid values, nothing was made on AWS:\n")
	}
}

func TestFaultsComeInTheSameOrderEveryTime(t *testing.T) {
	t.Parallel()
	wrong := with(three(), func(a *ImageCdnArgs) {
		a.Cache = CacheArgs{MinTtl: pulumi.Int(-1), DefaultTtl: pulumi.Int(-1), MaxTtl: pulumi.Int(-1), ErrorTtl: pulumi.Int(-1)}
		a.Tags = pulumi.StringMap{"": pulumi.String(""), "aws:a": pulumi.String(""), "aws:b": pulumi.String("")}
	})
	var first string
	for range 10 {
		c := newCloud(t)
		c.broken = map[string]error{getDomainsToken: errors.New("AccessDenied")}
		text := c.up(wrong).Error()
		if first == "" {
			first = text
		}
		assert.Equal(t, first, text)
	}
}

// wrongInput is a mistake, and where and how it is reported.
type wrongInput struct {
	change                func(*ImageCdnArgs)
	field, value, problem string
}

// wrongInputs are wrong whatever there is on AWS.
func wrongInputs() map[string]wrongInput {
	long := strings.Repeat("l", 52) + ".example.com" // 64 characters
	var hundred []string
	for i := range maxCertificateNames {
		hundred = append(hundred, fmt.Sprintf("n%d.example.com", i))
	}
	logs := func(change func(*LoggingArgs)) func(*ImageCdnArgs) {
		return func(a *ImageCdnArgs) {
			a.Logging.Bucket = pulumi.String("team-logs")
			change(&a.Logging)
		}
	}
	return map[string]wrongInput{
		"two topics of alarms": {
			func(a *ImageCdnArgs) {
				a.Monitoring = MonitoringArgs{TopicArn: pulumi.String(givenTopic), CreateTopic: true}
			}, "monitoring.createTopic", "true", "alarms tell one topic",
		},
		"a topic in another region": {
			func(a *ImageCdnArgs) {
				a.Monitoring.TopicArn = pulumi.String("arn:aws:sns:eu-central-1:123456789012:oncall")
			}, "monitoring.topicArn", "arn:aws:sns:eu-central-1:123456789012:oncall", "where the metrics of CloudFront",
		},
		"a limit of an alarm without a topic": {
			func(a *ImageCdnArgs) { a.Monitoring.ServerErrorRate = pulumi.Int(1) }, "monitoring.serverErrorRate", "1", "no effect without a topic",
		},
		"a limit of what is not measured": {
			func(a *ImageCdnArgs) {
				a.Monitoring = MonitoringArgs{CreateTopic: true, HitRate: pulumi.Int(80)}
			}, "monitoring.hitRate", "80", "does not measure it",
		},
		"more than all answers": {
			func(a *ImageCdnArgs) {
				a.Monitoring = MonitoringArgs{CreateTopic: true, ServerErrorRate: pulumi.Int(100)}
			}, "monitoring.serverErrorRate", "100", "a number of percent",
		},
		"logs without a bucket": {
			func(a *ImageCdnArgs) { a.Logging.Format = pulumi.String("json") }, "logging.format", "json", "no effect without logging.bucket",
		},
		"fields of logs without a bucket": {
			func(a *ImageCdnArgs) { a.Logging.Fields = []string{"date", "time"} }, "logging.fields", "date, time", "no effect without logging.bucket",
		},
		"a URL as bucket of logs": {
			logs(func(l *LoggingArgs) { l.Bucket = pulumi.String("s3://team-logs") }), "logging.bucket", "s3://team-logs", "an address, not a bucket's name",
		},
		"logs among the images": {
			logs(func(l *LoggingArgs) { l.Bucket = pulumi.String("images") }), "logging.bucket", "images", "viewers could read the logs",
		},
		"a format that logs do not have": {
			logs(func(l *LoggingArgs) { l.Format = pulumi.String("csv") }), "logging.format", "csv", "no such format",
		},
		"a prefix of logs with slashes at its ends": {
			logs(func(l *LoggingArgs) { l.Prefix = pulumi.String("/logs/") }), "logging.prefix", "/logs/", "not the beginning of a key",
		},
		"a path of logs with a variable that there is not": {
			logs(func(l *LoggingArgs) { l.Path = pulumi.String("{Region}/{yyyy}") }), "logging.path", "{Region}/{yyyy}", "takes no such path",
		},
		"a path of logs with Hive's names": {
			logs(func(l *LoggingArgs) { l.Path = pulumi.String("year={yyyy}") }), "logging.path", "year={yyyy}", "takes no such path",
		},
		"a field of logs that cannot be": {
			logs(func(l *LoggingArgs) { l.Fields = []string{"sc status"} }), "logging.fields[0]", "sc status", "not the name of a field",
		},
		"a field of logs twice": {
			logs(func(l *LoggingArgs) { l.Fields = []string{"date", "date"} }), "logging.fields[1]", "date", "there twice",
		},
		"a lifetime of logs in a bucket that is there": {
			logs(func(l *LoggingArgs) { l.ExpireAfter = pulumi.Int(30) }), "logging.expireAfter", "30", "this one has rules of its own",
		},
		"a negative lifetime of logs": {
			func(a *ImageCdnArgs) { newLogBucket(a); a.Logging.ExpireAfter = pulumi.Int(-1) }, "logging.expireAfter", "-1", "a number of days",
		},
		"a bucket of logs that is there, to be kept": {
			logs(func(l *LoggingArgs) { l.RetainBucket = new(true) }), "logging.retainBucket", "true", "an existing bucket always stays",
		},
		"a grant of logs that is none": {
			logs(func(l *LoggingArgs) { l.Grant = "ours" }), "logging.grant", "ours", "neither",
		},
		"a URL as domain": {
			func(a *ImageCdnArgs) { a.Domain = "https://cdn.example.com/" }, "domain", "https://cdn.example.com/", `it is a URL: leave out "https://"`,
		},
		"no domain": {func(a *ImageCdnArgs) { a.Domain = "" }, "domain", "", "empty"},
		"a wildcard in the middle": {
			func(a *ImageCdnArgs) { a.Domain = "cdn.*.example.com" }, "domain", "cdn.*.example.com", "wildcard stands alone",
		},
		"a single label":       {func(a *ImageCdnArgs) { a.Domain = "localhost" }, "domain", "localhost", `"localhost" is a single label`},
		"an address as domain": {func(a *ImageCdnArgs) { a.Domain = "203.0.113.7" }, "domain", "203.0.113.7", "IP address"},
		"a first name of 65 characters": {
			func(a *ImageCdnArgs) { a.Domain = "l" + long }, "domain", "l" + long, "at most 64 characters",
		},
		"a further domain": {
			func(a *ImageCdnArgs) { a.AdditionalDomains = []string{"a.example.com", "b_.example.com"} },
			"additionalDomains[1]", "b_.example.com", "only letters, digits and hyphens",
		},
		"101 names": {func(a *ImageCdnArgs) { a.AdditionalDomains = hundred }, "additionalDomains", "101", "at most 100 names"},

		"no bucket": {func(a *ImageCdnArgs) { a.Bucket = nil }, "bucket", "", "a bucket is needed"},
		"an ARN of something else as bucket": {
			func(a *ImageCdnArgs) { a.Bucket = pulumi.String("arn:aws:sns:eu-central-1:1:images") },
			"bucket", "arn:aws:sns:eu-central-1:1:images", "an address",
		},
		"an S3 address as bucket": {func(a *ImageCdnArgs) { a.Bucket = pulumi.String("s3://images") }, "bucket", "s3://images", "an address"},
		"a new bucket's bad name": {
			func(a *ImageCdnArgs) { a.Origin.CreateBucket, a.Bucket = true, pulumi.String("Images") }, "bucket", "Images", "no bucket with such a name",
		},
		"an Origin Shield where there is none": {
			func(a *ImageCdnArgs) { a.Origin.Shield = "eu-north-1" }, "origin.shield", "eu-north-1", "no Origin Shield",
		},
		"an Origin Shield in no region": {
			func(a *ImageCdnArgs) { a.Origin.Shield = "frankfurt" }, "origin.shield", "frankfurt", "no Origin Shield",
		},
		"an Origin Shield for a bucket whose region is not told": {
			func(a *ImageCdnArgs) {
				a.Origin = OriginArgs{Shield: Auto, DomainName: pulumi.String("images.s3.amazonaws.com")}
			}, "origin.shield", "auto", "a region that cannot be told",
		},
		"a bucket that stands in for itself": {
			failover(FailoverArgs{Bucket: pulumi.String("arn:aws:s3:::images")}), "origin.failover.bucket", "arn:aws:s3:::images", "cannot stand in for itself",
		},
		"a URL as replica": {
			failover(FailoverArgs{Bucket: pulumi.String("s3://replica")}), "origin.failover.bucket", "s3://replica", "an address, not a bucket's name",
		},
		"statuses of a replica that there is not": {
			failover(FailoverArgs{StatusCodes: []int{503}}), "origin.failover.statusCodes", "[503]", "no effect without origin.failover.bucket",
		},
		"a status that CloudFront does not fail over on": {
			failover(FailoverArgs{Bucket: pulumi.String("team-logs"), StatusCodes: []int{503, 401}}),
			"origin.failover.statusCodes[1]", "401", "does not fail over on this status",
		},
		"a status of a replica twice": {
			failover(FailoverArgs{Bucket: pulumi.String("team-logs"), StatusCodes: []int{503, 503}}), "origin.failover.statusCodes[1]", "503", "there twice",
		},
		"a prefix with slashes at its ends": {
			func(a *ImageCdnArgs) { a.Origin.Prefix = pulumi.String("/web/") }, "origin.prefix", "/web/", "no folder of a bucket",
		},
		"a prefix that leads out of itself": {
			func(a *ImageCdnArgs) { a.Origin.Prefix = pulumi.String("web/../all") }, "origin.prefix", "web/../all", "no folder of a bucket",
		},
		"a prefix with a wildcard": {
			mounted(MountArgs{Path: "/avatars/*", Prefix: pulumi.String("people*")}), "origin.mounts[0].prefix", "people*", "no folder of a bucket",
		},
		"a mount of single images": {
			mounted(MountArgs{Path: "*.svg", Bucket: pulumi.String("team-logs")}), "origin.mounts[0].path", "*.svg", "no folder and all that is below it",
		},
		"a mount of the whole CDN": {
			mounted(MountArgs{Path: "/*", Bucket: pulumi.String("team-logs")}), "origin.mounts[0].path", "/*", "no folder and all that is below it",
		},
		"a mount without a path": {mounted(MountArgs{Bucket: pulumi.String("team-logs")}), "origin.mounts[0].path", "", "no folder and all that is below it"},
		"a mount below an earlier one": {
			mounted(MountArgs{Path: "/a/*", Bucket: pulumi.String("team-logs")}, MountArgs{Path: "/a/b/*", Bucket: pulumi.String("team-logs")}),
			"origin.mounts[1].path", "/a/b/*", "are those of /a/*",
		},
		"a mount of what is there anyhow": {mounted(MountArgs{Path: "/a/*"}), "origin.mounts[0]", "/a/*", "nothing is different"},
		"a URL as bucket of a mount": {
			mounted(MountArgs{Path: "/a/*", Bucket: pulumi.String("s3://people")}), "origin.mounts[0].bucket", "s3://people", "an address, not a bucket's name",
		},
		"74 paths and a mount": {
			func(a *ImageCdnArgs) {
				mounted(MountArgs{Path: "/a/*", StripPath: true})(a)
				for i := range maxPaths {
					a.Paths = append(a.Paths, PathArgs{Pattern: fmt.Sprintf("/p%d/*", i), Headers: HeadersArgs{Security: true}})
				}
			}, "origin.mounts", "1", "more than the 74",
		},
		"who writes the policy of keys": {func(a *ImageCdnArgs) { a.Origin.KeyGrant = "manual" }, "origin.keyGrant", "manual", "neither"},
		"keys whose policies nobody is to change": {
			func(a *ImageCdnArgs) {
				a.Origin.KeyGrant, a.Origin.KeyArns = None, []pulumi.StringInput{pulumi.String(theKey)}
			}, "origin.keyGrant", "none", "left alone",
		},
		"the alias of a key": {
			func(a *ImageCdnArgs) { a.Origin.KeyArns = []pulumi.StringInput{pulumi.String("alias/images")} },
			"origin.keyArns[0]", "alias/images", "not the ARN of a KMS key",
		},
		"who writes the policy": {func(a *ImageCdnArgs) { a.Origin.Grant = "manual" }, "origin.grant", "manual", "neither"},

		"an unknown web ACL": {func(a *ImageCdnArgs) { a.Protection.WebAcl = "on" }, "protection.webAcl", "on", "neither"},
		"an ARN in the place of managed": {
			func(a *ImageCdnArgs) { a.Protection.WebAcl = foreignACL }, "protection.webAcl", foreignACL, "neither",
		},
		"two web ACLs": {
			func(a *ImageCdnArgs) {
				a.Protection = ProtectionArgs{WebAcl: Managed, WebAclArn: pulumi.String(foreignACL)}
			},
			"protection.webAcl", "managed", "otherwise than protection.webAclArn",
		},
		"a regional web ACL": {
			func(a *ImageCdnArgs) {
				a.Protection.WebAclArn = pulumi.String("arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1")
			},
			"protection.webAclArn", "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1", "not the ARN of a web ACL for CloudFront",
		},
		"a web ACL of WAF classic": {
			func(a *ImageCdnArgs) { a.Protection.WebAclArn = pulumi.String("473e64fd-f30b") },
			"protection.webAclArn", "473e64fd-f30b", "not the ARN",
		},
		"a web ACL that is not there": {
			func(a *ImageCdnArgs) { a.Protection.WebAclArn = pulumi.String(foreignACL + "404") },
			"protection.webAclArn", foreignACL + "404", "no such web ACL",
		},
		"a price class": {
			func(a *ImageCdnArgs) { a.Operation.PriceClass = pulumi.String("100") }, "operation.priceClass", "100", "no such price class",
		},
		"a comment of 129 characters": {
			func(a *ImageCdnArgs) { a.Operation.Comment = pulumi.String(strings.Repeat("ä", 129)) },
			"operation.comment", strings.Repeat("ä", 129), "at most 128 characters",
		},

		"a cache policy that has no id's look": {
			func(a *ImageCdnArgs) { a.Cache.PolicyId = pulumi.String("CachingOptimized") },
			"cache.policyId", "CachingOptimized", "not the id of a cache policy",
		},
		"a cache policy that is not there": {
			func(a *ImageCdnArgs) { a.Cache.PolicyId = pulumi.String("00000000-0000-0000-0000-000000000404") },
			"cache.policyId", "00000000-0000-0000-0000-000000000404", "no such cache policy",
		},
		"a time that a given cache policy makes useless": {
			func(a *ImageCdnArgs) {
				a.Cache = CacheArgs{PolicyId: pulumi.String(sharedPolicy), MaxTtl: pulumi.Int(60)}
			},
			"cache.maxTtl", "60", "no effect beside cache.policyId",
		},
		"a negative shortest time": {func(a *ImageCdnArgs) { a.Cache.MinTtl = pulumi.Int(-1) }, "cache.minTtl", "-1", "0 to 3153600000 seconds"},
		"a negative default time":  {func(a *ImageCdnArgs) { a.Cache.DefaultTtl = pulumi.Int(-2) }, "cache.defaultTtl", "-2", "0 to 3153600000 seconds"},
		"more than a century": {
			func(a *ImageCdnArgs) { a.Cache.MaxTtl = pulumi.Int(maxTTL + 1) }, "cache.maxTtl", "3153600001", "0 to 3153600000 seconds",
		},
		"a negative error time": {func(a *ImageCdnArgs) { a.Cache.ErrorTtl = pulumi.Int(-1) }, "cache.errorTtl", "-1", "0 to 3153600000 seconds"},
		"a default below the shortest time": {
			func(a *ImageCdnArgs) { a.Cache.MinTtl = pulumi.Int(86_401) }, "cache.defaultTtl", "86400", "the order cannot be",
		},
		"a default above the longest time": {
			func(a *ImageCdnArgs) { a.Cache.MaxTtl = pulumi.Int(60) }, "cache.defaultTtl", "86400", "the order cannot be",
		},

		"a preset that nobody knows": {
			func(a *ImageCdnArgs) { a.Cache.Preset = "forever" }, "cache.preset", "forever", "no such preset",
		},
		"a preset beside a cache policy": {
			func(a *ImageCdnArgs) {
				a.Cache.Preset, a.Cache.PolicyId = "daily", pulumi.String(sharedPolicy)
			}, "cache.preset", "daily", "no effect beside cache.policyId",
		},
		"a bound that is more than a preset's longest time": {
			func(a *ImageCdnArgs) { a.Cache.Preset, a.Cache.DefaultTtl = "fresh", pulumi.Int(90) },
			"cache.defaultTtl", "90", "the order cannot be: minTtl 0, defaultTtl 90, maxTtl 60",
		},
		"a negative time for browsers": {func(a *ImageCdnArgs) { a.Cache.BrowserTtl = pulumi.Int(-1) }, "cache.browserTtl", "-1", "0 to 3153600000 seconds"},
		"a query parameter of S3's": {
			func(a *ImageCdnArgs) { a.Cache.QueryParameters = []string{"v", "versionId"} }, "cache.queryParameters[1]", "versionId", "S3 acts on",
		},
		"a query parameter for all": {
			func(a *ImageCdnArgs) { a.Cache.QueryParameters = []string{"*"} }, "cache.queryParameters[0]", "*", "not the name of a query parameter",
		},
		"a query parameter that is there twice": {
			func(a *ImageCdnArgs) { a.Cache.QueryParameters = []string{"v", "v"} }, "cache.queryParameters[1]", "v", "twice",
		},
		"11 query parameters": {
			func(a *ImageCdnArgs) { a.Cache.QueryParameters = strings.Split("abcdefghijk", "") }, "cache.queryParameters", "11", "at most 10 names",
		},
		"query parameters beside a cache policy": {
			func(a *ImageCdnArgs) {
				a.Cache = CacheArgs{PolicyId: pulumi.String(sharedPolicy), QueryParameters: []string{"v"}}
			},
			"cache.queryParameters", "v", "no effect beside cache.policyId",
		},

		"an origin with a path": {
			func(a *ImageCdnArgs) { a.Headers.CorsOrigins = []string{"https://www.example.com/"} },
			"headers.corsOrigins[0]", "https://www.example.com/", "no origin as browsers write it",
		},
		"an origin without a scheme": {
			func(a *ImageCdnArgs) { a.Headers.CorsOrigins = []string{"www.example.com"} },
			"headers.corsOrigins[0]", "www.example.com", "no origin as browsers write it",
		},
		"an origin with a wildcard that is no first label": {
			func(a *ImageCdnArgs) { a.Headers.CorsOrigins = []string{"https://a.*.example.com"} },
			"headers.corsOrigins[0]", "https://a.*.example.com", "no origin as browsers write it",
		},
		"all origins beside one": {
			func(a *ImageCdnArgs) { a.Headers.CorsOrigins = []string{"https://a.example.com", "*"} },
			"headers.corsOrigins[1]", "*", "allows all origins",
		},
		"an origin that is there twice": {
			func(a *ImageCdnArgs) {
				a.Headers.CorsOrigins = []string{"https://a.example.com", "https://a.example.com"}
			},
			"headers.corsOrigins[1]", "https://a.example.com", "twice",
		},
		"preflights of nobody": {
			func(a *ImageCdnArgs) { a.Headers.Preflights = true }, "headers.preflights", "true", "without headers.corsOrigins",
		},
		"HSTS of a negative time": {
			func(a *ImageCdnArgs) { a.Headers = HeadersArgs{Security: true, HstsMaxAge: pulumi.Int(-1)} },
			"headers.hstsMaxAge", "-1", "0 to 3153600000 seconds",
		},
		"HSTS without security headers": {
			func(a *ImageCdnArgs) { a.Headers.HstsMaxAge = pulumi.Int(60) }, "headers.hstsMaxAge", "60", "while headers.security is false",
		},
		"a content security policy without security headers": {
			func(a *ImageCdnArgs) { a.Headers.ContentSecurityPolicy = pulumi.String("sandbox") },
			"headers.contentSecurityPolicy", "sandbox", "while headers.security is false",
		},
		"a content security policy of 1784 characters": {
			func(a *ImageCdnArgs) {
				a.Headers = HeadersArgs{Security: true, ContentSecurityPolicy: pulumi.String(strings.Repeat("c", 1784))}
			},
			"headers.contentSecurityPolicy", strings.Repeat("c", 1784), "at most 1783 characters",
		},
		"more than all answers with Server-Timing": {
			func(a *ImageCdnArgs) { a.Headers.ServerTiming = pulumi.Int(101) }, "headers.serverTiming", "101", "percentage",
		},
		"a response headers policy that has no id's look": {
			func(a *ImageCdnArgs) { a.Headers.PolicyId = pulumi.String("SecurityHeadersPolicy") },
			"headers.policyId", "SecurityHeadersPolicy", "not the id of a response headers policy",
		},
		"a response headers policy that is not there": {
			func(a *ImageCdnArgs) { a.Headers.PolicyId = pulumi.String("00000000-0000-0000-0000-000000000404") },
			"headers.policyId", "00000000-0000-0000-0000-000000000404", "no such response headers policy",
		},
		"headers beside a response headers policy": {
			func(a *ImageCdnArgs) { a.Headers = HeadersArgs{PolicyId: pulumi.String(sharedPolicy), Security: true} },
			"headers.security", "true", "no effect beside headers.policyId",
		},
		"times of browsers beside a response headers policy": {
			func(a *ImageCdnArgs) {
				a.Headers.PolicyId, a.Cache.BrowserTtl = pulumi.String(sharedPolicy), pulumi.Int(60)
			},
			"cache.browserTtl", "60", "no effect beside headers.policyId",
		},

		"a path pattern that CloudFront does not take": {
			func(a *ImageCdnArgs) { a.Paths = []PathArgs{{Pattern: "/ä/*", Headers: HeadersArgs{Security: true}}} },
			"paths[0].pattern", "/ä/*", "no such path pattern",
		},
		"a path pattern for all images": {
			func(a *ImageCdnArgs) { a.Paths = []PathArgs{{Pattern: "*", Headers: HeadersArgs{Security: true}}} },
			"paths[0].pattern", "*", "it is for all images",
		},
		"a path that an earlier one has": {
			func(a *ImageCdnArgs) {
				a.Paths = []PathArgs{{Pattern: "/a/*", Headers: HeadersArgs{Security: true}}, {Pattern: "a/b?/*", Cache: CacheArgs{Preset: "daily"}}}
			},
			"paths[1].pattern", "a/b?/*", "those of /a/*, which comes before it",
		},
		"a path where nothing is different": {
			func(a *ImageCdnArgs) { a.Paths = []PathArgs{{Pattern: "/new/*"}} }, "paths[0]", "/new/*", "nothing is different",
		},
		"a path's own time for errors": {
			func(a *ImageCdnArgs) {
				a.Paths = []PathArgs{{Pattern: "/new/*", Cache: CacheArgs{ErrorTtl: pulumi.Int(1)}}}
			},
			"paths[0].cache.errorTtl", "1", "alike for all paths",
		},
		"a path's wrong preset": {
			func(a *ImageCdnArgs) { a.Paths = []PathArgs{{Pattern: "/new/*", Cache: CacheArgs{Preset: "new"}}} },
			"paths[0].cache.preset", "new", "no such preset",
		},
		"a path's preset beside a response headers policy": {
			func(a *ImageCdnArgs) {
				a.Headers.PolicyId, a.Paths = pulumi.String(sharedPolicy), []PathArgs{{Pattern: "/new/*", Cache: CacheArgs{Preset: "fresh"}}}
			},
			"paths[0].cache.preset", "fresh", "no effect beside headers.policyId",
		},
		"75 paths": {
			func(a *ImageCdnArgs) {
				for i := range maxPaths + 1 {
					a.Paths = append(a.Paths, PathArgs{Pattern: fmt.Sprintf("/%d/*", i), Headers: HeadersArgs{Security: true}})
				}
			},
			"paths", "75", "at most 74",
		},

		"a private key in the place of a public one": {
			func(a *ImageCdnArgs) { a.Signing.PublicKeys = signers("2026-11", aPrivateKey) },
			"signing.publicKeys.2026-11", "[key]", "it is a private key",
		},
		"a key that is not in PEM form": {
			func(a *ImageCdnArgs) { a.Signing.PublicKeys = signers("2026-11", "ssh-rsa AAAA") },
			"signing.publicKeys.2026-11", "[key]", "not in PEM form",
		},
		"a certificate in the place of a public key": {
			func(a *ImageCdnArgs) { a.Signing.PublicKeys = signers("2026-11", aCertificate) },
			"signing.publicKeys.2026-11", "[key]", "it is a certificate and no public key",
		},
		"a public key that is cut off": {
			func(a *ImageCdnArgs) { a.Signing.PublicKeys = signers("2026-11", aCutKey) },
			"signing.publicKeys.2026-11", "[key]", "it cannot be read",
		},
		"a public key on another curve": {
			func(a *ImageCdnArgs) { a.Signing.PublicKeys = signers("2026-11", onP384) },
			"signing.publicKeys.2026-11", "[key]", "on the curve P-256, and this one is on P-384",
		},
		"the name of a key": {
			func(a *ImageCdnArgs) { a.Signing.PublicKeys = signers("the shop's", onP256) },
			"signing.publicKeys.the shop's", "the shop's", "cannot be the name of a key",
		},
		"six public keys": {
			func(a *ImageCdnArgs) {
				a.Signing.PublicKeys = map[string]pulumi.StringInput{}
				for n := range maxSigningKeys + 1 {
					a.Signing.PublicKeys[strconv.Itoa(n)] = pulumi.String(onP256)
				}
			},
			"signing.publicKeys", "6", "at most 5",
		},
		"public keys beside a key group": {
			func(a *ImageCdnArgs) {
				a.Signing = SigningArgs{PublicKeys: signers("2026-11", onP256), KeyGroupId: pulumi.String(sharedPolicy)}
			},
			"signing.publicKeys", "2026-11", "no effect beside signing.keyGroupId",
		},
		"signatures that nobody can make": {
			func(a *ImageCdnArgs) { a.Signing.Everywhere = new(true) }, "signing.everywhere", "true", "nobody could sign",
		},
		"signatures that nobody is asked for": {
			func(a *ImageCdnArgs) {
				a.Signing = SigningArgs{PublicKeys: signers("2026-11", onP256), Everywhere: new(false)}
			},
			"signing.everywhere", "false", "no image would need a signature",
		},
		"a path for signers, and no signers": {
			func(a *ImageCdnArgs) { a.Paths = []PathArgs{{Pattern: "/new/*", Signed: new(true)}} },
			"paths[0].signed", "true", "nobody could sign",
		},

		"a country that is none": {
			func(a *ImageCdnArgs) { a.Protection.AllowCountries = []string{"DE", "UK"} },
			"protection.allowCountries[1]", "UK", "no such country",
		},
		"a country that is there twice": {
			func(a *ImageCdnArgs) { a.Protection.BlockCountries = []string{"DE", "DE"} },
			"protection.blockCountries[1]", "DE", "there twice",
		},
		"countries that are let in, and others that are not": {
			func(a *ImageCdnArgs) {
				a.Protection.AllowCountries, a.Protection.BlockCountries = []string{"DE"}, []string{"FR"}
			},
			"protection.blockCountries", "FR", "CloudFront takes one list",
		},
		"a redirect of no path": {
			func(a *ImageCdnArgs) { a.Functions.Redirects = redirects("old.jpg", "/new.jpg") },
			"functions.redirects.old.jpg", "old.jpg", "not a path that can be redirected",
		},
		"a redirect to nowhere": {
			func(a *ImageCdnArgs) { a.Functions.Redirects = redirects("/old.jpg", "new.jpg") },
			"functions.redirects./old.jpg", "new.jpg", "not where a viewer can be sent",
		},
		"a redirect to itself": {
			func(a *ImageCdnArgs) { a.Functions.Redirects = redirects("/old.jpg", "/old.jpg") },
			"functions.redirects./old.jpg", "/old.jpg", "leads to itself",
		},
		"a rest that a redirect does not have": {
			func(a *ImageCdnArgs) { a.Functions.Redirects = redirects("/old.jpg", "/new/*") },
			"functions.redirects./old.jpg", "/new/*", "no rest that * could stand for",
		},
		"a referer with a scheme": {
			func(a *ImageCdnArgs) { a.Functions.Referers = []string{"https://www.example.com"} },
			"functions.referers[0]", "https://www.example.com", "this is no host",
		},
		"a function without its handler": {
			func(a *ImageCdnArgs) { a.Functions.Request = pulumi.String("exports.main = 1") },
			"functions.request", "exports.main = 1", "it has no function handler",
		},
		"a function of more than 10 KB": {
			func(a *ImageCdnArgs) {
				a.Functions.Redirects = map[string]pulumi.StringInput{}
				for n := range 500 {
					a.Functions.Redirects[fmt.Sprintf("/old/%d.jpg", n)] = pulumi.String("/new.jpg")
				}
			},
			"functions.request", "14 KB", "more than the 10240 bytes",
		},

		"a placeholder although S3 does not say what is missing": {
			func(a *ImageCdnArgs) { a.Missing.Placeholder = pulumi.String("/missing.png") },
			"missing.placeholder", "/missing.png", "while missing.notFound is false",
		},
		"a placeholder without a leading slash": {
			func(a *ImageCdnArgs) {
				a.Missing = MissingArgs{NotFound: true, Placeholder: pulumi.String("missing.png")}
			},
			"missing.placeholder", "missing.png", "not the path of an image",
		},
		"a placeholder that is not encoded": {
			func(a *ImageCdnArgs) {
				a.Missing = MissingArgs{NotFound: true, Placeholder: pulumi.String("/not there.png")}
			},
			"missing.placeholder", "/not there.png", "not the path of an image",
		},
		"a placeholder with another status": {
			func(a *ImageCdnArgs) {
				a.Missing = MissingArgs{NotFound: true, Placeholder: pulumi.String("/missing.png"), PlaceholderStatus: pulumi.Int(302)}
			},
			"missing.placeholderStatus", "302", "one of two statuses",
		},
		"a placeholder's status without a placeholder": {
			func(a *ImageCdnArgs) { a.Missing = MissingArgs{NotFound: true, PlaceholderStatus: pulumi.Int(200)} },
			"missing.placeholderStatus", "200", "without missing.placeholder",
		},
		"a root object with a leading slash": {
			func(a *ImageCdnArgs) { a.Missing.RootObject = pulumi.String("/index.html") },
			"missing.rootObject", "/index.html", "no such root object",
		},

		"a wait for the certificate of a nanosecond": {
			func(a *ImageCdnArgs) { a.Certificate.ValidationTimeout = "1ns" }, "certificate.validationTimeout", "1ns", "from 1s to 72h0m0s",
		},
		"a wait for the certificate without a unit": {
			func(a *ImageCdnArgs) { a.Certificate.ValidationTimeout = "45" }, "certificate.validationTimeout", "45", "not a duration",
		},
		"a wait for the edge of a week": {
			func(a *ImageCdnArgs) { a.Operation.DeploymentTimeout = "168h" }, "operation.deploymentTimeout", "168h", "from 1s to 6h0m0s",
		},

		"51 tags, with the component's own": {
			func(a *ImageCdnArgs) { a.Tags = manyTags(50) }, "tags", "50", "AWS takes 50 tags, and one is the component's own",
		},
		"a tag without a key": {func(a *ImageCdnArgs) { a.Tags = pulumi.StringMap{"": pulumi.String("x")} }, "tags", "", "needs a key"},
		"a tag of AWS's own": {
			func(a *ImageCdnArgs) { a.Tags = pulumi.StringMap{"AWS:team": pulumi.String("x")} }, "tags", "AWS:team", "AWS's own",
		},
		"a key of 129 characters": {
			func(a *ImageCdnArgs) { a.Tags = pulumi.StringMap{strings.Repeat("ä", 129): pulumi.String("x")} },
			"tags", strings.Repeat("ä", 129), "at most 128 characters",
		},
		"a value of 257 characters": {
			func(a *ImageCdnArgs) { a.Tags = pulumi.StringMap{"team": pulumi.String(strings.Repeat("ä", 257))} },
			"tags.team", strings.Repeat("ä", 257), "at most 256 characters",
		},
	}
}

func TestEachFaultIsReportedByItself(t *testing.T) {
	t.Parallel()
	for sentence, test := range wrongInputs() {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			fault := newCloud(t).oneFault(with(one(), test.change))
			assert.Equal(t, test.field, fault.Field)
			assert.Equal(t, test.value, fault.Value)
			assert.Contains(t, fault.Problem, test.problem)
		})
	}
}

func TestLimitsMayBeReached(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("l", 52) + ".example.com"
	newCloud(t).mustUp(with(one(), func(a *ImageCdnArgs) { a.Domain = long }))
	newCloud(t).mustUp(with(one(), func(a *ImageCdnArgs) { a.AdditionalDomains = []string{"l" + long} }))
	for sentence, change := range map[string]func(*ImageCdnArgs){
		"three equal times": func(a *ImageCdnArgs) {
			a.Cache = CacheArgs{MinTtl: pulumi.Int(7), DefaultTtl: pulumi.Int(7), MaxTtl: pulumi.Int(7)}
		},
		"a century": func(a *ImageCdnArgs) { a.Cache.MaxTtl = pulumi.Int(maxTTL) },
		"49 tags":   func(a *ImageCdnArgs) { a.Tags = manyTags(49) },
		"the longest key and value": func(a *ImageCdnArgs) {
			a.Tags = pulumi.StringMap{strings.Repeat("ä", 128): pulumi.String(strings.Repeat("ä", 256))}
		},
		"a comment of 128 characters": func(a *ImageCdnArgs) { a.Operation.Comment = pulumi.String(strings.Repeat("ä", 128)) },
		"the time of errors with a policy": func(a *ImageCdnArgs) {
			a.Cache = CacheArgs{PolicyId: pulumi.String(sharedPolicy), ErrorTtl: pulumi.Int(1)}
		},
		"a web ACL beside none": func(a *ImageCdnArgs) { a.Protection.WebAclArn = pulumi.String(foreignACL) },
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			newCloud(t).mustUp(with(one(), change))
		})
	}
}

func manyTags(number int) pulumi.StringMap {
	tags := pulumi.StringMap{}
	for i := range number {
		tags[fmt.Sprintf("tag%d", i)] = pulumi.String("x")
	}
	return tags
}

func TestWhatCannotBeLookedUpIsReportedWithTheReason(t *testing.T) {
	t.Parallel()
	for field, test := range map[string]struct {
		token  string
		change func(*ImageCdnArgs)
		cure   string
	}{
		"bucket": {getBucketToken, func(*ImageCdnArgs) {}, "credentials"},
		"dns":    {getDomainsToken, func(*ImageCdnArgs) {}, "route53:ListResourceRecordSets"},
		"domain": {getEdgeToken, func(*ImageCdnArgs) {}, "credentials"},
		"cache.policyId": {
			getEdgeToken, func(a *ImageCdnArgs) { a.Cache.PolicyId = pulumi.String(sharedPolicy) }, "cloudfront:GetCachePolicy",
		},
		"protection.webAclArn": {
			getEdgeToken, func(a *ImageCdnArgs) { a.Protection.WebAclArn = pulumi.String(foreignACL) }, "wafv2:GetWebACL",
		},
		"certificate.arn": {
			getEdgeToken, func(a *ImageCdnArgs) { a.Certificate.Arn = pulumi.String(givenARN) }, "acm:DescribeCertificate",
		},
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.broken = map[string]error{test.token: errors.New("AccessDenied: not allowed")}
			faults := c.faults(with(one(), test.change))
			fault := faults[len(faults)-1] // getEdge is always asked who has the domain
			assert.Equal(t, field, fault.Field)
			assert.Contains(t, fault.Problem, "cannot be looked up: AccessDenied: not allowed")
			assert.Contains(t, fault.Cure, test.cure)
		})
	}
}

func TestNilArgumentsAreFaultsAndNoPanic(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		program pulumi.RunFunc
		fields  []string
	}{
		"of an image CDN": {func(ctx *pulumi.Context) error {
			_, err := NewImageCdn(ctx, "cdn", nil)
			return err
		}, []string{"domain", "bucket"}},
		"of a certificate": {func(ctx *pulumi.Context) error {
			_, err := NewValidatedCertificate(ctx, "tls", nil)
			return err
		}, []string{"domain"}},
		"of a statement": {func(ctx *pulumi.Context) error {
			_, err := NewBucketPolicyStatement(ctx, "read", nil)
			return err
		}, []string{"bucket", "distributionArn"}},
		"of a bucket origin": {func(ctx *pulumi.Context) error {
			_, err := NewBucketOrigin(ctx, "photos", nil)
			return err
		}, []string{"bucket"}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			var fields []string
			for _, fault := range c.faultsOf(c.run(test.program)) {
				fields = append(fields, fault.Field)
			}
			assert.Equal(t, test.fields, fields)
		})
	}
}

func TestArgumentsCanBeValidatedWithoutMakingAnything(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		var invalid *InvalidArgsError
		require.ErrorAs(t, with(one(), func(a *ImageCdnArgs) { a.Bucket = pulumi.String("missing") }).Validate(ctx, "cdn"), &invalid)
		return one().Validate(ctx, "cdn")
	}))
	assert.Empty(t, c.names())
}

func TestAFaultReadsAsOneLine(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `cache.maxTTL "60": there is no such option. Did you mean cache.maxTtl?`,
		Fault{Field: "cache.maxTTL", Value: "60", Problem: "there is no such option", Cure: "Did you mean cache.maxTtl?"}.String())
	err := &InvalidArgsError{Faults: []Fault{{Field: "cache.maxTtl", Value: "-1", Problem: "it is negative", Cure: "Give seconds"}}}
	assert.EqualError(t, err, "1 invalid value, nothing was made on AWS:\n  - cache.maxTtl \"-1\": it is negative. Give seconds.")
}
