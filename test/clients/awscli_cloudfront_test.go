package clients

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/seed"
)

const (
	cliHost = "cli." + seededZone
	// cachingOptimized is the id of the managed cache policy of that name.
	cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
)

// delivery is the story of one distribution, told with the AWS CLI.
type delivery struct {
	cli                            awsCLI
	control, certificate, id, etag string
}

// config is the configuration of the distribution.
func (d *delivery) config(reference string) object {
	return object{
		"CallerReference": reference, "Comment": "made with the AWS CLI", "Enabled": true,
		"Aliases": object{"Quantity": 1, "Items": []string{cliHost}},
		"Origins": object{"Quantity": 1, "Items": []object{{
			"Id": "bucket", "DomainName": seededBucket + ".s3." + homeRegion + ".amazonaws.com",
			"OriginAccessControlId": d.control, "S3OriginConfig": object{"OriginAccessIdentity": ""},
		}}},
		"DefaultCacheBehavior": object{
			"TargetOriginId": "bucket", "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": cachingOptimized,
		},
		"ViewerCertificate": object{
			"ACMCertificateArn": d.certificate, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021",
		},
	}
}

// create is the command that makes a distribution.
func (d *delivery) create(t *testing.T, reference string) []string {
	t.Helper()
	return []string{"cloudfront", "create-distribution", "--distribution-config", document(t, d.config(reference))}
}

// get reads something of the distribution.
func (d *delivery) get(ctx context.Context, t *testing.T, query string) string {
	t.Helper()
	return d.cli.value(ctx, t, query, "cloudfront", "get-distribution", "--id", d.id)
}

// grantRead lets the distribution read the bucket, beside what its policy says already.
func (d *delivery) grantRead(ctx context.Context, t *testing.T) {
	t.Helper()
	var policy struct {
		Version   string
		Statement []object
	}
	require.NoError(t, json.Unmarshal([]byte(
		d.cli.value(ctx, t, "Policy", "s3api", "get-bucket-policy", "--bucket", seededBucket)), &policy))
	policy.Statement = append(policy.Statement, object{
		"Effect": "Allow", "Principal": object{"Service": "cloudfront.amazonaws.com"},
		"Action": "s3:GetObject", "Resource": "arn:aws:s3:::" + seededBucket + "/*",
		"Condition": object{"StringEquals": object{"AWS:SourceArn": d.get(ctx, t, "Distribution.ARN")}},
	})
	d.cli.succeed(ctx, t, "s3api", "put-bucket-policy", "--bucket", seededBucket, "--policy", document(t, policy))
}

// pointDomain makes the alias record of the domain.
func (d *delivery) pointDomain(ctx context.Context, t *testing.T) {
	t.Helper()
	d.cli.changeRecord(ctx, t, d.cli.zoneID(ctx, t), change(t, "CREATE", object{
		"Name": cliHost, "Type": "A", "AliasTarget": object{
			"HostedZoneId": "Z2FDTNDATAQYW2", // CloudFront's own
			"DNSName":      d.get(ctx, t, "Distribution.DomainName"), "EvaluateTargetHealth": false,
		},
	}))
}

// invalidate has the edge forget everything.
func (d *delivery) invalidate(ctx context.Context, t *testing.T) {
	t.Helper()
	id := d.cli.value(ctx, t, "Invalidation.Id", "cloudfront", "create-invalidation", "--distribution-id", d.id, "--paths", "/*")
	d.cli.succeed(ctx, t, "cloudfront", "wait", "invalidation-completed", "--distribution-id", d.id, "--id", id)
}

// disable updates the distribution as people do: it takes the configuration there
// is, changes one thing and gives it back. An ETag works once.
func (d *delivery) disable(ctx context.Context, t *testing.T) {
	t.Helper()
	var answer struct {
		ETag               string
		DistributionConfig object
	}
	require.NoError(t, json.Unmarshal([]byte(
		d.cli.succeed(ctx, t, "cloudfront", "get-distribution-config", "--id", d.id)), &answer))
	answer.DistributionConfig["Enabled"] = false
	update := []string{
		"cloudfront", "update-distribution", "--id", d.id, "--if-match", answer.ETag,
		"--distribution-config", document(t, answer.DistributionConfig),
	}
	d.etag = d.cli.value(ctx, t, "ETag", update...)
	d.cli.refused(ctx, t, "PreconditionFailed", "UpdateDistribution", update...)
	d.cli.succeed(ctx, t, "cloudfront", "wait", "distribution-deployed", "--id", d.id)
}

