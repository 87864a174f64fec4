package components

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/golden"
)

// wrongPage is what people read of wrong inputs.
const wrongPage = "../docs/wrong-inputs.md"

// onAWS is a mistake that only shows by what there is on AWS.
type onAWS struct {
	aws    func(*cloud)
	change func(*ImageCdnArgs)
	field  string
}

func unchanged(*ImageCdnArgs) {}

func logged(a *ImageCdnArgs) { a.Logging.Bucket = pulumi.String("team-logs") }

func mistakesOnAWS() map[string]onAWS {
	record := func(r recordAt) func(*cloud) {
		return func(c *cloud) { r.name = "cdn.example.com"; c.records["Z1"] = []recordAt{r} }
	}
	zones := func(zones ...zoneAt) func(*cloud) { return func(c *cloud) { c.zones = zones } }
	bucket := func(name string, bucket bucketAt) func(*cloud) { return func(c *cloud) { c.buckets[name] = bucket } }
	zoneID := func(id string) func(*ImageCdnArgs) { return func(a *ImageCdnArgs) { a.Dns.ZoneId = pulumi.String(id) } }
	certificate := func(status string, domains ...string) func(*cloud) {
		return func(c *cloud) { c.certificates[givenARN] = certificateAt{status, domains} }
	}
	ofKey := func(found map[string]any) func(*cloud) {
		return func(c *cloud) { c.buckets["images"], c.keys = encrypted, map[string]map[string]any{theKey: found} }
	}
	refused := "AccessDeniedException: User: arn:aws:iam::123456789012:user/deploy is not authorized to perform: kms:GetKeyPolicy on resource: " + theKey
	withKey := func(arn string) func(*ImageCdnArgs) {
		return func(a *ImageCdnArgs) { a.Origin.KeyArns = []pulumi.StringInput{pulumi.String(arn)} }
	}
	withCertificate := func(a *ImageCdnArgs) { a.Certificate.Arn = pulumi.String(givenARN) }
	return map[string]onAWS{
		"a domain that another stack of the account serves": {func(c *cloud) { c.claims = []distributionAt{anotherStacks("cdn.example.com")} }, unchanged, "domain"},
		"a domain of another account, with a certificate": {func(c *cloud) {
			c.certificates[givenARN] = certificateAt{"ISSUED", []string{"*.example.com"}}
			c.elsewhere = []any{map[string]any{"name": "cdn.example.com", "distributionId": "*******YMZAW99", "accountId": "******223333"}}
		}, withCertificate, "domain"},
		"a domain that points at another distribution": {record(recordAt{kind: "A", alias: "d9other.cloudfront.net"}), unchanged, "domain"},
		"a domain with a CNAME record":                 {record(recordAt{kind: "CNAME", value: "legacy.example.org"}), unchanged, "domain"},
		"a domain with an address":                     {record(recordAt{kind: "A", value: "203.0.113.7"}), unchanged, "domain"},
		"a CAA record that forbids Amazon": {func(c *cloud) {
			c.caa = map[string]string{"cdn.example.com": `example.com 0 issue "letsencrypt.org"`}
		}, unchanged, "domain"},
		"a domain without a hosted zone":  {zones(), unchanged, "domain"},
		"a domain in two zones of a name": {zones(zoneAt{id: "Z1", name: "example.com"}, zoneAt{id: "Z2", name: "example.com"}), unchanged, "domain"},
		"a zone that is not delegated":    {zones(zoneAt{id: "Z1", name: "example.com"}, zoneAt{id: "Z2", name: "cdn.example.com", undelegated: true}), unchanged, "domain"},
		"a zone id that nobody has":       {zones(), zoneID("Z404"), "dns.zoneId"},
		"the ARN of a zone that is gone":  {zones(), zoneID("arn:aws:route53:::hostedzone/Z404"), "dns.zoneId"},
		"the id of a private zone":        {zones(zoneAt{id: "Z1", name: "example.com", private: true}), zoneID("Z1"), "dns.zoneId"},
		"the id of another domain's zone": {zones(zoneAt{id: "Z1", name: "example.net"}), zoneID("Z1"), "dns.zoneId"},
		"a domain's zone id, nobody's too": {zones(), func(a *ImageCdnArgs) {
			a.Dns.ZoneIds = map[string]pulumi.StringInput{"cdn.example.com": pulumi.String("Z404")}
		}, "dns.zoneIds.cdn.example.com"},
		"a zone id of another domain": {zones(zoneAt{id: "Z1", name: "example.com"}), func(a *ImageCdnArgs) {
			a.Dns.ZoneIds = map[string]pulumi.StringInput{"www.example.com": pulumi.String("Z1")}
		}, "dns.zoneIds"},

		"a bucket that is not there":         {func(c *cloud) { c.buckets = nil }, unchanged, "bucket"},
		"a bucket that may not be looked at": {bucket("images", bucketAt{status: "forbidden", message: "AccessDenied: Access Denied"}), unchanged, "bucket"},
		"an Origin Shield near a region that AWS names none for": {
			bucket("images", bucketAt{region: "il-central-1"}), func(a *ImageCdnArgs) { a.Origin.Shield = Auto }, "origin.shield",
		},
		"a replica that is not there": {func(*cloud) {}, failover(FailoverArgs{Bucket: pulumi.String("replica")}), "origin.failover.bucket"},
		"a replica whose policy refuses CloudFront": {
			bucket("replica", bucketAt{region: "eu-west-1", refusedBy: []any{"OurNetworkOnly"}}), failover(FailoverArgs{Bucket: pulumi.String("replica")}), "origin.failover.bucket",
		},
		"a replica that AWS's own key encrypts": {
			bucket("replica", bucketAt{region: "eu-west-1", encryption: "aws:kms"}), failover(FailoverArgs{Bucket: pulumi.String("replica")}), "origin.failover.bucket",
		},
		"a bucket of a mount that is not there": {
			func(*cloud) {}, mounted(MountArgs{Path: "/a/*", Bucket: pulumi.String("people")}), "origin.mounts[0].bucket",
		},
		"a policy that refuses CloudFront":      {bucket("images", bucketAt{region: "eu-central-1", refusedBy: []any{"OurNetworkOnly"}}), unchanged, "bucket"},
		"a bucket that AWS's own key encrypts":  {bucket("images", bucketAt{region: "eu-central-1", encryption: "aws:kms"}), unchanged, "bucket"},
		"a key that is AWS's own by its ARN":    {ofKey(map[string]any{"manager": "AWS"}), unchanged, "bucket"},
		"a key that is not there":               {ofKey(map[string]any{"status": "missing", "message": "NotFoundException: Key '" + theKey + "' does not exist"}), unchanged, "bucket"},
		"a key that is disabled":                {ofKey(map[string]any{"state": "Disabled"}), unchanged, "bucket"},
		"a key that waits for its deletion":     {ofKey(map[string]any{"state": "PendingDeletion"}), unchanged, "bucket"},
		"a key whose material is not there yet": {ofKey(map[string]any{"state": "PendingImport"}), withKey(theKey), "origin.keyArns[0]"},
		"a key of another account": {
			ofKey(map[string]any{"status": "elsewhere", "caller": "111122223333", "permission": "kms:GetKeyPolicy", "message": refused}), unchanged, "bucket",
		},
		"a key that may not be looked at": {
			ofKey(map[string]any{"status": "forbidden", "permission": "kms:GetKeyPolicy", "message": refused}), withKey(theKey), "origin.keyArns[0]",
		},
		"a key of another region":                   {func(*cloud) {}, withKey("arn:aws:kms:us-east-1:123456789012:key/k"), "origin.keyArns[0]"},
		"createBucket for a bucket that exists":     {bucket("new-images", bucketAt{region: "eu-central-1"}), newBucket, "origin.createBucket"},
		"createBucket for another account's bucket": {bucket("new-images", bucketAt{status: "forbidden"}), newBucket, "bucket"},
		"createBucket after a change of the region": {bucket("new-images", bucketAt{region: "eu-west-1", tags: map[string]any{bucketTag: ""}}), newBucket, "bucket"},
		"a bucket of logs that is not there":        {func(c *cloud) { delete(c.buckets, "team-logs") }, logged, "logging.bucket"},
		"a bucket of logs that may not be looked at": {
			bucket("team-logs", bucketAt{status: "forbidden", message: "AccessDenied: Access Denied"}), logged, "logging.bucket",
		},
		"logging.createBucket for a bucket that exists":     {bucket("new-logs", bucketAt{region: "eu-central-1"}), newLogBucket, "logging.createBucket"},
		"logging.createBucket for another account's bucket": {bucket("new-logs", bucketAt{status: "forbidden"}), newLogBucket, "logging.bucket"},
		"a domain name of the bucket to be made": {func(*cloud) {}, func(a *ImageCdnArgs) {
			newBucket(a)
			a.Origin.DomainName = pulumi.String("new-images.s3.eu-central-1.amazonaws.com")
		}, "origin.domainName"},
		"a cache policy of the stack that somebody has changed": {func(c *cloud) {
			made := inState("aws:cloudfront/cachePolicy:CachePolicy", map[string]any{"id": sharedPolicy, "etag": "E1"})
			made["name"] = "cdn-cache"
			c.state, c.versions = []any{made}, map[string]string{sharedPolicy: "E2"}
		}, unchanged, "cache"},
		"a certificate that nobody has":                 {func(*cloud) {}, withCertificate, "certificate.arn"},
		"a certificate that is not issued":              {certificate("PENDING_VALIDATION", "cdn.example.com"), withCertificate, "certificate.arn"},
		"a certificate that does not cover the names":   {certificate("ISSUED", "www.example.com"), withCertificate, "certificate.arn"},
		"a distribution to take over that is not there": {func(*cloud) {}, adopting, "adopt.distributionId"},
		"one to take over that has another domain":      {byHand(func(cdn map[string]any) { cdn["aliases"] = []any{"www.example.com"} }), adopting, "adopt.distributionId"},
		"one to take over that has a domain more": {byHand(func(cdn map[string]any) {
			cdn["aliases"] = []any{"cdn.example.com", "www.example.com"}
		}), adopting, "additionalDomains"},
		"one to take over that serves a website": {byHand(func(cdn map[string]any) {
			cdn["origin"] = map[string]any{"domainName": "images.s3-website.eu-central-1.amazonaws.com", "custom": true}
		}), adopting, "adopt.distributionId"},
		"one to take over that serves a folder": {byHand(func(cdn map[string]any) { part(cdn, "origin")["path"] = "/web" }), adopting, "origin.prefix"},
		"one to take over that serves another bucket": {byHand(func(cdn map[string]any) {
			part(cdn, "origin")["domainName"] = "pictures.s3.eu-central-1.amazonaws.com"
		}), adopting, "bucket"},
		"a key group that is not there": {func(*cloud) {}, func(a *ImageCdnArgs) {
			a.Signing.KeyGroupId = pulumi.String("00000000-0000-0000-0000-000000000404")
		}, "signing.keyGroupId"},
		"one to take over that is not for everybody": {byHand(func(cdn map[string]any) { cdn["privateBy"] = []any{"key-group-1"} }), adopting, "adopt.distributionId"},
		"one to take over with a web ACL of your own": {byHand(func(cdn map[string]any) {
			cdn["webAcl"] = map[string]any{"arn": handmadeACL, "rules": []any{"office-only"}}
		}), adopting, "protection.webAclArn"},
		"one to take over, and one beside it": {byHand(nil), func(a *ImageCdnArgs) { adopting(a); a.Operation.Live = new(bool) }, "operation.live"},
		"one to take over that a CNAME record points at": {func(c *cloud) {
			byHand(nil)(c)
			c.records["Z1"] = []recordAt{{name: "cdn.example.com", kind: "CNAME", value: handmadeDomain}}
		}, adopting, "dns.records"},
		"a certificate of another region": {func(*cloud) {}, func(a *ImageCdnArgs) {
			a.Certificate.Arn = pulumi.String("arn:aws:acm:eu-central-1:123456789012:certificate/given")
		}, "certificate.arn"},
	}
}

