package provider

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// found is an answer as it is on the wire.
type found map[string]any

func TestABucketIsDescribedInWhateverRegionItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, region := range []string{"us-east-1", "eu-central-1", "ap-south-1"} {
		name := "images-" + region
		in := &s3.CreateBucketInput{Bucket: aws.String(name)}
		if region != "us-east-1" {
			in.CreateBucketConfiguration = &s3types.CreateBucketConfiguration{LocationConstraint: s3types.BucketLocationConstraint(region)}
		}
		_, err := w.s3(region).CreateBucket(t.Context(), in)
		require.NoError(t, err)
		_, err = w.s3(region).PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{
			Bucket: in.Bucket, Tagging: &s3types.Tagging{TagSet: []s3types.Tag{{Key: aws.String("team"), Value: aws.String("web")}}},
		})
		require.NoError(t, err)
		var answer found
		require.NoError(t, w.provider(nil).invoke("getBucket", map[string]any{"bucket": name}, &answer))
		assert.Equal(t, found{
			"status": "found", "name": name, "arn": "arn:aws:s3:::" + name, "region": region,
			"regionalDomainName": name + ".s3." + region + ".amazonaws.com", "objectOwnership": "BucketOwnerEnforced",
			"encryption": "AES256", "kmsKeyId": "", "tags": map[string]any{"team": "web"}, "refusedBy": []any{}, "message": "",
		}, answer)
	}
}

func TestADenyThatRefusesCloudFrontIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bucket := aws.String("my-images")
	_, err := w.s3("us-east-1").CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = w.s3("us-east-1").PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: bucket, Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Sid":"OurNetworkOnly","Effect":"Deny","Principal":"*","Action":"s3:GetObject",` +
			`"Resource":"arn:aws:s3:::my-images/*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}]}`)})
	require.NoError(t, err)
	var answer found
	require.NoError(t, w.provider(nil).invoke("getBucket", map[string]any{"bucket": "my-images"}, &answer))
	assert.Equal(t, []any{"OurNetworkOnly"}, answer["refusedBy"])

	w.fault(api.Fault{Operation: "GetBucketPolicy", Code: "AccessDenied", Status: 403, Message: "not you"})
	require.NoError(t, w.provider(nil).invoke("getBucket", map[string]any{"bucket": "my-images"}, &answer))
	assert.Empty(t, answer["refusedBy"], "what may not be read is not said")
}

func TestABucketThatIsMissingOrForbiddenIsAnAnswer(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"other": ""})
	var answer found
	require.NoError(t, connect(t, s3).invoke("getBucket", map[string]any{"bucket": "my-images"}, &answer))
	assert.Equal(t, "missing", answer["status"])
	assert.Contains(t, answer["message"], "NotFound")

	s3 = newFakeS3(t, map[string]string{"my-images": ""})
	s3.region = "eu-central-1"
	s3.fault("HEAD", s3Fault{status: 403})
	require.NoError(t, connect(t, s3).invoke("getBucket", map[string]any{"bucket": "my-images"}, &answer))
	assert.Equal(t, "forbidden", answer["status"])
	assert.Equal(t, "eu-central-1", answer["region"])
	assert.Equal(t, "AccessDenied: Access Denied", answer["message"])
}

func TestWhoMayNotListABucketStillFindsIt(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	s3.region, s3.settings = "eu-central-1", map[string]string{"location": `<LocationConstraint>eu-central-1</LocationConstraint>`}
	s3.fault("HEAD", s3Fault{status: 403})
	var answer found
	require.NoError(t, connect(t, s3).invoke("getBucket", map[string]any{"bucket": "my-images"}, &answer))
	assert.Equal(t, "found", answer["status"])
	assert.Equal(t, "my-images.s3.eu-central-1.amazonaws.com", answer["regionalDomainName"])
	for _, key := range []string{"objectOwnership", "encryption", "kmsKeyId"} {
		assert.Empty(t, answer[key], "%s may not be read, which is no fault", key)
	}
}

