package translate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAResourceIsFoundByTheLastTypeOfItsURN(t *testing.T) {
	t.Parallel()
	const parent = "urn:pulumi:dev::cdn::imagecdn:index:ImageCdn$"

	r, err := Resource(parent + "aws:acm/certificate:Certificate::images-cert")

	require.NoError(t, err)
	assert.Equal(t, "aws:index/acmCertificate:AcmCertificate", r.Bridge)
	assert.Equal(t, parent+"aws:index/acmCertificate:AcmCertificate::images-cert",
		r.URN(parent+"aws:acm/certificate:Certificate::images-cert"))
}

func TestANameMayHoldTheSeparatorsOfAURN(t *testing.T) {
	t.Parallel()
	const urn = "urn:pulumi:dev::cdn::aws:route53/zone:Zone::a::b$c"

	r, err := Resource(urn)

	require.NoError(t, err)
	assert.Equal(t, "urn:pulumi:dev::cdn::aws:index/route53Zone:Route53Zone::a::b$c", r.URN(urn))
}

func TestWhatIsNotServedIsRefusedByName(t *testing.T) {
	t.Parallel()
	_, err := Resource("urn:pulumi:dev::cdn::aws:ec2/instance:Instance::vm")
	require.ErrorContains(t, err, "aws:ec2/instance:Instance")
	_, err = Resource("not a urn")
	require.ErrorContains(t, err, "not a resource's URN")
	_, err = Function("aws:ec2/getAmi:getAmi")
	require.ErrorContains(t, err, "aws:ec2/getAmi:getAmi")
}

func TestTokensOfTheBridgeAreMadeOfTerraformNames(t *testing.T) {
	t.Parallel()
	for terraform, want := range map[string][3]string{
		"aws_s3_bucket": {
			"aws:index/s3Bucket:S3Bucket", "aws:index/getS3Bucket:getS3Bucket", "s3BucketId",
		},
		"aws_wafv2_web_acl": {
			"aws:index/wafv2WebAcl:Wafv2WebAcl", "aws:index/getWafv2WebAcl:getWafv2WebAcl", "wafv2WebAclId",
		},
		"aws_region": {"aws:index/region:Region", "aws:index/getRegion:getRegion", "regionId"},
	} {
		e := entity{terraform: terraform}
		assert.Equal(t, want, [3]string{e.resourceToken(), e.functionToken(), e.identifier()})
	}
}

func TestMessagesOfTheBridgeNameTokensOfPulumiAWS(t *testing.T) {
	t.Parallel()
	assert.Equal(t,
		"urn:pulumi:dev::cdn::aws:s3/bucketPolicy:BucketPolicy::p is not aws:s3/bucketV2:BucketV2",
		Text("urn:pulumi:dev::cdn::aws:index/s3BucketPolicy:S3BucketPolicy::p is not aws:index/s3Bucket:S3Bucket"))
}

func TestTheBridgeIncludesEachTerraformNameOnce(t *testing.T) {
	t.Parallel()
	names := Terraform()
	assert.IsIncreasing(t, names)
	assert.Contains(t, names, "aws_acm_certificate")
	assert.Contains(t, names, "aws_iam_policy_document")
}