func TestTheDocumentationHasWhatIsSaidOfEachMistake(t *testing.T) {
	t.Parallel()
	mistakes := mistakesOnAWS()
	for sentence, mistake := range wrongInputs() {
		mistakes[sentence] = onAWS{func(*cloud) {}, mistake.change, mistake.field}
	}
	var lines []string
	for sentence, mistake := range mistakes {
		c := newCloud(t)
		mistake.aws(c)
		faults := c.faults(with(one(), mistake.change))
		require.Len(t, faults, 1, sentence)
		assert.Equal(t, mistake.field, faults[0].Field, sentence)
		faults[0].Value = shortened(faults[0].Value)
		lines = append(lines, fmt.Sprintf("%s\x00| %s | %s |", faults[0].Field, sentence, golden.Code(faults[0].String())))
	}
	slices.Sort(lines)
	for i, line := range lines {
		_, lines[i], _ = strings.Cut(line, "\x00")
	}
	golden.Table(t, wrongPage, "arguments", append([]string{"| given | message |", "|---|---|"}, lines...))
}

// shortened is a long value as a table can hold it.
func shortened(value string) string {
	if letters := []rune(value); len(letters) > 80 {
		return string(letters[:20]) + "..."
	}
	return value
}

func TestTheDocumentationHasWhatIsWarnedOf(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*cloud, *ImageCdnArgs){
		"images that a key encrypts, with keyGrant none": func(c *cloud, a *ImageCdnArgs) {
			c.buckets["images"], a.Origin.KeyGrant = encrypted, None
		},
		"images that another key encrypts": func(c *cloud, a *ImageCdnArgs) {
			c.buckets["images"], a.Origin.KeyArns = encrypted, []pulumi.StringInput{pulumi.String(anotherKey)}
		},
		"a disabled key of earlier images": func(c *cloud, _ *ImageCdnArgs) {
			c.state = grantedBefore("images", theKey)
			c.keys = map[string]map[string]any{theKey: {"state": "Disabled"}}
		},
		"objects that stay their writers'": func(c *cloud, _ *ImageCdnArgs) {
			c.buckets["images"] = bucketAt{region: "eu-central-1", ownership: "ObjectWriter"}
		},
		"a CAA record that forbids Amazon, where there is a certificate": func(c *cloud, _ *ImageCdnArgs) {
			c.caa = map[string]string{"cdn.example.com": `example.com 0 issue "letsencrypt.org"`}
			c.state = []any{inState("aws:acm/certificate:Certificate", map[string]any{"domainName": "cdn.example.com"})}
		},
		"more names than ACM's quota": func(_ *cloud, a *ImageCdnArgs) {
			for i := range defaultNamesQuota {
				a.AdditionalDomains = append(a.AdditionalDomains, fmt.Sprintf("n%d.example.com", i))
			}
		},
	}
	rows := []string{"| given | warning |", "|---|---|"}
	for _, sentence := range slices.Sorted(maps.Keys(changes)) {
		c, args := newCloud(t), one()
		changes[sentence](c, &args)
		warnings := c.warnings(args)
		require.Len(t, warnings, 1, sentence)
		rows = append(rows, "| "+sentence+" | "+golden.Code(warnings[0])+" |")
	}
	golden.Table(t, wrongPage, "warnings", rows)
}