func TestAWSCLIDeliversImages(t *testing.T) {
	t.Parallel()
	ctx := within(t, cliLimit)
	w := newWorld(ctx, t)
	cli := newAWSCLI(t, w, homeRegion)
	d := &delivery{cli: cli, certificate: cli.requestCertificate(ctx, t, cliHost)}
	images, err := seed.Images()
	require.NoError(t, err)
	viewer, url := w.viewer(t), "https://"+cliHost+"/"+images[0].Key

	tell(t, []step{
		{"an origin access control is made, once by its name", func(t *testing.T) {
			create := []string{"cloudfront", "create-origin-access-control", "--origin-access-control-config", document(t, object{
				"Name": "cli", "OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4",
			})}
			d.control = cli.value(ctx, t, "OriginAccessControl.Id", create...)
			cli.refused(ctx, t, "OriginAccessControlAlreadyExists", "CreateOriginAccessControl", create...)
		}},
		{"a certificate that is not issued is refused", func(t *testing.T) {
			cli.refused(ctx, t, "InvalidViewerCertificate", "CreateDistribution", d.create(t, "first")...)
		}},
		{"with an issued one there is a distribution", func(t *testing.T) {
			cli.validateCertificate(ctx, t, d.certificate)
			d.id = cli.value(ctx, t, "Distribution.Id", d.create(t, "first")...)
			cli.succeed(ctx, t, "cloudfront", "wait", "distribution-deployed", "--id", d.id)
			assert.Equal(t, "Deployed", d.get(ctx, t, "Distribution.Status"))
			assert.Equal(t, d.id, cli.value(ctx, t, "DistributionList.Items[].Id", "cloudfront", "list-distributions"))
		}},
		{"its alias is taken", func(t *testing.T) {
			cli.refused(ctx, t, "CNAMEAlreadyExists", "CreateDistribution", d.create(t, "second")...)
		}},
		{"an image comes from the bucket, then from the cache, and after an invalidation from the bucket", func(t *testing.T) {
			d.grantRead(ctx, t)
			d.pointDomain(ctx, t)
			requireServed(ctx, t, viewer, url, "Miss", images[0].Content)
			requireServed(ctx, t, viewer, url, "Hit", images[0].Content)
			d.invalidate(ctx, t)
			requireServed(ctx, t, viewer, url, "Miss", images[0].Content)
		}},
		{"what it uses cannot be deleted, nor itself while it is enabled", func(t *testing.T) {
			cli.refused(ctx, t, "ResourceInUseException", "DeleteCertificate",
				"acm", "delete-certificate", "--region", usEast1, "--certificate-arn", d.certificate)
			cli.refused(ctx, t, "OriginAccessControlInUse", "DeleteOriginAccessControl", d.deleteControl(ctx, t)...)
			cli.refused(ctx, t, "DistributionNotDisabled", "DeleteDistribution",
				"cloudfront", "delete-distribution", "--id", d.id, "--if-match", d.get(ctx, t, "ETag"))
		}},
		{"disabled and deployed, it is deleted, and then what it used", func(t *testing.T) {
			d.disable(ctx, t)
			cli.succeed(ctx, t, "cloudfront", "delete-distribution", "--id", d.id, "--if-match", d.etag)
			cli.refused(ctx, t, "NoSuchDistribution", "GetDistribution", "cloudfront", "get-distribution", "--id", d.id)
			cli.succeed(ctx, t, d.deleteControl(ctx, t)...)
			cli.succeed(ctx, t, "acm", "delete-certificate", "--region", usEast1, "--certificate-arn", d.certificate)
		}},
	})
}

// deleteControl is the command that deletes the origin access control.
func (d *delivery) deleteControl(ctx context.Context, t *testing.T) []string {
	t.Helper()
	etag := d.cli.value(ctx, t, "ETag", "cloudfront", "get-origin-access-control", "--id", d.control)
	return []string{"cloudfront", "delete-origin-access-control", "--id", d.control, "--if-match", etag}
}