func TestAnAWSManagedKeyAndNoOwnershipControlsAreSaid(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	s3.settings = map[string]string{"encryption": `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>` +
		`<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>arn:aws:kms:eu-central-1:1:key/k</KMSMasterKeyID>` +
		`</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`}
	s3.fault("GET", s3Fault{status: 404, code: "OwnershipControlsNotFoundError"})
	var answer found
	require.NoError(t, connect(t, s3).invoke("getBucket", map[string]any{"bucket": "my-images"}, &answer))
	assert.Equal(t, "ObjectWriter", answer["objectOwnership"])
	assert.Equal(t, "aws:kms", answer["encryption"])
	assert.Equal(t, "arn:aws:kms:eu-central-1:1:key/k", answer["kmsKeyId"])
}

func TestBadCredentialsAreNotTakenForAForbiddenBucket(t *testing.T) {
	t.Parallel()
	for code, status := range map[string]int{"InvalidAccessKeyId": 403, "ExpiredToken": 400} {
		s3 := newFakeS3(t, map[string]string{"my-images": ""})
		s3.fault("HEAD", s3Fault{status: status})
		s3.fault("GET", s3Fault{status: status, code: code, message: "no"})
		err := connect(t, s3).invoke("getBucket", map[string]any{"bucket": "my-images"}, &found{})
		require.ErrorContains(t, err, `looking up bucket "my-images": `+code+": no. ")
	}
}

func TestADomainIsPlacedInThePublicZoneWithTheLongestName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	apex, _ := w.zone(ours, "example.com", nil)
	child, servers := w.zone(ours, "img.example.com", nil)
	w.zone(ours, "img.example.com", &types.VPC{VPCId: aws.String("vpc-1"), VPCRegion: types.VPCRegionEuCentral1})
	lost, _ := w.zone(ours, "lost.example.com", nil)
	w.records(apex, record("img.example.com", types.RRTypeNs, servers...),
		record("lost.example.com", types.RRTypeNs, "ns1.elsewhere.net."),
		record("cdn.example.com", types.RRTypeCname, "Old.Example.NET."))
	alias := types.ResourceRecordSet{Name: aws.String("\\052.img.example.com"), Type: types.RRTypeA, AliasTarget: &types.AliasTarget{
		HostedZoneId: aws.String(child), DNSName: aws.String("Other.img.example.com"),
	}}
	w.records(child, record("other.img.example.com", types.RRTypeA, "192.0.2.1"), alias)

	var answer struct{ Domains []foundDomain }
	require.NoError(t, w.provider(nil).invoke("getDomains", map[string]any{"domains": []any{
		"cdn.example.com", "*.img.example.com", "a.lost.example.com", "notexample.com", "given.example.com", "gone.example.com",
	}, "zoneIds": map[string]any{
		"given.example.com": "arn:aws:route53:::hostedzone/" + apex, "gone.example.com": "/hostedzone/ZGONE",
	}}, &answer))
	require.Len(t, answer.Domains, 6)
	parent := &zoneRef{ID: apex, Name: "example.com"}

	assert.Equal(t, []*foundZone{{ID: apex, Name: "example.com", Delegated: true}}, answer.Domains[0].Zones)
	assert.Equal(t, []foundRecord{{Name: "cdn.example.com", Type: "CNAME", TTL: 77, Values: []string{"Old.Example.NET"}}},
		answer.Domains[0].Records)
	assert.Equal(t, []*foundZone{{ID: child, Name: "img.example.com", Parent: parent, Delegated: true}}, answer.Domains[1].Zones)
	assert.Equal(t, []foundRecord{{
		Name: "*.img.example.com", Type: "A", Values: []string{}, AliasTarget: "other.img.example.com",
	}}, answer.Domains[1].Records)
	assert.Equal(t, []*foundZone{{ID: lost, Name: "lost.example.com", Parent: parent}}, answer.Domains[2].Zones)
	assert.Empty(t, answer.Domains[3].Zones)
	assert.Contains(t, answer.Domains[3].Message, "no public hosted zone")
	assert.Equal(t, apex, answer.Domains[4].Zones[0].ID)
	assert.Empty(t, answer.Domains[5].Zones)
	assert.Contains(t, answer.Domains[5].Message, "ZGONE does not exist")
}

func TestZonesOfOneNameAreAllListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, _ := w.zone(otherAccount, "example.com", nil)
	two, _ := w.zone(otherAccount, "example.com", nil)
	var answer struct{ Domains []foundDomain }
	dns := map[string]any{"dns": w.of(otherAccount)}
	require.NoError(t, w.provider(dns).invoke("getDomains", map[string]any{"domains": []any{"example.com"}}, &answer))
	require.Len(t, answer.Domains[0].Zones, 2)
	assert.ElementsMatch(t, []string{one, two}, []string{answer.Domains[0].Zones[0].ID, answer.Domains[0].Zones[1].ID})

	require.NoError(t, w.provider(nil).invoke("getDomains", map[string]any{"domains": []any{"example.com"}}, &answer))
	assert.Empty(t, answer.Domains[0].Zones, "they are another account's")
}

// Whoever names every zone may have no permission to list them.
func TestZonesThatAreGivenAreNotListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zone, _ := w.zone(ours, "example.com", nil)
	w.fault(api.Fault{Operation: "ListHostedZones", Code: "AccessDenied", Status: 403, Message: "not you"})
	var answer struct{ Domains []foundDomain }
	c := w.provider(nil)
	require.NoError(t, c.invoke("getDomains", map[string]any{
		"domains": []any{"a.example.com", "b.example.com"}, "zoneIds": map[string]any{"a.example.com": zone, "b.example.com": zone},
	}, &answer))
	assert.Equal(t, []*foundZone{{ID: zone, Name: "example.com", Delegated: true}}, answer.Domains[1].Zones)

	err := c.invoke("getDomains", map[string]any{"domains": []any{"a.example.com"}}, &answer)
	require.ErrorContains(t, err, "looking up hosted zones and records: AccessDenied: not you. The caller needs route53:ListHostedZones")
}

func TestAHundredDomainsInAZoneOfTenThousandRecordsAreAHandfulOfCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zone, _ := w.zone(ours, "example.com", nil)
	var sets []types.ResourceRecordSet
	for i := range 9_950 {
		sets = append(sets, record(fmt.Sprintf("host-%05d.example.com", i), types.RRTypeA, "192.0.2.1"))
	}
	domains := []any{"*.cdn.example.com"}
	for i := range 99 {
		name := fmt.Sprintf("t%02d.cdn.example.com", i)
		domains = append(domains, name)
		if i%2 == 0 {
			sets = append(sets, record(name, types.RRTypeTxt, `"a"`), record(name, types.RRTypeA, "192.0.2.1"))
		}
	}
	w.records(zone, append(sets, record("zz.example.com", types.RRTypeA, "192.0.2.1"))...)
	w.clear()
	var answer struct{ Domains []foundDomain }
	require.NoError(t, w.provider(nil).invoke("getDomains", map[string]any{"domains": domains}, &answer))
	for i, domain := range answer.Domains {
		assert.Equal(t, domains[i], domain.Name)
		if i > 0 {
			assert.Len(t, domain.Records, 2*(i%2), domain.Name)
		}
	}
	assert.LessOrEqual(t, len(w.calls("route53")), 4, w.calls("route53"))
}

// Every domain of a zone, far apart: one call for each name or each page, whichever is less.
func TestDomainsAllOverAZoneTakeAtMostItsPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zone, _ := w.zone(ours, "example.com", nil)
	var sets []types.ResourceRecordSet
	var domains []any
	for i := range 1_200 {
		name := fmt.Sprintf("h%04d.example.com", i)
		sets = append(sets, record(name, types.RRTypeA, "192.0.2.1"))
		if i%12 == 5 {
			domains = append(domains, name)
		}
	}
	w.records(zone, sets...)
	w.clear()
	var answer struct{ Domains []foundDomain }
	require.NoError(t, w.provider(nil).invoke("getDomains", map[string]any{"domains": domains}, &answer))
	for _, domain := range answer.Domains {
		assert.Len(t, domain.Records, 1, domain.Name)
	}
	assert.LessOrEqual(t, len(w.calls("route53")), 1+5, w.calls("route53"))
}

func TestPartsOfTheEdgeAreFoundOrNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acl, err := w.wafv2().CreateWebACL(t.Context(), &wafv2.CreateWebACLInput{
		Name: aws.String("acl"), Scope: waftypes.ScopeCloudfront, DefaultAction: &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}},
		VisibilityConfig: &waftypes.VisibilityConfig{MetricName: aws.String("acl")},
	})
	require.NoError(t, err)
	certificate, _ := w.certificate("us-east-1", "cdn.example.com", "*.img.example.com")
	c := w.provider(nil)

	var answer found
	require.NoError(t, c.invoke("getEdge", map[string]any{
		"cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6", "responseHeadersPolicyId": "67f7725c-6f97-4210-82d7-5512b31e9d03",
		"webAclArn": *acl.Summary.ARN, "certificateArn": certificate,
	}, &answer))
	there := map[string]any{"found": true, "message": ""}
	cache, err := w.cloudfront(ours).GetCachePolicy(t.Context(), &cloudfront.GetCachePolicyInput{Id: aws.String("658327ea-f89d-4fab-a63d-7e88639e58f6")})
	require.NoError(t, err)
	headers, err := w.cloudfront(ours).GetResponseHeadersPolicy(t.Context(), &cloudfront.GetResponseHeadersPolicyInput{Id: aws.String("67f7725c-6f97-4210-82d7-5512b31e9d03")})
	require.NoError(t, err)
	policy := func(version *string) map[string]any {
		return map[string]any{"found": true, "message": "", "version": *version}
	}
	assert.Equal(t, found{"cachePolicy": policy(cache.ETag), "responseHeadersPolicy": policy(headers.ETag), "webAcl": there, "certificate": map[string]any{
		"found": true, "status": "PENDING_VALIDATION", "domains": []any{"cdn.example.com", "*.img.example.com"},
		"keyAlgorithm": "EC_prime256v1", "message": "",
	}}, answer)

	answer = nil
	require.NoError(t, c.invoke("getEdge", map[string]any{
		"cachePolicyId": "00000000-0000-0000-0000-000000000000", "responseHeadersPolicyId": "", "webAclArn": *acl.Summary.ARN + "0",
		"certificateArn": certificate[:len(certificate)-4] + "0000",
	}, &answer))
	assert.NotContains(t, answer, "responseHeadersPolicy", "it was not asked for")
	for _, part := range []string{"cachePolicy", "webAcl", "certificate"} {
		described, ok := answer[part].(map[string]any)
		require.True(t, ok, part)
		assert.Equal(t, false, described["found"], part)
		assert.NotEmpty(t, described["message"], part)
	}

	w.fault(api.Fault{Operation: "GetCachePolicy", Code: "AccessDenied", Status: 403, Message: "not you"})
	err = c.invoke("getEdge", map[string]any{"cachePolicyId": "x"}, &answer)
	require.ErrorContains(t, err, "looking up cache policy x: AccessDenied: not you. The caller needs cloudfront:GetCachePolicy")
}

func TestWrongArgumentsOfFunctionsAreNamed(t *testing.T) {
	t.Parallel()
	c := start(t)
	for function, check := range map[string]struct {
		args map[string]any
		want string
	}{
		"getBucket":  {map[string]any{"bucket": "arn:aws:s3:::b"}, "bucket"},
		"getDomains": {map[string]any{"domains": []any{}}, "domains"},
		"getEdge":    {map[string]any{"cachePolicy": "x"}, "cachePolicy"},
	} {
		out, err := c.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: Name + ":index:" + function, Args: c.properties(check.args)})
		require.NoError(t, err)
		require.Len(t, out.GetFailures(), 1)
		assert.Equal(t, check.want, out.GetFailures()[0].GetProperty())
	}
	_, err := c.Invoke(t.Context(), &pulumirpc.InvokeRequest{Tok: Name + ":index:getNothing"})
	require.ErrorContains(t, err, "no function imagecdn:index:getNothing")
}
