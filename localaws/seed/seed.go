// Package seed fills an AWS, the embedded one above all, with what a team has
// before it has a CDN: a hosted zone, and a bucket of images with a policy of its
// own. What is there already is left as it is.
package seed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Options say what to fill in, and where.
type Options struct {
	// Endpoint is the URL of the API.
	Endpoint string
	// Region is the bucket's.
	Region string
	// Zone is the name of the hosted zone.
	Zone string
	// Bucket is the name of the bucket.
	Bucket string
	// Account is whose they are, 12 digits; "" is the account of any credentials.
	Account string
	// Undelegated leaves the zone without a delegation by its registry, as one
	// that was made and then forgotten: nobody's questions come to it. Only the
	// embedded AWS can do that, and only to a zone that is made now.
	Undelegated bool
}

// Fill makes what is missing: the zone with a record of the team's website, the
// bucket with its images, and its policy.
func Fill(ctx context.Context, o Options) error {
	config := aws.Config{
		Region: o.Region, BaseEndpoint: aws.String(o.Endpoint),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
	if o.Account != "" {
		config.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(
			sts.NewFromConfig(config), "arn:aws:iam::"+o.Account+":role/seed"))
	}
	if err := fillZone(ctx, route53.NewFromConfig(config), o); err != nil {
		return fmt.Errorf("filling hosted zone %s: %w", o.Zone, err)
	}
	client := s3.NewFromConfig(config, func(options *s3.Options) { options.UsePathStyle = true })
	if err := fillBucket(ctx, client, o.Bucket, o.Region); err != nil {
		return fmt.Errorf("filling bucket %s: %w", o.Bucket, err)
	}
	return nil
}

func fillZone(ctx context.Context, client *route53.Client, o Options) error {
	name := o.Zone
	zones, err := client.ListHostedZonesByName(ctx, &route53.ListHostedZonesByNameInput{DNSName: aws.String(name)})
	if err != nil {
		return err
	}
	for _, zone := range zones.HostedZones {
		if strings.TrimSuffix(aws.ToString(zone.Name), ".") == name {
			return nil
		}
	}
	zone, err := client.CreateHostedZone(ctx, &route53.CreateHostedZoneInput{
		Name: aws.String(name), CallerReference: aws.String("seed-" + name),
	})
	if err != nil {
		return err
	}
	_, err = client.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: zone.HostedZone.Id, ChangeBatch: website(name),
	})
	if err != nil || !o.Undelegated {
		return err
	}
	return undelegate(ctx, o.Endpoint, strings.TrimPrefix(*zone.HostedZone.Id, "/hostedzone/"))
}

// undelegate tells the embedded AWS, beside its API, that no registry delegates
// to a zone.
func undelegate(ctx context.Context, endpoint, zone string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut,
		endpoint+"/_localaws/zones/"+zone+"/delegation", strings.NewReader(`{"delegated": false}`))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusNoContent {
		return fmt.Errorf("taking its delegation away: %s answers %s", endpoint, response.Status)
	}
	return nil
}

func fillBucket(ctx context.Context, client *s3.Client, bucket, region string) error {
	// In us-east-1, creating a bucket of one's own again succeeds: look first.
	_, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(bucket)})
	if err == nil {
		return nil
	}
	var missing *s3types.NotFound
	if !errors.As(err, &missing) {
		return err
	}
	input := &s3.CreateBucketInput{Bucket: aws.String(bucket)}
	if region != "us-east-1" { // the one region that must not be named as a location
		input.CreateBucketConfiguration = &s3types.CreateBucketConfiguration{
			LocationConstraint: s3types.BucketLocationConstraint(region),
		}
	}
	if _, err := client.CreateBucket(ctx, input); err != nil {
		return err
	}
	images, err := Images()
	if err != nil {
		return err
	}
	for _, image := range images {
		if _, err := client.PutObject(ctx, &s3.PutObjectInput{
			Bucket: aws.String(bucket), Key: aws.String(image.Key), Body: bytes.NewReader(image.Content),
			ContentType: aws.String(image.ContentType),
		}); err != nil {
			return fmt.Errorf("putting %s: %w", image.Key, err)
		}
	}
	_, err = client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: aws.String(Policy(bucket))})
	return err
}

// Policy is the policy the bucket of a team has: TLS only, and a backup role that
// may read it.
func Policy(bucket string) string {
	return strings.ReplaceAll(`{
  "Version": "2012-10-17",
  "Id": "team-policy",
  "Statement": [
    {
      "Sid": "BackupReads",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::123456789012:role/backup"},
      "Action": ["s3:GetObject", "s3:ListBucket"],
      "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"]
    },
    {
      "Sid": "TLSOnly",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:*",
      "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"],
      "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    }
  ]
}`, "BUCKET", bucket)
}
